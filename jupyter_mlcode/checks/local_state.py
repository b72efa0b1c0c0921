"""Modules of the project that keep state: what one stage leaves there, the next one does not find."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the second stage that touches the state of a module beside the notebook."""
    modules = view.connected.notebook.modules
    first: dict[str, tuple[str, int]] = {}
    for cell in view.cells if any(modules.values()) else ():
        if cell.role.kind != "stage":
            continue
        for node, module in _touching(view, cell):
            stage, number = first.setdefault(module, (cell.role.stage, cell.cell.number))
            if stage != cell.role.stage:
                yield make("MLC069", cell.at(node), name=module, stage=stage, reader=number)
                break


def _touching(view: View, cell: CellView) -> Iterator[tuple[ast.AST, str]]:
    modules = view.connected.notebook.modules
    for node in cell.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, name = view.aliases.get(node.value.id, ""), node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            module, _, name = view.aliases.get(node.id, "").rpartition(".")
        else:
            continue
        if name in modules.get(module, ()):
            yield node, module
