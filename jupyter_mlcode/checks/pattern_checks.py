"""Findings of the pattern rules, each with the conditions that only the whole notebook can answer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.patterns import Match, Rules, built_in
from jupyter_mlcode.checks.codes import CODES, make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.model.diagnostics import Diagnostic, Place, Severity

_SHOWN: Final = 60


def find(view: View, rules: Rules | None = None) -> Iterator[Diagnostic]:
    """Yield the findings of all rules, the built-in ones when none are given."""
    rules = (rules or built_in()).within(view.aliases)
    for cell in view.checked:
        if cell.role.kind == "parameters":
            continue
        told: set[tuple[str, int]] = set()
        for match in rules.find(cell.python, view.aliases, lambda name, cell=cell: view.origin(cell, name)):  # type: ignore[misc]
            code = _code(view, cell, match)
            if code and (code, match.line) not in told:
                told.add((code, match.line))
                yield _diagnostic(cell, match, code)


def _code(view: View, cell: CellView, match: Match) -> str:
    metadata = match.rule.metadata
    if metadata.get("when") == "crosses" and not _crosses(view, cell, match):
        return ""
    made = metadata.get("unless_made")
    if made and _made_here(view, cell, match):
        return str(made)
    return match.rule.code


def _crosses(view: View, cell: CellView, match: Match) -> bool:
    """Whether a name of the matched statement goes from this cell to another stage."""
    left = view.crossing_by_cell.get(cell.cell.index, {})
    for node in cell.tree.body if left else ():
        if node.lineno <= match.line <= (node.end_lineno or node.lineno):
            for found in ast.walk(node):
                if isinstance(found, ast.Name) and found.id in left:
                    return True
    return False


def _made_here(view: View, cell: CellView, match: Match) -> bool:
    """Whether every file that the match reads was written by an earlier cell of the notebook."""
    paths = {e.what for _, e in cell.effects("reads") if match.line <= e.line <= match.end_line}
    written = {
        e.what
        for other in view.cells
        if other.cell.index < cell.cell.index
        for _, e in other.effects("writes")
    }
    return bool(paths) and "" not in paths and paths <= written


def _diagnostic(cell: CellView, match: Match, code: str) -> Diagnostic:
    place = Place(cell=cell.cell.number, cell_id=cell.cell.id, line=match.line, column=match.column)
    text = " ".join(match.text.split())
    text = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    if code in CODES:
        return make(code, place, text=text)
    metadata = match.rule.metadata
    return Diagnostic(
        code=code,
        severity=Severity(metadata.get("severity", "warning")),
        message=str(metadata.get("message", match.rule.id)),
        hint=str(metadata.get("hint", "")),
        place=place,
    )
