"""The idiom contract: facts as declared, cuts that change nothing, a word for everything else."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from jupyter_mlcode.analysis.cell_facts import cell_facts
from tests.contract.idioms import RUNS, Idiom, argued, idioms, is_python
from tests.contract.variants import in_function, in_if, in_loop, renamed
from tests.harness.isolate import in_child
from tests.harness.notebooks import CellText, cell_id
from tests.harness.product import Exported, export
from tests.harness.results import Outcome, differences
from tests.harness.runs import join, run_script_here, run_scripts_process, run_whole_ipython

EVERYTHING = bool(os.environ.get("MLCODE_ALL"))
SAMPLE = 12
BY_ID = {idiom.id: idiom for idiom in idioms()}
RUNNING = [i for i in BY_ID if BY_ID[i].treatment in RUNS]
WORDED = [i for i in BY_ID if BY_ID[i].treatment in ("warn", "refuse")]
REPLAYED = [i for i in RUNNING if BY_ID[i].treatment == "replay" and "tag" not in BY_ID[i].prelude]
WARNED = [i for i in WORDED if BY_ID[i].treatment == "warn" and BY_ID[i].prelude.get("run", True)]
NESTED = {"if": in_if, "loop": in_loop, "function": in_function}
BLOCKS = [
    (name, form)
    for name, idiom in BY_ID.items()
    for form, write in NESTED.items()
    if write(idiom) is not None and f"{name}/{form}" not in argued("variants")
]


@pytest.fixture(scope="session", autouse=True)
def _libraries() -> None:
    """Load the libraries once: every run is a fork of this process and finds them in memory."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    import matplotlib.pyplot
    import nbformat
    import numpy
    import pandas
    import sklearn.linear_model
    import sklearn.model_selection
    import sklearn.preprocessing
    import statsmodels.formula.api
    from IPython.core.interactiveshell import InteractiveShell

    assert all((matplotlib, nbformat, numpy, pandas, sklearn, statsmodels, InteractiveShell))


def _seen(source: str) -> dict[str, frozenset[str]]:
    facts = cell_facts(source)
    return {"defines": facts.defines, "uses": facts.uses, "mutates": facts.mutates}


def _declared(idiom: Idiom) -> dict[str, frozenset[str]]:
    return {"defines": idiom.defines, "uses": idiom.uses, "mutates": idiom.mutates}


@pytest.mark.parametrize("name", [i for i in BY_ID if i not in argued("facts")])
def test_facts_are_as_declared(name: str) -> None:
    assert _seen(BY_ID[name].code) == _declared(BY_ID[name])


def test_at_most_six_differences_of_facts_are_argued() -> None:
    assert len(argued("facts")) <= 6
    assert set(argued("facts")) <= set(BY_ID)
    assert all(_seen(BY_ID[name].code) != _declared(BY_ID[name]) for name in argued("facts"))


@pytest.mark.parametrize("name", [i for i in BY_ID if renamed(BY_ID[i]) and i not in argued("facts")])
def test_facts_follow_a_renaming(name: str) -> None:
    variant = renamed(BY_ID[name])
    assert variant is not None
    code, rename = variant
    assert _seen(code) == {part: rename(names) for part, names in _seen(BY_ID[name].code).items()}


@pytest.mark.parametrize(("name", "form"), BLOCKS)
def test_facts_follow_into_blocks(name: str, form: str) -> None:
    idiom = BY_ID[name]
    code = NESTED[form](idiom)
    assert code is not None
    plain, nested = _seen(idiom.code), _seen(code)
    bound, added = plain["defines"], {"_turn", "_around"}
    assert nested["defines"] - added == bound
    assert plain["uses"] <= nested["uses"] <= plain["uses"] | bound | plain["mutates"]
    # A name that the cell binds itself is as good as defined: whether it also changes is nobody's matter.
    assert nested["mutates"] - bound <= plain["mutates"] | bound
    assert plain["mutates"] - bound <= nested["mutates"] | _modules_set(code)


def _modules_set(code: str) -> frozenset[str]:
    """Return the modules of which the code sets something: inside a function that is a state, not a name."""
    kinds = {effect.kind for facts in cell_facts(code).statements for effect in facts.effects}
    return frozenset({"sys", "os", "pd", "plt"}) if kinds & {"sets", "module"} else frozenset()


