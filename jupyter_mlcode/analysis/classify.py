"""How a top-level statement can be run again elsewhere (see `facts.StatementKind`)."""

from __future__ import annotations

import ast
from typing import Final

from jupyter_mlcode.analysis.facts import StatementKind
from jupyter_mlcode.analysis.recorder import Recorder

_ONCE: Final = frozenset({"reads", "writes", "draws", "impure", "opaque", "foreign", "figure"})
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statement_kind(node: ast.stmt, recorded: Recorder) -> StatementKind:
    """Return the kind of a statement that was just evaluated."""
    kinds = {e.kind for e in recorded.effects}
    if "opaque" in kinds:
        return "other"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "definition"
    if isinstance(node, (ast.If, ast.Try)) and not (kinds & _ONCE) and only_definitions(node):
        return "import"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and _names_only(node):
        return "definition"
    touched = recorded.known or recorded.maybe
    if "seeds" in kinds and not (kinds & (_ONCE - {"draws", "foreign"})):
        return "seed"
    if (
        "sets" in kinds
        and isinstance(node, ast.Expr)
        and not (kinds & (_ONCE - {"foreign", "draws"}))
        and not touched
    ):
        return "setting"
    if kinds & _ONCE or recorded.deleted:
        return "other"
    if "sets" in kinds:
        return "setting"
    if touched:
        return "other"
    if any("class" in v.traits for v in recorded.binds.values()):
        return "class"
    return "pure" if recorded.written else "nothing"


def _names_only(node: ast.Assign) -> bool:
    return all(isinstance(t, ast.Name) for t in node.targets)


def only_definitions(node: ast.stmt) -> bool:
    """Whether an `if` or `try` does nothing but import, define and set constants."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass, *_DEFINITIONS)):
        return True
    if isinstance(node, ast.Assign):
        return _names_only(node) and isinstance(node.value, (ast.Constant, ast.Lambda, ast.Name))
    if isinstance(node, ast.If):
        return all(only_definitions(n) for n in [*node.body, *node.orelse]) and _has_definition(node)
    if isinstance(node, ast.Try):
        parts = [*node.body, *node.orelse, *node.finalbody, *(n for h in node.handlers for n in h.body)]
        return all(only_definitions(n) for n in parts) and _has_definition(node)
    return False


def _has_definition(node: ast.stmt) -> bool:
    return any(isinstance(n, (ast.Import, ast.ImportFrom, *_DEFINITIONS)) for n in ast.walk(node))
