"""Files that are written, left open, and read by another stage: the notebook may read less than the pipeline."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.graph.files import FileEvent, may_meet
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic

_FAMILIES: Final = ("python.file", "python.csv")
_WRITTEN_OUT: Final = ("close", "flush")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield each file that a name keeps open while a later stage reads it."""
    events = view.connected.events
    for event in events:
        if not event.writes or event.kind.startswith("table"):
            continue
        names = {n for n, v in event.statement.facts.binds.items() if v.family in _FAMILIES}
        later = _read_later(events, event) if names else None
        if later is not None and not any(_is_written_out(view, n, event, later) for n in names):
            cell = view.by_index[event.statement.cell]
            yield make(
                "MLC143",
                cell.place(event.line),
                path=event.path or "a file",
                stage=later.stage,
                reader=view.number(later.statement),
            )


def _read_later(events: Sequence[FileEvent], written: FileEvent) -> FileEvent | None:
    position = written.statement.position
    return next(
        (
            e
            for e in events
            if not e.writes
            and e.stage != written.stage
            and e.statement.position > position
            and e.path
            and may_meet(e.path, written.path)
        ),
        None,
    )


def _is_written_out(view: View, name: str, written: FileEvent, later: FileEvent) -> bool:
    """Whether a statement between the two closes or flushes the file, or gives its name to something else."""
    first, last = written.statement, later.statement.position
    for statement in view.connected.flow.statements():
        if statement.position > last:
            return False
        if statement is first:
            if _closes(view, statement, name):
                return True
        elif statement.position > first.position:
            facts = statement.facts
            if name in facts.must or name in facts.deleted or _closes(view, statement, name):
                return True
    return False


def _closes(view: View, statement: Statement, name: str) -> bool:
    node = view.by_index[statement.cell].node(statement)
    named = name in statement.facts.uses or name in statement.facts.binds
    for part in ast.walk(node) if node is not None and named else ():
        if isinstance(part, ast.Attribute) and part.attr in _WRITTEN_OUT and _is(part.value, name):
            return True
        if isinstance(part, ast.With) and any(
            _is(i.context_expr, name) or (i.optional_vars is not None and _is(i.optional_vars, name))
            for i in part.items
        ):
            return True
    return False


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
