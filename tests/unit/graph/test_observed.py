"""What a run showed makes the graph more precise, and the stages look again at all that it relies on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_mlcode.checks.live import LivePlan
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.graph.connect import connect
from jupyter_mlcode.graph.unknowns import relied_on, unknowns
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.observed import Observation, source_digest
from jupyter_mlcode.model.pipeline import Confirm, Expect, Observe, OwnCell, Pipeline
from jupyter_mlcode.notebook.read import parse_notebook
from jupyter_mlcode.runner.observe import accepted
from tests.harness.notebooks import CellText, notebook_json

CELLS = [
    ("a", "import numpy as np, frob\nnp.random.seed(1)\ntable = [3, 1]\nnames = {}"),
    ("b", "found = frob.fit(table, names)\nshown = found.head()"),
    ("c", "print(table, np.random.rand())"),
    ("d", "print(shown, names)"),
]
SEEN = Observation(types={"found": "pandas.DataFrame"}, unchanged=frozenset(("table", "names")), undrawn=True)


def notebook(observation: Observation | None = None, cells: list[tuple[str, str]] = CELLS) -> Notebook:
    found = parse_notebook("nb.ipynb", notebook_json(CellText(f"stage:{s}", t) for s, t in cells))
    seen = {source_digest(cells[1][1]): observation} if observation is not None else {}
    return replace(found, observed=seen)


def needs(pipeline: Pipeline) -> dict[str, tuple[str, ...]]:
    return {stage.name: stage.needs for stage in pipeline.stages}


def looks(pipeline: Pipeline) -> list[object]:
    return [s for stage in pipeline.stages for s in stage.steps if isinstance(s, (Observe, Confirm, Expect))]


def test_without_observations_an_unknown_call_changes_and_draws() -> None:
    pipeline = plan(notebook())
    assert needs(pipeline)["c"] == ("b",)
    assert looks(pipeline) == []
    (unknown,) = unknowns(connect(notebook())).values()
    assert unknown.types == ("found", "shown")
    assert unknown.may_change == ("names", "table")
    assert unknown.generators == ("numpy.random",)


def test_what_a_run_showed_frees_the_later_stages() -> None:
    pipeline = plan(notebook(SEEN))
    assert needs(pipeline)["c"] == ("a",)
    assert looks(pipeline) == [
        Observe(names=("names", "table"), kinds=("numpy.random",)),
        Confirm(names=("names", "table")),
        Expect(types=(("found", "pandas.DataFrame"),)),
    ]
    steps = next(stage.steps for stage in pipeline.stages if stage.name == "b")
    kinds = [type(step) for step in steps]
    assert kinds.index(Observe) + 1 == kinds.index(OwnCell) == kinds.index(Confirm) - 1


@pytest.mark.parametrize(
    ("observation", "c_needs"),
    [
        (replace(SEEN, undrawn=False), ("a", "b")),
        (replace(SEEN, unchanged=frozenset()), ("a", "b")),
        (replace(SEEN, types={}), ("a",)),
    ],
)
def test_each_part_counts(observation: Observation, c_needs: tuple[str, ...]) -> None:
    assert needs(plan(notebook(observation)))["c"] == c_needs


def test_an_edited_cell_has_no_observation() -> None:
    cells = [CELLS[0], ("b", CELLS[1][1] + "\nprint(1)"), *CELLS[2:]]
    edited = replace(notebook(None, cells), observed=notebook(SEEN).observed)
    assert looks(plan(edited)) == []
    live = LivePlan()
    live.update(notebook(SEEN))
    assert live.update(edited) == plan(edited)
    assert live.update(notebook(SEEN)) == plan(notebook(SEEN))


def test_only_what_is_relied_on_is_kept() -> None:
    more = replace(
        SEEN, types={**SEEN.types, "shown": "odd.Class", "nobody": "builtins.int"}, bytes={"nobody": 3}
    )
    kept = relied_on(connect(notebook(more)))
    assert list(kept.values()) == [replace(SEEN, cell=2)]


def test_a_name_that_is_bound_twice_has_no_type() -> None:
    cells = [CELLS[0], ("b", "found = frob.fit(1)\nfound = frob.fit(2)"), *CELLS[2:3], ("d", "print(found)")]
    assert not any(isinstance(step, Expect) for step in looks(plan(notebook(SEEN, cells))))


def test_cells_outside_of_stages_have_no_observation() -> None:
    cells = parse_notebook(
        "nb.ipynb",
        notebook_json(
            [CellText("setup", "import frob\nfound = frob.fit([])"), CellText("stage:b", "print(found)")]
        ),
    )
    seen = {source_digest(cells.cells[0].source): SEEN}
    assert looks(plan(replace(cells, observed=seen))) == []


def test_observations_that_would_refuse_the_export_are_dropped() -> None:
    seen = replace(notebook(), observed={"good": SEEN, "bad": SEEN, "fine": SEEN})
    assert list(accepted(seen, lambda found: "bad" in found.observed).observed) == ["good", "fine"]
    assert accepted(seen, lambda found: True) is seen


def test_what_the_cell_makes_itself_is_not_looked_at_above_it() -> None:
    cells = [CELLS[0], ("b", "own = []\nfrob.fit(own, names)"), ("c", "print(own, names)")]
    (unknown,) = unknowns(connect(notebook(None, cells))).values()
    assert unknown.may_change == ("names",)
    seen = Observation(types={}, unchanged=frozenset(("own", "names")), undrawn=False)
    assert [s for s in looks(plan(notebook(seen, cells))) if isinstance(s, Observe)] == [
        Observe(names=("names",), kinds=())
    ]


def test_a_cell_that_seeds_says_nothing_by_its_generators() -> None:
    cells = [CELLS[0], ("b", "np.random.seed(1)\nfrob.fit(3)"), ("c", "print(np.random.rand())")]
    assert not unknowns(connect(notebook(None, cells)))
    seen = Observation(types={}, unchanged=frozenset(), undrawn=True)
    assert looks(plan(notebook(seen, cells))) == []
