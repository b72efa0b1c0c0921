"""The facts of one cell on its own, as the idiom contract states them."""

from __future__ import annotations

from jupyter_mlcode.analysis.evaluate import HISTORY
from jupyter_mlcode.analysis.facts import CellFacts
from jupyter_mlcode.analysis.session import CellSource, Session


def cell_facts(source: str, session: Session | None = None) -> CellFacts:
    """Return what a cell defines, uses and changes when nothing is known of earlier cells.

    `uses` has the names needed from earlier cells, those that its functions read when called
    included; `mutates` the names changed in place by a rule, `may_mutate` by an unknown call.

    Examples:
        >>> facts = cell_facts("df['ratio'] = df['a'] / df['b']")
        >>> sorted(facts.defines), sorted(facts.uses), sorted(facts.mutates)
        ([], ['df'], ['df'])
    """
    result = (session or Session()).analyse([CellSource("cell", source)])[0]
    defined: set[str] = set()
    deleted: set[str] = set()
    surely: set[str] = set()
    uses: set[str] = set()
    known: set[str] = set()
    maybe: set[str] = set()
    for facts, changes in zip(result.statements, result.changes, strict=True):
        uses |= facts.uses.keys() - surely
        uses |= facts.deferred - surely - facts.must
        surely |= facts.must
        defined |= facts.must | facts.may
        deleted = (deleted | facts.deleted) - facts.must
        known |= changes.known | facts.roots
        maybe |= changes.maybe
        known |= _changed_bound(facts.known, facts.binds)
        if any(e.kind == "opaque" for e in facts.effects):
            defined |= {"*"} if any(e.what not in ("eval", "vars") for e in facts.effects if e.kind == "opaque") else set()
    used = frozenset(n for n in uses if n not in _AMBIENT or n in HISTORY)
    return CellFacts(frozenset(defined), used, frozenset(known), frozenset(maybe - known), result.statements, result.problem)


def _changed_bound(regions: frozenset[str], binds: object) -> set[str]:
    return set()


_AMBIENT = frozenset(dir(__builtins__)) if not isinstance(__builtins__, dict) else frozenset(__builtins__)
