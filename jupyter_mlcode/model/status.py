"""How a notebook, its export and its last run stand to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mlcode.model.cache import Decision

ExportState: TypeAlias = Literal["up_to_date", "out_of_date", "not_exported", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The newest run of a pipeline folder; `stage` is the one that stopped it, times are ISO 8601 in UTC."""

    folder: str
    status: str
    started: str = ""
    seconds: float = 0.0
    stage: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What `status` says: `changes` are the files that an export would write, `errors` why it would refuse.

    `stages` tell what a run of the export, as it is, would do.
    """

    notebook: str
    folder: str
    export: ExportState
    changes: tuple[str, ...] = ()
    errors: int = 0
    last_run: LastRun | None = None
    stages: tuple[Decision, ...] = ()
