"""Objects with several names, and objects that keep a position or a count: what a cut does to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, Crossing, View
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.pipeline import Artifact, Save

_ITERATORS: Final = frozenset({"python.iterator"})


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about shared objects, iterators and functions that count."""
    for cell in view.cells:
        if cell.role.kind == "stage":
            yield from _changed_unnamed(view, cell)
    yield from _grouped(view)
    for crossing in view.crossings:
        yield from _with_a_position(view, crossing)
        yield from _with_a_count(view, crossing)


def _changed_unnamed(view: View, cell: CellView) -> Iterator[Diagnostic]:
    """A statement changes an object under a name that it does not mention."""
    left = view.crossing_by_cell.get(cell.cell.index, {})
    told: set[str] = set()
    for statement in cell.statements:
        named = statement.facts.uses.keys() | statement.facts.must
        for version in statement.writes:
            name = version.name
            if version.kind != "change" or name in named or name not in left or name in told or not named:
                continue
            if name[0] != "@" and not any(e.kind == "opaque" for e in statement.facts.effects):
                told.add(name)
                through = _changed_by_name(statement)
                yield make("MLC027", cell.at(statement), name=name, through=through, stage=left[name].stage)


def _changed_by_name(statement: Statement) -> str:
    changed = [v.name for v in statement.writes if v.kind == "change" and v.name in statement.facts.uses]
    return changed[0] if changed else next(iter(statement.facts.uses), "")


def _grouped(view: View) -> Iterator[Diagnostic]:
    """Names that cross in one file, because a later stage changes what they share."""
    told: set[Artifact] = set()
    for stage in view.connected.stages:
        for step in stage.steps:
            for artifact in step.artifacts if isinstance(step, Save) else ():
                if len(artifact.names) > 1 and artifact not in told:
                    told.add(artifact)
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
