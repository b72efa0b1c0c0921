"""What a run printed, cell by cell, and how two runs differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """Printed text by cell id; `error` names the exception that ended the run."""

    printed: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    failed_cell: str = ""


def differences(whole: Outcome, pipeline: Outcome, cells: Collection[str]) -> list[str]:
    """Return one line for each of these cells that printed something else, and for errors."""
    found = []
    if whole.error != pipeline.error:
        found.append(f"error: whole {whole.error!r}, pipeline {pipeline.error!r} at {pipeline.failed_cell}")
    for cell in sorted(cells):
        expected, got = whole.printed.get(cell), pipeline.printed.get(cell)
        if expected != got and not (pipeline.error and got is None):
            found.append(f"{cell}: whole {expected!r}, pipeline {got!r}")
    return found
