"""How the last run of a pipeline folder ended, as its report says."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.status import LastRun
from jupyter_mlcode.notebook.plain_files import read_regular


def last_run(folder: Path) -> LastRun | None:
    """Return what the report of the run with the highest number says."""
    runs = folder / "runs"
    numbers = (
        sorted((int(p.name) for p in runs.iterdir() if p.name.isdecimal()), reverse=True)
        if runs.is_dir()
        else []
    )
    if not numbers:
        return None
    place = runs / str(numbers[0])
    try:
        report = json.loads(read_regular(place / "report.json"))
        stopped: dict[str, Json] = next(
            (s for s in report["stages"] if s["status"] in ("failed", "interrupted")), {}
        )
        error = stopped.get("error") or {}
        return LastRun(
            folder=os.fspath(place),
            status=str(report["status"]),
            started=str(report["started"]),
            seconds=float(report["seconds"]),
            stage=str(stopped.get("name", "")),
            problem=str(error.get("text", "")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return LastRun(folder=os.fspath(place), status="unfinished")
