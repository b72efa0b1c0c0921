"""The verdict: everything that was observed of the notebook against everything observed of its stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from jupyter_mlcode.artifacts.fingerprints import compare
from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.model.pipeline import Pipeline, Stage
from jupyter_mlcode.model.run import Failure
from jupyter_mlcode.model.verify import Compared, Difference
from jupyter_mlcode.runner.boundaries import Record, boundaries
from jupyter_mlcode.runner.compare import SHOWN, CellView, different_parts, first_difference, same_file
from jupyter_mlcode.runner.guarding import is_grave
from jupyter_mlcode.runner.hermetic import StageResult, missing_file
from jupyter_mlcode.runner.reference import Reference, reference_cells

Key: TypeAlias = tuple[str, str, str]
NOT_THERE: Mapping[str, Any] = {"type": "", "digest": None, "firm": "", "repr": "not there"}


def key_of(difference: Difference) -> Key:
    """Return what the difference is about, whatever the values."""
    return difference.kind, difference.cell_id or difference.stage, difference.name


class Judge:
    """Compares the first run of the notebook with its second, or with the stages.

    `seen` has all that was compared, equal or not, and the stage of each.
    """

    def __init__(self, pipeline: Pipeline, reference: Reference) -> None:
        self.seen: dict[Key, str] = {}
        self._pipeline = pipeline
        self._reference = reference
        self._ids = cell_ids(pipeline.notebook)
        self._owner = {cell: stage.name for stage in pipeline.stages for cell in stage.cells}
        self._ends = {b.stage: b for b in boundaries(pipeline)}
        order = reference_cells(pipeline.notebook)
        stop = reference.failed_cell
        self._ran = [cell for cell in order if stop is None or cell <= stop]

    def between(self, other: Reference) -> tuple[Difference, ...]:
        """Return where two runs of the notebook itself differ."""
        found: list[Difference] = []
        for cell in self._ran:
            found += self._cell(cell, self._owner.get(cell, ""), other.views)
        for stage in self._ends:
            found += self._boundary(stage, other.records[stage])
        found += self._files(other.folder, other.written)
        if other.failed_cell != self._reference.failed_cell:
            mine = self._reference.failed_cell
            shown = [_ending(self._reference), _ending(other)]
            place = mine if mine is not None else other.failed_cell
            found.append(self._difference("error", "", place, expected=shown[0], found=shown[1]))
        return tuple(found)

    def against(self, results: Mapping[str, StageResult], left: Path) -> tuple[Difference, ...]:
        """Return where the stages differ from the notebook, in notebook order.

        `left` holds the files that the stages wrote.
        """
        found: list[Difference] = []
        complete = True
        for stage in self._pipeline.stages:
            result = results.get(stage.name)
            failure = result.run.error if result is not None else None
            if result is None:
                complete = False
                continue
            stop = self._failed_cell(stage, failure)
            for cell in stage.cells:
                if cell in self._ran and (failure is None or stop is None or cell < stop):
                    found += self._cell(cell, stage.name, result.views)
            found += self._guards(stage, result)
            if failure is not None:
                complete = False
                found += self._failed(stage, failure, stop)
            elif self._ends[stage.name].cell in self._ran:
                found += self._boundary(stage.name, result.record)
        if complete:
            found += self._files(
                left, {p.relative_to(left).as_posix() for p in left.rglob("*") if p.is_file()}
            )
            found += self._missing_failure()
        return tuple(sorted(found, key=lambda d: d.cell if d.cell is not None else len(self._ids) + 1))

    def _cell(self, cell: int, stage: str, views: Mapping[str, CellView]) -> Iterator[Difference]:
        name = self._ids[cell]
        expected = self._reference.views.get(name, CellView()).aspects()
        found = views.get(name, CellView()).aspects()
        for (kind, wanted), (_, shown) in zip(expected, found, strict=True):
            if wanted or shown:
                self.seen[kind, name, ""] = stage
            if wanted != shown:
                parts = first_difference(wanted, shown)
                yield self._difference(kind, stage, cell, expected=parts[0], found=parts[1])

    def _boundary(self, stage: str, record: Record) -> Iterator[Difference]:
        expected = self._reference.records[stage]
        end = self._ends[stage].cell
        for kind, name in sorted({*expected, *record}):
            wanted, shown = expected.get((kind, name), NOT_THERE), record.get((kind, name), NOT_THERE)
            self.seen[kind, self._ids[end], name] = stage
            if compare(dict(wanted), dict(shown)) == "different":
                yield self._difference(
                    kind, stage, end, name=name, expected=wanted["repr"], found=shown["repr"]
                )

    def _files(self, folder: Path, written: Iterable[str]) -> Iterator[Difference]:
        source = self._reference.folder
        folders = {str(source): "<folder>", str(folder): "<folder>"}
        for path in sorted({*self._reference.written, *written}):
            stage, cell = self._writer(path)
            self.seen["file", "" if cell is None else self._ids[cell], path] = stage
            there = (source / path).is_file(), (folder / path).is_file()
            if there == (True, True) and same_file(source / path, folder / path, folders):
                continue
            words = ("written" if there[0] else "not written", "written" if there[1] else "not written")
            if there == (True, True):
                words = different_parts(source / path, folder / path, folders)
            yield self._difference("file", stage, cell, name=path, expected=words[0], found=words[1])

    def _guards(self, stage: Stage, result: StageResult) -> Iterator[Difference]:
        for finding in result.run.findings:
            if is_grave(finding):
                words = f"{finding.code} {finding.message}"
                end = self._ends[stage.name].cell
                yield self._difference("guard", stage.name, end, name=finding.entry, found=words)

    def _writer(self, path: str) -> tuple[str, int | None]:
        """Return the last stage that declares to write the file, and its last cell that names it, or its last."""
        writers = [s for s in self._pipeline.stages if any(use.path == path for use in s.writes)]
        if not writers:
            return "", None
        stage = writers[-1]
        sources = {cell.index: cell.source for cell in self._pipeline.notebook.cells}
        naming = [cell for cell in stage.cells if Path(path).name in sources[cell]]
        return stage.name, (naming or list(stage.cells))[-1]

    def _failed(self, stage: Stage, failure: Failure, stop: int | None) -> Iterator[Difference]:
        """Return how a stage's failure differs: not at all if the notebook fails there in the same way."""
        reference = self._reference
        same_place = stop is not None and stop == reference.failed_cell
        if stop is not None and same_place and reference.error and reference.error.name == failure.name:
            self.seen["stage", self._ids[stop], ""] = stage.name
            return
        missing = missing_file(failure.message, (reference.folder,))
        if missing and not same_place:
            words = f"reads {missing!r}, which is not among the files it declares"
            yield self._difference("undeclared", stage.name, stop, name=missing, found=words)
            return
        wanted = _ending(reference)
        yield self._difference("stage", stage.name, stop, expected=wanted, found=failure.text())

    def _missing_failure(self) -> Iterator[Difference]:
        """Return the notebook's own failure when no stage failed."""
        if self._reference.error is not None:
            cell = self._reference.failed_cell
            stage = self._owner.get(cell, "") if cell is not None else ""
            yield self._difference(
                "stage", stage, cell, expected=_ending(self._reference), found="all stages completed"
            )

    def _failed_cell(self, stage: Stage, failure: Failure | None) -> int | None:
        if failure is None:
            return None
        return next((cell for cell in stage.cells if self._ids[cell] == failure.cell_id), None)

    def _difference(
        self,
        kind: Compared,
        stage: str,
        cell: int | None,
        *,
        name: str = "",
        expected: str = "",
        found: str = "",
    ) -> Difference:
        return Difference(
            kind=kind,
            stage=stage,
            name=name,
            cell=None if cell is None else cell + 1,
            cell_id="" if cell is None else self._ids[cell],
            expected=expected,
            found=found,
        )


def _ending(reference: Reference) -> str:
    error = reference.error
    return "completed" if error is None else f"{error.name}: {error.message}"[:SHOWN]
