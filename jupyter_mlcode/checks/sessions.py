"""Spark objects: they live in the session that made them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View, made_by
from jupyter_mlcode.graph.flow import Version
from jupyter_mlcode.model.diagnostics import Diagnostic

_TAKES_OUT: Final = frozenset(
    "toPandas collect count first head take tail isEmpty toLocalIterator schema columns dtypes version".split()
)


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the Spark objects that another stage reads."""
    if not any(path.startswith("pyspark") for path in view.aliases.values()):
        return
    for crossing in view.crossings:
        version = crossing.version
        cell = view.by_index[version.statement.cell]
        if cell.role.kind == "stage" and _is_spark(view, version, 0):
            yield make("MLC134", cell.at(version.statement), name=version.name, stage=crossing.stage)


def _is_spark(view: View, version: Version, depth: int) -> bool:
    made = made_by(version)
    if made.startswith("pyspark.sql.") and "(" in made:
        return not made.startswith(("pyspark.sql.functions", "pyspark.sql.types"))
    if depth > 8 or made or version.value is None or version.value.family == "scalar":
        return False
    cell = view.by_index[version.statement.cell]
    if any(_chain(node) & _TAKES_OUT for node in _assigned(cell, version.name)):
        return False
    return any(
        _is_spark(view, read, depth + 1) for read in version.statement.reads.values() if read is not version
    )


def _assigned(cell: CellView, name: str) -> Iterator[ast.expr]:
    for node in cell.nodes:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == name for t in node.targets
        ):
            yield node.value


def _chain(node: ast.expr) -> set[str]:
    """Return the names of the methods and attributes from a value outwards: `a.b().c` has b and c."""
    found: set[str] = set()
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return found
