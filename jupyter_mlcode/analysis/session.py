"""The analysis of a notebook that is being edited: only what an edit can change is done again."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from jupyter_mlcode.analysis.callables import Regions
from jupyter_mlcode.analysis.edits import matching, mentioned
from jupyter_mlcode.analysis.evaluate import Evaluator, parameter_value
from jupyter_mlcode.analysis.facts import EVERY_NAME, UNKNOWN_REGION, StatementFacts, SyntaxProblem
from jupyter_mlcode.analysis.library import Library, built_in
from jupyter_mlcode.analysis.observed import NOTHING, Relied, used
from jupyter_mlcode.analysis.regions import Classes
from jupyter_mlcode.analysis.values import NO_REGIONS, OBJECTS, WORLD, Value
from jupyter_mlcode.model.observed import Observation


class CellSource(NamedTuple):
    """What a session is given of a cell; `key` identifies the cell across edits, a run may have shown more of it."""

    key: str
    source: str
    is_parameters: bool = False
    observed: Observation | None = None


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
    relied: Relied = NOTHING


class _Cached(NamedTuple):
    source: str
    is_parameters: bool
    observed: Observation | None
    reads: dict[str, Value | None]
    statements: tuple[StatementFacts, ...]
    problem: SyntaxProblem | None
    names: frozenset[str]
    relied: Relied


class _Last(NamedTuple):
    """The last analysis; `snapshots` are the namespace before every `_STRIDE`th cell."""

    cells: list[CellSource]
    results: list[CellResult]
    snapshots: list[dict[str, Value]]
    mentions: Counter[str]


_NOBODY = (frozenset[str](), frozenset[str]())
_MANY = 24
_STRIDE = 32
_NO_CHANGES = Changes(frozenset(), frozenset(), {})
MOST_LINKS = 2_000_000
"""Of names with statements that may change them: real notebooks have some hundred; what is more takes all memory."""
_TANGLED = SyntaxProblem("thousands of variables that may all hold one another are too many to follow", 1, 1)


class _Collector:
    """The cyclic collector rests during an analysis and searches once in a while.

    Nearly everything that an analysis makes stays, or is freed without it; its searches took a quarter of the
    time. What is young is old after an analysis, so Python itself would never search there again.
    """

    def __init__(self) -> None:
        self.made = 0
        self.alive = 0

    def rest(self) -> bool:
        """Stop the collector; False when it was stopped already."""
        collecting = gc.isenabled()
        gc.disable()
        return collecting

    def wake(self) -> None:
        """Go on; search when a quarter of what there is has come since the last search, as Python does."""
        self.made += gc.get_count()[0]
        if self.made > max(_FEW_OBJECTS, self.alive // 4):
            gc.collect()
            self.made, self.alive = 0, len(gc.get_objects())
        else:
            gc.freeze()  # both together: what is young is old from now on, without a search
            gc.unfreeze()
        gc.enable()


_FEW_OBJECTS = 200_000
_collector = _Collector()


@contextmanager
def resting_collector() -> Iterator[None]:
    """Let the cyclic collector rest, and search only when enough has come together."""
    resting = _collector.rest()
    try:
        yield
    finally:
        if resting:
            _collector.wake()


class Session:
    """Analyses the cells of one notebook again and again; results are reused where they still hold.

    A cell's facts depend on its source and on the abstract values of the names it read. Both are
    compared, so an edit costs the edited cell, plus the cells for which something really changed.
    Where a single edit concerns nobody else (edits.py), the other cells are not even looked at.
    """

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or built_in()
        self._cache: dict[str, _Cached] = {}
        self.env: dict[str, Value] = {}
        self.classes = Classes()
        self.local_modules: frozenset[str] = frozenset()
        self._modules = self.local_modules
        self._last: _Last | None = None
        self._owner: dict[str, str] = {}
        self._time = 0
        self._links = 0
        self.evaluated = 0

    @resting_collector()
    def analyse(self, cells: Sequence[CellSource]) -> list[CellResult]:
        """Return the facts of all cells, in notebook order."""
        if self._modules != self.local_modules:
            self._modules, self._last, self._cache = self.local_modules, None, {}
        self.evaluated = 0
        return self._after_one_edit(cells) or self._all(cells)

    def _all(self, cells: Sequence[CellSource]) -> list[CellResult]:
        env: dict[str, Value] = {}
        self.env = env
        self.classes = Classes()
        self._owner = {}
        self._links = 0
        evaluator = self._evaluator(env)
        cache: dict[str, _Cached] = {}
        results = []
        snapshots = []
        mentions: Counter[str] = Counter()
        for self._time, cell in enumerate(cells):
            if self._time % _STRIDE == 0:
                snapshots.append(env.copy())
            cached = self._cache.get(cell.key)
            if (
                cached is None
                or cached.source != cell.source
                or cached.is_parameters != cell.is_parameters
                or cached.observed != cell.observed
                or not _valid(cached, env)
            ):
                cached = self._evaluate(evaluator, cell)
            cache[cell.key] = cached
            mentions.update(cached.names)
            results.append(self._result(cell.key, cached))
        self._cache = cache
        self._last = _Last(list(cells), results, snapshots, mentions)
        return results

    def _result(self, key: str, cached: _Cached) -> CellResult:
        before = self._links
        changes, relied = self._apply(cached), cached.relied
        if cached.observed is not None and cached.observed.unchanged:
            alone = cached.observed.unchanged & used(cached.statements)
            relied = relied._replace(unchanged=NO_REGIONS.union(*(c.maybe & alone for c in changes)))
            changes = tuple(c._replace(maybe=_without(c.maybe, alone)) for c in changes)
        problem = _TANGLED if before <= MOST_LINKS < self._links else cached.problem
        return CellResult(key, cached.statements, changes, problem, relied)

    def _evaluator(self, env: dict[str, Value]) -> Evaluator:
        evaluator = Evaluator(self.library, env)
        evaluator.local_modules = self.local_modules
        return evaluator

    def _evaluate(self, evaluator: Evaluator, cell: CellSource) -> _Cached:
        self.evaluated += 1
        before = evaluator.env.copy()
        statements, problem = evaluator.cell(cell.key, cell.source, cell.observed)
        if cell.is_parameters:
            statements = tuple(_as_parameters(s) for s in statements)
        evaluator.env.clear()
        evaluator.env.update(before)
        names = mentioned(statements, evaluator.reads)
        return _Cached(
            cell.source,
            cell.is_parameters,
            cell.observed,
            evaluator.reads,
            statements,
            problem,
            names,
            evaluator.relied,
        )

    # -- one edit ----------------------------------------------------------------------------
    def _after_one_edit(self, cells: Sequence[CellSource]) -> list[CellResult] | None:
        """Return the results when at most one cell was edited, and no other one can tell."""
        last = self._last
        if last is None or len(cells) != len(last.cells) or self._links > MOST_LINKS:
            return None
        edited = [i for i, (a, b) in enumerate(zip(cells, last.cells, strict=True)) if a is not b and a != b]
        if len(edited) != 1:
            return None if edited else last.results
        at = edited[0]
        cell, results = cells[at], last.results
        old = self._cache[cell.key] if cell.key == last.cells[at].key else None
        if old is None or old.is_parameters != cell.is_parameters or old.observed or cell.observed:
            return None
        new = self._evaluate(self._evaluator(self._namespace(last, at)), cell)

        def private(name: str) -> bool:
            return not last.mentions[EVERY_NAME] and last.mentions[name] == (name in old.names)

        places = matching(old.statements, new.statements, cell.key, private)
        if places is None or any(self._owner.get(n, cell.key) != cell.key for n in new.names):
            return None
        changes = tuple(_NO_CHANGES if n is None else results[at].changes[n] for n in places)
        results = results.copy()
        results[at] = CellResult(cell.key, new.statements, changes, new.problem)
        self._keep(last, at, cell, results, old, new)
        return results

    def _namespace(self, last: _Last, at: int) -> dict[str, Value]:
        """Return the namespace as it was before this cell."""
        start = at // _STRIDE
        env = last.snapshots[start].copy()
        for place in range(start * _STRIDE, at):
            result = last.results[place]
            for s, changes in zip(result.statements, result.changes, strict=True):
                for name in s.deleted:
                    env.pop(name, None)
                env.update(s.binds)
                env.update(changes.widened)
        return env

    def _keep(
        self, last: _Last, at: int, cell: CellSource, results: list[CellResult], old: _Cached, new: _Cached
    ) -> None:
        """Remember the edited cell. Whoever mentions its private names next makes a new beginning."""
        last.mentions.subtract(old.names)
        last.mentions.update(new.names)
        for statements, there in ((old.statements, False), (new.statements, True)):
            for name, value in ((n, v) for s in statements for n, v in s.binds.items()):
                if last.mentions[name] <= 1:
                    self._owner[name] = cell.key
                    self.env.pop(name, None)
                    if there:
                        self.env[name] = value
        last.cells[at] = cell
        self._cache[cell.key] = new
        self._last = last._replace(results=results)

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
            if touches and self._links <= MOST_LINKS:
                known = _without(_either(before[0], self._names(s.known)), s.must)
                maybe = _without(_without(_either(before[1], self._names(s.maybe)), known), s.must)
                changes.append(Changes(known, maybe, {name: env[name] for name in spread}))
                self._links += len(known) + len(maybe)
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
        if OBJECTS in regions:
            return frozenset(n for n in classes.everybody if self.env[n].family != "class")
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
    if EVERY_NAME in cached.reads:
        return False
    for name, seen in cached.reads.items():
        now = env.get(name)
        if now is not seen and (now is None or seen is None or not now.same(seen)):
            return False
    return True


def _as_parameters(facts: StatementFacts) -> StatementFacts:
    return facts._replace(binds={name: parameter_value(name, value) for name, value in facts.binds.items()})
