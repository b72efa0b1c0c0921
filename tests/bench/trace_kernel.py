"""Record, inside one kernel, what every cell of a notebook really read, bound, changed, drew and opened.

`install` runs from an IPython startup file. It puts a `Watched` (tests/harness/watched.py) in the place of
the user namespace and of the globals that cells run with. What passes by it (`global` statements) is found by
comparison when the cell ends.

Standard library, and numpy, which is imported early so that its seed function can be watched.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import trace_digest
from watched import Recorder, Watched, class_body_names, is_ours, watch_eval

RANDOM_KINDS = ("numpy.random", "python.random")


def watch_files(recorder: Recorder, root: str) -> None:
    """Record what is opened, listed, renamed or removed under `root`."""

    def inside(path: object) -> str | None:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str | os.PathLike):
            return None
        full = os.path.realpath(os.fspath(path))
        return os.path.relpath(full, root) if full.startswith(root + os.sep) or full == root else None

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not recorder.active:
            return
        if event == "open":
            path, mode, flags = args
            place = inside(path)
            if place is not None:
                writing = (
                    bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else False
                )
                writing = writing or any(c in str(mode or "") for c in "wax+")
                (recorder.files_written if writing else recorder.files_read).add(place)
        elif event in {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "shutil.rmtree", "shutil.copyfile"}:
            recorder.files_written |= {p for p in map(inside, args[:2]) if p is not None}
        elif event in {"os.listdir", "os.scandir", "glob.glob", "sqlite3.connect"} and args:
            place = inside(args[0] or ".")
            if place is not None:
                recorder.files_read.add(place)

    sys.addaudithook(hook)


class Tracer:
    """The hooks around each cell, and the report they write after the last one."""

    def __init__(self, shell: Any, plan: dict[str, Any], out: str) -> None:
        self.shell, self.out = shell, out
        self.expected = [(c["index"], c["source"]) for c in plan["cells"]]
        self.ends = set(plan["ends"])
        self.recorder = Recorder()
        self.space = Watched(shell.user_ns)
        self.space.recorder = self.recorder
        self.cells: list[dict[str, Any]] = []
        self.digests: dict[str, tuple[int, str | None]] = {}
        self.touched: dict[str, None] = {}
        self.rebound: dict[str, None] = {}
        self.mutated: dict[str, dict[str, list[str]]] = {}
        self.at = -1
        self.random = trace_digest.random_state()
        self.state: dict[str, str] = {}
        self.before: dict[str, int] = {}
        self.seconds = 0.0

    def install(self) -> None:
        """Take the place of the shell's namespace and register the hooks."""
        shell = self.shell
        main = sys.modules["__main__"].__dict__
        shell.user_ns = self.space
        type(shell).user_global_ns = property(lambda s: s.user_ns)
        self.space.main = main
        watch_eval(self.recorder)
        watch_files(self.recorder, os.environ["TRACE_ROOT"])
        self.watch_seeds()
        shell.events.register("pre_run_cell", self.start)
        shell.events.register("post_run_cell", self.finish)

    def watch_seeds(self) -> None:
        """Note a seeding, and whether the cell had drawn before it."""
        import random

        import numpy.random

        def wrap(module: Any, name: str, kind: str) -> None:
            real = getattr(module, name)

            def seeding(*args: Any, **kw: Any) -> Any:
                if self.recorder.active and kind not in self.recorder.seeded:
                    self.recorder.seeded[kind] = trace_digest.random_state()[kind] != self.random[kind]
                return real(*args, **kw)

            seeding.__name__, seeding.__doc__ = name, real.__doc__
            setattr(module, name, seeding)

        for name in ("seed", "set_state"):
            wrap(numpy.random, name, "numpy.random")
        for name in ("seed", "setstate"):
            wrap(random, name, "python.random")

    def start(self, info: Any) -> None:
        """Find out which cell begins, and begin its record."""
        source = info.raw_cell
        self.state = self.state or trace_digest.process_state()
        following = (i for i in range(self.at + 1, len(self.expected)) if self.expected[i][1] == source)
        self.at = next(following, self.at)
        recorder = self.recorder
        recorder.reads.clear()
        recorder.writes.clear()
        recorder.seeded.clear()
        recorder.files_read, recorder.files_written = set(), set()
        self.before = {k: id(v) for k, v in dict.items(self.space) if is_ours(k)}
        # Before recording begins: for a cell of one line IPython looks up the first word.
        transformed = self.shell.transform_cell(source)
        recorder.active = True
        for name in class_body_names(transformed) & self.before.keys():
            recorder.read(name)

    def finish(self, result: Any) -> None:
        """End the record of a cell; at the end of a segment look for values changed in place."""
        recorder = self.recorder
        recorder.active = False
        started = time.monotonic()
        now = {k: id(v) for k, v in dict.items(self.space) if is_ours(k)}
        for name in now.keys() | self.before.keys():
            if now.get(name) != self.before.get(name):
                recorder.writes.setdefault(name, None)
                if self.space.main is not None and name in now:
                    self.space.main[name] = dict.__getitem__(self.space, name)
        random, state = trace_digest.random_state(), trace_digest.process_state()
        index = self.expected[self.at][0] if self.expected else -1
        failed = result.error_in_exec or result.error_before_exec
        self.cells.append(
            {
                "index": index,
                "reads": sorted(recorder.reads),
                "writes": sorted(recorder.writes),
                "files_read": sorted(recorder.files_read),
                "files_written": sorted(recorder.files_written),
                "random_changed": sorted(k for k in random if random[k] != self.random[k]),
                "seeded": dict(recorder.seeded),
                "state_changed": self.state_changes(state),
                "error": type(failed).__name__ if failed else None,
            }
        )
        self.random, self.state = random, state
        self.touched.update(recorder.reads)
        self.rebound.update(recorder.writes)
        if index in self.ends:
            self.end_segment(index)
        self.seconds += time.monotonic() - started
        self.write()

    def state_changes(self, now: dict[str, str]) -> list[str]:
        """Return the kinds of state this cell changed; warning filters only where it speaks of them.

        Importing a library adds filters of its own, and an import is done again wherever it is needed.
        """
        changed = {k for k in now if trace_digest.was_changed(k, self.state.get(k), now[k])}
        if "warnings" not in (self.expected[self.at][1] if self.at >= 0 else ""):
            changed.discard("warnings.filters")
        return sorted(changed)

    def end_segment(self, index: int) -> None:
        """Compare every value with what it was at the end of the segment before."""
        changed, unsure = [], []
        budget = trace_digest.Budget(20.0)
        for name, value in list(dict.items(self.space)):
            if not is_ours(name):
                continue
            digest = trace_digest.digest(value, budget)
            last = self.digests.get(name)
            self.digests[name] = (id(value), digest)
            if name in self.rebound or last is None:
                continue
            if digest is None or last[1] is None:
                if name in self.touched:
                    unsure.append(name)
            elif digest != last[1]:
                changed.append(name)
        self.mutated[str(index)] = {"changed": sorted(changed), "unsure": sorted(unsure)}
        self.touched.clear()
        self.rebound.clear()

    def write(self) -> None:
        """Write the report; after every cell, so that a dying kernel leaves what it saw."""
        report = {"cells": self.cells, "mutated": self.mutated, "seconds": round(self.seconds, 2)}
        with open(self.out + ".part", "w", encoding="utf-8") as file:
            json.dump(report, file)
        os.replace(self.out + ".part", self.out)


def install(shell: Any) -> None:
    """Start to trace this shell; the plan and the place of the report come from the environment."""
    with open(os.environ["TRACE_PLAN"], encoding="utf-8") as file:
        plan = json.load(file)
    Tracer(shell, plan, os.environ["TRACE_OUT"]).install()
