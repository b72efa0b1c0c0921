"""Every refusal has a notebook that meets it, names the place, and is gone when its hint is followed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_mlcode import api
from jupyter_mlcode.checks.codes import CODES
from jupyter_mlcode.model.diagnostics import Diagnostic, Severity
from jupyter_mlcode.notebook.edit import retag
from tests.harness.notebooks import CellText, write_notebook

REFUSALS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "refusals.yaml").read_text("utf-8"))
REFUSING = sorted(code for code, known in CODES.items() if known.severity is Severity.ERROR)


def _notebook(folder: Path, about: dict[str, Any], cells: str) -> Path:
    for name, text in about.get("modules", {}).items():
        (folder / name).write_text(text)
    return write_notebook(folder / "nb.ipynb", [CellText(tag, source) for tag, source in about[cells]])


def _errors(path: Path) -> list[Diagnostic]:
    return [d for d in api.check(path) if d.severity is Severity.ERROR]


def test_every_refusing_code_has_a_notebook() -> None:
    assert sorted(REFUSALS) == REFUSING


@pytest.mark.parametrize("code", REFUSING)
def test_a_refusal_names_the_place_and_a_way_out(code: str, tmp_path: Path) -> None:
    about = REFUSALS[code]
    path = _notebook(tmp_path, about, "cells")
    met = [d for d in _errors(path) if d.code == code]
    assert [[d.place.cell, d.place.line] for d in met if d.place][:1] == [about["at"]], _errors(path)
    assert all(d.hint for d in met)


@pytest.mark.parametrize("code", REFUSING)
def test_the_way_out_is_one(code: str, tmp_path: Path) -> None:
    assert _errors(_notebook(tmp_path, REFUSALS[code], "mended")) == []


@pytest.mark.parametrize("code", REFUSING)
def test_a_quick_fix_removes_what_it_is_for(code: str, tmp_path: Path) -> None:
    path = _notebook(tmp_path, REFUSALS[code], "cells")
    for found in [d for d in _errors(path) if d.code == code and d.fix is not None]:
        assert found.fix is not None
        notebook = api.read(path)
        cells = [
            replace(cell, tags=tuple(retag(cell.tags, found.fix.tag)))
            if cell.id == found.fix.cell_id
            else cell
            for cell in notebook.cells
        ]
        after = api.check(replace(notebook, cells=tuple(cells)))
        assert (found.code, found.place) not in [(d.code, d.place) for d in after]
