"""What works only in a notebook: history, prompts, other languages, shell, namespaces as dictionaries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.evaluate import HISTORY
from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.names import is_history
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic

_FINDINGS: Final = {
    "input": "MLC081",
    "language": "MLC082",
    "install": "MLC083",
    "shell": "MLC084",
    "unknown-magic": "MLC085",
    "store": "MLC086",
    "redirect": "MLC087",
    "patch": "MLC138",
}
_NAMESPACES: Final = frozenset({"globals", "locals", "vars"})


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about what only a notebook can do."""
    told: set[str] = set()
    for cell in view.checked:
        if cell.role.kind == "parameters":
            continue
        for _, effect in cell.effects("finding"):
            if effect.what == "memory-log" and cell.role.kind == "setup":
                yield make("MLC139", cell.at(effect))
            elif effect.what in _FINDINGS:
                yield make(_FINDINGS[effect.what], cell.at(effect), what=effect.detail)
        yield from _opaque(cell, told)
        yield from _literal_code(cell)
    yield from _history(view)


def _history(view: View) -> Iterator[Diagnostic]:
    seen: set[tuple[int, str]] = set()
    for statement, name in view.connected.flow.undefined:
        if (name in HISTORY or is_history(name)) and (statement.cell, name) not in seen:
            seen.add((statement.cell, name))
            yield make("MLC080", view.by_index[statement.cell].place(statement.line_of(name)), name=name)


def _opaque(cell: CellView, told: set[str]) -> Iterator[Diagnostic]:
    """Yield what cannot be understood; `eval`, which only reads, once in a notebook."""
    for _, effect in cell.effects("opaque"):
        if effect.what == "exec":
            yield make("MLC091", cell.at(effect))
        elif effect.what == "globals":
            yield make("MLC092", cell.at(effect), what="globals()")
        elif effect.what == "vars":
            if _may_be_dir(cell):
                continue
            yield make("MLC092", cell.at(effect), what="the namespace as a dictionary")
        elif effect.what == "eval" and effect.what in told:
            continue
        elif effect.what[:1] != "%" or not _has_finding(cell, effect):
            told.add(effect.what)
            yield make("MLC093", cell.at(effect), what=effect.what)


def _may_be_dir(cell: CellView) -> bool:
    """`dir()` gives names only: what it says cannot carry a value."""
    calls = [node.func for node in cell.nodes if isinstance(node, ast.Call)]
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    return not names & _NAMESPACES and "dir" in names


def _has_finding(cell: CellView, effect: Effect) -> bool:
    return any(e.line == effect.line and e.what in _FINDINGS for _, e in cell.effects("finding"))


def _literal_code(cell: CellView) -> Iterator[Diagnostic]:
    """`exec("x = 1")` and `globals()["x"] = 1` are understood; a computed key is refused even so."""
    source = cell.cell.source
    if not any(f"{word}(" in source for word in ("exec", "globals", "locals", "vars")):
        return
    opaque = {(e.line, e.column) for _, e in cell.effects("opaque")}
    for node in cell.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "exec":
            if node.args and isinstance(node.args[0], ast.Constant):
                yield make("MLC094", cell.at(node), what="exec")
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and _namespace(node.value):
            if isinstance(node.slice, ast.Constant):
                yield make("MLC094", cell.at(node), what="the namespace as a dictionary")
            elif (node.lineno, node.col_offset + 1) not in opaque:
                yield make("MLC092", cell.at(node), what="a computed name")


def _namespace(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _NAMESPACES
        and not node.args
    )
