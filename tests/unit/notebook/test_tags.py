"""What tags say, and every way in which they can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.model.notebook import Cell, CellKind, Notebook
from jupyter_mlcode.notebook.tags import Roles, read_roles, stage_name_problem, usable_name


def notebook(*tags: Any, kind: CellKind = "code") -> Notebook:
    cells = tuple(
        Cell(
            index=index,
            id=f"c{index}",
            kind=kind,
            source="x = 1",
            tags=tuple(value) if isinstance(value, list) and all(isinstance(t, str) for t in value) else (),
            metadata={"tags": value},
        )
        for index, value in enumerate(tags)
    )
    return Notebook(path="nb.ipynb", cells=cells)


def roles(*tags: Any) -> Roles:
    return read_roles(notebook(*tags))


def codes(found: Roles) -> list[str]:
    return [d.code for d in found.diagnostics]


def test_each_tag_gives_its_role() -> None:
    found = roles(["parameters"], ["setup"], ["stage:load", "slow"], ["skip"], ["slow"], [])
    assert [(r.kind, r.stage) for r in found.by_cell] == [
        ("parameters", ""),
        ("setup", ""),
        ("stage", "load"),
        ("skip", ""),
        ("none", ""),
        ("none", ""),
    ]
    assert found.diagnostics == ()


def test_stages_are_in_the_order_of_their_first_cells() -> None:
    assert roles(["stage:b"], ["stage:a"], ["stage:b"]).stages == ("b", "a")


@pytest.mark.parametrize("name", ["../..", "a/b", "A", "1a", "", "a b", "é", "a" * 64, "a\n", "-a", "a.b"])
def test_a_bad_name_is_an_error_with_a_better_one(name: str) -> None:
    found = roles([f"stage:{name}"])
    (diagnostic,) = found.diagnostics
    assert (diagnostic.code, diagnostic.severity) == ("MLC001", Severity.ERROR)
    assert diagnostic.fix is not None
    assert stage_name_problem(diagnostic.fix.tag.removeprefix("stage:")) == ""
    assert stage_name_problem(found.by_cell[0].stage) == ""


@pytest.mark.parametrize("name", ["con", "CON", "nul", "com1", "lpt9", "aux", "prn"])
def test_device_names_of_windows_are_refused(name: str) -> None:
    (diagnostic,) = roles([f"stage:{name}"]).diagnostics
    assert diagnostic.code == "MLC006"


@pytest.mark.parametrize(("one", "other"), [("a", "A"), ("a-b", "a_b"), ("load_data", "Load-Data")])
def test_names_that_differ_in_case_or_dashes_only_are_an_error(one: str, other: str) -> None:
    found = roles([f"stage:{one}"], [f"stage:{other}"])
    assert "MLC002" in codes(found)
    last = next(d for d in found.diagnostics if d.code == "MLC002")
    assert last.place is not None
    assert last.place.cell == 2


@pytest.mark.parametrize("tags", [["stage:a", "stage:b"], ["parameters", "stage:a"], ["setup", "skip"]])
def test_two_of_ours_on_a_cell_are_an_error(tags: list[str]) -> None:
    assert codes(roles(tags)) == ["MLC003"]


def test_the_same_tag_twice_is_one_tag() -> None:
    assert codes(roles(["setup", "setup"])) == []


def test_a_second_parameters_cell_is_an_error() -> None:
    found = roles(["parameters"], ["parameters"])
    assert codes(found) == ["MLC004"]
    assert "the first is cell 1" in found.diagnostics[0].message


@pytest.mark.parametrize("tags", ["stage:a", 3, {"a": 1}, [1], [["stage:a"]], None])
def test_tags_of_a_wrong_type_are_an_error(tags: Any) -> None:
    assert codes(roles(tags)) == ["MLC005"]


def test_a_tag_on_a_text_cell_is_a_warning() -> None:
    found = read_roles(notebook(["stage:a"], kind="markdown"))
    assert [(d.code, d.severity) for d in found.diagnostics] == [("MLC007", Severity.WARNING)]
    assert found.by_cell[0].kind == "none"


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("Stage:train", "stage:train"),
        ("stage = train", "stage:train"),
        ("Setup", "setup"),
        ("PARAMETERS", "parameters"),
    ],
)
def test_a_tag_that_was_meant_as_ours_is_a_warning_with_the_right_one(tag: str, meant: str) -> None:
    (diagnostic,) = roles([tag]).diagnostics
    assert diagnostic.code == "MLC008"
    assert diagnostic.fix is not None
    assert diagnostic.fix.tag == meant


@pytest.mark.parametrize("text", ["Load & clean", "../..", "CON", "", "é", "x" * 200, "3 things", "_a_"])
def test_any_text_becomes_a_usable_name(text: str) -> None:
    assert stage_name_problem(usable_name(text)) == ""
