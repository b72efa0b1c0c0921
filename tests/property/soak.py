"""Judge many generated programs with all processors: `python -m tests.property.soak 100000`.

Prints a line per two hundred programs and each failure made small, with its seed; exit 1 when
there was one. `--start` continues after earlier seeds; `--keep FILE` writes failures there.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import multiprocessing
import resource
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.harness.choosers import SeededChooser
from tests.harness.notebooks import CellText
from tests.property.judge import Verdict, judge, listing, parameter_names, runnable
from tests.property.programs import write_objects, write_program
from tests.property.shrinking import shrink

BATCH = 5
SECONDS = 20
MEMORY = 4 << 30


WRITERS = {"values": write_program, "objects": write_objects}


def _program(seed: int, kind: str) -> tuple[tuple[CellText, ...], dict[str, int]]:
    chooser = SeededChooser(seed)
    with tempfile.TemporaryDirectory() as folder:
        cells, _ = runnable(WRITERS[kind](chooser), Path(folder))
    injected = {name: chooser.number(0, 9) for name in parameter_names(cells) if chooser.number(0, 1)}
    return cells, injected


def _guarded(cells: Sequence[CellText], injected: dict[str, int]) -> Verdict:
    """Judge with a time limit; a crash of the product is a failure like any other."""
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            return judge(cells, injected)
    except Exception as error:  # noqa: BLE001 - a crash of the product is a result
        return Verdict(problem=f"{type(error).__name__}: {error}")
    finally:
        signal.alarm(0)


def _late(number: int, frame: object) -> None:
    raise TimeoutError(f"no answer after {SECONDS} s")


def _still_fails(cells: Sequence[CellText], injected: dict[str, int], kind: str) -> bool:
    signal.alarm(SECONDS)
    with tempfile.TemporaryDirectory() as folder:
        kept, outcome = runnable(cells, Path(folder))
        _, again = runnable(cells, Path(folder))
    signal.alarm(0)
    if len(kept) != len(cells) or not outcome.printed or outcome != again:
        return False  # it raises, or it lost its seed
    names = parameter_names(cells)
    verdict = _guarded(cells, {n: v for n, v in injected.items() if n in names})
    return verdict.wrong and not verdict.problem.startswith("the program itself") and kind_of(verdict) == kind


def kind_of(verdict: Verdict) -> str:
    """Return a rough name of a failure, so that shrinking does not wander to another one."""
    text = verdict.problem or verdict.differences[0]
    if text.startswith("error: "):
        return text.split("pipeline ")[-1].split(":")[0].strip("'\"")
    return "problem " + text.split(":")[0] if verdict.problem else "values"


def _quick_yaml() -> None:
    """Read YAML with the C library: half of a small stage's time is the pure Python reader."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yaml.safe_load = functools.partial(yaml.load, Loader=loader)


def one(seed: int, written: str = "values") -> tuple[int, str, str]:
    """Return the seed, `equal` / `refused <codes>` / `wrong`, and for a wrong one the small program."""
    signal.signal(signal.SIGALRM, _late)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    cells, injected = _program(seed, written)
    verdict = _guarded(cells, injected)
    if verdict.problem.startswith("the program itself"):
        return seed, "invalid", ""
    if verdict.refused:
        return seed, "refused " + " ".join(sorted(set(verdict.refused))), ""
    if verdict.equal:
        return seed, "equal", ""
    kind = kind_of(verdict)
    small = shrink(cells, lambda smaller: _still_fails(smaller, injected, kind))
    again = _guarded(small, {n: v for n, v in injected.items() if n in parameter_names(small)})
    lines = "\n".join(again.differences) or again.problem
    return seed, "wrong", f"seed {seed} injected {injected} [{kind}]\n{lines}\n{listing(small)}\n{again.said}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """Run and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("count", type=int, nargs="?", default=100_000)
    options.add_argument("--start", type=int, default=0)
    options.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    options.add_argument("--keep", type=Path)
    options.add_argument(
        "--written", choices=sorted(WRITERS), default="values", help="what programs are about"
    )
    options.add_argument("--stop-after", type=int, default=25, help="failures")
    given = options.parse_args()
    _quick_yaml()
    seen: Counter[str] = Counter()
    failures: list[str] = []
    began = time.monotonic()
    seeds = range(given.start, given.start + given.count)
    with multiprocessing.get_context("fork").Pool(given.jobs, maxtasksperchild=400) as pool:
        judged = pool.imap_unordered(functools.partial(one, written=given.written), seeds, chunksize=BATCH)
        for number, (_, outcome, text) in enumerate(judged, 1):
            seen[outcome] += 1
            if text:
                failures.append(text)
                _say(text + "\n")
            if number % 200 == 0:
                _say(f"{number} in {time.monotonic() - began:.0f} s: {dict(seen.most_common(8))}")
            if len(failures) >= given.stop_after:
                break
        pool.terminate()
    _say(f"{seen.total()} programs in {time.monotonic() - began:.0f} s: {dict(seen.most_common())}")
    if given.keep is not None:
        given.keep.write_text("\n\n".join(failures), encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
