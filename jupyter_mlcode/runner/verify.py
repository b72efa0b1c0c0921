"""Compare a pipeline with its notebook: same cells, same outputs, same values at every boundary.

The notebook runs twice, whole, in copies of its folder: what differs between these two is its own
nondeterminism and is not judged. Then every stage runs alone (see `hermetic`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.model.run import EventSink, RunEvent
from jupyter_mlcode.model.verify import Difference, VerifyReport
from jupyter_mlcode.runner.boundaries import boundaries
from jupyter_mlcode.runner.closeness import close_files, close_texts, close_values
from jupyter_mlcode.runner.compare import CellView
from jupyter_mlcode.runner.hermetic import HermeticRun, StageResult
from jupyter_mlcode.runner.home import folder_for_ipython
from jupyter_mlcode.runner.judge import Judge, key_of
from jupyter_mlcode.runner.kernel import private_folder
from jupyter_mlcode.runner.kernelspec import known_kernel
from jupyter_mlcode.runner.open_files import allow_open_files
from jupyter_mlcode.runner.reference import Reference
from jupyter_mlcode.runner.signals import signals_unwind
from jupyter_mlcode.runner.tracing import located, points
from jupyter_mlcode.runner.verdicts import Found, in_order, stage_verdicts
from jupyter_mlcode.runner.whole import OTHER_SEED, REFERENCE_SEED, WholeRuns

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
        whole=WholeRuns(
            pipeline=pipeline,
            location=location,
            kernel=known_kernel(kernel or pipeline.notebook.kernel),
            timeout=timeout,
        ),
        events=events if events is not None else _nobody,
        talk=talk if talk is not None else _nobody,
        tolerance=tolerance,
    )
    allow_open_files()
    with signals_unwind(), folder_for_ipython(), private_folder() as root:
        return comparison.report(root.resolve())


def _nobody(event: RunEvent | str) -> None:
    """Take an event and do nothing with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """One call of `verify`."""

    pipeline: Pipeline
    bundle: Bundle
    whole: WholeRuns
    events: EventSink
    talk: Talk
    tolerance: float | None

    def report(self, root: Path) -> VerifyReport:
        """Run everything and judge."""
        self.talk("running the notebook")
        first = self.whole.run(root / "first", REFERENCE_SEED)
        self.talk("running the notebook again")
        second = self.whole.run(root / "second", OTHER_SEED)
        self.talk("running each stage alone")
        hermetic = self._hermetic(root / "stages")
        results = self._stages(hermetic)
        unstable = Judge(self.pipeline, first).between(second)
        not_judged = {key_of(d) for d in unstable}
        judge = Judge(self.pipeline, first)
        differing = tuple(d for d in judge.against(results, hermetic.left) if key_of(d) not in not_judged)
        found = [
            Found(d, key_of(before), self._is_close(d, root, first, hermetic.left, results))
            for d, before in zip(self._located(root, differing), differing, strict=True)
        ]
        compared = stage_verdicts(results, judge.seen, found, unstable)
        return VerifyReport(
            notebook=Path(self.pipeline.notebook.path).name,
            equal=all(one.is_close for one in found),
            judged=sum(stage.judged for stage in compared),
            compared=compared,
            differences=in_order(one.difference for one in found if not one.is_close),
            close=in_order(one.difference for one in found if one.is_close),
            tolerance=self.tolerance,
            unstable=unstable,
            reference_failure=first.failure,
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

    def _located(self, root: Path, found: tuple[Difference, ...]) -> tuple[Difference, ...]:
        """Run both again, with a look after every cell, to find the cells in which variables part."""
        wanted = {d.stage for d in found if d.kind == "variable"}
        if not wanted:
            return found
        self.talk("looking for the cell in which they part")
        notebook = self.pipeline.notebook
        ends = {b.stage: b for b in boundaries(self.pipeline)}
        stages = {stage.name: stage for stage in self.pipeline.stages}
        looked = [p for name in sorted(wanted) for p in points(notebook, stages[name], ends[name])]
        whole = self.whole.run(root / "again", REFERENCE_SEED, looked).records
        alone = self._stages(self._hermetic(root / "stages-again"), wanted)
        ids = cell_ids(notebook)
        return tuple(
            located(d, stages[d.stage], ids, whole, alone[d.stage].trace)
            if d.kind == "variable" and d.stage in alone
            else d
            for d in found
        )

    def _hermetic(self, root: Path) -> HermeticRun:
        return HermeticRun(
            self.pipeline,
            self.bundle,
            root,
            original=self.whole.original,
            location=self.whole.location,
            depth=self.whole.depth,
            kernel=self.whole.kernel,
            hash_seed=OTHER_SEED,
            timeout=self.whole.timeout,
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


def _undeclared(results: Mapping[str, StageResult]) -> Iterator[str]:
    for name, result in results.items():
        for path in result.undeclared:
            yield f"stage {name!r} writes {path!r}, which is not among the files it declares"
