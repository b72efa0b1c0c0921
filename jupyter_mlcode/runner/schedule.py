"""Which stage runs when: as soon as those before it are done, a few at a time.

The thread that calls decides and keeps the books; every stage that runs has a thread of its own,
where papermill waits for its kernel. A signal arrives in the main thread and stops them all.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from jupyter_mlcode.model.run import StageRun
from jupyter_mlcode.runner.folder import StageEntry
from jupyter_mlcode.runner.to_the_end import stop_those_of

_POLL = 0.5
"""Seconds; Windows delivers Ctrl-C only between waits."""


class Worker(Protocol):
    """What the schedule asks for a stage."""

    def reused(self, entry: StageEntry) -> StageRun | None:
        """Return the report of a stage that need not run; called when all stages before it are done."""

    def begins(self, entry: StageEntry, *, others_wait: bool) -> None:
        """Prepare the stage in the calling thread, just before `work`; others may run after it."""

    def work(self, entry: StageEntry) -> StageRun:
        """Run the stage, in a thread of its own."""

    def ended(self, entry: StageEntry, run: StageRun) -> StageRun:
        """Take over what the stage left, in the calling thread."""

    def skipped(self, entry: StageEntry, because: str) -> StageRun:
        """Return the report of a stage that is not run."""


class Schedule:
    """The stages of one run, and how far they are."""

    def __init__(self, entries: Sequence[StageEntry], worker: Worker, *, jobs: int) -> None:
        self._worker = worker
        self._jobs = jobs
        self._order = list(entries)
        self._waiting = list(entries)
        self._ready: list[StageEntry] = []
        self._running: dict[str, threading.Thread] = {}
        self._done: dict[str, StageRun] = {}
        self._ends: queue.SimpleQueue[tuple[StageEntry, StageRun | BaseException]] = queue.SimpleQueue()
        self._before = predecessors(entries)
        self._stopped = False

    def run(self) -> tuple[StageRun, ...]:
        """Run everything that can run and return the reports, in the order of the stages.

        Raises:
            Exception: what the worker raises; the stages that ran then are stopped.
        """
        try:
            self._loop()
        except KeyboardInterrupt:
            self._stop()
        except BaseException:
            self._stop()
            raise
        for entry in [*self._ready, *self._waiting]:
            self._done[entry.name] = self._worker.skipped(entry, "the run was interrupted")
        return tuple(self._done[entry.name] for entry in self._order)

    def _loop(self) -> None:
        while self._waiting or self._ready or self._running:
            self._advance()
            while self._ready and len(self._running) < self._jobs:
                self._begin(self._ready.pop(0))  # the first in the pipeline's order: one at a time, all are
            if self._running:
                self._take(self._next_end())

    def _advance(self) -> None:
        """Decide on every stage that has nothing left to wait for, until none is left."""
        moved = True
        while moved:
            moved = False
            for entry in [e for e in self._waiting if self._before[e.name] <= self._done.keys()]:
                self._waiting.remove(entry)
                moved = True
                self._decide(entry)

    def _decide(self, entry: StageEntry) -> None:
        failed = sorted(n for n in self._before[entry.name] if self._done[n].status != "completed")
        if failed:
            self._done[entry.name] = self._worker.skipped(entry, self._because(failed[0]))
            return
        run = self._worker.reused(entry)
        if run is not None:
            self._done[entry.name] = run
        else:
            self._ready.append(entry)
            self._ready.sort(key=self._order.index)

    def _because(self, name: str) -> str:
        run = self._done[name]
        return f"it needs {name}, which {'did not run' if run.status == 'not_run' else run.status}"

    def _begin(self, entry: StageEntry) -> None:
        self._worker.begins(entry, others_wait=bool(self._ready or self._waiting))
        thread = threading.Thread(target=self._work, args=(entry,), name=f"mlcode-{entry.name}", daemon=True)
        self._running[entry.name] = thread
        thread.start()

    def _work(self, entry: StageEntry) -> None:
        try:
            self._ends.put((entry, self._worker.work(entry)))
        except BaseException as error:  # noqa: BLE001  raised again where the run is waited for
            self._ends.put((entry, error))

    def _next_end(self) -> tuple[StageEntry, StageRun | BaseException]:
        while True:
            try:
                return self._ends.get(timeout=_POLL)
            except queue.Empty:
                continue

    def _take(self, end: tuple[StageEntry, StageRun | BaseException]) -> None:
        entry, run = end
        del self._running[entry.name]
        if isinstance(run, BaseException):
            raise run
        self._done[entry.name] = self._worker.ended(entry, run)

    def _stop(self) -> None:
        """End what still runs; a second interrupt kills the kernels at once."""
        kill = False
        while self._running:
            threads = {thread.ident or 0 for thread in self._running.values()}
            try:
                stop_those_of(threads, kill=kill)
                self._take(self._ends.get(timeout=_POLL))
            except queue.Empty:
                continue
            except KeyboardInterrupt:
                kill = True


def predecessors(entries: Sequence[StageEntry]) -> Mapping[str, set[str]]:
    """Return, for each stage, those among these that must be done before it."""
    names = {entry.name for entry in entries}
    return {
        entry.name: ({ref.split("/", 1)[0] for ref in entry.loads} | set(entry.needs)) & names
        for entry in entries
    }
