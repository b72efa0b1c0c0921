"""Make a failing program small: leave out runs of cells, cells, statements, and blocks while it still fails."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence

from tests.harness.notebooks import CellText

Cells = tuple[CellText, ...]
Check = Callable[[Cells], bool]


def shrink(cells: Sequence[CellText], fails: Check) -> Cells:
    """Return a smaller program that still fails."""
    current = tuple(cells)
    before: Cells = ()
    while current != before:
        before = current
        current = _without_cells(current, fails)
        current = _with_simpler_cells(current, fails)
    return current


def _without_cells(cells: Cells, fails: Check) -> Cells:
    """Leave out runs of cells, long ones first, from the end to the start."""
    width = max(1, len(cells) // 2)
    while width:
        start = len(cells) - width
        while start >= 0:
            smaller = cells[:start] + cells[start + width :]
            if smaller and fails(smaller):
                cells = smaller
            start -= width
        width //= 2
    return cells


def _with_simpler_cells(cells: Cells, fails: Check) -> Cells:
    """Leave out statements, and lines of blocks, cell by cell."""
    index = 0
    while index < len(cells):
        for source in _simpler_sources(cells[index].source):
            smaller = (*cells[:index], CellText(cells[index].tag, source), *cells[index + 1 :])
            if fails(smaller):
                cells = smaller
                break
        else:
            index += 1
    return cells


def _simpler_sources(source: str) -> Iterator[str]:
    body = ast.parse(source).body
    for skip in range(len(body)):
        rest = [ast.unparse(node) for place, node in enumerate(body) if place != skip]
        if rest:
            yield "\n".join(rest)
    for place, node in enumerate(body):
        for simpler in _simpler_nodes(node):
            nodes = [*body[:place], *simpler, *body[place + 1 :]]
            yield "\n".join(map(ast.unparse, nodes))


def _simpler_nodes(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield bodies that may stand for a compound statement, and the statement without one of its lines."""
    for field in ("body", "orelse"):
        inner = getattr(node, field, None)
        if not isinstance(inner, list) or not inner or not isinstance(inner[0], ast.stmt):
            continue
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield inner
        for place in range(len(inner)):
            kept = [*inner[:place], *inner[place + 1 :]]
            if kept or field == "orelse":
                shorter = copy.deepcopy(node)
                setattr(shorter, field, kept)
                yield [shorter]
