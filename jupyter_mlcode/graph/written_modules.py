"""Imports of modules that the notebook writes itself: they read those files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from jupyter_mlcode.graph.files import FileEvent
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.graph.project import Projection, StageNeeds


def with_imports(projection: Projection, events: list[FileEvent]) -> list[FileEvent]:
    """Return the events, and where stages import what one of them writes, in the order of the notebook."""
    files = _modules(events)
    if not files:
        return events
    found = [e for needs in projection.needs.values() for e in _imports(projection, needs, files)]
    return sorted([*events, *found], key=lambda e: e.statement.position)


def _modules(events: Iterable[FileEvent]) -> dict[str, set[str]]:
    """Return the written files by the top-level name that imports them: of `m.py`, `lib/m.py` and `pkg/__init__.py`."""
    found: dict[str, set[str]] = {}
    for event in events:
        path = posixpath.normpath(event.path.replace("\\", "/"))
        if event.writes and path.endswith(".py"):
            for name in (posixpath.basename(path).removesuffix(".py"), *posixpath.dirname(path).split("/")):
                found.setdefault(name, set()).add(event.path)
    return found


def _imports(projection: Projection, needs: StageNeeds, files: dict[str, set[str]]) -> Iterator[FileEvent]:
    for statement in _statements(projection, needs):
        for effect in statement.facts.effects:
            for path in sorted(files.get(effect.what, ())) if effect.kind == "module" else ():
                yield FileEvent(needs.name, False, path, "file", statement, effect.line)


def _statements(projection: Projection, needs: StageNeeds) -> Iterator[Statement]:
    for cell in needs.own:
        yield from projection.flow.cells.get(cell, ())
    yield from needs.replays
