"""Run a pipeline folder: check everything first, then every stage whose results are not kept."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import EventSink, RunEvent, RunFinished, RunReport, RunStatus, StageRun
from jupyter_mlcode.runner.cache.decide import Decider
from jupyter_mlcode.runner.cache.open import open_decider
from jupyter_mlcode.runner.folder import GUARDS, PipelineFolder, StageEntry, read_folder
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.history import folder_of_same, note_run
from jupyter_mlcode.runner.local.memo import Memo
from jupyter_mlcode.runner.locks import one_at_a_time
from jupyter_mlcode.runner.parameters import GivenParameters, resolve_parameters
from jupyter_mlcode.runner.place import RunPlace
from jupyter_mlcode.runner.plan import plan_run
from jupyter_mlcode.runner.schedule import Schedule
from jupyter_mlcode.runner.signals import signals_unwind
from jupyter_mlcode.runner.times import utc_now
from jupyter_mlcode.runner.work import Orders, StageWorker, waiting

STATE = ".mlcode"


def run(
    pipeline_folder: str | Path,
    parameters: GivenParameters | None = None,
    *,
    stage: str | None = None,
    from_stage: str | None = None,
    kernel: str | None = None,
    runs_dir: str | Path | None = None,
    events: EventSink | None = None,
    timeout: int | None = None,
    stage_timeout: float | None = None,
    retries: int = 0,
    jobs: int = 1,
    guards: bool | None = None,
    reuse: Reuse | None = None,
) -> RunReport:
    """Run the pipeline, or a part of it, and return the report.

    A stage that fails is a status in the report, not an exception; so is Ctrl-C. What can be
    known to be wrong beforehand is raised before any kernel starts.

    `guards` are the run-time guards: None has them on until every stage has passed once as it is.

    Raises:
        UsageError: an unknown stage, parameter or kernel, a value of the wrong type, a missing input.
        InputError: the folder is not a pipeline, or a file of parameters cannot be read.
    """
    sink = events if events is not None else _nobody
    given = parameters if parameters is not None else GivenParameters()
    database = Database(_root(pipeline_folder) / STATE)
    memo = Memo(database)
    try:
        folder = read_folder(pipeline_folder, memo)
        values, notes = resolve_parameters(folder.parameters, folder.root / "params.yaml", given)
        artifacts = artifacts_of(folder)
        chosen = plan_run(folder, artifacts, stage=stage, from_stage=from_stage)
        wanted = reuse if reuse is not None else Reuse()
        _known_stages(folder, {*wanted.forced, *wanted.reused})
        orders = Orders(
            kernel=kernel or folder.kernel,
            values=values,
            artifacts=artifacts,
            timeout=timeout,
            stage_timeout=stage_timeout,
            retries=retries,
        )
        place = RunPlace(folder, None if runs_dir is None else Path(runs_dir), [e.name for e in chosen], sink)
        with signals_unwind(), one_at_a_time(folder.root / STATE, waiting(sink)):
            decider = open_decider(folder, orders.kernel, values, artifacts, memo, chosen, wanted)
            going = _Run(folder, chosen, replace(orders, guards=_guarded(guards, folder, chosen, artifacts)))
            report = replace(going.run(decider, place, sink, jobs, wanted), notes=(*notes, *going.notes))
            sink(RunFinished(report=report))
        return report
    finally:
        database.close()


def artifacts_of(folder: PipelineFolder) -> Path:
    """Return where the stages' artifacts are: `MLCODE_ARTIFACTS`, or in the pipeline folder."""
    return Path(os.environ.get("MLCODE_ARTIFACTS") or folder.root / "artifacts").resolve()


def _root(pipeline_folder: str | Path) -> Path:
    given = Path(pipeline_folder)
    return given.parent if given.name == "pipeline.yaml" else given


def _known_stages(folder: PipelineFolder, names: Collection[str]) -> None:
    for name in sorted(names):
        folder.stage(name)


def _guarded(
    guards: bool | None, folder: PipelineFolder, chosen: tuple[StageEntry, ...], artifacts: Path
) -> bool:
    if guards is not None:
        return guards
    from jupyter_mlcode.runner.passed import all_passed

    return not all_passed(folder, chosen, artifacts / GUARDS)


class _Run:
    """One run from its first decision to its report."""

    def __init__(self, folder: PipelineFolder, chosen: tuple[StageEntry, ...], orders: Orders) -> None:
        self._folder = folder
        self._chosen = chosen
        self._orders = orders
        self.notes: tuple[str, ...] = ()

    def run(self, decider: Decider, place: RunPlace, events: EventSink, jobs: int, reuse: Reuse) -> RunReport:
        """Run the stages and write the reports."""
        if jobs < 1:
            raise UsageError("at least one stage runs at a time")
        started, began = utc_now(), time.monotonic()
        worker = StageWorker(self._orders, decider, place, events, keeps=reuse.cache)
        stages = Schedule(self._chosen, worker, jobs=jobs).run()
        worker.finish()
        nothing = all(stage.cached for stage in stages)
        same = folder_of_same(decider.memo.database, worker.keys) if nothing and not place.is_given else None
        target = place.open(same)
        report = RunReport(
            pipeline=self._folder.name,
            status=_overall(stages),
            started=started,
            finished=utc_now(),
            seconds=round(time.monotonic() - began, 3),
            folder=str(target),
            stages=stages,
            parameters=self._orders.values,
        )
        self.notes = (*decider.memo.database.notes, *worker.notes)
        if same is None:
            self._write(report, target)
        note_run(decider.memo.database, report, worker.keys, self._folder)
        if not nothing:
            decider.store.trim()
            decider.memo.trim()
        return report

    def _write(self, report: RunReport, target: Path) -> None:
        from jupyter_mlcode.runner.html_report import write_html_report
        from jupyter_mlcode.runner.passed import note_passed
        from jupyter_mlcode.runner.report import write_report

        done = {run_.name for run_ in report.stages if run_.status == "completed"}
        if self._orders.guards:
            passed = tuple(entry for entry in self._chosen if entry.name in done)
            note_passed(self._folder, passed, self._orders.artifacts / GUARDS)
        write_report(report, target / "report.json")
        write_html_report(report, target)


def _overall(runs: tuple[StageRun, ...]) -> RunStatus:
    found: Mapping[str, RunStatus] = {run_.status: run_.status for run_ in runs}
    return found.get("interrupted") or found.get("failed") or found.get("not_run") or "completed"


def _nobody(event: RunEvent) -> None:
    """Take an event and do nothing with it."""
