"""What a stage must have left behind: its artifacts, and the files its code writes."""

from __future__ import annotations

import glob
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.artifacts import artifact_path, read_sidecar
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.parts import FileUse
from jupyter_mlcode.model.run import OutputFile
from jupyter_mlcode.runner.files import sha256_of
from jupyter_mlcode.runner.folder import StageEntry

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """The outputs found after a stage, and the names of those that are missing."""

    found: tuple[OutputFile, ...]
    missing: tuple[str, ...]


def forget_outputs(artifacts: Path, stage: StageEntry) -> None:
    """Remove what an earlier run of the stage left: it must not pass for this run's."""
    folder = artifacts / stage.name
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


def missing_inputs(artifacts: Path, stage: StageEntry) -> tuple[str, ...]:
    """Return the `stage/key` of every input that is not there."""
    return tuple(ref for ref in stage.loads if not is_finished(artifacts, ref))


def is_finished(artifacts: Path, ref: str) -> bool:
    """Tell whether `stage/key` is there; the file beside it is written last."""
    path = artifact_path(artifacts, *ref.split("/", 1))
    return path.is_file() and path.with_suffix(".json").is_file()


def collect_outputs(
    artifacts: Path, stage: StageEntry, working_folder: Path, values: Mapping[str, Json]
) -> Leftovers:
    """Return the declared outputs that exist, with sizes and hashes, and those that do not."""
    found: list[OutputFile] = []
    missing: list[str] = []
    for key in stage.outputs:
        if is_finished(artifacts, f"{stage.name}/{key}"):
            found.append(_artifact(artifact_path(artifacts, stage.name, key), f"{stage.name}/{key}"))
        else:
            missing.append(f"output {key!r}")
    for use in stage.writes:
        paths = list(_written(use, working_folder, values))
        found += [_file(path, working_folder) for path in paths if path.is_file()]
        if not paths and use.path is not None and use.kind != "table":
            missing.append(f"file {filled_in(use.path, values)!r}")
    return Leftovers(found=tuple(found), missing=tuple(missing))


def filled_in(path: str, values: Mapping[str, Json]) -> str:
    """Return the path with the parameters' values in place of `${name}`."""
    return PLACEHOLDER.sub(lambda m: str(values.get(m[1], m[0])), path)


def _written(use: FileUse, working_folder: Path, values: Mapping[str, Json]) -> Iterator[Path]:
    if use.path is None or use.kind == "table":
        return
    path = working_folder / filled_in(use.path, values)
    if use.kind == "glob":
        yield from map(Path, sorted(glob.glob(str(path), recursive=True)))
    elif path.exists():
        yield path


def _artifact(path: Path, name: str) -> OutputFile:
    """Return the artifact's record; the hand-over module hashed it when it wrote it."""
    about = read_sidecar(path.with_suffix(".json"))
    return OutputFile(path=name, size=about.bytes, sha256=about.sha256)


def _file(path: Path, working_folder: Path) -> OutputFile:
    inside = path.is_relative_to(working_folder)
    name = path.relative_to(working_folder).as_posix() if inside else path.as_posix()
    return OutputFile(path=name, size=path.stat().st_size, sha256=sha256_of(path), kind="file")
