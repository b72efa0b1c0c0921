"""An analysis after an edit says what an analysis from the beginning says."""

from __future__ import annotations

import random

import pytest

from jupyter_mlcode.analysis import session as session_module
from jupyter_mlcode.analysis.session import CellSource, Session
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.notebook import Cell, Notebook
from tests.harness.choosers import SeededChooser
from tests.harness.notebooks import CellText
from tests.property.programs import write_program


def test_an_edited_function_is_another_for_its_callers() -> None:
    session = Session()
    call = CellSource("b", "y = [1]\nf(y)")
    session.analyse([CellSource("a", "def f(x):\n    return 1"), call])
    result = session.analyse([CellSource("a", "def f(x):\n    x.append(1)"), call])
    assert result[1].changes[1].known == {"y"}


def test_an_edited_method_is_another_for_its_callers() -> None:
    session = Session()
    call = CellSource("b", "y = []\nC().put(y)")
    session.analyse([CellSource("a", "class C:\n    def put(self, x):\n        pass"), call])
    result = session.analyse([CellSource("a", "class C:\n    def put(self, x):\n        x.append(1)"), call])
    assert result[1].changes[1].known == {"y"}


def test_a_tangle_stays_refused_when_it_is_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom a statement changes is not followed beyond the limit: nothing of it may be exported."""
    monkeypatch.setattr(session_module, "MOST_LINKS", 100)
    lines = ["x0 = []"] + [f"x{n} = [x{n - 1}]\nx{n}.append({n})" for n in range(1, 200)]
    session = Session()
    cells = [CellSource("a", "\n".join(lines)), CellSource("b", "y = 1\nprint(y)")]
    for edit in ("", "\nz = 1\nprint(z)", "\nz = 2\nprint(z)"):
        results = session.analyse([CellSource("a", cells[0].source + edit), cells[1]])
        assert [result.problem is not None for result in results] == [True, False]
    assert session.analyse([CellSource("a", lines[0]), cells[1]])[0].problem is None


def test_only_what_an_edit_can_change_is_evaluated() -> None:
    cells = [CellSource(str(n), f"x{n} = [{n}]\nprint(x{n})") for n in range(20)]
    session = Session()
    session.analyse(cells)
    cells[3] = CellSource("3", "x3 = [30]\nprint(x3)")
    session.analyse(cells)
    assert session.evaluated == 1


def _notebook(cells: list[CellText], keys: list[int]) -> Notebook:
    made = [
        Cell(index=i, id=f"c{keys[i]}", kind="code", source=cell.source, tags=(cell.tag,) if cell.tag else ())
        for i, cell in enumerate(cells)
    ]
    return Notebook(path="nb.ipynb", cells=tuple(made))


def _edit(cells: list[CellText], keys: list[int], chooser: random.Random) -> None:
    place = chooser.randrange(len(cells))
    kind = chooser.choice(["other", "gone", "twice", "swap", "line", "line"])
    other = cells[chooser.randrange(len(cells))]
    if kind == "other":
        cells[place] = CellText(cells[place].tag, other.source)
    elif kind == "gone" and len(cells) > 2:
        del cells[place], keys[place]
    elif kind == "twice":
        cells.insert(place, other)
        keys.insert(place, max(keys) + 1)
    elif kind == "swap":
        at = chooser.randrange(len(cells))
        cells[place], cells[at] = cells[at], cells[place]
        keys[place], keys[at] = keys[at], keys[place]
    else:
        line = chooser.choice(
            ["zz = [1]", "c = 1", "print(c)", "zz = c", "del c", "print(zz)", "zz.append(2)"]
        )
        cells[place] = CellText(cells[place].tag, f"{cells[place].source}\n{line}")


@pytest.mark.parametrize("seed", range(40))
def test_edits_end_where_a_new_analysis_begins(seed: int) -> None:
    chooser = random.Random(seed)
    cells = list(write_program(SeededChooser(seed)))
    keys = list(range(len(cells)))
    session = Session()
    plan(_notebook(cells, keys), session)
    for _ in range(6):
        _edit(cells, keys, chooser)
        notebook = _notebook(cells, keys)
        assert plan(notebook, session) == plan(notebook), [c.source for c in cells]
