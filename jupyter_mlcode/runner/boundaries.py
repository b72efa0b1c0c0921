"""Where one stage ends: which variables and which state must be equal there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from jupyter_mlcode.artifacts import guards_path
from jupyter_mlcode.model.pipeline import Pipeline, Stage
from jupyter_mlcode.model.verify import Compared
from jupyter_mlcode.runner import numbers, probe
from jupyter_mlcode.runner.session import Silent
from jupyter_mlcode.runner.silent_code import call, install

Record: TypeAlias = Mapping[tuple[Compared, str], Mapping[str, Any]]
"""Fingerprints by kind (variable, random, state) and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The end of a stage: `cell` is the index of its last cell, names and kinds are what crosses.

    With `numbers` the floating-point numbers of the variables are kept, too.
    """

    stage: str
    cell: int
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    numbers: bool = False


def boundaries(pipeline: Pipeline) -> tuple[Boundary, ...]:
    """Return the end of every stage in notebook order.

    A name that another stage binds between this stage's cells has another value in the whole
    notebook by then, and is compared where that stage ends.
    """
    found = [_boundary(stage, pipeline) for stage in pipeline.stages if stage.cells]
    return tuple(sorted(found, key=lambda b: b.cell))


def _boundary(stage: Stage, pipeline: Pipeline) -> Boundary:
    names = {name for artifact in stage.outputs for name in artifact.names}
    first, last = min(stage.cells), max(stage.cells)
    for other in pipeline.stages:
        if other.name != stage.name and any(first < cell < last for cell in other.cells):
            names -= {name for artifact in other.outputs for name in artifact.names}
    return Boundary(stage=stage.name, cell=last, names=tuple(sorted(names)), kinds=stage.state_out)


def probing() -> tuple[Silent, ...]:
    """Return the silent code that makes recording possible."""
    return (
        Silent(code=install(probe.NAME, Path(probe.__file__)), after=-1),
        Silent(code=call(probe.NAME, "prepare", str(guards_path())), after=-1),
    )


def recording(boundary: Boundary, path: Path, after: int | None) -> Silent:
    """Return the silent code that records what is there at the boundary."""
    names, kinds = list(boundary.names), list(boundary.kinds)
    more = [numbers.__file__] if boundary.numbers else []
    return Silent(code=call(probe.NAME, "record", str(path), names, kinds, *more), after=after)


def read_record(path: Path) -> Record:
    """Return the fingerprints by (kind, name); nothing when the kernel did not get there."""
    if not path.is_file():
        return {}
    found = json.loads(path.read_text("utf-8"))
    record: dict[tuple[Compared, str], Mapping[str, Any]] = {}
    for name, about in found["values"].items():
        record["variable", name] = about
    for kind, about in found["state"].items():
        record["random" if kind.endswith("random") else "state", kind] = about
    return record
