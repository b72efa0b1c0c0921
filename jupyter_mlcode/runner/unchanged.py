"""A run that has nothing to do: every result is kept, in its place, and in the folder of an earlier run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from jupyter_mlcode.model.run import EventSink, RunReport, RunStarted, StageFinished
from jupyter_mlcode.runner.cache.decide import Choice, Decider
from jupyter_mlcode.runner.cache.restore import is_in_place, stage_run
from jupyter_mlcode.runner.folder import StageEntry
from jupyter_mlcode.runner.local.history import folder_of_same, is_newest, note_run
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.times import utc_now


def nothing_to_do(decider: Decider, orders: Orders, events: EventSink) -> RunReport | None:
    """Return the report of a run without work, None when there is work; nothing is written but the history."""
    started, began = utc_now(), time.monotonic()
    choices = _all_in_place(decider, orders.chosen)
    if choices is None:
        return None
    keys = {c.entry.name: f"{c.key}/{c.result.variant}" for c in choices if c.result is not None}
    place = folder_of_same(decider.memo.database, keys)
    if place is None:
        return None
    runs = tuple(stage_run(choice.result, started) for choice in choices if choice.result is not None)
    events(RunStarted(pipeline=orders.folder.name, stages=tuple(keys), folder=str(place)))
    for run in runs:
        events(StageFinished(run=run))
    for choice in choices:
        decider.remember(choice)
        if choice.result is not None:
            decider.store.touch(choice.result)
    report = RunReport(
        pipeline=orders.folder.name,
        status="completed",
        started=started,
        finished=utc_now(),
        seconds=round(time.monotonic() - began, 3),
        folder=str(place),
        stages=runs,
        parameters=orders.values,
    )
    if not is_newest(decider.memo.database, keys):
        note_run(decider.memo.database, report, keys, orders.folder)
    return report


def _all_in_place(decider: Decider, chosen: Sequence[StageEntry]) -> list[Choice] | None:
    found: list[Choice] = []
    for entry in chosen:
        choice = decider.decide(entry)
        if choice.result is None or not is_in_place(decider.store, decider.artifacts, choice.result):
            return None
        decider.count(entry, choice.result)
        found.append(choice)
    contents = decider.contents
    if all(contents.on_disk(Path(path)) == sha256 for path, sha256 in contents.pending.items()):
        return found
    return None
