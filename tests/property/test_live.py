"""A live plan says after every edit what a plan from nothing says."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from jupyter_mlcode.checks.live import LivePlan
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.notebook.read import parse_notebook
from tests.harness.choosers import SeededChooser
from tests.harness.notebooks import CellText, notebook_json
from tests.property.programs import write_program

SEEDS = range(40)
EDITS = 12


def _edited(source: str, choice: random.Random) -> str:
    """Return the source with a literal, a name, a line or a comment changed."""
    lines = source.split("\n")
    at = choice.randrange(len(lines) + 1)
    kind = choice.randrange(7)
    if kind == 0:
        return re.sub(r"\d+", str(choice.randrange(100)), source, count=1)
    if kind == 1:
        return f"# a comment\n{source}"
    if kind == 2:
        return f"{source}\nprint({choice.choice('abcdk')})"
    if kind == 3:
        return re.sub(r"\b[a-h]\b", choice.choice("abcdefgh"), source, count=1)
    if kind == 4:
        return "\n".join([*lines[:at], "", *lines[at:]])
    if kind == 5:
        return f"{source}  # {choice.randrange(9)}"
    return choice.choice([source + "\nx = (", source.replace("(", "", 1), f"eval('1')\n{source}"])


def _edit(notebook: Notebook, choice: random.Random) -> Notebook:
    index = choice.randrange(len(notebook.cells))
    cell = notebook.cells[index]
    new = (
        replace(cell, tags=(f"stage:{choice.choice(['one', 'two', 'new'])}",))
        if choice.random() < 0.1
        else replace(cell, source=_edited(cell.source, choice))
    )
    cells = [*notebook.cells[:index], new, *notebook.cells[index + 1 :]]
    return replace(notebook, cells=tuple(cells))


@pytest.mark.parametrize("seed", SEEDS)
def test_edits(seed: int) -> None:
    choice = random.Random(seed)
    notebook = parse_notebook("nb.ipynb", notebook_json(write_program(SeededChooser(seed))))
    live = LivePlan()
    live.update(notebook)
    for _ in range(EDITS):
        notebook = _edit(notebook, choice)
        seen, fresh = live.update(notebook), plan(notebook)
        assert seen.diagnostics == fresh.diagnostics
        assert seen.edges == fresh.edges
        assert [replace(s, steps=()) for s in seen.stages] == [replace(s, steps=()) for s in fresh.stages]
        assert (seen.left_out, seen.setup, seen.parameters) == (fresh.left_out, fresh.setup, fresh.parameters)


def test_an_edit_that_concerns_nobody_keeps_the_graph() -> None:
    cells = [("a", "x = [1, 2]"), ("b", "print(len(x), 3)"), ("c", "print(x)")]
    notebook = parse_notebook("nb.ipynb", notebook_json(CellText(f"stage:{s}", t) for s, t in cells))
    live = LivePlan()
    live.update(notebook)
    changed = replace(notebook.cells[1], source="# more\nprint(len(x), 4)")
    live.update(replace(notebook, cells=(notebook.cells[0], changed, notebook.cells[2])))
    assert live.same_graph
    assert not live.same_edges  # they name a line that moved


@pytest.mark.parametrize(
    ("before", "after", "reader"),
    [
        ("power = 2", "power = 2\nx = 3", "import patsy\nm = patsy.dmatrix('I(x ** power)', {})"),
        ("y = 1", "y = 1\nannotations = []", "def f(a: annotations): return a"),
        ("y = 1", "import xml.dom\ny = 1", "import xml\nprint(xml.dom)"),
    ],
)
def test_a_new_name_that_only_a_text_or_a_module_mentions(before: str, after: str, reader: str) -> None:
    first, then = (
        parse_notebook("nb.ipynb", notebook_json([CellText("stage:a", text), CellText("stage:b", reader)]))
        for text in (before, after)
    )
    live = LivePlan()
    live.update(first)
    assert live.update(then).edges == plan(then).edges
