"""Changes of a database that no statement commits: they end with the stage's connection."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.graph.files import FileEvent
from jupyter_mlcode.model.diagnostics import Diagnostic

_CHANGES: Final = re.compile(r"\s*(?:insert|update|delete|replace)\b", re.IGNORECASE)
_OF_ITS_OWN: Final = ("isolation_level=None", "autocommit=True")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the last change that a stage leaves without a commit while a later stage asks a database.

    `sqlite3` begins a transaction before a change and ends it by `commit()`, by `with connection:` or
    never (PEP 249). In the notebook one connection sees its own changes all along.
    """
    events = [e for e in view.connected.events if e.kind.startswith("table")]
    if not events or any(text in c.cell.source for c in view.cells for text in _OF_ITS_OWN):
        return
    for stage in dict.fromkeys(e.stage for e in events):
        change = _uncommitted(view, [e for e in events if e.stage == stage])
        later = None if change is None else _asked_later(events, change)
        if change is not None and later is not None:
            cell = view.by_index[change.statement.cell]
            yield make(
                "MLC063", cell.place(change.line), stage=later.stage, reader=view.number(later.statement)
            )


def _in_a_block(view: View, event: FileEvent) -> bool:
    """Whether the change stands under `with`, which commits where it is a connection's."""
    return isinstance(view.by_index[event.statement.cell].node(event.statement), ast.With)


def _uncommitted(view: View, events: list[FileEvent]) -> FileEvent | None:
    """Return the last change after which nothing commits; an unknown statement may do so."""
    change = None
    for event in events:
        if event.writes and _CHANGES.match(event.path) and not _in_a_block(view, event):
            change = event
        elif event.writes and not event.path:
            change = None
    return change


def _asked_later(events: list[FileEvent], change: FileEvent) -> FileEvent | None:
    position = change.statement.position
    return next((e for e in events if e.stage != change.stage and e.statement.position > position), None)
