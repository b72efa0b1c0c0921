"""What is lost when a value is saved and loaded, and asked for by name: tracebacks, owners of memory, `is` of texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import Version
from jupyter_mlcode.model.diagnostics import Diagnostic

_ATTRIBUTES: Final = {
    "__traceback__": "the traceback",
    "base": "the array that owns the memory",
    "owndata": "who owns the memory",
}
_OF_ARRAYS: Final = ("base", "owndata")
_TRACEBACKS: Final = ("traceback.print_", "traceback.format_", "traceback.extract_", "traceback.TracebackExc")
_UNCHANGING: Final = ("scalar", "python.str")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield each question about a loaded value whose answer is another one after loading."""
    for cell in view.checked:
        loaded = _loaded(view, cell) if cell.role.kind == "stage" else {}
        for node in cell.nodes if loaded else ():
            for name, what in _asked(view, cell, node, loaded):
                yield make("MLC146", cell.at(node), name=name, what=what)


def _loaded(view: View, cell: CellView) -> Mapping[str, Version]:
    """Return what the cell reads of other stages, by name."""
    needs = view.connected.projection.needs[cell.role.stage]
    return {n: v for s in cell.statements for n, v in s.reads.items() if v in needs.loads}


def _asked(
    view: View, cell: CellView, node: ast.AST, loaded: Mapping[str, Version]
) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
        name = _root(node)
        if name in loaded and (node.attr not in _OF_ARRAYS or _family(loaded[name]) == "numpy"):
            yield name, _ATTRIBUTES[node.attr]
    elif isinstance(node, ast.Call):
        path = view.origin(cell, text_of(node.func)) if isinstance(node.func, ast.Attribute) else ""
        first = _root(node.args[0]) if node.args else ""
        if path.startswith(_TRACEBACKS) and first in loaded:
            yield first, "the traceback"
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Is, ast.IsNot)):
        names = [_root(node.left), _root(node.comparators[0])]
        if all(n in loaded and _family(loaded[n]) in _UNCHANGING for n in names):
            yield names[0], "whether an equal text or number is the same object"


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _family(version: Version) -> str | None:
    return version.value.family if version.value is not None else None
