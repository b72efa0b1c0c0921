"""What happens when a pipeline runs: the events while it does, and the report when it is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from jupyter_mlcode.model.json_value import Json

CellRole: TypeAlias = Literal["parameters", "begin", "setup", "inputs", "own", "end"]
CellStatus: TypeAlias = Literal["completed", "failed", "interrupted", "not_run"]
RunStatus: TypeAlias = Literal["completed", "failed", "interrupted", "not_run"]
FailureKind: TypeAlias = Literal[
    "error", "dead_kernel", "exit", "timeout", "missing_output", "guard", "kernel", "interrupted", "exported"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """One cell of a stage notebook after the run; `number` is its place in the source notebook."""

    id: str
    role: CellRole
    status: CellStatus
    seconds: float = 0.0
    number: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a stage stopped, and where: cell and line of the notebook, file and line of the script."""

    kind: FailureKind
    name: str
    message: str
    cell_id: str = ""
    notebook: str = ""
    cell: int | None = None
    line: int | None = None
    script: str = ""
    script_line: int | None = None
    traceback: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the one-line form that a terminal shows.

        Examples:
            >>> Failure(kind="error", name="KeyError", message="'x'", notebook="a.ipynb", cell=12,
            ...         line=3, script="a/stage_b.py", script_line=41).text()
            "a.ipynb:cell 12:3  KeyError: 'x'   (a/stage_b.py:41)"
        """
        what = f"{self.name}: {self.message}" if self.message else self.name
        where = ""
        if self.notebook and self.cell is not None:
            where = f"{self.notebook}:cell {self.cell}"
            where += f":{self.line}" if self.line is not None else ""
        script = self.script
        if script and self.script_line is not None:
            script += f":{self.script_line}"
        if not where:
            return f"{script}  {what}" if script else what
        return f"{where}  {what}" + (f"   ({script})" if script else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """A file that a stage left behind: an artifact, or a file that its code writes."""

    path: str
    size: int
    sha256: str
    kind: Literal["artifact", "file"] = "artifact"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFinding:
    """What a run-time guard saw: `entry` is the variable, the kind of state or the file."""

    code: str
    entry: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the stage's kernel ran on: the interpreter, and the packages that its code imported."""

    python: str = ""
    platform: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRun:
    """One stage of a run; times are ISO 8601 in UTC.

    A `cached` stage did not run: its results are those of an earlier run, with that run's cells and
    outputs. `reason` says why a stage ran, was cached, or did not run; `attempts` counts its tries.
    """

    name: str
    status: RunStatus
    started: str = ""
    finished: str = ""
    seconds: float = 0.0
    cells: tuple[CellRun, ...] = ()
    error: Failure | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    outputs: tuple[OutputFile, ...] = ()
    environment: Environment = Environment()
    notebook: str = ""
    findings: tuple[GuardFinding, ...] = ()
    cached: bool = False
    reason: str = ""
    attempts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A whole run; `folder` is where its files are, relative paths start there."""

    pipeline: str
    status: RunStatus
    started: str
    finished: str
    seconds: float
    folder: str
    stages: tuple[StageRun, ...]
    parameters: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    format: int = 1

    @property
    def failed(self) -> StageRun | None:
        """The stage that stopped the run, if one did."""
        return next((s for s in self.stages if s.status in ("failed", "interrupted")), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The run begins: these stages, in this order."""

    pipeline: str
    stages: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage's kernel is about to start; `cells` counts the code cells it will run."""

    stage: str
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStarted:
    """A code cell of a stage begins; `index` counts the stage's code cells from 0."""

    stage: str
    index: int
    cell_id: str
    role: CellRole
    number: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputText:
    """Text that a cell printed."""

    stage: str
    cell_id: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFinished:
    """A code cell ended."""

    stage: str
    index: int
    cell: CellRun


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished:
    """A stage ended, one way or the other."""

    run: StageRun


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWaits:
    """Something is in the way, and the run goes on when it is gone; `what` is a sentence."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run is over and its report is written."""

    report: RunReport


RunEvent: TypeAlias = (
    RunStarted
    | RunWaits
    | StageStarted
    | CellStarted
    | OutputText
    | CellFinished
    | StageFinished
    | RunFinished
)
EventSink: TypeAlias = Callable[[RunEvent], None]
