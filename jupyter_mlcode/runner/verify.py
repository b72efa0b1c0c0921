"""Compare a pipeline with its notebook: same cells, same outputs, same values at every boundary.

The notebook runs twice, whole, in copies of its folder: what differs between these two is its own
nondeterminism and is not judged. Then every stage runs alone (see `hermetic`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.model.run import EventSink, RunEvent
from jupyter_mlcode.model.verify import Difference, VerifyReport
from jupyter_mlcode.runner.boundaries import Boundary, boundaries
from jupyter_mlcode.runner.closeness import close_files, close_texts, close_values
from jupyter_mlcode.runner.compare import CellView
from jupyter_mlcode.runner.hermetic import HermeticRun, StageResult, nested
from jupyter_mlcode.runner.isolation import copy_folder, declared_files, levels_above, place
from jupyter_mlcode.runner.judge import Judge, key_of
from jupyter_mlcode.runner.kernel import signals_unwind
from jupyter_mlcode.runner.reference import Reference, run_reference
from jupyter_mlcode.runner.run import known_kernel
from jupyter_mlcode.runner.tracing import located, points

REFERENCE_SEED, OTHER_SEED = 1, 2
"""PYTHONHASHSEED of the reference; of its second run and of the stages."""

Talk = Callable[[str], None]


def verify(
    pipeline: Pipeline,
    bundle: Bundle,
    *,
    location: str,
    kernel: str | None = None,
    timeout: int | None = None,
    tolerance: float | None = None,
    events: EventSink | None = None,
    talk: Talk | None = None,
) -> VerifyReport:
    """Return whether the exported pipeline gives what the notebook gives, and where it does not.

    With a `tolerance` numbers count as equal that differ by no more, relatively; the report says so.
    `location` leads from the notebook's folder to the pipeline folder. Nothing is written into
    the notebook's own folder.

    Raises:
        UsageError: the kernel is not installed.
        InputError: the notebook's folder is too large to copy.
    """
    comparison = _Comparison(
        pipeline=pipeline,
        bundle=bundle,
        location=location,
        kernel=known_kernel(kernel or pipeline.notebook.kernel),
        timeout=timeout,
        events=events if events is not None else _nobody,
        talk=talk if talk is not None else _nobody,
        tolerance=tolerance,
    )
    with signals_unwind(), tempfile.TemporaryDirectory(prefix="mlcode-verify-") as root:
        return comparison.report(Path(root).resolve())


def _nobody(event: RunEvent | str) -> None:
    """Take an event and do nothing with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """One call of `verify`."""

    pipeline: Pipeline
    bundle: Bundle
    location: str
    kernel: str
    timeout: int | None
    events: EventSink
    talk: Talk
    tolerance: float | None

    def report(self, root: Path) -> VerifyReport:
        """Run everything and judge."""
        original = Path(self.pipeline.notebook.path).resolve().parent
        self.talk("running the notebook")
        first = self._reference(root / "first", original, REFERENCE_SEED)
        self.talk("running the notebook again")
        second = self._reference(root / "second", original, OTHER_SEED)
        self.talk("running each stage alone")
        hermetic = self._hermetic(root / "stages", original)
        results = self._stages(hermetic)
        unstable = Judge(self.pipeline, first).between(second)
        not_judged = {key_of(d) for d in unstable}
        judge = Judge(self.pipeline, first)
        found = tuple(d for d in judge.against(results, hermetic.left) if key_of(d) not in not_judged)
        found = self._located(root, original, found)
        close = tuple(d for d in found if self._is_close(d, root, first, hermetic.left, results))
        return VerifyReport(
            notebook=Path(self.pipeline.notebook.path).name,
            equal=len(close) == len(found),
            judged=judge.judged,
            differences=tuple(d for d in found if d not in close),
            close=close,
            tolerance=self.tolerance,
            unstable=unstable,
            reference_failure=_failure(first),
            stages=tuple(result.run for result in results.values()),
            notes=tuple(_undeclared(results)),
        )

    def _is_close(
        self, found: Difference, root: Path, first: Reference, left: Path, results: Mapping[str, StageResult]
    ) -> bool:
        """Tell whether only numbers differ, and those by no more than was asked for."""
        tolerance = self.tolerance
        if tolerance is None:
            return False
        if found.kind == "variable":
            last = next(s.cells[-1] for s in self.pipeline.stages if s.name == found.stage)
            whole = root / "again" / "private" / f"{found.stage}@{last}.record.json.numbers"
            alone = root / "stages-again" / f"private-{found.stage}" / "trace" / f"{last}.json.numbers"
            return close_values(found.name, whole, alone, tolerance)
        if found.kind == "file":
            return close_files(first.folder / found.name, left / found.name, tolerance)
        if found.kind in ("printed", "result"):
            texts = [
                dict(views.get(found.cell_id, CellView()).aspects())[found.kind]
                for views in (first.views, results[found.stage].views)
            ]
            return close_texts(texts[0], texts[1], tolerance)
        return False

    def _located(self, root: Path, original: Path, found: tuple[Difference, ...]) -> tuple[Difference, ...]:
        """Run both again, with a look after every cell, to find the cells in which variables part."""
        wanted = {d.stage for d in found if d.kind == "variable"}
        if not wanted:
            return found
        self.talk("looking for the cell in which they part")
        notebook = self.pipeline.notebook
        ends = {b.stage: b for b in boundaries(self.pipeline)}
        stages = {stage.name: stage for stage in self.pipeline.stages}
        looked = [p for name in sorted(wanted) for p in points(notebook, stages[name], ends[name])]
        whole = self._reference(root / "again", original, REFERENCE_SEED, looked).records
        alone = self._stages(self._hermetic(root / "stages-again", original), wanted)
        ids = cell_ids(notebook)
        return tuple(
            located(d, stages[d.stage], ids, whole, alone[d.stage].trace)
            if d.kind == "variable" and d.stage in alone
            else d
            for d in found
        )

    def _reference(
        self, root: Path, original: Path, seed: int, looked: Sequence[Boundary] | None = None
    ) -> Reference:
        depth = self._depth()
        folder, private = nested(root, depth), root / "private"
        copy_folder(original, folder, [original / self.location])
        private.mkdir()
        place(original, folder, self._files_above(original))
        reference = run_reference(
            self.pipeline.notebook,
            folder,
            private,
            boundaries(self.pipeline) if looked is None else looked,
            kernel=self.kernel,
            timeout=self.timeout,
            environment={**os.environ, "PYTHONHASHSEED": str(seed)},
            folders={str(folder): "<folder>", str(Path.home()): "~"},
        )
        if _interrupted(reference):
            raise KeyboardInterrupt
        return reference

    def _depth(self) -> int:
        return levels_above(self._uses(), self._defaults())

    def _files_above(self, original: Path) -> Iterator[str]:
        above = [use for use in self._uses() if (use.path or "").startswith("..")]
        return declared_files(above, self._defaults(), original, ())

    def _uses(self) -> list[Any]:
        return [use for stage in self.pipeline.stages for use in (*stage.reads, *stage.writes)]

    def _defaults(self) -> Mapping[str, Any]:
        return {p.name: p.default for p in self.pipeline.parameters}

    def _hermetic(self, root: Path, original: Path) -> HermeticRun:
        return HermeticRun(
            self.pipeline,
            self.bundle,
            root,
            original=original,
            location=self.location,
            depth=self._depth(),
            kernel=self.kernel,
            hash_seed=OTHER_SEED,
            timeout=self.timeout,
        )

    def _stages(self, hermetic: HermeticRun, traced: Collection[str] = ()) -> dict[str, StageResult]:
        """Run the stages until one fails."""
        ends = {b.stage: b for b in boundaries(self.pipeline)}
        results: dict[str, StageResult] = {}
        for stage in self.pipeline.stages:
            last = stage is self.pipeline.stages[-1]
            result = hermetic.run(
                stage, ends[stage.name], self.events, is_last=last, trace=stage.name in traced
            )
            results[stage.name] = result
            if result.run.status == "interrupted":
                raise KeyboardInterrupt
            if result.run.status != "completed":
                break
        return results


def _interrupted(reference: Reference) -> bool:
    return reference.error is not None and reference.error.kind == "interrupted"


def _failure(reference: Reference) -> str:
    """Return how the notebook itself fails, with the cell's number."""
    if reference.error is None:
        return ""
    where = f"cell {reference.failed_cell + 1}: " if reference.failed_cell is not None else ""
    return f"{where}{reference.error.name}: {reference.error.message}".strip()


def _undeclared(results: Mapping[str, StageResult]) -> Iterator[str]:
    for name, result in results.items():
        for path in result.undeclared:
            yield f"stage {name!r} writes {path!r}, which is not among the files it declares"
