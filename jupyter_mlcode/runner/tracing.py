"""In which cell a variable first differs: both runs again, with a look at it after every cell of its stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jupyter_mlcode.artifacts.fingerprints import compare
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.pipeline import Stage
from jupyter_mlcode.model.verify import Difference
from jupyter_mlcode.runner.boundaries import Boundary, Record, recording
from jupyter_mlcode.runner.reference import reference_cells
from jupyter_mlcode.runner.session import Silent
from jupyter_mlcode.runner.stage_notebook import StageNotebook, before_cell

START = "start"


def points(notebook: Notebook, stage: Stage, end: Boundary) -> tuple[Boundary, ...]:
    """Return where to look in the whole notebook: before the stage's first cell, and after each of its cells."""
    order = reference_cells(notebook)
    first = order.index(stage.cells[0])
    before = [replace(end, stage=f"{stage.name}@{START}", cell=order[first - 1])] if first else []
    after = [
        replace(end, stage=f"{stage.name}@{cell}", cell=cell, numbers=cell == stage.cells[-1])
        for cell in stage.cells
    ]
    return (*before, *after)


def looks(
    notebook: StageNotebook, stage: Stage, end: Boundary, ids: Mapping[int, str], folder: Path
) -> tuple[Silent, ...]:
    """Return the silent code that looks at the same points of the stage alone."""
    own = {cell.source_id: cell.id for cell in notebook.cells if cell.role == "own"}
    first = next(cell.id for cell in notebook.cells if cell.role == "own")
    found = [recording(end, folder / f"{START}.json", before_cell(notebook, first))]
    for cell in stage.cells:
        if ids[cell] in own:
            index = before_cell(notebook, own[ids[cell]]) + 1
            point = replace(end, numbers=cell == stage.cells[-1])
            found.append(recording(point, folder / f"{cell}.json", index))
    return tuple(found)


def located(
    difference: Difference,
    stage: Stage,
    ids: Mapping[int, str],
    whole: Mapping[str, Record],
    alone: Mapping[str, Record],
) -> Difference:
    """Return the difference at the first point at which the variable is there in both runs, and not equal."""
    for point in _differing(difference.name, (START, *map(str, stage.cells)), stage.name, whole, alone):
        if point == START:
            cell = stage.cells[0]
            return replace(difference, cell=cell + 1, cell_id=ids[cell], since="load")
        return replace(difference, cell=int(point) + 1, cell_id=ids[int(point)], since="cell")
    return difference


def _differing(
    name: str, where: Sequence[str], stage: str, whole: Mapping[str, Record], alone: Mapping[str, Record]
) -> Iterator[str]:
    for point in where:
        wanted = whole.get(f"{stage}@{point}", {}).get(("variable", name))
        shown = alone.get(point, {}).get(("variable", name))
        if wanted is not None and shown is not None and compare(dict(wanted), dict(shown)) == "different":
            yield point
