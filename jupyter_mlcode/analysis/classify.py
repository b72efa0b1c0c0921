"""How a top-level statement can be run again elsewhere (see `facts.StatementKind`)."""

from __future__ import annotations

import ast
from typing import Final

from jupyter_mlcode.analysis.facts import EffectKind, StatementKind
from jupyter_mlcode.analysis.recorder import Recorder
from jupyter_mlcode.analysis.trees import walk

_ONCE: Final = frozenset({"reads", "writes", "draws", "impure", "opaque", "foreign", "figure"})
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statement_kind(node: ast.stmt, recorded: Recorder) -> StatementKind:
    """Return the kind of a statement that was just evaluated."""
    kinds = {e.kind for e in recorded.effects}
    if "opaque" in kinds:
        return "other"
    by_form = _by_form(node, runs_once=bool(kinds & _ONCE))
    if by_form is not None:
        return by_form
    touched = bool(recorded.known or recorded.maybe)
    if not touched and not recorded.binds and _makes_folders(recorded):
        return "setting"
    bare = isinstance(node, (ast.Expr, ast.Assign)) and not touched
    if "seeds" in kinds and not (kinds & (_ONCE - {"draws", "foreign"})):
        return "seed"
    if "sets" in kinds and bare and not (kinds & (_ONCE - {"foreign", "draws"})):
        return "setting"
    if kinds & _ONCE or recorded.deleted or recorded.lost:
        return "other"
    if touched:
        return "setting" if "sets" in kinds else "other"
    return _by_effect(kinds, recorded)


def _makes_folders(recorded: Recorder) -> bool:
    """Whether the statement makes folders that may be there already, and does nothing else."""
    effects = recorded.effects
    return any(e.what == "replay:folders" for e in effects) and all(
        e.what == "replay:folders" or e.kind in ("reads", "notices") or e.detail.startswith("folder")
        for e in effects
    )


def _by_form(node: ast.stmt, *, runs_once: bool) -> StatementKind | None:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return "definition"
    if isinstance(node, (ast.If, ast.Try)) and not runs_once and only_definitions(node):
        return "import"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda) and _names_only(node):
        return "definition"
    return None


def _by_effect(kinds: set[EffectKind], recorded: Recorder) -> StatementKind:
    if "sets" in kinds:
        return "setting"
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
    return any(isinstance(n, (ast.Import, ast.ImportFrom, *_DEFINITIONS)) for n in walk(node))
