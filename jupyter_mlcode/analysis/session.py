"""The analysis of a notebook that is being edited: only what an edit can change is done again."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from jupyter_mlcode.analysis.evaluate import Evaluator, parameter_value
from jupyter_mlcode.analysis.facts import UNKNOWN_REGION, StatementFacts, SyntaxProblem
from jupyter_mlcode.analysis.library import Library, built_in
from jupyter_mlcode.analysis.regions import Classes
from jupyter_mlcode.analysis.values import NO_REGIONS, WORLD, Regions, Value


class CellSource(NamedTuple):
    """What a session is given of a cell; `key` identifies the cell across edits."""

    key: str
    source: str
    is_parameters: bool = False


class Changes(NamedTuple):
    """The names whose object a statement changes: by a rule, or perhaps by an unknown call.

    `widened` has what is known now of names whose object refers to more after the statement.
    """

    known: frozenset[str]
    maybe: frozenset[str]
    widened: Mapping[str, Value]


class CellResult(NamedTuple):
    """The facts of one cell in its place in the notebook."""

    key: str
    statements: tuple[StatementFacts, ...]
    changes: tuple[Changes, ...]
    problem: SyntaxProblem | None


class _Cached(NamedTuple):
    source: str
    is_parameters: bool
    reads: dict[str, Value | None]
    statements: tuple[StatementFacts, ...]
    problem: SyntaxProblem | None


_NOBODY = (frozenset[str](), frozenset[str]())
_MANY = 24
_NO_CHANGES = Changes(frozenset(), frozenset(), {})


@contextmanager
def resting_collector() -> Iterator[None]:
    """Let the cyclic collector rest.

    Nearly everything that an analysis makes stays, or is freed without it; its searches took a quarter of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()  # both together: what is young is old from now on, without a search
            gc.unfreeze()
            gc.enable()


class Session:
    """Analyses the cells of one notebook again and again; results are reused where they still hold.

    A cell's facts depend on its source and on the abstract values of the names it read. Both are
    compared, so an edit costs the edited cell, plus the cells for which something really changed.
    """

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or built_in()
        self._cache: dict[str, _Cached] = {}
        self.env: dict[str, Value] = {}
        self.classes = Classes()
        self.local_modules: frozenset[str] = frozenset()
        self._time = 0
        self.evaluated = 0

    @resting_collector()
    def analyse(self, cells: Sequence[CellSource]) -> list[CellResult]:
        """Return the facts of all cells, in notebook order."""
        env: dict[str, Value] = {}
        self.env = env
        self.classes = Classes()
        self.evaluated = 0
        evaluator = Evaluator(self.library, env)
        evaluator.local_modules = self.local_modules
        cache: dict[str, _Cached] = {}
        results = []
        for self._time, cell in enumerate(cells):
            cached = self._cache.get(cell.key)
            if (
                cached is None
                or cached.source != cell.source
                or cached.is_parameters != cell.is_parameters
                or not _valid(cached, env)
            ):
                cached = self._evaluate(evaluator, cell)
            cache[cell.key] = cached
            results.append(CellResult(cell.key, cached.statements, self._apply(cached), cached.problem))
        self._cache = cache
        return results

    def _evaluate(self, evaluator: Evaluator, cell: CellSource) -> _Cached:
        self.evaluated += 1
        before = self.env.copy()
        statements, problem = evaluator.cell(cell.key, cell.source)
        if cell.is_parameters:
            statements = tuple(_as_parameters(s) for s in statements)
        self.env.clear()
        self.env.update(before)
        return _Cached(cell.source, cell.is_parameters, evaluator.reads, statements, problem)

    def _apply(self, cached: _Cached) -> tuple[Changes, ...]:
        env, classes = self.env, self.classes
        changes = []
        for s in cached.statements:
            touches = s.known or s.maybe
            before = (self._names(s.known), self._names(s.maybe)) if touches else _NOBODY
            for name in s.deleted:
                env.pop(name, None)
                classes.unbind(name)
            for name, value in s.binds.items():
                env[name] = value
                classes.bind(name, value)
            spread: list[str] = []
            for tops, regions in s.absorbs:
                spread += self._spread(tops, regions)
            for regions in s.merges:
                classes.merge(regions, self._time)
            if touches:
                known = _without(_either(before[0], self._names(s.known)), s.must)
                maybe = _without(_without(_either(before[1], self._names(s.maybe)), known), s.must)
                changes.append(Changes(known, maybe, {name: env[name] for name in spread}))
            else:
                changes.append(_NO_CHANGES)
        return tuple(changes)

    def _names(self, regions: Regions) -> frozenset[str]:
        """Return the names that hold or contain one of the regions, or one linked to them."""
        if not regions:
            return NO_REGIONS
        classes = self.classes
        if WORLD in regions:
            return classes.everybody
        found = [classes.names(root) for root in {classes.find(r) for r in (*regions, WORLD)}]
        unknown = frozenset(r[1:] for r in regions if r[0] == UNKNOWN_REGION and r[1:] not in self.env)
        found.append(unknown)
        found = [names for names in found if names]
        return found[0] if len(found) == 1 else NO_REGIONS.union(*found)

    def _spread(self, tops: Regions, regions: Regions) -> list[str]:
        """Objects `tops` refer to `regions` from now on: so does every name that reaches them."""
        wider = []
        names = self._names(tops) - self.classes.worldly
        if len(names) > _MANY:
            # What so many names reach is one tangle already: one class more says the same.
            self.classes.merge((*tops, *regions), self._time)
            return []
        for name in names:
            value = self.env.get(name)
            if value is None or regions <= value.reach:
                continue
            new = self.env[name] = value.with_regions(value.tops, value.inner | (regions - value.tops))
            if new.tops is value.tops and value.inner <= new.inner:
                self.classes.hold(new.inner - value.inner, name)
            else:
                self.classes.bind(name, new)
            wider.append(name)
        return wider


def _either(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    return one if other is one or not other else other if not one else one | other


def _without(names: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return names if not names or not others or names.isdisjoint(others) else names - others


def _valid(cached: _Cached, env: dict[str, Value]) -> bool:
    for name, seen in cached.reads.items():
        now = env.get(name)
        if now is not seen and (now is None or seen is None or not now.same(seen)):
            return False
    return True


def _as_parameters(facts: StatementFacts) -> StatementFacts:
    return facts._replace(binds={name: parameter_value(name, value) for name, value in facts.binds.items()})


def sources(items: Iterable[tuple[str, str]]) -> list[CellSource]:
    """Return cell sources from (key, source) pairs."""
    return [CellSource(key, source) for key, source in items]
