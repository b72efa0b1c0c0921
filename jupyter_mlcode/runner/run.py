"""Run a pipeline folder: check everything first, then one stage after the other."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from jupyter_mlcode.errors import UnknownNameError
from jupyter_mlcode.model.notebook import Json
from jupyter_mlcode.model.run import (
    EventSink,
    RunEvent,
    RunFinished,
    RunReport,
    RunStarted,
    RunStatus,
    StageRun,
)
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry, read_folder
from jupyter_mlcode.runner.guarding import RECORDS, all_passed, note_passed
from jupyter_mlcode.runner.html_report import write_html_report
from jupyter_mlcode.runner.kernel import signals_unwind
from jupyter_mlcode.runner.parameters import GivenParameters, resolve_parameters
from jupyter_mlcode.runner.plan import plan_run
from jupyter_mlcode.runner.report import write_report
from jupyter_mlcode.runner.stage_notebook import build_stage_notebook, read_source_cells
from jupyter_mlcode.runner.stage_run import StageJob, run_stage, utc_now


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
    guards: bool | None = None,
) -> RunReport:
    """Run the pipeline, or a part of it, and return the report.

    A stage that fails is a status in the report, not an exception; so is Ctrl-C. What can be
    known to be wrong beforehand is raised before any kernel starts.

    `guards` are the run-time guards: None has them on until every stage has passed once as it is.

    Raises:
        UsageError: an unknown stage, parameter or kernel, a value of the wrong type, a missing input.
        InputError: the folder is not a pipeline, or a file of parameters cannot be read.
    """
    folder = read_folder(pipeline_folder)
    given = parameters if parameters is not None else GivenParameters()
    values, notes = resolve_parameters(folder.parameters, folder.root / "params.yaml", given)
    artifacts = Path(os.environ.get("MLCODE_ARTIFACTS") or folder.root / "artifacts").resolve()
    chosen = plan_run(folder, artifacts, stage=stage, from_stage=from_stage)
    guarded = guards if guards is not None else not all_passed(folder, chosen, artifacts / RECORDS)
    jobs = _jobs(folder, chosen, values, artifacts, runs_dir, kernel)
    jobs = tuple(replace(job, timeout=timeout, guards=guarded) for job in jobs)
    sink = events if events is not None else _nobody
    with signals_unwind():
        report = replace(_reported(folder, jobs, values, sink), notes=notes)
        done = {run_.name for run_ in report.stages if run_.status == "completed"}
        if guarded:
            note_passed(folder, tuple(e for e in chosen if e.name in done), artifacts / RECORDS)
        write_report(report, Path(report.folder) / "report.json")
        write_html_report(report, Path(report.folder))
        sink(RunFinished(report=report))
    return report


def _reported(
    folder: PipelineFolder, jobs: tuple[StageJob, ...], values: Mapping[str, Json], events: EventSink
) -> RunReport:
    """Run the jobs and return the report."""
    started, began = utc_now(), time.monotonic()
    target = str(jobs[0].target.parent)
    events(RunStarted(pipeline=folder.name, stages=tuple(j.entry.name for j in jobs), folder=target))
    runs = execute(jobs, values, events)
    return RunReport(
        pipeline=folder.name,
        status=_overall(runs),
        started=started,
        finished=utc_now(),
        seconds=round(time.monotonic() - began, 3),
        folder=target,
        stages=runs,
        parameters=values,
    )


def execute(
    jobs: tuple[StageJob, ...], values: Mapping[str, Json], events: EventSink
) -> tuple[StageRun, ...]:
    """Run the jobs in order; after a failure the rest is reported as not run."""
    runs: list[StageRun] = []
    for job in jobs:
        if runs and runs[-1].status != "completed":
            runs.append(StageRun(name=job.entry.name, status="not_run"))
        else:
            runs.append(run_stage(job, values, events))
    return tuple(runs)


def _jobs(
    folder: PipelineFolder,
    chosen: tuple[StageEntry, ...],
    values: Mapping[str, Json],
    artifacts: Path,
    runs_dir: str | Path | None,
    kernel: str | None,
) -> tuple[StageJob, ...]:
    """Return what is to be run; only when everything is found well does the run get its folder."""
    name = known_kernel(kernel or folder.kernel)
    source = read_source_cells(folder)
    notebooks = [build_stage_notebook(folder, entry, values, source) for entry in chosen]
    target = _run_folder(folder, runs_dir)
    return tuple(
        StageJob(
            folder=folder,
            entry=entry,
            notebook=notebook,
            target=target / f"{entry.name}.ipynb",
            artifacts=artifacts,
            working_folder=folder.working_folder,
            kernel=name,
            is_last=entry is folder.stages[-1],
            guard_records=artifacts / RECORDS,
        )
        for entry, notebook in zip(chosen, notebooks, strict=True)
    )


def known_kernel(name: str) -> str:
    """Return the kernel's name if it is installed.

    Raises:
        UnknownNameError: it is not; the message lists those that are.
    """
    manager = KernelSpecManager()
    try:
        manager.get_kernel_spec(name)
    except NoSuchKernel as error:
        raise UnknownNameError("kernel", name, manager.find_kernel_specs()) from error
    return name


def _run_folder(folder: PipelineFolder, runs_dir: str | Path | None) -> Path:
    """Return the folder of this run: the one given, or `runs/<n>` with the next free number."""
    if runs_dir is not None:
        target = Path(runs_dir).resolve()
        target.mkdir(parents=True, exist_ok=True)
        return target
    runs = folder.root / "runs"
    runs.mkdir(exist_ok=True)
    number = max((int(p.name) for p in runs.iterdir() if p.name.isdecimal()), default=0) + 1
    while True:
        try:
            (runs / str(number)).mkdir()
        except FileExistsError:  # another run has just begun
            number += 1
        else:
            return runs / str(number)


def _overall(runs: tuple[StageRun, ...]) -> RunStatus:
    for run_ in runs:
        if run_.status in ("failed", "interrupted"):
            return run_.status
    return "completed"


def _nobody(event: RunEvent) -> None:
    """Take an event and do nothing with it."""
