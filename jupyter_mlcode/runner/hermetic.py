"""The pipeline as the judge runs it: every stage alone, with declared files and artifacts only."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_mlcode.artifacts import artifact_path
from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.pipeline import Load, LoadAll, Pipeline, RestoreState, Stage
from jupyter_mlcode.model.run import EventSink, StageRun
from jupyter_mlcode.runner.boundaries import Boundary, Record, probing, read_record, recording
from jupyter_mlcode.runner.compare import CellView, cell_views
from jupyter_mlcode.runner.folder import PipelineFolder, read_folder
from jupyter_mlcode.runner.isolation import (
    declared_files,
    hermetic_environment,
    local_modules,
    make_folders,
    place,
    snapshot,
    written_since,
)
from jupyter_mlcode.runner.parameters import GivenParameters, resolve_parameters
from jupyter_mlcode.runner.stage_notebook import StageNotebook, build_stage_notebook, read_source_cells
from jupyter_mlcode.runner.stage_run import StageJob, run_stage
from jupyter_mlcode.runner.tracing import looks

MISSING_FILE = re.compile(r"[Nn]o such file or directory:? *'?([^'\n]+)'?|does not exist: *'?([^'\n]+)'?")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """One stage after its hermetic run; `undeclared` are files it wrote that nobody knows of."""

    run: StageRun
    views: Mapping[str, CellView]
    record: Record
    undeclared: tuple[str, ...]
    trace: Mapping[str, Record]
    """What was there before the first own cell (`start`) and after each, when asked for."""


class HermeticRun:
    """Runs the stages one by one; what a stage leaves behind waits in `store` for those that declare it.

    `depth` folders lie above the notebook's, for declared files that are reached through `..`.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        bundle: Bundle,
        root: Path,
        *,
        original: Path,
        location: str,
        depth: int,
        kernel: str,
        hash_seed: int,
        timeout: int | None,
    ) -> None:
        self.pipeline = pipeline
        self.store = root / "store"
        self.left = root / "left"
        self._bundle = bundle
        self._root = root
        self._original = original
        self._location = location
        self._depth = depth
        self._kernel = kernel
        self._hash_seed = hash_seed
        self._timeout = timeout
        self._modules = local_modules(pipeline.notebook, original)
        for folder in (self.store, self.left):
            folder.mkdir(parents=True)

    def run(
        self, stage: Stage, boundary: Boundary, events: EventSink, *, is_last: bool, trace: bool = False
    ) -> StageResult:
        """Run the stage in a folder of its own and take what it left behind into the store."""
        working = nested(self._root / f"stage-{stage.name}", self._depth)
        folder, values = self._prepared(stage, working)
        private = self._root / f"private-{stage.name}"
        artifacts = private / "artifacts"
        self._hand_over(stage, artifacts)
        record, points = private / "record.json", private / "trace"
        points.mkdir(parents=True)
        notebook = self._notebook(folder, stage, values)
        ids = cell_ids(self.pipeline.notebook)
        inner = looks(notebook, stage, boundary, ids, points) if trace else ()
        job = StageJob(
            folder=folder,
            entry=folder.stage(stage.name),
            notebook=notebook,
            target=private / f"{stage.name}.ipynb",
            artifacts=artifacts,
            working_folder=working,
            kernel=self._kernel,
            is_last=is_last,
            timeout=self._timeout,
            environment=hermetic_environment(self._root / "home", self._hash_seed),
            guards=True,
            guards_stop=False,
            guard_records=self._root / "guards",
            silent=(*probing(), *inner, recording(boundary, record, None)),
        )
        before = snapshot(working, folder.root)
        done = run_stage(job, values, events)
        written = written_since(before, snapshot(working, folder.root))
        undeclared = self._take(stage, working, artifacts, written, values)
        return StageResult(
            run=done,
            views=cell_views(job.target, {str(working): "<folder>", str(self._root / "home"): "~"}),
            record=read_record(record),
            undeclared=tuple(sorted(undeclared)),
            trace={path.stem: read_record(path) for path in points.glob("*.json")},
        )

    def _notebook(self, folder: PipelineFolder, stage: Stage, values: Mapping[str, Json]) -> StageNotebook:
        """Return the stage's notebook; the source notebook is not in the folder, but we know its cells."""
        ids = cell_ids(self.pipeline.notebook)
        numbers = {ids[cell.index]: cell.number for cell in self.pipeline.notebook.cells}
        source = replace(read_source_cells(folder), numbers=numbers)
        return build_stage_notebook(folder, folder.stage(stage.name), values, source)

    def _prepared(self, stage: Stage, working: Path) -> tuple[PipelineFolder, Mapping[str, Json]]:
        """Write the export and copy what the stage declares to read, newest version first."""
        working.mkdir(parents=True)
        folder_path = working / self._location
        for path, text in self._bundle.files.items():
            target = folder_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        folder = read_folder(folder_path)
        values, _ = resolve_parameters(folder.parameters, folder.root / "params.yaml", GivenParameters())
        place(self._original, working, self._modules)
        for source in (self._original, self.store):
            present = [p for p in snapshot(source, source / self._location) if p != folder.notebook_path.name]
            place(source, working, declared_files(stage.reads, values, source, present))
            make_folders(source, working, (*stage.reads, *stage.writes), values)
        return folder, values

    def _hand_over(self, stage: Stage, artifacts: Path) -> None:
        for source, key in loaded_keys(stage):
            path = artifact_path(self.store / ".artifacts", source, key)
            for file in (path, path.with_suffix(".json")):
                if file.is_file():
                    target = artifacts / source / file.name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(file, target)

    def _take(
        self, stage: Stage, working: Path, artifacts: Path, written: set[str], values: Mapping[str, Json]
    ) -> set[str]:
        """Keep the stage's artifacts and declared files; return the files it did not declare."""
        made = artifacts / stage.name
        if made.is_dir():
            shutil.copytree(made, self.store / ".artifacts" / stage.name, dirs_exist_ok=True)
        declared = set(declared_files(stage.writes, values, working, written))
        place(working, self.store, declared)
        place(working, self.left, written)
        make_folders(working, self.store, stage.writes, values)
        return written - declared


def nested(root: Path, depth: int) -> Path:
    """Return a folder so deep below `root` that `..` can be followed `depth` times inside it."""
    return root.joinpath(*["up"] * depth, "notebook")


def loaded_keys(stage: Stage) -> Iterator[tuple[str, str]]:
    """Yield stage and key of every artifact that the stage's script loads."""
    for step in stage.steps:
        if isinstance(step, Load):
            yield from ((step.stage, artifact.key) for artifact in step.artifacts)
        elif isinstance(step, LoadAll):
            yield step.stage, "@all"
        elif isinstance(step, RestoreState):
            yield step.stage, "@state"


def missing_file(message: str, folders: Sequence[Path]) -> str:
    """Return the path that an error names as missing, if it exists where the notebook ran."""
    for found in MISSING_FILE.finditer(message):
        path = (found[1] or found[2]).strip()
        if not Path(path).is_absolute() and any((folder / path).exists() for folder in folders):
            return path
    return ""
