"""The history of a pipeline folder: its runs, and where two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_mlcode.errors import UnknownNameError
from jupyter_mlcode.model.history import Difference, PastRun, RunComparison
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.folder import read_folder
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.history import past_run, past_runs
from jupyter_mlcode.runner.local.memo import Memo


def history(pipeline_folder: Path, limit: int) -> tuple[PastRun, ...]:
    """Return the newest runs, newest first.

    Raises:
        InputError: the folder is not a pipeline.
    """
    database = Database.of(pipeline_folder)
    try:
        read_folder(pipeline_folder, Memo(database))
        return past_runs(database, limit)
    finally:
        database.close()


def compare_runs(pipeline_folder: Path, before: int, after: int) -> RunComparison:
    """Return where two runs differ.

    Raises:
        InputError: the folder is not a pipeline.
        UnknownNameError: there is no run of that number.
    """
    database = Database.of(pipeline_folder)
    try:
        read_folder(pipeline_folder, Memo(database))
        runs = [_run(database, number) for number in (before, after)]
    finally:
        database.close()
    return RunComparison(before=before, after=after, differences=tuple(_differences(*runs)))


def _run(database: Database, number: int) -> PastRun:
    found = past_run(database, number)
    if found is None:
        raise UnknownNameError("run", str(number), (str(run.number) for run in past_runs(database)))
    return found


def _differences(before: PastRun, after: PastRun) -> Iterator[Difference]:
    yield from _changed("parameter", before.parameters, after.parameters)
    yield from _changed("metric", before.metrics, after.metrics)
    yield from _changed("stage", _ends(before), _ends(after))


def _ends(run: PastRun) -> dict[str, Json]:
    """Return how each stage ended; whether it ran or was unchanged is no difference."""
    return {stage["name"]: stage["status"] for stage in run.stages}


def _changed(kind: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old != new or (name in before) != (name in after):
            yield Difference(kind=kind, name=name, before=old, after=new)
