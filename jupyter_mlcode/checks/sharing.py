"""Objects with several names, and objects that keep a position or a count: what a cut does to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, Crossing, View
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.pipeline import Save

_ITERATORS: Final = frozenset({"python.iterator"})


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about shared objects, iterators and functions that count."""
    for cell in view.checked:
        if cell.role.kind == "stage":
            yield from _changed_unnamed(view, cell)
    yield from _grouped(view)
    for crossing in view.crossings:
        yield from _with_a_position(view, crossing)
        yield from _with_a_count(view, crossing)


def _changed_unnamed(view: View, cell: CellView) -> Iterator[Diagnostic]:
    """A statement changes an object under names that it does not mention, and later stages read them."""
    left = view.crossing_by_cell.get(cell.cell.index, {})
    told: set[str] = set()
    called = list(dict.fromkeys(_called_upon(cell))) if left else []
    for statement in cell.statements if left else ():
        if any(e.kind == "opaque" for e in statement.facts.effects):
            continue
        named = statement.facts.uses.keys() | statement.facts.must
        changed = statement.changes.known | statement.changes.maybe
        unnamed = sorted((changed & left.keys()) - named - told)
        through = _through(statement, changed & named, called) if unnamed else ""
        if not through:
            continue
        told.update(unnamed)
        names = ", ".join(repr(n) for n in unnamed)
        yield make("MLC027", cell.at(statement), names=names, through=through, stage=left[unnamed[0]].stage)


def _through(statement: Statement, changed: frozenset[str], called: Sequence[str]) -> str:
    """Return the name by which the objects change: by a rule, or by `name.method()` for the sake of its effect."""
    sure = sorted(changed & statement.changes.known)
    return sure[0] if sure else next((name for name in called if name in changed), "")


def _called_upon(cell: CellView) -> Iterator[str]:
    """Yield the names of which a statement of the cell calls a method and nothing else."""
    for node in cell.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            func = node.value.func
            if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
                yield func.value.id


def _grouped(view: View) -> Iterator[Diagnostic]:
    """Names that cross in one file, because a later stage changes what they share."""
    for stage in view.connected.stages:
        for step in stage.steps:
            for artifact in step.artifacts if isinstance(step, Save) else ():
                if len(artifact.names) > 1:
                    made = [
                        c.version.statement
                        for c in view.crossings
                        if c.version.name in artifact.names and c.version.statement.cell in stage.cells
                    ]
                    if made:
                        last = max(made, key=lambda s: s.position)
                        names = ", ".join(artifact.names)
                        yield make("MLC028", view.by_index[last.cell].at(last), names=names)


def _with_a_position(view: View, crossing: Crossing) -> Iterator[Diagnostic]:
    version = crossing.version
    if version.value is None or version.value.family not in _ITERATORS:
        return
    cell = view.by_index[version.statement.cell]
    yield make("MLC066", cell.at(version.statement), name=version.name, stage=crossing.stage)


def _with_a_count(view: View, crossing: Crossing) -> Iterator[Diagnostic]:
    """A function made by a function crosses while it counts in a variable of its maker."""
    version = crossing.version
    value = version.value
    if value is None or value.family != "function":
        return
    if any(isinstance(n, ast.Nonlocal) for f in value.functions for n in ast.walk(f.node)):
        cell = view.by_index[version.statement.cell]
        yield make("MLC064", cell.at(version.statement), name=version.name, stage=crossing.stage)
