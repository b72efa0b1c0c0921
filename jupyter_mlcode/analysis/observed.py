"""Facts that a run showed, where the source leaves them open: types of results, and what unknown calls left alone.

They make the analysis more precise and are true of the run that was seen only, so whatever relies on one is
listed in `Relied`: the stage checks it again in every run.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.library import Library
from jupyter_mlcode.analysis.values import NO_REGIONS, Value
from jupyter_mlcode.model.observed import Observation


class Relied(NamedTuple):
    """What the analysis of one cell took from an observation."""

    types: tuple[tuple[str, str], ...] = ()
    unchanged: frozenset[str] = NO_REGIONS
    undrawn: bool = False


NOTHING = Relied()


def bound_once(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that a cell binds in one place only: what they are at its end, they were from there on."""
    stores = Counter(n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
    return frozenset(name for name, count in stores.items() if count == 1)


def is_open(value: Value) -> bool:
    """Whether nothing is known of what an unknown call returned."""
    named = value.path is not None or value.functions or value.classes
    return value.family in (None, "foreign") and not named


def of_type(value: Value, path: str, library: Library) -> Value | None:
    """Return the value as an object of this class; None where the class is not taught."""
    family = library.types.get(path)
    if family is None or family not in library.families:
        return None
    if library.immutable(family) and family == "scalar":
        return Value(family)
    return Value(family, value.tops, value.inner | value.tops, traits=value.traits)


def used(statements: Iterable[StatementFacts]) -> frozenset[str]:
    """Return the names that a cell mentions before it binds them: its stage has them above the cell, and below.

    What else a call may change, through objects that names share, no stage of its own could tell.
    """
    found: set[str] = set()
    bound: set[str] = set()
    for s in statements:
        found.update(n for n in s.uses if n not in s.through and n not in bound)
        bound.update(s.must, s.may)
    return frozenset(found)


def draws_open(statements: Iterable[StatementFacts]) -> bool:
    """Whether it is open if a cell draws, and the generators' states tell: a cell that seeds sets them anyway."""
    effects = [e for s in statements for e in s.effects]
    return any(might_draw(e.kind, e.what, e.detail) for e in effects) and all(
        e.kind != "seeds" for e in effects
    )


def without_draws(statements: Iterable[StatementFacts]) -> tuple[StatementFacts, ...]:
    """Return the facts without the random numbers that unknown calls might have drawn."""
    return tuple(
        s._replace(effects=tuple(e for e in s.effects if not might_draw(e.kind, e.what, e.detail)))
        for s in statements
    )


def might_draw(kind: str, what: str, detail: str) -> bool:
    """Whether an effect is a draw that may not happen."""
    return kind == "draws" and (what == "any" or detail == "maybe")


def relied_on(
    observed: Observation, statements: Iterable[StatementFacts], types: Mapping[str, str]
) -> Relied:
    """Return what of an observation makes a difference for these facts; `types` were used already."""
    undrawn = observed.undrawn and draws_open(statements)
    return Relied(tuple(sorted(types.items())), NO_REGIONS, undrawn)
