"""Which functions and classes of the definitions module a stage reaches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.local.memo import Memo, digest_of


def reached_definitions(memo: Memo, module: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the digest of every definition that these names lead to, by name.

    A module that cannot be parsed counts as a whole, under the name `*`.
    """
    known = _definitions(memo, module)
    if "*" in known:
        return {"*": known["*"][0]}
    found: dict[str, str] = {}
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found and name in known:
            digest, uses = known[name]
            found[name] = digest
            pending += uses
    return dict(sorted(found.items()))


def _definitions(memo: Memo, module: Path) -> Mapping[str, Json]:
    """Return, by name, the digest of what binds it and the names it mentions."""
    try:
        text = module.read_bytes()
    except OSError:
        return {}
    key = digest_of(text)
    known = memo.recall("definitions", key)
    if known is None:
        known = _read(text, key)
        memo.remember("definitions", key, known)
    return dict(known)


def _read(text: bytes, key: str) -> dict[str, Json]:
    try:
        tree = ast.parse(text)
        found: dict[str, list[ast.stmt]] = {}
        for statement in tree.body:
            for name in _bound(statement):
                found.setdefault(name, []).append(statement)
        return {
            name: [digest_of(*map(ast.dump, statements)), sorted(_mentioned(statements))]
            for name, statements in found.items()
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {"*": [key, []]}


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _mentioned(statements: Iterable[ast.stmt]) -> set[str]:
    return {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}
