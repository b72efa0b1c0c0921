"""Pyplot's current figure: it belongs to the cell that made it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic

_PYPLOT: Final = ("matplotlib.pyplot.", "pylab.", "matplotlib.pylab.")
_DECORATES: Final = frozenset(
    "title suptitle xlabel ylabel xlim ylim xticks yticks legend grid colorbar tight_layout axis savefig gcf gca "
    "text annotate".split()
)
_NEITHER: Final = frozenset("show close rc ion ioff colormaps rcdefaults rc_context get_cmap switch_backend".split())


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the cells that save a pyplot figure which another stage has drawn."""
    drawn_by = ""
    for cell in view.cells:
        if not any(True for _ in cell.effects("figure")):
            continue
        calls = _pyplot_calls(view, cell)
        stage = cell.role.stage if cell.role.kind == "stage" else ""
        saves = _saves_before_drawing(cell, calls)
        if saves is not None and drawn_by and stage and drawn_by != stage:
            yield make("MLC099", cell.at(saves), stage=drawn_by)
        elif stage:
            drawn_by = stage


def _pyplot_calls(view: View, cell: CellView) -> list[tuple[str, ast.Call]]:
    """Return the pyplot calls of the cell in the order of its text."""
    found = []
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
            origin = view.origin(cell, ast.unparse(node.func))
            if origin.startswith(_PYPLOT):
                found.append((origin.rsplit(".", 1)[-1], node))
    return sorted(found, key=lambda item: (item[1].lineno, item[1].col_offset))


def _saves_before_drawing(cell: CellView, calls: list[tuple[str, ast.Call]]) -> ast.Call | None:
    """Return the `savefig` when the cell itself has drawn nothing up to there."""
    first = {id(call): name for name, call in calls}
    for _, effect in cell.effects("figure"):
        at = [first[id(c)] for c in cell.calls_at(effect) if id(c) in first]
        if not at or (at[0] not in _DECORATES and at[0] not in _NEITHER):
            return None
        for call in cell.calls_at(effect):
            if first.get(id(call)) == "savefig":
                return call
    return None
