"""Run a pipeline folder: check everything first, then every stage whose results are not kept."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from jupyter_mlcode.errors import DiskError
from jupyter_mlcode.model.cache import Decision, Reuse
from jupyter_mlcode.model.run import EventSink, RunEvent, RunFinished, RunReport
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.cache.open import open_decider
from jupyter_mlcode.runner.folder import PipelineFolder, read_folder
from jupyter_mlcode.runner.home import folder_for_ipython
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.memo import Memo
from jupyter_mlcode.runner.open_files import allow_open_files
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.parameters import GivenParameters, resolve_parameters
from jupyter_mlcode.runner.plan import plan_run
from jupyter_mlcode.runner.signals import signals_unwind
from jupyter_mlcode.runner.unchanged import nothing_to_do


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
        DiskError: the disk is full, or a file of the run cannot be read or written.
    """
    sink = events if events is not None else _nobody
    memo = Memo(Database.of(pipeline_folder))
    try:
        orders, notes = _orders(
            pipeline_folder, memo, parameters, stage=stage, from_stage=from_stage, kernel=kernel
        )
        orders = replace(
            orders,
            runs_dir=None if runs_dir is None else Path(runs_dir),
            timeout=timeout,
            stage_timeout=stage_timeout,
            retries=retries,
            jobs=jobs,
            guards=guards,
            reuse=_known(orders.folder, reuse),
        )
        with signals_unwind():
            report = _idle(orders, memo, sink) or _worked(orders, memo, sink)
            report = replace(report, notes=(*notes, *report.notes))
            sink(RunFinished(report=report))
        return report
    except OSError as error:
        raise DiskError(error) from error
    finally:
        memo.database.close()


def forecast(
    pipeline_folder: str | Path, parameters: GivenParameters | None = None, *, reuse: Reuse | None = None
) -> tuple[Decision, ...]:
    """Return what a run would do with each stage, and why.

    Raises:
        UsageError: an unknown stage or parameter, a value of the wrong type.
        InputError: the folder is not a pipeline, or a file of parameters cannot be read.
    """
    from jupyter_mlcode.runner.cache.forecast import forecast as foresee

    memo = Memo(Database.of(pipeline_folder))
    try:
        orders, _ = _orders(pipeline_folder, memo, parameters)
        orders = replace(orders, reuse=_known(orders.folder, reuse))
        return foresee(open_decider(orders, memo), orders)
    finally:
        memo.database.close()


def _orders(
    pipeline_folder: str | Path,
    memo: Memo,
    parameters: GivenParameters | None,
    *,
    stage: str | None = None,
    from_stage: str | None = None,
    kernel: str | None = None,
) -> tuple[Orders, tuple[str, ...]]:
    """Return what is to be run, with which values, and notes on parameters."""
    folder = read_folder(pipeline_folder, memo)
    given = parameters if parameters is not None else GivenParameters()
    values, notes = resolve_parameters(folder.parameters, folder.root / "params.yaml", given)
    artifacts = artifacts_of(folder)
    orders = Orders(
        folder=folder,
        chosen=plan_run(folder, artifacts, stage=stage, from_stage=from_stage),
        kernel=kernel or folder.kernel,
        values=values,
        artifacts=artifacts,
    )
    return orders, notes


def artifacts_of(folder: PipelineFolder) -> Path:
    """Return where the stages' artifacts are: `MLCODE_ARTIFACTS`, or in the pipeline folder."""
    return Path(os.environ.get("MLCODE_ARTIFACTS") or folder.root / "artifacts").resolve()


def _known(folder: PipelineFolder, reuse: Reuse | None) -> Reuse:
    """Return when kept results count, once all stages it names are known."""
    if reuse is None:
        return Reuse()
    for name in sorted({*reuse.forced, *reuse.reused}):
        folder.stage(name)
    return reuse


def _idle(orders: Orders, memo: Memo, events: EventSink) -> RunReport | None:
    """Return the report when there is nothing to do; that needs no lock and nothing heavy."""
    if orders.runs_dir is not None or not orders.reuse.cache or orders.reuse.everything:
        return None
    return nothing_to_do(open_decider(orders, memo), orders, events)


def _worked(orders: Orders, memo: Memo, events: EventSink) -> RunReport:
    allow_open_files()
    with folder_for_ipython(), KernelsAhead() as ahead:
        ahead.order(orders.kernel_order)  # it starts while this process imports papermill
        from jupyter_mlcode.runner.going import run_stages

        return run_stages(orders, memo, ahead, events)


def _nobody(event: RunEvent) -> None:
    """Take an event and do nothing with it."""
