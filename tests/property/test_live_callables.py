"""Live plans see what a function or class that another cell made does now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_mlcode.checks.live import LivePlan
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.notebook.read import parse_notebook
from tests.harness.notebooks import CellText, notebook_json

EDITS = {
    "the text of a closure": (
        "def make(f):\n    return lambda x: f(x)",
        "def make(f):\n    return lambda x: xs.append(x)",
        ("xs = []\ng = make(str)", "g(1)", "print(xs)"),
    ),
    "what a closure sees": (
        "scale = [2]",
        "scale = 2",
        ("def make(x):\n    return lambda: x\ng = make(scale)", "y = g()\ny += [1]", "print(scale, y)"),
    ),
    "a base class two classes up": (
        "class A:\n    def go(self): return 1",
        "class A:\n    def go(self): xs.append(1)",
        ("xs = []\nclass B(A): pass\nclass C(B): pass", "C().go()", "print(xs)"),
    ),
    "a default": (
        "seen = 0",
        "seen = []",
        ("def go(x, kept=seen):\n    kept += [x]", "go(1)", "print(seen)"),
    ),
}


def notebook(*sources: str) -> Notebook:
    cells = [CellText(f"stage:s{n}", source) for n, source in enumerate(sources)]
    return parse_notebook("nb.ipynb", notebook_json(cells))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_seen_where_it_is_called(name: str) -> None:
    before, after, rest = EDITS[name]
    live = LivePlan()
    for first in (before, after, before):
        now = notebook(first, *rest)
        found, fresh = live.update(now), plan(now)
        assert replace(found, notebook=now) == replace(fresh, notebook=now)
