"""What a stage takes from the world that is not the same tomorrow: it runs again even if nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.graph.files import FileEvent

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def volatile_sources(effects: Iterable[Effect], events: Iterable[FileEvent]) -> tuple[str, ...]:
    """Return what makes the stage volatile, sorted; nothing when its inputs decide its results.

    `clock`, `entropy` (the system's random source), `network`, `environment` (variables of the
    process), `file times`, `process` (its id, its threads, other programs), `stdin`, `database`, `files` (read or
    written under names that nobody knows before the run), `code` (a cell that cannot be understood).
    Generators that nobody has seeded are not among them: `Stage.seeds` and `Stage.draws` tell.
    """
    return tuple(sorted({*_of_effects(effects), *_of_files(events)}))


def _of_effects(effects: Iterable[Effect]) -> Iterator[str]:
    for effect in effects:
        if effect.detail.startswith("maybe"):
            continue
        if effect.kind == "impure":
            yield effect.what
        elif effect.kind == "notices" and effect.what == "os.environ":
            yield "environment"
        elif effect.kind == "opaque":
            yield "code"


def _of_files(events: Iterable[FileEvent]) -> Iterator[str]:
    for event in events:
        if event.kind.startswith("maybe"):
            continue
        if event.kind.startswith("table"):
            yield "database"
        elif not event.path:
            yield "files"
        elif _URL.match(event.path):
            yield "network"
