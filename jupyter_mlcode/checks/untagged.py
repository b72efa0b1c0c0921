"""Cells without a tag of ours: each one is explained."""

from __future__ import annotations

from jupyter_mlcode.graph.connect import Connected
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.pipeline import LeftOut

_SETUP = frozenset({"import", "definition", "class", "setting", "seed"})


def _untagged(connected: Connected) -> list[int]:
    return [
        cell.index
        for cell in connected.notebook.code_cells
        if connected.roles.by_cell[cell.index].kind == "none"
    ]


def _replayed(connected: Connected) -> set[Statement]:
    return {s for needs in connected.projection.needs.values() for s in needs.replays}


def setup_cells(connected: Connected) -> tuple[int, ...]:
    """Return the cells that count as setup, tagged or not."""
    found = [i for i, role in enumerate(connected.roles.by_cell) if role.kind == "setup"]
    for index in _untagged(connected):
        statements = connected.flow.cells.get(index, [])
        if statements and all(s.facts.kind in _SETUP or _literal(s) for s in statements):
            found.append(index)
    return tuple(sorted(found))


def _literal(statement: Statement) -> bool:
    return statement.facts.kind in ("pure", "nothing") and not statement.facts.uses


def left_out(connected: Connected) -> tuple[LeftOut, ...]:
    """Return the untagged cells that no stage needs, with the reason why that changes nothing."""
    counted = set(setup_cells(connected))
    replayed = _replayed(connected)
    found = []
    for index in _untagged(connected):
        statements = connected.flow.cells.get(index, [])
        if index in counted or any(s in replayed for s in statements):
            continue
        touched = any(e.kind in ("writes", "draws", "opaque") for s in statements for e in s.facts.effects)
        if touched and not _harmless(connected, statements):
            continue
        found.append(LeftOut(cell=index, reason=_reason(statements)))
    return tuple(found)


def _harmless(connected: Connected, statements: list[Statement]) -> bool:
    """Whether nothing later notices the files or random numbers of a left-out cell."""
    return not any(w.name[0] == "@" for s in statements for w in s.writes) and not any(
        e.kind in ("writes", "opaque") for s in statements for e in s.facts.effects
    )


def _reason(statements: list[Statement]) -> str:
    names = sorted({w.name for s in statements for w in s.writes if w.name[0] != "@"})
    if names:
        return f"binds {', '.join(names)}; nothing later needs it"
    shown = next((n for s in statements for n in s.facts.uses), "")
    return f"shows something of {shown}; nothing later needs it" if shown else "nothing later needs it"
