"""Pyplot's current figure: it belongs to the cell that made it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.backends import figures_stay
from jupyter_mlcode.model.diagnostics import Diagnostic

_PYPLOT: Final = ("matplotlib.pyplot.", "pylab.", "matplotlib.pylab.")
_DECORATES: Final = frozenset(
    "title suptitle xlabel ylabel xlim ylim xticks yticks legend grid colorbar tight_layout axis savefig gcf gca "
    "text annotate".split()
)
_NEITHER: Final = frozenset(
    "show close rc ion ioff colormaps rcdefaults rc_context get_cmap switch_backend".split()
)
_MAKES: Final = ("figure", "subplots", "subplot_mosaic", "close")
_MAKES_GRID: Final = frozenset(
    "displot catplot relplot lmplot pairplot jointplot clustermap FacetGrid PairGrid JointGrid".split()
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


def find_left(view: View) -> Iterator[Diagnostic]:
    """Yield where a stage may draw on a figure that another one left: with most backends figures stay open."""
    stay = figures_stay(view.connected.flow)
    left_by = ""
    own: set[str] = set()
    for cell in view.cells:
        if cell.role.kind != "stage" or not any(True for _ in cell.effects("figure")):
            continue
        stage = cell.role.stage
        begins = _first_on_pyplot(view, cell) if cell.cell.index in stay else None
        if begins is not None and left_by not in ("", stage) and stage not in own:
            if not begins[1] and (view.focus is None or view.focus is cell):
                yield make("MLC147", cell.at(begins[0]), stage=left_by)
            own.add(stage)
        if begins is not None:
            left_by = stage


def _first_on_pyplot(view: View, cell: CellView) -> tuple[Effect, bool] | None:
    """Return the first call that uses pyplot's current figure, and whether it makes a new one."""
    for _, effect in cell.effects("figure"):
        for call in cell.calls_at(effect):
            name = view.origin(cell, text_of(call.func)) if isinstance(call.func, ast.Attribute) else ""
            last = name.rpartition(".")[2]
            if name.startswith(_PYPLOT) and last not in _NEITHER:
                return effect, last in _MAKES and not (last == "figure" and call.args)
            if name.startswith("seaborn.") and not any(k.arg == "ax" for k in call.keywords):
                return effect, last in _MAKES_GRID
    return None


def _saves_before_drawing(view: View, cell: CellView) -> ast.Call | None:
    """Return the `savefig` before which the cell calls nothing that may draw."""
    own = {n.name for n in cell.nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    calls = [node for node in cell.nodes if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda c: (c.lineno, c.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id in own:
            continue
        name = (
            view.origin(cell, text_of(call.func)) if isinstance(call.func, (ast.Attribute, ast.Name)) else ""
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
