"""Titles and purposes of stages from the markdown above them."""

from __future__ import annotations

import pytest

from jupyter_mlcode.model.notebook import Cell, CellKind, Notebook
from jupyter_mlcode.notebook.headings import headings_in, plain, stage_headings
from jupyter_mlcode.notebook.tags import read_roles


def notebook(*cells: tuple[str, str]) -> Notebook:
    def made(index: int, what: str, source: str) -> Cell:
        kind: CellKind = "markdown" if what == "text" else "code"
        tags = () if what in ("text", "") else (what,)
        return Cell(
            index=index, id=str(index), kind=kind, source=source, tags=tags, metadata={"tags": list(tags)}
        )

    return Notebook(path="nb.ipynb", cells=tuple(made(i, *cell) for i, cell in enumerate(cells)))


def titles(*cells: tuple[str, str]) -> dict[str, tuple[str, str]]:
    source = notebook(*cells)
    found = stage_headings(source, read_roles(source))
    return {stage: (heading.title, heading.purpose) for stage, heading in found.items()}


def test_a_stage_has_the_heading_and_the_paragraph_above_its_first_cell() -> None:
    assert titles(
        ("text", "# Churn\nAll about it."),
        ("text", "## Load\nOne row\nper customer.\n\nMore."),
        ("stage:load", "a"),
        ("text", "## Not a new stage"),
        ("stage:load", "b"),
    ) == {"load": ("Load", "One row per customer.")}


def test_setup_between_heading_and_stage_does_not_hide_the_heading() -> None:
    assert titles(("text", "## Train"), ("setup", "x"), ("stage:fit", "y")) == {"fit": ("Train", "")}


def test_a_heading_belongs_to_the_first_stage_below_it() -> None:
    found = titles(("text", "## Load"), ("stage:load", "x"), ("stage:fit-it", "y"))
    assert found == {"load": ("Load", ""), "fit-it": ("Fit it", "")}


def test_prose_in_a_cell_of_its_own_is_the_purpose() -> None:
    assert titles(("text", "## Load"), ("text", "The rows."), ("stage:load", "x")) == {
        "load": ("Load", "The rows.")
    }


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Load\n====\nrows", [("Load", 1, "rows")]),
        ("Load\n---\nrows", [("Load", 2, "rows")]),
        ("### Load ###", [("Load", 3, "")]),
        ("```\n# no heading\n```\n# Yes", [("Yes", 1, "")]),
        ("#hashtag", [("", 0, "#hashtag")]),
        ("# A\n- list\n\nprose", [("A", 1, "prose")]),
        ("# A\n| t |\n|---|\n![x](y)\n<div>", [("A", 1, "")]),
        ("text\n\n---\n\nmore", [("", 0, "text")]),
        ("", []),
    ],
)
def test_headings_of_a_text(markdown: str, expected: list[tuple[str, int, str]]) -> None:
    assert [(h.title, h.level, h.purpose) for h in headings_in(markdown)] == expected


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("2.1 Load", "Load"),
        ("1. Load", "Load"),
        ("2024 results", "2024 results"),
        ("**Bold** and `code`", "Bold and code"),
        ('<a id="x"></a>Load', "Load"),
        ("[Load](http://x)", "Load"),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_a_title_is_plain_text(markdown: str, text: str) -> None:
    assert plain(markdown) == text
