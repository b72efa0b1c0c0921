"""Replacing many files as one step: after a failure or a kill there is the old export or the new one.

    .mlcode/staging/    the new files, complete, before anything of the export is touched
    .mlcode/journal.json    the decision: once it is there, the new export counts
    .mlcode/backup/     the old files, for a failure that this process lives to see
    .mlcode/export.json     hashes of what was written: how edits by hand are noticed

A failure before the journal leaves the old export. A failure after it rolls back. After a kill the
next `recover` finishes the job from the staged files. The folder ignores itself in git.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypedDict

from jupyter_mlcode.errors import MlcodeError, UsageError

STATE = ".mlcode"
JOURNAL = "journal.json"
MANIFEST = "export.json"


class _Journal(TypedDict):
    replace: dict[str, str]
    remove: list[str]
    manifest: dict[str, str]


class FolderInUseError(UsageError):
    """Two exports cannot write into the same folder at once."""

    code = "MLC412"

    def __init__(self, folder: Path) -> None:
        problem = f"{folder.name}: another export is writing into this folder"
        super().__init__(problem, hint="Wait for it to end.")


class UnfinishedExportError(MlcodeError):
    """An export was killed, and what it had prepared is damaged."""

    exit_code = 3
    code = "MLC321"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder.name}: an export was interrupted and cannot be finished",
            hint="`export --force` writes everything anew.",
        )


def digest(content: bytes) -> str:
    r"""Return the hash of a file's text; `\r\n` counts as `\n`, because a checkout may change it."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def read_manifest(folder: Path) -> dict[str, str] | None:
    """Return path and hash of everything the last export wrote, None in a fresh clone."""
    try:
        found = json.loads((folder / STATE / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return {str(path): str(value) for path, value in found.items()} if isinstance(found, dict) else None


def interrupted(folder: Path) -> bool:
    """Tell whether an export into this folder was killed before its end; nothing is written."""
    return (folder / STATE / JOURNAL).exists()


def recover(folder: Path) -> bool:
    """Finish an export that was killed on its way; True when there was one.

    Raises:
        UnfinishedExportError: when the prepared files are damaged.
    """
    if not interrupted(folder):
        return False
    with _locked(folder):
        if not interrupted(folder):  # another process has finished it meanwhile
            return True
        journal = _read_journal(folder)
        staging = folder / STATE / "staging"
        for number, path in enumerate(journal["replace"]):
            staged, target = staging / str(number), inside(folder, path)
            source = staged if staged.exists() else target
            if not source.is_file() or digest(source.read_bytes()) != journal["replace"][path]:
                raise UnfinishedExportError(folder)
        for _ in _forward(folder, journal):
            pass
        _clean(folder)
    return True


def forget(folder: Path) -> None:
    """Give up an export that cannot be finished; whoever calls this writes everything anew."""
    with _locked(folder):
        _clean(folder)


def replace_files(
    folder: Path, replace: Mapping[str, bytes], remove: Sequence[str], manifest: dict[str, str]
) -> None:
    """Put these contents in place and remove those files, all of it or nothing."""
    created = not folder.exists()
    try:
        (folder / STATE).mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            _stage_and_apply(folder, replace, remove, manifest)
    except BaseException:
        if created:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _stage_and_apply(
    folder: Path, replace: Mapping[str, bytes], remove: Sequence[str], manifest: dict[str, str]
) -> None:
    state = folder / STATE
    for name in ("staging", "backup"):
        shutil.rmtree(state / name, ignore_errors=True)
        (state / name).mkdir()
    (state / ".gitignore").write_text("*\n", "utf-8")
    for number, content in enumerate(replace.values()):
        (state / "staging" / str(number)).write_bytes(content)
    journal = _Journal(
        replace={path: digest(content) for path, content in replace.items()},
        remove=list(remove),
        manifest=manifest,
    )
    _back_up(folder, journal)
    _put(state / JOURNAL, json.dumps(journal))
    done: list[str] = []
    try:
        done.extend(_forward(folder, journal))
    except BaseException:  # also Ctrl-C: whatever stopped us, the old export comes back
        _backward(folder, journal)
        raise
    _clean(folder)


def _forward(folder: Path, journal: _Journal) -> Iterator[str]:
    """Move the staged files into place, yielding each path; may be called again after a kill."""
    staging = folder / STATE / "staging"
    for number, path in enumerate(journal["replace"]):
        target = inside(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # moved before the kill
            os.replace(staging / str(number), target)
        yield path
    for path in journal["remove"]:
        inside(folder, path).unlink(missing_ok=True)
        yield path
    _put(folder / STATE / MANIFEST, json.dumps(journal["manifest"], indent=1, sort_keys=True) + "\n")


def _backward(folder: Path, journal: _Journal) -> None:
    """Bring back every old file, and take away those that are new."""
    backup = folder / STATE / "backup"
    for number, path in enumerate([*journal["replace"], *journal["remove"]]):
        target = inside(folder, path)
        if (backup / str(number)).exists() or (backup / str(number)).is_symlink():
            os.replace(backup / str(number), target)
        else:
            target.unlink(missing_ok=True)
    _clean(folder)


def _back_up(folder: Path, journal: _Journal) -> None:
    """Keep a second name (or a copy) of every file that will be replaced or removed."""
    backup = folder / STATE / "backup"
    for number, path in enumerate([*journal["replace"], *journal["remove"]]):
        target = inside(folder, path)
        if target.is_symlink() or target.is_file():
            try:
                os.link(target, backup / str(number), follow_symlinks=False)
            except OSError:  # no hard links on this file system
                shutil.copy2(target, backup / str(number), follow_symlinks=False)


def _read_journal(folder: Path) -> _Journal:
    try:
        found: _Journal = json.loads((folder / STATE / JOURNAL).read_text("utf-8"))
        return _Journal(replace=found["replace"], remove=found["remove"], manifest=found["manifest"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnfinishedExportError(folder) from error


def _clean(folder: Path) -> None:
    """Forget the journal first: from then on nothing is left to finish."""
    state = folder / STATE
    (state / JOURNAL).unlink(missing_ok=True)
    for name in ("staging", "backup"):
        shutil.rmtree(state / name, ignore_errors=True)


def _put(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, "utf-8")
    os.replace(part, path)


def inside(folder: Path, path: str) -> Path:
    """Return where a path of the export lies; never outside the folder, never behind a link.

    Raises:
        UsageError: for a path that leaves the folder.
    """
    parts = path.split("/")
    if "\\" in path or ":" in path or any(part in ("", ".", "..") for part in parts):
        raise UsageError(f"{path!r} is no path inside the pipeline folder")
    target = folder
    for part in parts[:-1]:
        target /= part
        if target.is_symlink():
            raise UsageError(
                f"{path!r} lies behind a symbolic link", hint="Nothing is written outside the folder."
            )
    return target / parts[-1]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other exports out; the system lets go of the lock when a process dies."""
    try:
        import fcntl
    except ImportError:  # Windows: no such lock
        yield
        return
    with open(folder / STATE / "lock", "a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUseError(folder) from error
        yield
