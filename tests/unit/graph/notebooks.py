"""Notebooks written as text: `# --- [tag]` begins a cell."""

from __future__ import annotations

import re

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.pipeline import Load, Pipeline, Replay, RestoreState, Stage

_CELL = re.compile(r"^# --- \[(.*)\]\n", re.MULTILINE)


def notebook(text: str) -> Notebook:
    """Return the notebook of this text."""
    parts = _CELL.split(text)[1:]
    cells = []
    for index, (tag, source) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        tags = (tag,) if tag else ()
        metadata = {"tags": list(tags)}
        cells.append(
            Cell(
                index=index,
                id=f"c{index}",
                kind="code",
                source=source.rstrip("\n"),
                tags=tags,
                metadata=metadata,
            )
        )
    return Notebook(path="nb.ipynb", cells=tuple(cells))


def planned(text: str) -> Pipeline:
    """Return the pipeline of this text."""
    return plan(notebook(text))


def stage(pipeline: Pipeline, name: str) -> Stage:
    """Return the stage of this name."""
    return next(s for s in pipeline.stages if s.name == name)


def inputs(pipeline: Pipeline, name: str) -> dict[str, str]:
    """Return the loaded names of a stage and where they come from."""
    return dict(stage(pipeline, name).inputs)


def files(pipeline: Pipeline, name: str) -> list[str]:
    """Return the keys of the artifacts a stage loads."""
    return [a.key for s in stage(pipeline, name).steps if isinstance(s, Load) for a in s.artifacts]


def replays(pipeline: Pipeline, name: str) -> list[str]:
    """Return the texts that a stage runs again."""
    return [s.text for s in stage(pipeline, name).steps if isinstance(s, Replay)]


def restored(pipeline: Pipeline, name: str) -> dict[str, str]:
    """Return the kinds of state a stage restores, and from where."""
    return {k: s.stage for s in stage(pipeline, name).steps if isinstance(s, RestoreState) for k in s.kinds}


def codes(pipeline: Pipeline) -> set[str]:
    """Return the codes of all findings that are errors."""
    return {d.code for d in pipeline.diagnostics if d.severity == "error"}
