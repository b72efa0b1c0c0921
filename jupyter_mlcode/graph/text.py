"""The text of statements that are replayed: verbatim lines, or an import without unused names."""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection

from jupyter_mlcode.graph.flow import Statement


def statement_text(
    source: str, statement: Statement, siblings: list[Statement]
) -> tuple[str, tuple[int, int]]:
    """Return the statement's text and its first and last line, comment lines above it included."""
    facts = statement.facts
    first, last = facts.first, facts.last
    lines = source.split("\n")
    number = statement.number
    neighbours = siblings[max(number - 1, 0) : number + 2]
    shared = any(s is not statement and s.facts.first <= last and s.facts.last >= first for s in neighbours)
    if shared and facts.columns[1] >= 0:
        return _segment(lines, first, last, facts.columns), (first, last)
    lowest = max((s.facts.last for s in neighbours if s.facts.last < first), default=0)
    while first - 1 > lowest and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return "\n".join(lines[first - 1 : last]), (first, last)


def _segment(lines: list[str], first: int, last: int, columns: tuple[int, int]) -> str:
    chosen = [line.encode() for line in lines[first - 1 : last]]
    chosen[-1] = chosen[-1][: columns[1]]
    chosen[0] = chosen[0][columns[0] :]
    return b"\n".join(chosen).decode()


def pruned_import(text: str, names: Collection[str]) -> str:
    """Return the import statement with only these bound names; the text itself when all are used.

    Examples:
        >>> pruned_import("from math import sin, cos as c", {"c"})
        'from math import cos as c'
    """
    return _pruned(text, frozenset(names))


@functools.lru_cache(maxsize=4096)
def _pruned(text: str, names: frozenset[str]) -> str:
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return text
    if len(body) != 1 or not isinstance(body[0], (ast.Import, ast.ImportFrom)):
        return text
    node = body[0]
    used = [a for a in node.names if a.name == "*" or (a.asname or a.name.split(".", 1)[0]) in names]
    if len(used) == len(node.names) or not used:
        return text
    node.names = used
    short = ast.unparse(node)
    if len(short) <= 100 or isinstance(node, ast.Import):
        return short
    head, _, tail = short.partition(" import ")
    return f"{head} import (\n    " + ",\n    ".join(tail.split(", ")) + ",\n)"
