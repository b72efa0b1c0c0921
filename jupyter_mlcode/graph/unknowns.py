"""What the source of a notebook leaves open, and a run can tell: where to look, and at what."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from jupyter_mlcode.analysis.observed import bound_once, draws_open, is_open, used
from jupyter_mlcode.analysis.parsing import masked, nodes
from jupyter_mlcode.graph.connect import Connected
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.observed import Observation, source_digest


class Unknown(NamedTuple):
    """What is open in one cell: types of results, variables that may change, generators that may be drawn from."""

    types: tuple[str, ...]
    may_change: tuple[str, ...]
    generators: tuple[str, ...]


def unknowns(connected: Connected) -> dict[int, Unknown]:
    """Return what is open in the cells of stages, by the cell's index; cells with nothing open are left out."""
    readers = _last_readers(connected)
    found = {}
    for index, statements in connected.flow.cells.items():
        if connected.roles.by_cell[index].kind == "stage":
            unknown = _of_cell(connected, index, statements, readers)
            if any(unknown):
                found[index] = unknown
    return found


def _of_cell(
    connected: Connected, index: int, statements: list[Statement], readers: dict[str, int]
) -> Unknown:
    once = bound_once(nodes(masked(connected.notebook.cells[index].source).python))
    types = {
        n for s in statements for n, v in s.facts.binds.items() if n in s.facts.must & once and is_open(v)
    }
    mentioned = used(s.facts for s in statements)
    changed = {n for s in statements for n in s.changes.maybe & mentioned if readers.get(n, -1) > index}
    draws = draws_open(s.facts for s in statements)
    return Unknown(tuple(sorted(types)), tuple(sorted(changed)), connected.flow.generators if draws else ())


def _last_readers(connected: Connected) -> dict[str, int]:
    """Return the last cell that reads each name."""
    found: dict[str, int] = {}
    for statement in connected.flow.statements():
        found.update(dict.fromkeys(statement.reads, statement.cell))
    return found


def relied_on(connected: Connected) -> dict[str, Observation]:
    """Return of the notebook's observations what its graph relies on: nothing else is worth keeping."""
    found = {}
    for index, result in connected.results.items():
        types, unchanged, undrawn = result.relied
        undrawn = undrawn and bool(connected.flow.generators)
        if types or unchanged or undrawn:
            digest = source_digest(connected.notebook.cells[index].source)
            seen = connected.notebook.observed[digest]
            named = {*dict(types), *unchanged}
            found[digest] = replace(
                seen,
                cell=index + 1,
                types=dict(types),
                unchanged=unchanged,
                undrawn=undrawn,
                bytes={name: size for name, size in seen.bytes.items() if name in named},
            )
    return found
