"""Past runs of a pipeline folder: when, with which parameters and metrics, how they ended."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from jupyter_mlcode.model.history import PastRun
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import RunReport
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.runner.folder import PipelineFolder
from jupyter_mlcode.runner.local.database import Database

_COLUMNS = "number, folder, status, started, seconds, parameters, stages, metrics"
LARGEST_METRICS = 1 << 20
MOST_RUNS = 10_000


def note_run(database: Database, report: RunReport, keys: Mapping[str, str], folder: PipelineFolder) -> None:
    """Remember a run that is over."""
    stages = [
        {"name": s.name, "status": s.status, "seconds": s.seconds, "cached": s.cached, "reason": s.reason}
        for s in report.stages
    ]
    database.write(
        "INSERT INTO runs (folder, status, started, seconds, parameters, stages, metrics, keys)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        report.folder,
        report.status,
        report.started,
        report.seconds,
        json.dumps(report.parameters, default=str),
        json.dumps(stages),
        json.dumps(read_metrics(folder), default=str),
        json.dumps(keys, sort_keys=True),
    )
    database.write("DELETE FROM runs WHERE number <= (SELECT max(number) FROM runs) - ?", MOST_RUNS)
    database.flush()


def past_runs(database: Database, limit: int = 20) -> tuple[PastRun, ...]:
    """Return the newest runs, newest first."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM runs ORDER BY number DESC LIMIT ?", limit)
    return tuple(map(_run, rows))


def past_run(database: Database, number: int) -> PastRun | None:
    """Return the run of that number."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM runs WHERE number = ?", number)
    return _run(rows[0]) if rows else None


def _run(row: tuple[Json, ...]) -> PastRun:
    number, folder, status, started, seconds, parameters, stages, metrics = row
    return PastRun(
        number=number,
        folder=folder,
        status=status,
        started=started,
        seconds=seconds,
        parameters=json.loads(parameters),
        stages=tuple(json.loads(stages)),
        metrics=json.loads(metrics),
    )


def folder_of_same(database: Database, keys: Mapping[str, str]) -> Path | None:
    """Return the folder of the newest complete run with exactly these results, if it is still there."""
    rows = database.rows(
        "SELECT folder FROM runs WHERE keys = ? AND status = 'completed' ORDER BY number DESC LIMIT 1",
        json.dumps(keys, sort_keys=True),
    )
    found = Path(rows[0][0]) if rows else None
    return found if found is not None and (found / "report.json").is_file() else None


def is_newest(database: Database, keys: Mapping[str, str]) -> bool:
    """Tell whether the newest run has exactly these results: to note it again would say nothing."""
    rows = database.rows("SELECT keys FROM runs ORDER BY number DESC LIMIT 1")
    return bool(rows) and rows[0][0] == json.dumps(keys, sort_keys=True)


def read_metrics(folder: PipelineFolder) -> dict[str, Json]:
    """Return the numbers in the metrics files that the stages write, by `file:name` for nested ones with dots."""
    found: dict[str, Json] = {}
    for stage in folder.stages:
        for use in stage.writes:
            if use.kind == "metrics" and use.path and "${" not in use.path:
                found |= _metrics(folder.working_folder / use.path)
    return found


def _metrics(path: Path) -> dict[str, Json]:
    try:
        if path.stat().st_size > LARGEST_METRICS:
            return {}
        document = json.loads(read_regular(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return dict(_numbers(document, ""))


def _numbers(value: Json, name: str) -> list[tuple[str, Json]]:
    if isinstance(value, dict):
        return [
            pair for key, item in value.items() for pair in _numbers(item, f"{name}.{key}" if name else key)
        ]
    if isinstance(value, float) and not math.isfinite(value):
        return [(name, str(value))]
    return [(name, value)] if isinstance(value, (int, float, str, bool)) and name else []
