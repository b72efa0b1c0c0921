"""Functions of the notebook that a library keeps: a stage that uses the library gives it another one."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic


def find(view: View) -> Iterator[Diagnostic]:
    """Yield each such function that changes a variable, or reads one that the notebook changes afterwards."""
    for cell in view.checked:
        for statement, effect in cell.effects("finding"):
            if effect.what != "hook":
                continue
            stage = _another_stage(view, cell, statement)
            if not stage:
                continue
            changed = _names(statement.changes.known | statement.changes.maybe)
            for does, names in (("changes", changed), ("reads", _changed_later(view, statement))):
                if names:
                    text = ", ".join(repr(n) for n in names)
                    yield make("MLC144", cell.at(effect), does=does, names=text, stage=stage)
                    break


def _another_stage(view: View, cell: CellView, statement: Statement) -> str:
    """Return the first other stage that runs the statement again."""
    all_needs = view.connected.projection.needs.values()
    return next((n.name for n in all_needs if statement in n.replays and n.name != cell.role.stage), "")


def _names(names: frozenset[str]) -> list[str]:
    return sorted(n for n in names if not n.startswith("@"))


def _changed_later(view: View, statement: Statement) -> list[str]:
    """Return the variables that only the function reads, and that a later statement binds or changes."""
    own = _names(frozenset(statement.facts.through))
    later = [s for s in view.connected.flow.statements() if s.position > statement.position]
    return [name for name in own if any(s.touches(name) for s in later)]
