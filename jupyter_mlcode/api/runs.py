"""From an export to its results: run, verify, what would run, what has run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlcode.api.notebooks import Source, export, pipeline_folder, plan, target_of, taught, write
from jupyter_mlcode.model.json_value import Json

if TYPE_CHECKING:
    from jupyter_mlcode.model.cache import Cleaned, Decision, Reuse
    from jupyter_mlcode.model.history import PastRun, RunComparison
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.run import EventSink, RunReport
    from jupyter_mlcode.model.status import ExportState, Status
    from jupyter_mlcode.model.verify import VerifyReport
    from jupyter_mlcode.runner.parameters import GivenParameters


def run(
    pipeline: str | os.PathLike[str],
    parameters: GivenParameters | None = None,
    *,
    stage: str | None = None,
    from_stage: str | None = None,
    kernel: str | None = None,
    runs_dir: str | os.PathLike[str] | None = None,
    events: EventSink | None = None,
    timeout: int | None = None,
    stage_timeout: float | None = None,
    retries: int = 0,
    jobs: int = 1,
    reuse: Reuse | None = None,
) -> RunReport:
    """Run a pipeline folder, or a part of it, and return the report; a failed stage is a status in it.

    Stages whose results are kept from an earlier run do not run again, `jobs` of the others at once.
    `timeout` is the longest time for one cell, `stage_timeout` for a stage, in seconds; a stage
    that fails is tried again `retries` times.

    Raises:
        UsageError: an unknown stage, parameter or kernel, a value of the wrong type, a missing input.
        InputError: the folder is not a pipeline, or a file of parameters cannot be read.
    """
    from jupyter_mlcode.runner.run import run as run_pipeline

    return run_pipeline(
        Path(pipeline),
        parameters,
        stage=stage,
        from_stage=from_stage,
        kernel=kernel,
        runs_dir=None if runs_dir is None else Path(runs_dir),
        events=events,
        timeout=timeout,
        stage_timeout=stage_timeout,
        retries=retries,
        jobs=jobs,
        reuse=reuse,
    )


def given_parameters(
    *,
    files: Sequence[str] = (),
    texts: Sequence[str] = (),
    pairs: Sequence[tuple[str, str]] = (),
) -> GivenParameters:
    """Return what the caller of `run` gives beside params.yaml: papermill's -f, -y and -p."""
    from jupyter_mlcode.runner.parameters import GivenParameters

    return GivenParameters(files=files, texts=texts, pairs=pairs)


def metrics_files(pipeline: str | os.PathLike[str], stages: Iterable[str]) -> list[Path]:
    """Return the metrics files that these stages of a pipeline folder write.

    Raises:
        InputError: the folder is not a pipeline.
    """
    from jupyter_mlcode.runner.folder import read_folder

    folder = read_folder(Path(pipeline))
    wanted = set(stages)
    return [
        folder.working_folder / use.path
        for stage in folder.stages
        if stage.name in wanted
        for use in stage.writes
        if use.kind == "metrics" and use.path and "${" not in use.path
    ]


def verify(
    source: Source,
    *,
    kernel: str | None = None,
    timeout: int | None = None,
    tolerance: float | None = None,
    events: EventSink | None = None,
    talk: Callable[[str], None] | None = None,
) -> VerifyReport:
    """Run the notebook whole and its pipeline stage by stage, and return where they differ.

    Nothing is written into the notebook's folder. With a `tolerance` (relative, 1e-9 say) numbers
    that are close do not count as different; the report lists them apart.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
        RefusedError: the notebook has errors.
        UsageError: the kernel is not installed.
    """
    from jupyter_mlcode.runner.verify import verify as compare

    pipeline = plan(source)
    bundle = export(pipeline)
    location = target_of(pipeline.notebook.path).location
    return compare(
        pipeline,
        bundle,
        location=location,
        kernel=kernel,
        timeout=timeout,
        tolerance=tolerance,
        events=events,
        talk=talk,
    )


