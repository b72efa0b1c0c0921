"""Runs in mutmut's folder: judges mutants, each in a fork of one process that has loaded and collected everything.

`python -m tests.bench.mutants_inside MAP NAMES REPORT TEST...`: MAP is written first: for every test and every
probe of an unchanged product the functions it calls, its time and a digest of what is exported. A mutant is then
judged by the tests that call its function, the quick ones first; what they leave alive by the probes that call it
(not with `--no-probes`). An idiom is run only if what is exported for it is not what it was.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.bench.mutant_switches import activate, fill, forget, recorded
from tests.contract import test_idioms
from tests.harness.product import export
from tests.probes import test_probes as judging
from tests.probes.reading import Probe, read_probes

MOST = 40
"""So many probes are run whose pipelines come out otherwise; the others are counted as equal."""
SECONDS = 120
MEMORY = 8 << 30


def in_fork(work: Callable[[], Any]) -> Any:
    """Return what the work returns in a fork; `None` if the fork was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        try:
            answer = work()
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(answer))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    answer = json.loads(text) if text else None
    if isinstance(answer, dict) and "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def digest_of(cells: Any, write_files: Callable[[Path], object], **options: Any) -> str:
    """Return a digest of all that the export says and writes."""
    with tempfile.TemporaryDirectory() as place:
        write_files(Path(place))
        try:
            exported = export(cells, Path(place), **options)
        except Exception as error:
            return f"raises {type(error).__name__}"
        digest = hashlib.sha256(exported.said().encode())
        for file in sorted(f for f in Path(place).rglob("*") if f.is_file()):
            digest.update(file.name.encode() + file.read_bytes().replace(place.encode(), b""))
        return digest.hexdigest()


def plan(probe: Probe) -> str:
    """Return a digest of what becomes of a probe."""
    return digest_of(probe.cells, lambda _: None)


