"""Python and TypeScript read and write stage tags alike; jest goes through the same cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.notebook.edit import retag
from jupyter_mlcode.notebook.tags import folded, read_roles, stage_name_problem

CONTRACT = json.loads(Path(__file__).with_name("stage_tags.json").read_text(encoding="utf-8"))
NAMES = CONTRACT["names"]


@pytest.mark.parametrize("case", CONTRACT["write"], ids=lambda case: case["why"])
def test_write(case):
    stage = case["stage"]
    assert retag(case["tags_in"], None if stage is None else f"stage:{stage}") == case["tags_out"]


@pytest.mark.parametrize("case", CONTRACT["read"], ids=lambda case: " ".join(case["tags"]) or "none")
def test_read(case):
    tags, stage = case["tags"], case["stage"]
    cell = Cell(index=0, id="a", kind="code", source="x = 1", tags=tuple(tags), metadata={"tags": tags})
    roles = read_roles(Notebook(path="a.ipynb", cells=(cell,)))
    if stage is None:
        assert roles.stages == ()
    elif stage in NAMES["valid"]:
        assert roles.stages == (stage,)
    else:
        assert "MLC001" in {finding.code for finding in roles.diagnostics}


@pytest.mark.parametrize("name", NAMES["valid"])
def test_a_valid_name_has_no_problem(name):
    assert stage_name_problem(name) == ""


@pytest.mark.parametrize("name", NAMES["invalid"])
def test_an_invalid_name_has_a_problem(name):
    assert stage_name_problem(name) != ""


@pytest.mark.parametrize(("left", "right"), NAMES["same"])
def test_names_that_share_their_files(left, right):
    assert folded(left) == folded(right)


@pytest.mark.parametrize(("left", "right"), NAMES["different"])
def test_names_that_do_not(left, right):
    assert folded(left) != folded(right)
