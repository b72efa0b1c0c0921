"""The notebook itself, run whole in one fresh kernel: what the pipeline is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.runner.boundaries import Boundary, Record, probing, read_record, recording
from jupyter_mlcode.runner.compare import CellView, cell_views
from jupyter_mlcode.runner.execution import execute_notebook
from jupyter_mlcode.runner.isolation import snapshot, written_since
from jupyter_mlcode.runner.session import CellEnded, EngineError, EngineEvent, Session, Silent

SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One run of the whole notebook: what each cell showed, what each boundary held, what it wrote."""

    folder: Path
    views: Mapping[str, CellView]
    records: Mapping[str, Record]
    written: frozenset[str]
    error: EngineError | None
    failed_cell: int | None

    @property
    def failure(self) -> str:
        """How the notebook itself fails, with the cell's number; empty when it does not."""
        if self.error is None:
            return ""
        where = f"cell {self.failed_cell + 1}: " if self.failed_cell is not None else ""
        return f"{where}{self.error.name}: {self.error.message}".strip()


def reference_cells(notebook: Notebook) -> tuple[int, ...]:
    """Return the indices of the cells that Restart & Run All runs, without those tagged `skip`."""
    return tuple(cell.index for cell in notebook.code_cells if SKIP not in cell.tags)


def run_reference(
    notebook: Notebook,
    folder: Path,
    private: Path,
    stages: Sequence[Boundary],
    *,
    kernel: str,
    environment: Mapping[str, str],
    folders: Mapping[str, str],
    timeout: int | None = None,
    silent: Sequence[Silent] = (),
) -> Reference:
    """Run the notebook in `folder` and return what it did.

    `private` takes what we write; `silent` code looks around cells.
    """
    order = reference_cells(notebook)
    ids = cell_ids(notebook)
    recorded = {b.stage: private / f"{b.stage}.record.json" for b in stages}
    records = [recording(b, recorded[b.stage], order.index(b.cell)) for b in stages if b.cell in order]
    ended: list[EngineEvent] = []
    session = Session(
        working_folder=folder,
        environment=environment,
        save_to=private / "notebook.ipynb",
        timeout=timeout,
        watch=ended.append,
        silent=(*probing(), *silent, *records),
    )
    before = snapshot(folder)
    execute_notebook(_document(notebook, order, ids), {}, kernel, session)
    return Reference(
        folder=folder,
        views=cell_views(private / "notebook.ipynb", folders),
        records={stage: read_record(path) for stage, path in recorded.items()},
        written=frozenset(written_since(before, snapshot(folder))),
        error=session.error,
        failed_cell=_failed_cell(order, ended),
    )


def _failed_cell(order: Sequence[int], events: Sequence[EngineEvent]) -> int | None:
    last = events[-1] if events else None
    return order[last.index] if isinstance(last, CellEnded) and last.error is not None else None


def _document(notebook: Notebook, order: Sequence[int], ids: Mapping[int, str]) -> Json:
    cells: list[Json] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": ids[index],
            "metadata": {"tags": list(notebook.cells[index].tags)},
            "outputs": [],
            "source": notebook.cells[index].source,
        }
        for index in order
    ]
    kernel = {"name": notebook.kernel, "display_name": notebook.kernel, "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