def only_if_changed(known: dict[str, str], now: dict[str, str]) -> None:
    """Let an idiom be run only if what is exported for it is not what is known: the rest of it does not change."""
    whole = test_idioms._runs

    def runs(idiom: Any, folder: Path, tag: str | None) -> Any:
        name = f"{idiom.id}/{tag}"
        digest = digest_of(idiom.cells(tag), idiom.write_files, installed=idiom.installed)
        now[name] = digest
        if known.get(name) == digest:
            pytest.skip("exported as before")
        return whole(idiom, folder, tag)

    test_idioms._runs = runs


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test."""
    return not any(report.failed for report in runtestprotocol(item, nextitem=following, log=False))


def wrong(probe: Probe) -> str:
    """Return what is wrong with a probe; nothing when it comes out as it should."""
    signal.alarm(SECONDS)
    try:
        verdict = judging.judge(probe.cells)
    except Exception as error:
        return f"raises {type(error).__name__}"
    kind = judging.kind(verdict) or "equal"
    if probe.name in judging.KNOWN:
        return "" if judging.KNOWN[probe.name].startswith(kind) else kind
    if probe.codes:
        return "" if set(probe.codes) & set(verdict.refused) else "not refused"
    return "" if verdict.equal else kind


class Judge:
    """A plugin of pytest: instead of running the tests once, it judges mutants by them."""

    def __init__(self, map_file: Path, names: list[str], report: Path, *, probes: bool) -> None:
        self.map_file, self.names, self.report = map_file, names, report
        self.map: dict[str, Any] = json.loads(map_file.read_text()) if map_file.exists() else {}
        self.probes = {probe.name: probe for probe in read_probes()} if probes else {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge all mutants."""
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        items = {item.nodeid: item for item in session.items}
        self.write_map(items)
        with self.report.open("a") as file:
            for name in self.names:
                start = time.monotonic()
                said = self.judged(name, items)
                file.write(f"{name}\t{said}\t{time.monotonic() - start:.0f}\n")
                file.flush()
        return True

    def write_map(self, items: dict[str, pytest.Item]) -> None:
        """Run every test and plan every probe once that the map has not, unchanged, in a fork of its own."""
        tests, probes, idioms = (self.map.setdefault(key, {}) for key in ("tests", "probes", "idioms"))
        self.map.setdefault("every", in_fork(self._map_every))  # what is cached once it was called
        for name, item in items.items():
            if name not in tests:
                tests[name] = in_fork(functools.partial(self._map_test, item))
                idioms |= (tests[name] or {}).pop("digests", {})
        for name, probe in self.probes.items():
            if name not in probes:
                probes[name] = in_fork(functools.partial(self._map_probe, probe))
        self.map_file.write_text(json.dumps(self.map))

    def _map_every(self) -> list[str]:
        forget()
        hits = recorded()
        fill()
        return sorted(hits)

    def _map_test(self, item: pytest.Item) -> dict[str, Any]:
        digests: dict[str, str] = {}
        hits = recorded()
        only_if_changed({}, digests)
        start = time.monotonic()
        passed = passes(item, None)
        return {
            "passes": passed,
            "seconds": time.monotonic() - start,
            "calls": sorted(hits),
            "digests": digests,
        }

    def _map_probe(self, probe: Probe) -> dict[str, Any]:
        hits = recorded()
        return {"digest": plan(probe), "calls": sorted(hits)}

    def judged(self, name: str, items: dict[str, pytest.Item]) -> str:
        """Return what noticed one mutant."""
        function = name.partition("__mutmut_")[0]
        known = {n: about for n, about in self.map["tests"].items() if about and n in items}
        every = function in self.map["every"]
        asked = [n for n, about in known.items() if about["passes"] and (every or function in about["calls"])]
        asked.sort(key=lambda n: known[n]["seconds"])
        found = in_fork(lambda: self._tested(name, [items[n] for n in asked]))
        if found != "":
            return "noticed: it does not end" if found is None else f"noticed: by {found}"
        probes = self.map["probes"].items() if self.probes else ()
        plans = {n: about for n, about in probes if about and (every or function in about["calls"])}
        answer = in_fork(lambda: self._probed(name, plans))
        return answer if isinstance(answer, str) else f"noticed: the probes end with {answer}"

    def _tested(self, name: str, asked: list[pytest.Item]) -> str:
        only_if_changed(self.map["idioms"], {})
        activate(name)
        forget()
        for item, following in itertools.zip_longest(asked, asked[1:]):
            signal.alarm(SECONDS)
            if not passes(item, following):
                return item.nodeid
        return ""

    def _probed(self, name: str, plans: dict[str, Any]) -> str:
        activate(name)
        forget()
        order = sorted(plans)
        random.Random(1).shuffle(order)
        others: list[str] = []
        for probe in order:
            signal.alarm(SECONDS)
            if plan(self.probes[probe]) != plans[probe]["digest"]:
                others.append(probe)
                if len(others) <= MOST and (found := wrong(self.probes[probe])):
                    return f"noticed: probe {probe!r}: {found}"
        if not others:
            return "same: no pipeline of a probe comes out otherwise"
        return (
            f"other: {len(others)} pipelines come out otherwise and are equal to their notebooks: {others[0]}"
        )


def main() -> int:
    """Judge the mutants whose names stand in a file."""
    probes = "--no-probes" not in sys.argv
    map_file, names, report, *tests = (a for a in sys.argv[1:] if a != "--no-probes")
    judge = Judge(Path(map_file), Path(names).read_text().split(), Path(report), probes=probes)
    place = tempfile.mkdtemp()
    options = ["--rootdir=.", "--basetemp", place, "-o", "tmp_path_retention_policy=none"]
    off = ["-p", "no:cacheprovider", "-p", "no:xdist", "-q", "-s"]
    return int(pytest.main([*options, *off, *tests], plugins=[judge]))


if __name__ == "__main__":
    sys.exit(main())
