"""Names that the process counts up: the first thread of a stage is `Thread-1`, that of a later cell is not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.model.diagnostics import Diagnostic

_ASK: Final = frozenset({"current_thread", "currentThread", "enumerate", "main_thread"})
_COUNTED: Final = {
    "threading.Thread": "name",
    "threading.Timer": "name",
    "concurrent.futures.ThreadPoolExecutor": "thread_name_prefix",
}


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the second stage that makes threads without names, where the notebook asks threads for theirs."""
    if "threading" not in view.aliases.values() or not _asks(view):
        return
    first = ""
    for cell in view.cells:
        for node in cell.nodes if cell.role.kind in ("stage", "setup") else ():
            if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Attribute, ast.Name)):
                continue
            named_by = _COUNTED.get(view.origin(cell, text_of(node.func)))
            if named_by is None or any(k.arg == named_by for k in node.keywords):
                continue
            where = cell.role.stage or cell.role.kind
            if first and (first != where or where == "setup"):
                yield make("MLC149", cell.at(node), stage=first)
                return
            first = where


def _asks(view: View) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in _ASK
        and view.origin(cell, text_of(node)).startswith("threading.")
        for cell in view.cells
        if "thread" in cell.cell.source
        for node in cell.nodes
    )
