"""The functions that everything else calls: the command line, the server, other programs.

Each one connects rooms and adds nothing of its own. Heavy rooms are imported when they are needed:
papermill and a kernel's client cost a second that `check` must not pay.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlcode.errors import RefusedError
from jupyter_mlcode.model.json_value import Json

if TYPE_CHECKING:
    from jupyter_mlcode.analysis.patterns import Rules
    from jupyter_mlcode.analysis.session import Session
    from jupyter_mlcode.checks.live import LivePlan
    from jupyter_mlcode.exporters.protocol import Target
    from jupyter_mlcode.exporters.writing import Mode, WriteResult
    from jupyter_mlcode.graph.suggest import Suggestion
    from jupyter_mlcode.model.bundle import Bundle
    from jupyter_mlcode.model.cache import Cleaned, Decision, Reuse
    from jupyter_mlcode.model.diagnostics import Diagnostic
    from jupyter_mlcode.model.history import PastRun, RunComparison
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline
    from jupyter_mlcode.model.run import EventSink, RunReport
    from jupyter_mlcode.model.status import ExportState, Status
    from jupyter_mlcode.model.verify import VerifyReport
    from jupyter_mlcode.runner.parameters import GivenParameters

Source: TypeAlias = "str | os.PathLike[str] | Notebook | Pipeline"
"""A notebook: the path of its file, or what an earlier step made of it."""


def read(path: str | os.PathLike[str]) -> Notebook:
    """Return the notebook in this file; nothing of it is executed.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.notebook.read import read_notebook

    return read_notebook(path)


def plan(source: Source) -> Pipeline:
    """Return the stage graph of a notebook with everything that is wrong with it.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.checks.plan import plan as plan_notebook
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline

    if isinstance(source, Pipeline):
        return source

    notebook = source if isinstance(source, Notebook) else read(source)
    return plan_notebook(notebook, *_taught(notebook.path))


def _taught(path: str | os.PathLike[str]) -> tuple[Session | None, Rules | None]:
    """Return the analysis and the rules of the project that a notebook belongs to; None for the built-in ones."""
    from jupyter_mlcode.notebook.settings import read_settings

    settings = read_settings(Path(path).resolve().parent)
    if not settings.knowledge and not settings.rules:
        return None, None
    from jupyter_mlcode.analysis import library, patterns
    from jupyter_mlcode.analysis.session import Session

    return Session(library.with_project(settings.knowledge)), patterns.with_project(settings.rules)


def live_plan(path: str | os.PathLike[str]) -> LivePlan:
    """Return what plans the notebook of this path again and again while it is edited.

    Raises:
        InputError: the project's settings cannot be read.
    """
    from jupyter_mlcode.checks.live import LivePlan

    return LivePlan(*_taught(path))


def check(source: Source) -> tuple[Diagnostic, ...]:
    """Return all findings: errors refuse an export, warnings and notes do not.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    return plan(source).diagnostics


def suggest(source: Source) -> tuple[Suggestion, ...]:
    """Return a tag for each code cell that has none of ours, with the reason.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.graph.suggest import suggest as suggest_tags
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline

    if isinstance(source, Pipeline):
        return suggest_tags(source.notebook)
    return suggest_tags(source if isinstance(source, Notebook) else read(source))


def apply_suggestions(path: str | os.PathLike[str], suggestions: tuple[Suggestion, ...]) -> int:
    """Write the suggested tags into the notebook's file and return how many cells changed.

    Everything else in the file stays byte for byte.

    Raises:
        InputError: the file cannot be read or written.
    """
    from jupyter_mlcode.notebook.edit import write_tags

    return write_tags(os.fspath(path), {s.cell: s.tag for s in suggestions})


def graph(source: Source) -> dict[str, Json]:
    """Return stages, edges and findings as a JSON object.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.graph.document import graph_document

    return graph_document(plan(source))


def diagnostic_document(diagnostic: Diagnostic) -> dict[str, Json]:
    """Return a finding as a JSON object; cell, line and column count from 1."""
    from jupyter_mlcode.graph.document import diagnostic_document as document

    return document(diagnostic)


def mermaid(source: Source) -> str:
    """Return the stage graph as a Mermaid flowchart.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.exporters.readme import mermaid as flowchart

    return flowchart(plan(source))


def pipeline_folder(notebook: str | os.PathLike[str], output: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that an export writes: `output`, or `<stem>/` beside the notebook."""
    path = Path(notebook)
    return Path(output) if output is not None else path.with_name(path.stem)


def export(
    source: Source,
    *,
    output: str | os.PathLike[str] | None = None,
    targets: Sequence[str] = ("folder",),
    stage_notebooks: bool = False,
) -> Bundle:
    """Return the files of the export, in memory; nothing is written.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
        RefusedError: the notebook has errors.
        UnknownNameError: there is no such target.
    """
    from jupyter_mlcode.exporters.folder import FolderExporter
    from jupyter_mlcode.exporters.protocol import exporter
    from jupyter_mlcode.exporters.writing import merged

    pipeline = plan(source)
    from jupyter_mlcode.model.diagnostics import Severity

    if errors := [d for d in pipeline.diagnostics if d.severity is Severity.ERROR]:
        raise RefusedError(pipeline.notebook.path, errors)
    place = target_of(pipeline.notebook.path, output)
    made = [
        (
            FolderExporter(stage_notebooks=True) if stage_notebooks and name == "folder" else exporter(name)
        ).export(pipeline, place)
        for name in dict.fromkeys(targets)
    ]
    return merged(made)


def target_of(notebook: str, output: str | os.PathLike[str] | None = None) -> Target:
    """Return how the notebook's folder and the pipeline folder lead to each other."""
    from jupyter_mlcode.exporters.protocol import Target, default_target

    if output is None:
        return default_target(notebook)
    here, there = Path(notebook).resolve().parent, Path(output).resolve()
    return Target(location=_relative(there, here), folder=_relative(here, there))


def _relative(path: Path, start: Path) -> str:
    """Return the POSIX path that leads from one folder to another."""
    return Path(os.path.relpath(path, start)).as_posix()


def write(
    bundle: Bundle,
    folder: str | os.PathLike[str],
    mode: Mode = "write",
    *,
    force: bool = False,
) -> WriteResult:
    """Bring the folder up to date, or (`check`, `diff`) tell what that would change.

    Raises:
        EditedFilesError: files edited by hand are in the way; nothing was written.
        UsageError: the folder is somebody else's, or cannot be written.
    """
    from jupyter_mlcode.exporters.writing import write as write_bundle

    return write_bundle(bundle, Path(folder), mode, force=force)


def params_findings(source: Source, folder: str | os.PathLike[str]) -> tuple[Diagnostic, ...]:
    """Return warnings where the folder's params.yaml and the notebook's parameters differ.

    Raises:
        InputError: the notebook or the params.yaml cannot be read.
    """
    from jupyter_mlcode.exporters.params_yaml import PARAMS
    from jupyter_mlcode.exporters.params_yaml import params_findings as findings

    file = Path(folder) / PARAMS
    if not file.is_file():
        return ()
    return findings(plan(source).parameters, file.read_text("utf-8", errors="replace"))


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
    session, rules = _taught(pipeline.notebook.path)
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
