"""Passwords, keys and tokens that stand in the notebook's text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic

_SHAPES: Final = re.compile(
    r"\b(?:sk-(?:live-|test-|proj-|ant-)?[A-Za-z0-9_-]{16,}|sk_(?:live|test)_[A-Za-z0-9]{16,}|(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abpr]-[\w-]{20,}|hf_[A-Za-z0-9]{30,}"
    r"|AIza[\w-]{35}|dapi[0-9a-f]{32}|pypi-[\w-]{50,})|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
)
_HINTS: Final = (
    "sk-",
    "sk_",
    "AKIA",
    "ASIA",
    "gh",
    "glpat-",
    "xox",
    "hf_",
    "AIza",
    "dapi",
    "pypi-",
    "-----BEGIN",
)
_LOGIN: Final = re.compile(r"^[a-z][a-z0-9+.-]*://[^/\s:@]+:([^/\s:@{}]{4,})@", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secret|(?:api|access|secret|private|auth|account|subscription|encryption|client|aws|azure|openai)"
    r"_?(?:key|token|secret)(?:_id)?|auth_?token|bearer_?token|token|secret_?key)$|^(?:apikey|secretkey|accesskey)$",
    re.IGNORECASE,
)
_PLACEHOLDER: Final = re.compile(
    r"your|example|placeholder|change.?me|dummy|insert|replace|secret.?here|key.?here|token.?here|^<.*>$|^\W*$|^(.)\1+$|xxx|\.\.\.|\*\*\*|todo",
    re.IGNORECASE,
)
_NAMES: Final = re.compile(
    r"(?:pass|pwd|secret|token|key)\w*[\"'\]]*\s*(?::[\w\[\]., |]+)?[=:]\s*[rRbBuU]?[\"'(]", re.IGNORECASE
)


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the literals that look like secrets; the message never repeats them."""
    for cell in view.checked:
        source = cell.cell.source
        if not (_NAMES.search(source) or "://" in source or any(h in source for h in _HINTS)):
            continue
        found = list(_found(cell))
        lines = {node.lineno for node, _ in found}
        yield from (make("MLC120", cell.at(node), what=what) for node, what in found)
        for number, text in enumerate(source.split("\n"), 1):
            match = _SHAPES.search(text)
            if match and number not in lines and not _PLACEHOLDER.search(match.group()):
                yield make(
                    "MLC120", cell.place(number, len(text[: match.start()].encode()) + 1), what="this text"
                )


def _found(cell: CellView) -> Iterator[tuple[ast.Constant, str]]:
    seen: set[int] = set()
    for node, what in _candidates(cell.nodes):
        if node.lineno not in seen:
            seen.add(node.lineno)
            yield node, what


def _candidates(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, str]]:
    for node in nodes:
        for name, value in _named_values(node):
            if _NAMED.search(name) and isinstance(value, ast.Constant) and _is_secret(value.value, name):
                yield value, f"the value of {name!r}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= 12:
            login = _LOGIN.match(node.value)
            if login and not _PLACEHOLDER.search(login.group(1)):
                yield node, "the password in this address"
            elif any(h in node.value for h in _HINTS):
                match = _SHAPES.search(node.value)
                if match and not _PLACEHOLDER.search(match.group()):
                    yield node, "this text"


def _named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield names with the values that are given to them: assignments, keywords, items, defaults."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield _name(target), node.value
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield _name(node.target), node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.arguments):
        for argument, default in zip(reversed(node.args), reversed(node.defaults), strict=False):
            yield argument.arg, default


def _name(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return ""


def _is_secret(value: object, name: str) -> bool:
    """Whether a value under a telling name is one: long enough, no placeholder, no word of the language."""
    if not isinstance(value, str) or len(value) < 8 or " " in value or _PLACEHOLDER.search(value):
        return False
    if re.search(r"passw|pwd|passphrase", name, re.IGNORECASE):
        return not value.isidentifier() or any(c.isdigit() for c in value)
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return bool(mixed) and not re.search(r"[/\\{}<>]", value[:-2])
