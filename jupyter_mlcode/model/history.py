"""A run that is over, as the history of a pipeline folder remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlcode.model.json_value import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run: `stages` are mappings with `name`, `status`, `seconds`, `cached` and `reason`."""

    number: int
    folder: str
    status: str
    started: str
    seconds: float
    parameters: Mapping[str, Json] = field(default_factory=dict)
    stages: tuple[Mapping[str, Json], ...] = ()
    metrics: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not the same in two runs; None where a run does not have it."""

    kind: str
    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Where two runs differ, and only that: parameters, metrics, stages."""

    before: int
    after: int
    differences: tuple[Difference, ...] = ()
