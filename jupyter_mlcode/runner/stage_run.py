"""Run one stage: its notebook through papermill in a fresh kernel, and judge how it ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import (
    CellFinished,
    CellRun,
    CellStarted,
    CellStatus,
    Environment,
    EventSink,
    Failure,
    OutputText,
    RunStatus,
    StageFinished,
    StageRun,
    StageStarted,
)
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.execution import execute_notebook
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry
from jupyter_mlcode.runner.guarding import guard_failure, guard_orders, read_findings
from jupyter_mlcode.runner.kernel import private_folder
from jupyter_mlcode.runner.kernel_order import stage_environment
from jupyter_mlcode.runner.location import failure_at
from jupyter_mlcode.runner.outputs import Leftovers, collect_outputs, forget_outputs
from jupyter_mlcode.runner.session import (
    CellBegan,
    CellEnded,
    CellPrinted,
    EngineError,
    EngineEvent,
    Session,
    Silent,
)
from jupyter_mlcode.runner.silent_code import around_the_stage
from jupyter_mlcode.runner.stage_notebook import StageCell, StageNotebook
from jupyter_mlcode.runner.times import utc_now

EXPORTED_MEANWHILE = Failure(
    kind="exported",
    name="ExportedMeanwhileError",
    message="the pipeline was exported or edited while it ran; run it again",
)
"""Stages of two exports are no pipeline: whose results they give, nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageJob:
    """All that running one stage takes; the same for a run and a hermetic check.

    `timeout` is the longest time for one cell, `stage_timeout` for the stage, in seconds; `seen` is
    given what the kernel saw of the world: files that it opened, modules that it imported. `ahead`
    may hold a kernel that was started for this stage; `ready` is called when the kernel has answered.
    """

    folder: PipelineFolder
    entry: StageEntry
    notebook: StageNotebook
    target: Path
    artifacts: Path
    working_folder: Path
    kernel: str
    is_last: bool = False
    timeout: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[Silent, ...] = ()
    guards: bool = False
    guards_stop: bool = True
    guard_records: Path | None = None
    stage_timeout: float | None = None
    seen: Callable[[Mapping[str, Json]], None] | None = None
    ahead: KernelsAhead | None = None
    ready: Callable[[], None] | None = None

    @property
    def guard_record(self) -> Path | None:
        """The file in which the stage's guards write what they see."""
        return None if self.guard_records is None else self.guard_records / f"{self.entry.name}.json"


def run_stage(job: StageJob, values: Mapping[str, Json], events: EventSink) -> StageRun:
    """Run the stage's notebook and return what came of it; a failure is a status, not an exception."""
    started, began = utc_now(), time.monotonic()
    events(StageStarted(stage=job.entry.name, cells=len(job.notebook.cells)))
    forget_outputs(job.artifacts, job.entry)
    guards = _guards(job)
    with private_folder() as private:
        journal = _Journal(job, events)
        session = _execute(job, journal, guards, private / "environment.json")
        about = _about(private / "environment.json")
    if job.seen is not None:
        job.seen(about)
    failure, left = _judged(job, session, journal, values)
    findings = read_findings(job.guard_record) if job.guard_record is not None else ()
    if failure is None and job.guards_stop:
        failure = guard_failure(job.folder, job.entry, findings)
    run = StageRun(
        name=job.entry.name,
        status=_status(failure),
        started=started,
        finished=utc_now(),
        seconds=round(time.monotonic() - began, 3),
        cells=journal.all_cells(),
        error=failure,
        parameters={name: values[name] for name in job.entry.params},
        outputs=left.found,
        environment=_environment(about),
        notebook=job.target.name,
        findings=findings,
    )
    events(StageFinished(run=run))
    return run


