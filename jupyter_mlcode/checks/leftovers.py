"""Cells outside the stages: skipped ones that did something, untagged ones that are left out or must not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.session import CellSource, Session
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.untagged import left_out, setup_cells
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place
from jupyter_mlcode.model.notebook import Cell

_LIVE: Final = {
    "writes": "writes files",
    "sets": "changes a setting",
    "seeds": "sets a seed",
    "draws": "draws random numbers",
}


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about skipped and untagged cells."""
    if view.focus is None:
        yield from _skipped(view)
    if view.connected.roles.stages:
        yield from _untagged(view)


# -- skipped -------------------------------------------------------------------------------------
def _skipped(view: View) -> Iterator[Diagnostic]:
    roles = view.connected.roles.by_cell
    cells = [c for c in view.connected.notebook.code_cells if roles[c.index].kind == "skip"]
    if not cells:
        return
    missing = {name: statement for statement, name in reversed(view.connected.flow.undefined)}
    later = _read_later(view)
    for cell in cells:
        facts = Session(view.connected.flow.library).analyse([CellSource(cell.id, cell.source)])[0]
        place = Place(cell=cell.number, cell_id=cell.id)
        bound = {n for s in facts.statements for n in s.must | s.may}
        changed = {n for c in facts.changes for n in c.known}
        for name in sorted(bound & missing.keys()):
            reader = missing[name]
            if reader.cell > cell.index:
                yield make(
                    "MLC031", place, name=name, stage=roles[reader.cell].stage, reader=view.number(reader)
                )
        effects = {e.kind for s in facts.statements for e in s.effects if e.kind in _LIVE}
        live = sorted(n for n in (bound | changed) - missing.keys() if later.get(n, -1) > cell.index)
        if live:
            yield make("MLC032", place, what=f"{'binds' if live[0] in bound else 'changes'} {live[0]!r}")
        elif effects:
            yield make("MLC032", place, what=_LIVE[min(effects)])


def _read_later(view: View) -> dict[str, int]:
    """Return for each name the last cell that reads it from an earlier one."""
    found: dict[str, int] = {}
    for cell in view.cells:
        for statement in cell.statements:
            for name, version in statement.reads.items():
                if version.statement.cell < cell.cell.index and version.statement.facts.kind != "import":
                    found[name] = cell.cell.index
    return found


# -- untagged --------------------------------------------------------------------------------------
def _untagged(view: View) -> Iterator[Diagnostic]:
    out = {item.cell: item.reason for item in left_out(view.connected)}
    counted = set(setup_cells(view.connected))
    for cell in view.checked:
        index = cell.cell.index
        if cell.role.kind != "none":
            continue
        if index in out:
            yield make("MLC033", cell.place(), reason=out[index])
        elif index not in counted:
            live = _live(view, cell)
            if live is not None:
                statement, what = live
                yield make("MLC034", cell.at(statement), fix=_fix(view, cell.cell), what=what)


def _live(view: View, cell: CellView) -> tuple[Statement, str] | None:
    """Return what the cell does that its absence would change: files, or state that somebody has to see."""
    for statement in cell.statements:
        for effect in statement.facts.effects:
            if effect.kind == "writes" and effect.detail != "maybe":
                return statement, f"writes {effect.what!r}" if effect.what else "writes files"
            if effect.kind == "opaque" and effect.what not in ("eval", "vars"):
                return statement, "may change everything"
    return None


def _fix(view: View, cell: Cell) -> Fix | None:
    stage = ""
    for role in view.connected.roles.by_cell[: cell.index]:
        stage = role.stage if role.kind == "stage" else stage
    stage = stage or view.connected.roles.stages[0]
    return Fix(title=f"add the cell to stage {stage!r}", cell_id=cell.id, tag=f"stage:{stage}")
