"""Files that logging writes: whoever logs once a file was given to it writes there."""

from __future__ import annotations

from jupyter_mlcode.graph.files import FileEvent
from jupyter_mlcode.graph.project import Projection


def with_logging(projection: Projection, events: list[FileEvent]) -> list[FileEvent]:
    """Return the events, and what stages log into a file, in the order of the notebook."""
    files = [e for e in events if e.writes and _uses_logging(e)]
    if not files:
        return events
    found = []
    for needs in projection.needs.values():
        for cell in needs.own:
            for statement in projection.flow.cells.get(cell, ()):
                for effect in statement.facts.effects:
                    if effect.kind == "notices" and effect.what == "logging.config":
                        found += [
                            FileEvent(needs.name, True, e.path, "file", statement, effect.line)
                            for e in files
                            if e.statement.position < statement.position
                        ]
    return sorted([*events, *found], key=lambda e: e.statement.position)


def _uses_logging(event: FileEvent) -> bool:
    facts = event.statement.facts
    of_logging = any((v.path or "").split(".", 1)[0] == "logging" for v in facts.used_values.values())
    return of_logging and not event.kind.startswith("table")
