"""The stages of one run at work: taken from the cache, or run and kept there."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import EventSink, RunEvent, StageFinished, StageRun
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.attempt import attempt
from jupyter_mlcode.runner.cache.decide import Choice, Decider
from jupyter_mlcode.runner.cache.record import Marks, NotReusableError, Seen, folder_marks, result_of
from jupyter_mlcode.runner.cache.restore import (
    LostResultError,
    make_folders,
    restore_artifacts,
    restore_guard,
    restore_notebook,
    stage_run,
    write_pending,
)
from jupyter_mlcode.runner.cache.store import Result
from jupyter_mlcode.runner.folder import GUARDS, StageEntry
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.place import RunPlace
from jupyter_mlcode.runner.stage_run import EXPORTED_MEANWHILE
from jupyter_mlcode.runner.times import utc_now


@dataclass(slots=True)
class _Going:
    """A stage between its decision and its end."""

    choice: Choice
    marks: Marks = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    others_wait: bool = False


class StageWorker:
    """Does what the schedule asks for: decides, restores, runs, keeps."""

    def __init__(
        self, orders: Orders, decider: Decider, place: RunPlace, ahead: KernelsAhead, events: EventSink
    ) -> None:
        self._orders = orders
        self._ahead = ahead
        self._decider = decider
        self._place = place
        self._events = _one_by_one(events)
        self._keeps = orders.reuse.cache
        self._going: dict[str, _Going] = {}
        self.keys: dict[str, str] = {}
        self.notes: list[str] = []

    def reused(self, entry: StageEntry) -> StageRun | None:
        """Return the report of a stage whose results are kept and count, or that cannot run any more."""
        if not self._orders.folder.is_the_same:
            return self._said(StageRun(name=entry.name, status="failed", error=EXPORTED_MEANWHILE))
        choice = self._decider.decide(entry)
        self._going[entry.name] = _Going(choice)
        if choice.result is None:
            return None
        began = utc_now()
        try:
            restore_artifacts(self._decider.store, self._orders.artifacts, choice.result)
        except LostResultError as lost:
            self._going[entry.name] = _Going(replace(choice, result=None, reasons=(lost.message,)))
            return None
        restore_guard(self._orders.artifacts / GUARDS, choice.result)
        self._decider.count(entry, choice.result)
        self._decider.store.touch(choice.result)
        self._decider.remember(choice)
        self._done(choice, choice.result)
        self._place.take(entry.name, partial(_executed, self._decider, choice.result))
        return self._said(stage_run(choice.result, began))

    def begins(self, entry: StageEntry, *, others_wait: bool) -> None:
        """Put files in place that earlier results hold, and look at what the stage can change."""
        going = self._going[entry.name]
        going.others_wait = others_wait
        self._place.open()
        write_pending(self._decider.store, self._decider.contents)
        if self._keeps:
            going.marks = folder_marks(self._decider, going.choice)

    def work(self, entry: StageEntry) -> StageRun:
        """Run the stage; called in a thread of its own."""
        going = self._going[entry.name]
        run = attempt(
            self._orders,
            entry,
            target=self._place.notebook(entry.name),
            seen=partial(_note, going),
            ahead=self._ahead,
            ready=partial(self._order_next, going),
            events=self._events,
        )
        return replace(run, reason="; ".join(going.choice.reasons))

    def ended(self, entry: StageEntry, run: StageRun) -> StageRun:
        """Keep what the stage left, if it may be used again."""
        going = self._going.pop(entry.name)
        written = [self._decider.contents.absolute(o.path) for o in run.outputs if o.kind == "file"]
        if _runs_programs(entry):
            self._ahead.let_go()
        self._decider.forget(entry, [*written, *(path for path, (_, w) in going.seen.opened.items() if w)])
        if run.status != "completed" or not self._keeps:
            return run
        self._decider.remember(going.choice)
        try:
            notebook = self._place.notebook(entry.name)
            result = result_of(self._decider, going.choice, run, going.seen, going.marks, notebook)
            self._done(going.choice, result)
        except NotReusableError as error:
            self.notes.append(f"{entry.name} will run again: {error}")
        except OSError as error:
            self.notes.append(f"{entry.name} could not be kept for later runs: {error.strerror or error}")
        self._decider.memo.database.flush()
        return run

    def skipped(self, entry: StageEntry, because: str) -> StageRun:
        """Return the report of a stage that is not run."""
        return self._said(StageRun(name=entry.name, status="not_run", reason=because))

    def finish(self) -> None:
        """Write what nobody has needed until now: the files are as the stages leave them."""
        write_pending(self._decider.store, self._decider.contents)

    def _said(self, run: StageRun) -> StageRun:
        self._place.say(StageFinished(run=run))
        return run

    def _order_next(self, going: _Going) -> None:
        """Start the kernel of the stage after this one; called in the stage's thread."""
        if going.others_wait and not _runs_programs(going.choice.entry):
            self._ahead.order(self._orders.kernel_order, busy=self._orders.jobs)

    def _done(self, choice: Choice, result: Result) -> None:
        self.keys[choice.entry.name] = f"{choice.key}/{result.variant}"
        make_folders(self._decider.contents, result)


def _runs_programs(entry: StageEntry) -> bool:
    """Tell whether the stage may change how an interpreter starts: `pip install -e`, for one."""
    return not {"process", "code"}.isdisjoint(entry.volatile)


def _note(going: _Going, environment: Mapping[str, Json]) -> None:
    going.seen = Seen.read(environment)


def _executed(decider: Decider, result: Result, target: Path) -> None:
    restore_notebook(decider.store, result, target)


def _one_by_one(events: EventSink) -> EventSink:
    """Let the threads of several stages speak one after the other."""
    lock = threading.Lock()

    def say(event: RunEvent) -> None:
        with lock:
            events(event)

    return say
