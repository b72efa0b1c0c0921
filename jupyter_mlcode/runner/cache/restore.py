"""Results put back where a run leaves them: artifacts, files, the executed notebook."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from jupyter_mlcode.artifacts import artifact_path
from jupyter_mlcode.errors import MlcodeError
from jupyter_mlcode.model.run import CellRun, Environment, GuardFinding, OutputFile, StageRun
from jupyter_mlcode.runner.cache.reads import Contents
from jupyter_mlcode.runner.cache.store import Kept, Result, Store
from jupyter_mlcode.runner.files import write_text_atomically

_KEY = re.compile(r"@?[\w-]+([+.][\w-]+)*")


class LostResultError(MlcodeError):
    """A result disappeared from the cache while it was used."""

    code = "MLC430"
    exit_code = 3

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path}: its content is not in the cache any more",
            hint="Run again with --force; another process may have emptied the cache.",
        )


def can_restore(store: Store, artifacts: Path, contents: Contents, result: Result) -> tuple[str, ...]:
    """Return what of a result is neither in its place nor kept; nothing when all is there."""
    gone = [
        f"{result.stage}/{key}"
        for key, kept in result.artifacts.items()
        if not _KEY.fullmatch(key)
        or not (_in_place(store, _artifact(artifacts, result, key), kept) or _is_kept(store, kept))
    ]
    gone += [
        path
        for path, kept in result.files.items()
        if contents.of(contents.absolute(path)) != kept.sha256 and not _is_kept(store, kept)
    ]
    return (f"{', '.join(gone[:3])} is not kept any more",) if gone else ()


def is_in_place(store: Store, artifacts: Path, result: Result) -> bool:
    """Tell whether the stage's artifacts and folders are where a run leaves them; its files are asked for apart."""
    return all(
        _in_place(store, _artifact(artifacts, result, k), kept) for k, kept in result.artifacts.items()
    )


def restore_artifacts(store: Store, artifacts: Path, result: Result) -> None:
    """Put the stage's artifacts back, and remove those of other runs.

    Raises:
        LostResultError: one of them disappeared.
        OSError: the folder cannot be written.
    """
    folder = artifacts / result.stage
    wanted: set[str] = set()
    for key, kept in result.artifacts.items():
        path = _artifact(artifacts, result, key)
        wanted |= {path.name, path.with_suffix(".json").name}
        if _in_place(store, path, kept):
            continue
        path.with_suffix(".json").unlink(missing_ok=True)
        if not store.fetch(kept.sha256, path, link=True):
            raise LostResultError(f"{result.stage}/{key}")
        write_text_atomically(path.with_suffix(".json"), kept.sidecar)
    if folder.is_dir():
        for name in set(os.listdir(folder)) - wanted:
            (folder / name).unlink(missing_ok=True)


def write_pending(store: Store, contents: Contents, paths: Iterable[str] | None = None) -> None:
    """Write files that results hold and nobody has needed until now; all of them, or these.

    Raises:
        LostResultError: one of them disappeared.
    """
    for path in list(contents.pending) if paths is None else list(paths):
        sha256 = contents.pending.pop(path)
        if contents.of(path) != sha256 and not store.fetch(sha256, Path(path), link=False):
            raise LostResultError(contents.shown(path))


def restore_guard(records: Path, result: Result) -> None:
    """Put back what the stage's guards noted: those of later stages compare with it."""
    path = records / f"{result.stage}.json"
    if not result.guard:
        path.unlink(missing_ok=True)
    elif not path.is_file() or path.read_text("utf-8") != result.guard:
        write_text_atomically(path, result.guard)


def restore_notebook(store: Store, result: Result, target: Path) -> bool:
    """Put the executed notebook into the folder of a run; it may be gone, then the run goes without."""
    if result.notebook is None:
        return False
    return store.fetch(result.notebook.sha256, target, link=False)


def make_folders(contents: Contents, result: Result) -> None:
    """Make the folders that the stage makes."""
    for folder in result.folders:
        Path(contents.absolute(folder)).mkdir(parents=True, exist_ok=True)


def _artifact(artifacts: Path, result: Result, key: str) -> Path:
    return artifact_path(artifacts, result.stage, key)


def _is_kept(store: Store, kept: Kept) -> bool:
    try:
        return store.object(kept.sha256).stat().st_size == kept.size
    except OSError:
        return False


def _in_place(store: Store, path: Path, kept: Kept) -> bool:
    """Tell whether an artifact is the one that is wanted; a file newer than its sidecar is read again."""
    sidecar = path.with_suffix(".json")
    try:
        if sidecar.read_text("utf-8") != kept.sidecar:
            return False
        found = path.stat()
        if found.st_size != kept.size:
            return False
        changed = max(found.st_mtime_ns, found.st_ctime_ns)  # the former can be set back
        return changed <= sidecar.stat().st_mtime_ns or store.memo.sha256(path) == kept.sha256
    except (OSError, UnicodeDecodeError):
        return False


def stage_run(result: Result, began: str) -> StageRun:
    """Return the report of a stage whose result is used: its cells and outputs are those of the run that made it."""
    run = result.run
    return StageRun(
        name=result.stage,
        status="completed",
        started=began,
        finished=began,
        cells=tuple(CellRun(**cell) for cell in run["cells"]),
        parameters=run["parameters"],
        outputs=tuple(OutputFile(**output) for output in run["outputs"]),
        environment=Environment(**run["environment"]),
        notebook=run["notebook"],
        findings=tuple(GuardFinding(**finding) for finding in run["findings"]),
        cached=True,
        reason="nothing that it depends on has changed",
    )