def _runs(idiom: Idiom, folder: Path, tag: str | None) -> tuple[Exported, Outcome, Outcome]:
    """Export the notebook cut around the idiom; run it whole and, unless refused, as stages, each in a fork."""
    cells = idiom.cells(tag)
    whole_folder, cut_folder = folder / "whole", folder / "cut"
    for place in (whole_folder, cut_folder):
        place.mkdir()
        idiom.write_files(place)
    exported = export(cells, cut_folder, installed=idiom.installed)
    whole = in_child(functools.partial(run_whole_ipython, cells, whole_folder))
    if exported.refused:
        return exported, whole, Outcome()
    outcomes = [in_child(functools.partial(run_script_here, script)) for script in exported.scripts]
    return exported, whole, join(outcomes)


def _assert_equal(idiom: Idiom, exported: Exported, whole: Outcome, cut: Outcome, tag: str | None) -> None:
    cells = idiom.cells(tag)
    show = cell_id(len(cells) - 1)
    assert whole.error == "", f"the uncut notebook does not run: {whole.error}"
    assert not exported.refused, exported.said()
    assert show in exported.own_cells
    assert differences(whole, cut, _comparable(idiom, cells, exported)) == [], exported.said()


def _comparable(idiom: Idiom, cells: tuple[CellText, ...], exported: Exported) -> frozenset[str]:
    """Return the cells whose prints must be equal: magics and display say other things in a script."""
    own = {cell_id(idiom.place(cells))}
    in_front_end = not is_python(idiom.code) or "display(" in idiom.code
    return exported.own_cells - own if in_front_end else exported.own_cells


@pytest.mark.parametrize("name", [i for i in RUNNING if i not in argued("treatment")])
def test_a_cut_around_the_idiom_changes_nothing(name: str, tmp_path: Path) -> None:
    idiom = BY_ID[name]
    _assert_equal(idiom, *_runs(idiom, tmp_path, None), None)


@pytest.mark.parametrize("name", [i for i in REPLAYED if f"{i}/setup" not in argued("treatment")])
def test_a_replayed_idiom_as_setup_changes_nothing(name: str, tmp_path: Path) -> None:
    idiom = BY_ID[name]
    _assert_equal(idiom, *_runs(idiom, tmp_path, "setup"), "setup")


@pytest.mark.parametrize("name", [i for i in WORDED if i not in argued("treatment")])
def test_no_idiom_differs_without_a_word(name: str, tmp_path: Path) -> None:
    idiom = BY_ID[name]
    idiom.write_files(tmp_path)
    cells = idiom.cells()
    exported = export(cells, tmp_path, installed=idiom.installed)
    place = idiom.place(cells) + 1
    here = [d for d in exported.pipeline.diagnostics if d.place is not None and d.place.cell == place]
    assert here, f"nothing is said at cell {place}:\n{exported.said()}"
    if idiom.treatment == "refuse":
        assert exported.refused, exported.said()


@pytest.mark.parametrize("name", [i for i in WARNED if i not in argued("may_differ")])
def test_a_warned_idiom_that_is_exported_still_gives_the_same(name: str, tmp_path: Path) -> None:
    idiom = BY_ID[name]
    exported, whole, cut = _runs(idiom, tmp_path, None)
    found = [] if exported.refused else differences(whole, cut, _comparable(idiom, idiom.cells(), exported))
    assert found == [], exported.said()


def _rotating() -> list[str]:
    """Every day other idioms run as real processes; MLCODE_ALL=1 runs all of them."""
    names = [i for i in RUNNING if i not in argued("treatment")]
    if EVERYTHING:
        return names
    import datetime

    day = int(os.environ.get("MLCODE_DAY", datetime.date.today().toordinal()))
    return [names[(day * SAMPLE + step) % len(names)] for step in range(SAMPLE)]


@pytest.mark.parametrize("name", _rotating())
def test_real_processes_give_the_same(name: str, tmp_path: Path) -> None:
    idiom = BY_ID[name]
    cells = idiom.cells()
    whole_folder, cut_folder = tmp_path / "whole", tmp_path / "cut"
    for place in (whole_folder, cut_folder):
        place.mkdir()
        idiom.write_files(place)
    whole = in_child(functools.partial(run_whole_ipython, cells, whole_folder))
    exported = export(cells, cut_folder, installed=idiom.installed)
    _assert_equal(idiom, exported, whole, run_scripts_process(exported.scripts), None)