def observe(
    source: Source,
    *,
    kernel: str | None = None,
    timeout: int | None = None,
) -> Notebook:
    """Run the notebook once, and return it with what that showed of calls that the analysis does not know.

    The plan of that notebook is more precise, and its stages check in every run what it relies on.
    Nothing is written into the notebook's folder.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
        UsageError: the kernel is not installed, or the notebook fails.
    """
    from jupyter_mlcode.runner.observe import observe as look

    pipeline = plan(source)
    session, rules = taught(pipeline.notebook.path)
    location = target_of(pipeline.notebook.path).location
    return look(pipeline, session, rules, location=location, kernel=kernel, timeout=timeout)


def write_observed(notebook: Notebook) -> Path | None:
    """Write what was observed beside the notebook and return the file; without observations there is none.

    Raises:
        InputError: the file cannot be written.
    """
    from jupyter_mlcode.notebook.observed import write_observed as write_file

    return write_file(notebook.path, notebook.observed)


def report_document(report: RunReport) -> dict[str, Json]:
    """Return a run report as a JSON object."""
    from jupyter_mlcode.runner.report import report_document as document

    return document(report)


def status(
    notebook: str | os.PathLike[str],
    *,
    output: str | os.PathLike[str] | None = None,
    parameters: GivenParameters | None = None,
    reuse: Reuse | None = None,
) -> Status:
    """Return whether the export is up to date, how its last run ended, and what a run would do and why.

    Raises:
        InputError: the file is not a notebook for a Python kernel, or the export cannot be read.
        UsageError: an unknown parameter, a value of the wrong type.
    """
    from jupyter_mlcode.model.diagnostics import Severity
    from jupyter_mlcode.model.status import Status
    from jupyter_mlcode.runner.last_run import last_run

    folder = pipeline_folder(notebook, output)
    pipeline = plan(notebook)
    errors = sum(d.severity is Severity.ERROR for d in pipeline.diagnostics)
    exported = (folder / "pipeline.yaml").is_file()
    state: ExportState = "refused"
    changes: tuple[str, ...] = ()
    if not errors:
        found = write(export(pipeline, output=output), folder, "check") if exported else None
        changes = tuple(change.path for change in found.changes) if found is not None else ()
        state = "not_exported" if found is None else "out_of_date" if changes else "up_to_date"
    return Status(
        notebook=os.fspath(notebook),
        folder=os.fspath(folder),
        export=state,
        changes=changes,
        errors=errors,
        last_run=last_run(folder),
        stages=forecast(folder, parameters, reuse=reuse) if exported else (),
    )


def forecast(
    pipeline: str | os.PathLike[str],
    parameters: GivenParameters | None = None,
    *,
    reuse: Reuse | None = None,
) -> tuple[Decision, ...]:
    """Return what `run` would do with each stage of a pipeline folder, and why; nothing is executed.

    Raises:
        UsageError: an unknown stage or parameter, a value of the wrong type.
        InputError: the folder is not a pipeline, or a file of parameters cannot be read.
    """
    from jupyter_mlcode.runner.run import forecast as foresee

    return foresee(Path(pipeline), parameters, reuse=reuse)


def history(pipeline: str | os.PathLike[str], *, limit: int = 20) -> tuple[PastRun, ...]:
    """Return the newest runs of a pipeline folder, newest first.

    Raises:
        InputError: the folder is not a pipeline.
    """
    from jupyter_mlcode.runner.past import history as read_history

    return read_history(Path(pipeline), limit)


def compare_runs(pipeline: str | os.PathLike[str], before: int, after: int) -> RunComparison:
    """Return where two runs of a pipeline folder differ: parameters, metrics, how stages ended.

    Raises:
        InputError: the folder is not a pipeline.
        UnknownNameError: there is no run of that number.
    """
    from jupyter_mlcode.runner.past import compare_runs as compare

    return compare(Path(pipeline), before, after)


def clean(
    pipeline: str | os.PathLike[str],
    *,
    runs: int | None = None,
    everything: bool = False,
    dry_run: bool = False,
) -> Cleaned:
    """Remove what runs left: all but the newest `runs` folders, results that were not used for longest.

    With `everything` also all artifacts, results and the history; exported files always stay.

    Raises:
        InputError: the folder is not a pipeline.
        UsageError: a run of this pipeline goes on.
    """
    from jupyter_mlcode.runner.clean import clean as remove

    return remove(Path(pipeline), runs=runs, everything=everything, dry_run=dry_run)
