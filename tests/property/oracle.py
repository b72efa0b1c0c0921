"""The execution oracle: what the cells of a program really did, against what the analysis says of them.

Every cell runs in a namespace that records reads, bindings and deletions, with a fingerprint of every value
before and after it. *Recall*: what happened and is not among the facts is missed, and a bug. *Precision*: how
much of what the facts say happened in this run; the rest may happen in another one.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlcode.analysis.session import CellResult, CellSource, Session
from jupyter_mlcode.artifacts.fingerprints import compare, fingerprint
from tests.harness.isolate import fresh_main
from tests.harness.notebooks import CellText
from tests.harness.watched import Recorder, Watched, class_body_names, is_ours, watch_eval

KINDS = ("reads", "binds", "changes", "draws")
EVERYTHING = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Happened:
    """What one cell did: names and, for `draws`, kinds of random numbers."""

    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    draws: frozenset[str]


@dataclass(slots=True)
class Score:
    """How many facts happened and were stated, happened unstated (with their place), and were stated only."""

    hits: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=dict)
    spare: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Take the counts of another score too."""
        self.hits.update(other.hits)
        self.spare.update(other.spare)
        for kind, places in other.missed.items():
            self.missed.setdefault(kind, []).extend(places)

    def recall(self, kind: str) -> float:
        """Return the share of what happened that is stated."""
        happened = self.hits[kind] + len(self.missed.get(kind, ()))
        return self.hits[kind] / happened if happened else 1.0

    def precision(self, kind: str) -> float:
        """Return the share of what is stated that happened."""
        stated = self.hits[kind] + self.spare[kind]
        return self.hits[kind] / stated if stated else 1.0


def observe(cells: Sequence[CellText], folder: Path) -> list[Happened]:
    """Run the cells and return what each did, up to the first that raises. For a process of its own."""
    recorder = Recorder()
    found = []
    with fresh_main(folder) as main:
        space = Watched(main)
        space.recorder, space.main = recorder, main
        watch_eval(recorder)
        for index, cell in enumerate(cells):
            try:
                found.append(_observe_cell(cell.source, f"c{index}", space, recorder))
            except BaseException:  # noqa: BLE001 - a program may end in anything
                break
    return found


def _observe_cell(source: str, name: str, space: Watched, recorder: Recorder) -> Happened:
    code = compile(source, name, "exec", dont_inherit=True)
    before = {n: (id(v), fingerprint(v)) for n, v in dict.items(space) if is_ours(n)}
    generators = _generators()
    recorder.reads.clear()
    recorder.writes.clear()
    recorder.active = True
    for read in class_body_names(source) & before.keys():
        recorder.read(read)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(code, space)
    finally:
        recorder.active = False  # before the values are looked at
    now = {n: v for n, v in dict.items(space) if is_ours(n)}
    moved = {n for n in now.keys() | before.keys() if id(now.get(n)) != before.get(n, (id(None),))[0]}
    changes = {
        n
        for n, (_, mark) in before.items()
        if n in now and n not in moved and compare(mark, fingerprint(now[n])) == "different"
    }
    changes -= {n for n in changes if _changed_with_its_base(n, changes, now)}
    drawn = {kind for kind, state in _generators().items() if state != generators.get(kind, state)}
    return Happened(
        reads=frozenset(recorder.reads) & before.keys(),
        binds=(frozenset(recorder.writes) & (before.keys() | now.keys())) | moved,
        changes=frozenset(changes),
        draws=frozenset(drawn),
    )


def _changed_with_its_base(name: str, changes: set[str], now: dict[str, Any]) -> bool:
    """Whether only the digest of a class changed, which has those of its base classes in it."""
    bases = now[name].__mro__[1:] if isinstance(now[name], type) else ()
    return any(now[other] in bases for other in changes if isinstance(now[other], type))


def _generators() -> dict[str, str]:
    found = {"python.random": repr(random.getstate())}
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        state: Any = numpy.get_state(legacy=True)
        found["numpy.random"] = repr((state[1].tobytes(), *state[2:]))
    return found


def stated(cells: Sequence[CellText]) -> list[Happened]:
    """Return what the analysis says of every cell; `*` where it says that anything may happen."""
    sources = [CellSource(f"c{n}", cell.source, cell.tag == "parameters") for n, cell in enumerate(cells)]
    return [facts_of(result) for result in Session().analyse(sources)]


def facts_of(result: CellResult) -> Happened:
    """Return the facts of one cell."""
    reads: set[str] = set()
    binds: set[str] = set()
    changes: set[str] = set()
    draws: set[str] = set()
    surely: set[str] = set()
    for facts, changed in zip(result.statements, result.changes, strict=True):
        reads |= (facts.uses.keys() | facts.roots) - surely
        surely |= facts.must
        binds |= facts.must | facts.may | facts.deleted | facts.lost
        changes |= changed.known | changed.maybe | facts.roots
        for effect in facts.effects:
            if effect.kind in ("draws", "seeds", "loads"):
                imported = effect.kind == "loads"
                draws.add("python.random" if imported else "*" if effect.what == "any" else effect.what)
            elif effect.kind == "opaque":
                reads.add("*")
                changes.add("*")
                binds.add("*")
            elif effect.kind == "star":
                binds.add("*")
    return Happened(
        *(frozenset(n for n in names if n[:1] != "@") for names in (reads, binds, changes, draws))
    )


def score(happened: Sequence[Happened], facts: Sequence[Happened], title: str) -> Score:
    """Compare cell by cell."""
    found = Score()
    for index, (real, said) in enumerate(zip(happened, facts, strict=False)):
        for kind in KINDS:
            did, told = getattr(real, kind), getattr(said, kind)
            if kind == "changes":
                told = told | said.binds
                counted = told - said.binds - EVERYTHING
            else:
                counted = told - EVERYTHING
            missed = frozenset() if "*" in told else did - told
            found.hits[kind] += len(did) - len(missed)
            found.spare[kind] += len(counted - did)
            for name in sorted(missed):
                found.missed.setdefault(kind, []).append(f"{title}: cell {index} {name}")
    return found


def judged(cells: Sequence[CellText], folder: Path, title: str, run: Callable[..., Any]) -> Score:
    """Observe in a process of its own and compare."""
    return score(run(lambda: observe(cells, folder)), stated(cells), title)
