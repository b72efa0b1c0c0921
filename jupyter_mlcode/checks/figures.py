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
_NEITHER: Final = frozenset(
    "show close rc ion ioff colormaps rcdefaults rc_context get_cmap switch_backend".split()
)
_DRAWS_NOTHING: Final = ("builtins.", "os.", "pathlib.", "str.", "time.", "numpy.")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the cells that save a pyplot figure which another stage has drawn."""
    drawn_by = ""
    for cell in view.checked:
        if cell.role.kind != "stage" or not any(True for _ in cell.effects("figure")):
            continue
        saves = _saves_before_drawing(view, cell) if drawn_by not in ("", cell.role.stage) else None
        if saves is not None:
            yield make("MLC099", cell.at(saves), stage=drawn_by)
        else:
            drawn_by = cell.role.stage


def _saves_before_drawing(view: View, cell: CellView) -> ast.Call | None:
    """Return the `savefig` before which the cell calls nothing that may draw."""
    own = {n.name for n in cell.nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    calls = [node for node in cell.nodes if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda c: (c.lineno, c.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in own:
            continue
        name = (
            view.origin(cell, ast.unparse(call.func))
            if isinstance(call.func, (ast.Attribute, ast.Name))
            else ""
        )
        if name.startswith(_PYPLOT):
            name = name.rpartition(".")[2]
            if name == "savefig":
                return call
            if name not in _DECORATES and name not in _NEITHER:
                return None
        elif not name.startswith(_DRAWS_NOTHING):
            return None
    return None
