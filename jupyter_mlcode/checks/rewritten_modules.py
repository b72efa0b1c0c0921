"""Modules that the notebook writes: a stage imports the text that is there when it starts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.graph.files import FileEvent
from jupyter_mlcode.graph.flow import Statement, Version
from jupyter_mlcode.model.diagnostics import Diagnostic


def find(view: View) -> Iterator[Diagnostic]:
    """Yield each stage that uses a module which was written again since the notebook imported it."""
    for event in view.connected.events:
        if not event.writes or not event.path.endswith(".py"):
            continue
        module = posixpath.basename(event.path).removesuffix(".py")
        reader = _first_reader(view, event, module)
        if reader is not None:
            cell = view.by_index[event.statement.cell]
            stage = view.by_index[reader.cell].role.stage
            yield make("MLC148", cell.place(event.line), name=module, stage=stage, reader=view.number(reader))


def _first_reader(view: View, event: FileEvent, module: str) -> Statement | None:
    """Return the first statement of another stage that uses what was imported before the text changed."""
    loaded_again = False
    for statement in view.connected.flow.statements():
        role = view.connected.roles.by_cell[statement.cell]
        if statement.position <= event.statement.position or role.kind != "stage":
            continue
        if any(e.kind == "sets" and e.what == "replay:importlib" for e in statement.facts.effects):
            loaded_again = True  # but not what was taken from it before
        for version in statement.reads.values():
            again = loaded_again and version.statement.facts.kind == "import"
            if not again and _from_before(view, version, module, event, role.stage):
                return statement
    return None


def _from_before(view: View, version: Version, module: str, event: FileEvent, stage: str) -> bool:
    path = version.value.path if version.value is not None else None
    imported = version.statement
    return (
        path is not None
        and path.split(".", 1)[0] == module
        and imported.position < event.statement.position
        and stage != event.stage
        and view.connected.roles.by_cell[imported.cell].stage != stage
    )
