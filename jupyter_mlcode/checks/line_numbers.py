"""Numbers of lines that a cell asks for: a function stands in other lines where a stage has it (MLC146)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic

_WORDS: Final = ("lineno", "extract_", "getsourcelines", "findsource", "walk_")
_OF_FRAMES: Final = ("tb_lineno", "co_firstlineno", "f_lineno")
_KEPT: Final = (
    "traceback.extract_", "traceback.TracebackException", "traceback.StackSummary",
    "inspect.stack", "inspect.trace", "inspect.getframeinfo", "inspect.getouterframes", "inspect.getinnerframes",
    "warnings.catch_warnings", "logging.LogRecord", "logging.makeLogRecord",
    "logging.Formatter", "logging.Handler", "logging.Filter",
)  # fmt: skip
_PAIRS: Final = ("inspect.getsourcelines", "inspect.findsource", "traceback.walk_")
_PRINTED: Final = ("traceback.print_", "traceback.format_")
_TRACED: Final = (".exception(", "exc_info", "print_", "format_")
_DEFINED: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_IN_FORMATS: Final = ("%(lineno)", "{lineno", "$lineno", "${lineno")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield each question for the number of a line."""
    cells = [cell for cell in view.checked if cell.role.kind in ("stage", "setup")]
    if not any(word in cell.python for cell in cells for word in _WORDS):
        return
    running = (cell for cell in view.cells if cell.role.kind in ("stage", "setup"))
    kept = any(_named(view, cell, node, _KEPT) for cell in running for node in cell.nodes)
    for cell in cells:
        for node in cell.nodes:
            if _asks(view, cell, node, kept):
                asked = node.value if isinstance(node, ast.Attribute) else node
                name = text_of(asked)[:40]
                yield make("MLC146", cell.at(node), name=name, what="the number of a line")


def find_printed(view: View) -> Iterator[Diagnostic]:
    """Yield for each cell its first traceback that is printed or logged, where other cells define functions."""
    running = [cell for cell in view.cells if cell.role.kind in ("stage", "setup")]
    defining = {
        id(c) for c in running if "def " in c.python and any(isinstance(n, _DEFINED) for n in c.nodes)
    }
    for cell in running:
        if not defining - {id(cell)} or not any(word in cell.python for word in _TRACED):
            continue
        call = next((n for n in cell.nodes if isinstance(n, ast.Call) and _prints(view, cell, n)), None)
        if call is not None:
            yield make("MLC151", cell.at(call), name=text_of(call.func)[:40])


def _prints(view: View, cell: CellView, call: ast.Call) -> bool:
    """Say whether a call prints, logs or formats the traceback of an exception."""
    logs = isinstance(call.func, ast.Attribute) and call.func.attr == "exception" and bool(call.args)
    told = any(k.arg == "exc_info" and not _is_false(k.value) for k in call.keywords)
    return logs or told or _named(view, cell, call.func, _PRINTED)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _named(view: View, cell: CellView, node: ast.AST, paths: tuple[str, ...]) -> bool:
    """Say whether a node is the name of one of some things of libraries."""
    if not isinstance(node, (ast.Attribute, ast.Name)):
        return False
    return view.origin(cell, text_of(node)).startswith(paths)


def _asks(view: View, cell: CellView, node: ast.AST, kept: bool) -> bool:
    """Say whether a node asks for a line; `kept`: some cell makes frames or records that carry one."""
    if isinstance(node, ast.Attribute):
        return node.attr in _OF_FRAMES or (kept and node.attr == "lineno")
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) and "logging" in cell.python else ""
        return any(part in text for part in _IN_FORMATS)
    if isinstance(node, ast.Call):
        return _named(view, cell, node.func, _PAIRS)
    return _unpacked(node) or _counted(node)


def _unpacked(node: ast.AST) -> bool:
    """Tell `for file, line, name, text in extract_tb(error)`."""
    loops = isinstance(node, (ast.For, ast.comprehension))
    return loops and isinstance(node.target, ast.Tuple) and _frames(node.iter)  # type: ignore[attr-defined]


def _counted(node: ast.AST) -> bool:
    """Tell `extract_tb(error)[-1][1]`: frames are tuples."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Subscript)
        and _frames(node.value.value)
    )


def _frames(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and text_of(node.func).endswith(("extract_tb", "extract_stack"))
