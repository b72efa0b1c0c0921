"""Sets that cross to another stage, where their order is another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic

_SETS: Final = ("python.set", "python.frozenset")
_IN_ORDER: Final = frozenset("list tuple iter next enumerate zip map filter print display str repr".split())
_METHODS: Final = frozenset({"join", "pop"})


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the first place of a stage that goes through a set which another stage made."""
    for crossing in view.crossings:
        value, name = crossing.version.value, crossing.version.name
        if value is None or value.family not in _SETS:
            continue
        cells = (c for c in view.cells if c.role.stage == crossing.stage)
        found = next(((cell, node) for cell in cells for node in _in_order(cell, name)), None)
        if found is not None:
            yield make("MLC131", found[0].at(found[1]))


def _in_order(cell: CellView, name: str) -> Iterator[ast.AST]:
    """Yield the nodes that depend on the order of the set with this name."""
    for node in cell.nodes:
        if isinstance(node, ast.For | ast.comprehension | ast.Starred):
            value = node.value if isinstance(node, ast.Starred) else node.iter
            if _is(value, name):
                yield value
        elif isinstance(node, ast.Call) and _goes_through(node, name):
            yield node


def _goes_through(call: ast.Call, name: str) -> bool:
    func = call.func
    if isinstance(func, ast.Name):
        return func.id in _IN_ORDER and any(_is(argument, name) for argument in call.args)
    if not isinstance(func, ast.Attribute) or func.attr not in _METHODS:
        return False
    return _is(func.value, name) if func.attr == "pop" else any(_is(a, name) for a in call.args)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