class _Journal:
    """Follows the engine's events: which cell runs, how each ended; passes them on with names."""

    def __init__(self, job: StageJob, events: EventSink) -> None:
        self._job = job
        self._events = events
        self._positions = {cell.id: n for n, cell in enumerate(job.notebook.cells)}
        self.runs: dict[int, CellRun] = {}
        self.stopped: int | None = None

    def follow(self, session: Session, event: EngineEvent) -> None:
        """Take one event of the engine."""
        position, cell = self._cell(session, event.index)
        stage = self._job.entry.name
        if isinstance(event, CellPrinted):
            self._events(OutputText(stage=stage, cell_id=cell.id, stream=event.stream, text=event.text))
        elif isinstance(event, CellBegan):
            self._events(
                CellStarted(
                    stage=stage,
                    index=position,
                    cell_id=cell.id,
                    role=cell.role,
                    number=cell.number,
                    heading=cell.heading,
                )
            )
        else:
            self.stopped = position if event.error is not None else None
            self.runs[position] = _cell_run(cell, event)
            self._events(CellFinished(stage=stage, index=position, cell=self.runs[position]))

    def _cell(self, session: Session, index: int) -> tuple[int, StageCell]:
        """Return our cell behind the engine's; papermill adds one below the parameters."""
        cells = self._job.notebook.cells
        executed = session.notebook.cells[index]
        if "injected-parameters" in executed.metadata.get("tags", []):
            return 0, cells[0]
        position = self._positions[executed.id]
        return position, cells[position]

    def all_cells(self) -> tuple[CellRun, ...]:
        """Return every cell of the stage, those that never ran included."""
        return tuple(
            self.runs.get(n) or _cell_run(cell, None) for n, cell in enumerate(self._job.notebook.cells)
        )

    def stopped_in(self) -> StageCell | None:
        """Return the cell in which the run stopped."""
        return None if self.stopped is None else self._job.notebook.cells[self.stopped]


def _cell_run(cell: StageCell, ended: CellEnded | None) -> CellRun:
    error = ended.error if ended is not None else None
    return CellRun(
        id=cell.source_id or cell.id,
        role=cell.role,
        status=_cell_status(ended, error),
        seconds=round(ended.seconds, 3) if ended is not None else 0.0,
        number=cell.number,
        heading=cell.heading,
    )


def _cell_status(ended: CellEnded | None, error: EngineError | None) -> CellStatus:
    if ended is None:
        return "not_run"
    if error is None:
        return "completed"
    return "interrupted" if error.kind == "interrupted" else "failed"


def _guards(job: StageJob) -> tuple[Silent, ...]:
    """Return the guards' code; without guards an old record would tell of another run."""
    record = job.guard_record
    if job.guard_records is None or record is None:
        return ()
    record.parent.mkdir(parents=True, exist_ok=True)
    record.unlink(missing_ok=True)
    return guard_orders(job.folder, job.entry, job.notebook, job.guard_records) if job.guards else ()


def _execute(job: StageJob, journal: _Journal, guards: tuple[Silent, ...], environment_file: Path) -> Session:
    """Run the notebook through papermill; how it ended is in the session."""
    around = around_the_stage(job.folder.root, environment_file)
    session = Session(
        working_folder=job.working_folder,
        environment=stage_environment(job.artifacts, job.environment),
        save_to=job.target,
        timeout=job.timeout,
        stage_timeout=job.stage_timeout,
        silent=(*around, *guards, *job.silent),
        ahead=job.ahead,
        ready=job.ready,
    )
    session.watch = partial(journal.follow, session)
    execute_notebook(job.notebook.document, job.notebook.injected, job.kernel, session)
    return session


def _about(path: Path) -> dict[str, Json]:
    """Return what the kernel wrote of itself at its end; nothing when it did not get there."""
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def _environment(about: Mapping[str, Json]) -> Environment:
    if not about:
        return Environment()
    return Environment(python=about["python"], platform=about["platform"], packages=about["packages"])


def _judged(
    job: StageJob, session: Session, journal: _Journal, values: Mapping[str, Json]
) -> tuple[Failure | None, Leftovers]:
    """Return why the stage failed, if it did: papermill's own word is not enough."""
    left = collect_outputs(job.artifacts, job.entry, job.working_folder, values)
    if session.error is not None and not _is_a_clean_exit(job, session.error, journal):
        return failure_at(job.folder, job.entry.script, journal.stopped_in(), session.error), left
    if left.missing:
        missing = Failure(
            kind="missing_output",
            name="MissingOutputError",
            message=f"stage {job.entry.name!r} ended without its {', '.join(left.missing)}",
            script=f"{job.folder.name}/{job.entry.script}",
        )
        return missing, left
    return (None if job.folder.is_the_same else EXPORTED_MEANWHILE), left


def _is_a_clean_exit(job: StageJob, error: EngineError, journal: _Journal) -> bool:
    """Tell whether the very last cell of the pipeline said `sys.exit(0)`: nothing was skipped."""
    if error.kind != "exit" or error.message not in ("", "0", "None"):
        return False
    return job.is_last and journal.stopped == len(job.notebook.cells) - 1


def _status(failure: Failure | None) -> RunStatus:
    if failure is None:
        return "completed"
    return "interrupted" if failure.kind == "interrupted" else "failed"
