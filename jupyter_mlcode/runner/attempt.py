"""One stage run for good: its notebook built, its guards set, tried again if asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import EventSink, RunWaits, StageRun
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.folder import GUARDS, PipelineFolder, StageEntry
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.outputs import filled_in
from jupyter_mlcode.runner.retries import with_retries
from jupyter_mlcode.runner.stage_notebook import build_stage_notebook, read_source_cells
from jupyter_mlcode.runner.stage_run import StageJob, run_stage


def attempt(
    orders: Orders,
    entry: StageEntry,
    *,
    target: Path,
    seen: Callable[[Mapping[str, Json]], None],
    ahead: KernelsAhead,
    ready: Callable[[], None],
    events: EventSink,
) -> StageRun:
    """Run the stage, again after a failure as often as it may."""
    folder, records = orders.folder, orders.artifacts / GUARDS
    job = StageJob(
        folder=folder,
        entry=entry,
        notebook=build_stage_notebook(folder, entry, orders.values, read_source_cells(folder)),
        target=target,
        artifacts=orders.artifacts,
        working_folder=folder.working_folder,
        kernel=orders.kernel,
        is_last=entry is folder.stages[-1],
        timeout=orders.timeout,
        stage_timeout=orders.stage_timeout,
        guards=bool(orders.guards),
        guard_records=records,
        seen=seen,
        ahead=ahead,
        ready=ready,
    )
    tries = 0

    def once() -> StageRun:
        nonlocal tries
        tries += 1
        return run_stage(job, orders.values, events)

    def again(run: StageRun, number: int) -> None:
        problem = run.error.text() if run.error is not None else run.status
        events(
            RunWaits(what=f"{entry.name} failed and is tried again ({number} of {orders.retries}): {problem}")
        )

    retries = orders.retries if "files" not in entry.volatile else 0
    return replace(with_retries(once, _written(folder, entry, orders.values), retries, again), attempts=tries)


def _written(folder: PipelineFolder, entry: StageEntry, values: Mapping[str, Json]) -> list[Path]:
    return [
        folder.working_folder / filled_in(use.path, values)
        for use in entry.writes
        if use.path is not None and use.kind not in ("table", "glob", "folder")
    ]
