"""Mutants of probes and idioms: planned, edited and exported, none may crash, hang or give broken scripts."""

from __future__ import annotations

import functools

import pytest

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.notebook.read import parse_notebook
from tests.harness.notebooks import CellText, notebook_json
from tests.property.mutations import Material, complaints, mutant, read_material

FOUND = {
    "return in a cell": ("def f(): return 1\nreturn f()", "print(f())"),
    "nonlocal of nothing": ("x = 1\nnonlocal x", "print(x)"),
    "an argument twice": ("def f(a, a): return a", "print(f(1, 2))"),
    "a cell magic above what is not Python": ("%%timeit\nz = f(1) f(2)", "print(1)"),
}


@functools.cache
def _material() -> Material:
    return read_material()


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_mutants(seed: int) -> None:
    for number in range(seed, seed + 10):
        assert not complaints(*mutant(_material(), number)), number


@pytest.mark.parametrize("name", FOUND)
def test_found(name: str) -> None:
    line = 1 if name == "an argument twice" else 2
    cells = [CellText(f"stage:s{n}", source) for n, source in enumerate(FOUND[name])]
    assert not complaints(cells[:1], cells)
    found = plan(parse_notebook("nb.ipynb", notebook_json(cells))).diagnostics
    errors = [d for d in found if d.severity is Severity.ERROR]
    assert [(d.code, d.place.line if d.place else 0) for d in errors] == [("MLC020", line)]


def test_the_same_notebook_gives_the_same_plan() -> None:
    """Sets of versions are in another order each time."""
    _, cells = mutant(_material(), 8755)
    kept, seen = [], set()
    for number in range(20):
        pipeline = plan(parse_notebook("nb.ipynb", notebook_json(cells)))
        kept.append((pipeline, [object() for _ in range(number * 7)]))
        seen.add(repr((pipeline.edges, pipeline.stages, pipeline.diagnostics)))
    assert len(seen) == 1


CRASHED = {
    "a chain of calls": ("class A: pass", "b = A()" + ".add(2)" * 350),
    "a name without a letter": ('globals()[""] = 1\nvars()[""] = 2', "print(1)"),
}


@pytest.mark.parametrize("name", CRASHED)
def test_found_crashes(name: str) -> None:
    cells = [CellText(f"stage:s{n}", source) for n, source in enumerate(CRASHED[name])]
    assert not complaints(cells[:1], cells)
