"""Edges between stages: the variables, states and files that cross."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from jupyter_mlcode.graph.artifacts import Handover, by_place
from jupyter_mlcode.graph.files import FileEvent, conflicts
from jupyter_mlcode.graph.flow import RANDOM, Statement, Version
from jupyter_mlcode.graph.project import Projection, StageNeeds
from jupyter_mlcode.model.pipeline import Carried, Edge


def edges(projection: Projection, handover: Handover, events: list[FileEvent]) -> tuple[Edge, ...]:
    """Return all edges, with what crosses each, sorted by stages and names."""
    carried: dict[tuple[str, str], dict[Carried, None]] = {}

    def add(source: str, target: str, item: Carried) -> None:
        if source != target:
            carried.setdefault((source, target), {})[item] = None

    for needs in projection.needs.values():
        for maker, item in _handed(handover, needs):
            add(maker, needs.name, item)
    for earlier, later in conflicts(events):
        path = later.path if later.path and not earlier.path else earlier.path
        item = Carried(
            kind="file",
            name=path or "*",
            made=(earlier.statement.cell + 1, earlier.line),
            read=(later.statement.cell + 1, later.line),
        )
        add(earlier.stage, later.stage, item)
    return tuple(
        Edge(source=s, target=t, carries=tuple(sorted(items, key=lambda c: (c.kind, c.name, c.made, c.read))))
        for (s, t), items in sorted(carried.items())
    )


def _handed(handover: Handover, needs: StageNeeds) -> Iterator[tuple[str, Carried]]:
    """Yield what a stage gets from others: (the other stage, the variable or the state)."""
    for maker, versions in handover.loads[needs.name]:
        ordered = sorted(versions, key=by_place)
        known = next((needs.loads[v] for v in ordered if v in needs.loads), None)
        for v in ordered:
            reader = needs.loads.get(v, known)
            if reader is not None:
                read = (reader.cell + 1, reader.line_of(v.name))
                made, history = _made(v.statement), _history(v)
                yield (
                    maker,
                    Carried(kind="variable", name=v.name, made=made, read=read, history=history),
                )
    for v, reader in needs.states.items():
        kind = v.name[1:]
        read = (reader.cell + 1, reader.facts.first)
        known_as: Literal["random", "state"] = "random" if kind in RANDOM else "state"
        yield (
            handover.stage_of(v),
            Carried(kind=known_as, name=kind, made=_made(v.statement), read=read),
        )


def _history(version: Version) -> tuple[tuple[int, int], ...]:
    """Return where the object was bound, and where it changed since."""
    places = [_made(version.statement)]
    while version.kind == "change" and version.previous is not None:
        version = version.previous
        places.append(_made(version.statement))
    return tuple(dict.fromkeys(reversed(places)))


def _made(statement: Statement) -> tuple[int, int]:
    return (statement.cell + 1, statement.facts.first)
