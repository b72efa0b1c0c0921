"""What an edit of one cell leaves as it was: nothing outside the cell, when only names nobody else mentions differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.values import Value


def mentioned(statements: Iterable[StatementFacts], reads: Iterable[str]) -> frozenset[str]:
    """Return every name that a cell reads, binds or unbinds."""
    names = set(reads)
    for s in statements:
        names.update(s.binds, s.must, s.may, s.deleted, s.lost)
    return frozenset(names)


def matching(
    old: Sequence[StatementFacts], new: Sequence[StatementFacts], key: str, private: Callable[[str], bool]
) -> list[int | None] | None:
    """Return for each new statement the old one that does the same to the notebook.

    None stands for a statement that concerns its cell alone. Returns None when the cell does something
    else to the rest of the notebook than it did.
    """
    before = [n for n, s in enumerate(old) if not _concerns_its_cell(s, key, private)]
    found: list[int | None] = []
    for s in new:
        if _concerns_its_cell(s, key, private):
            found.append(None)
        elif before and _same_outside(old[before[0]], s):
            found.append(before.pop(0))
        else:
            return None
    return None if before else found


def _concerns_its_cell(s: StatementFacts, key: str, private: Callable[[str], bool]) -> bool:
    if s.known or s.maybe or s.absorbs or s.merges or s.deleted or s.lost:
        return False
    if not all(private(name) for name in (*s.binds, *s.must, *s.may)):
        return False
    own = f"{key}:"
    return all(region.startswith(own) for value in s.binds.values() for region in value.reach)


def _same_outside(a: StatementFacts, b: StatementFacts) -> bool:
    return (
        (a.known, a.maybe, a.absorbs, a.merges) == (b.known, b.maybe, b.absorbs, b.merges)
        and (a.deleted, a.lost, a.must, a.may) == (b.deleted, b.lost, b.must, b.may)
        and a.binds.keys() == b.binds.keys()
        and all(_same(value, b.binds[name]) for name, value in a.binds.items())
    )


def _same(a: Value, b: Value) -> bool:
    return a.same(b)
