"""The bundled notebooks: clean files, data that can be made again, pipelines that give the same files."""

from __future__ import annotations

import functools
import json
import os
import runpy
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from jupyter_mlcode import api
from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.model.pipeline import OwnCell
from tests.harness.isolate import in_new_process
from tests.harness.notebooks import CellText
from tests.harness.runs import join, new_environment, run_script_process, run_whole_ipython

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("churn", "pricing", "sensors")
TAGS = ("parameters", "setup")


def _notebook(name: str) -> Path:
    return EXAMPLES / name / f"{name}.ipynb"


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_clean(name: str) -> None:
    nbformat = pytest.importorskip("nbformat")
    document = json.loads(_notebook(name).read_text("utf-8"))
    nbformat.validate(document)
    ids = [cell["id"] for cell in document["cells"]]
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert len(set(ids)) == len(ids)
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)


@pytest.mark.parametrize("name", NAMES)
def test_the_data_can_be_made_again(name: str, tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / name / "make_data.py", tmp_path)
    runpy.run_path(str(tmp_path / "make_data.py"), run_name="__main__")
    made = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (EXAMPLES / name / "data").iterdir()}


WARNED = {
    "churn": {"MLC071"},  # draws from the shared generator, on purpose
    "pricing": set(),
    "sensors": {"MLC084", "MLC127"},  # a shell command, and files found by a pattern
}


@pytest.mark.parametrize("name", NAMES)
def test_only_what_the_example_shows_is_found(name: str) -> None:
    found = [d for d in api.check(_notebook(name)) if d.severity is not Severity.NOTE]
    assert {d.code for d in found} == WARNED[name]
    assert not [d for d in found if d.severity is Severity.ERROR]


def test_the_two_models_are_independent() -> None:
    pipeline = api.plan(_notebook("pricing"))
    edges = {(edge.source, edge.target) for edge in pipeline.edges}
    assert not edges & {("line", "trees"), ("trees", "line")}
    assert {("line", "compare"), ("trees", "compare")} <= edges


def test_the_closed_helper_moves_and_the_open_one_stays() -> None:
    pipeline = api.plan(_notebook("churn"))
    moved = {definition.name for definition in pipeline.definitions}
    assert "add_ratios" in moved
    assert "decide" not in moved


def test_the_cell_that_only_shows_is_left_out() -> None:
    for name, number in (("churn", 5), ("sensors", 7)):
        assert number in {left.cell for left in api.plan(_notebook(name)).left_out}


def _copied(name: str, folder: Path) -> Path:
    place = folder / name
    shutil.copytree(EXAMPLES / name / "data", place / "data")
    shutil.copy(_notebook(name), place)
    return place / f"{name}.ipynb"


def _cells(path: Path, injected: str) -> tuple[CellText, ...]:
    """Return all cells in file order, so that places are the file's; parameters get the injected lines."""
    cells = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        tag = next(iter(cell["metadata"].get("tags", [])), None)
        source = "".join(cell["source"]) if cell["cell_type"] == "code" else ""
        cells.append(CellText(tag, source + (injected if tag == "parameters" else "")))
    return tuple(cells)


def _written(place: Path) -> dict[str, bytes]:
    """Return the files that a run wrote, by path from the notebook's folder."""
    files = (path for path in place.rglob("*") if path.is_file())
    relative = {path.relative_to(place).as_posix(): path for path in files}
    foreign = ("data/", f"{place.name}/", f"{place.name}.ipynb")
    return {name: path.read_bytes() for name, path in relative.items() if not name.startswith(foreign)}


def _without_figures(text: str) -> str:
    """Return the text without what the inline back end says when it shows a figure."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("Figure("))


INJECTED: dict[str, Sequence[tuple[str, float]]] = {
    "churn": [("threshold", 0.3)],
    "pricing": [("alpha", 20.0), ("rounds", 60)],
    "sensors": [("limit", 4.5)],
}


@pytest.mark.slow
@pytest.mark.parametrize("given", [False, True] if os.environ.get("MLCODE_ALL") else [True])
@pytest.mark.parametrize("name", NAMES)
def test_the_scripts_write_the_same_files(name: str, given: bool, tmp_path: Path) -> None:
    os.environ.setdefault("MPLBACKEND", "Agg")
    values = INJECTED[name] if given else []
    whole, cut = _copied(name, tmp_path / "whole"), _copied(name, tmp_path / "cut")
    cells = _cells(whole, "".join(f"\n{key} = {value}" for key, value in values))
    environment = new_environment(tmp_path / "home", "3")
    expected = in_new_process(functools.partial(run_whole_ipython, cells, whole.parent), environment)
    assert expected.error == ""
    pipeline = api.plan(cut)
    api.write(api.export(pipeline), cut.parent / name)
    arguments = [text for key, value in values for text in ("-p", key, str(value))]
    scripts = [cut.parent / name / f"stage_{stage.name}.py" for stage in pipeline.stages]
    done = join([run_script_process(script, arguments) for script in scripts])
    assert done.error == ""
    assert _written(cut.parent) == _written(whole.parent)
    own = {step.cell for stage in pipeline.stages for step in stage.steps if isinstance(step, OwnCell)}
    ids = [cell["id"] for cell in json.loads(cut.read_text("utf-8"))["cells"]]
    plain = [place for place in own if not cells[place].source.lstrip().startswith(("%", "!"))]
    printed = {ids[place]: _without_figures(expected.printed[f"c{place:03d}"]) for place in plain}
    assert {cell: done.printed[cell] for cell in printed} == printed
