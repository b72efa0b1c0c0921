"""Replacing many files as one step: after a failure or a kill there is the old export or the new one.

    .mlcode/staging/    the new files, complete, before anything of the export is touched
    .mlcode/journal.json    the decision: once it is there, the new export counts
    .mlcode/undo.json   the journal by another name: the new export does not count after all
    .mlcode/backup/     the old files, for a failure that this process lives to see
    .mlcode/export.json     hashes of what was written: how edits by hand are noticed

A failure before the journal leaves the old export. A failure after it rolls back. After a kill the
next `recover` finishes what was going on, forwards or backwards. Files only ever move between their
place and `.mlcode`: where the folder is exchanged for another meanwhile, there is nothing to move,
and nothing of the other is lost. The folder ignores itself in git.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeAlias, TypedDict

from jupyter_mlcode.errors import MlcodeError, UsageError
from jupyter_mlcode.notebook.plain_files import read_regular

STATE = ".mlcode"
JOURNAL = "journal.json"
UNDO = "undo.json"
MANIFEST = "export.json"
_MANIFEST_NUMBER = -1


class _Journal(TypedDict):
    """What an export does; `there` are the files that were there before, by their number, the manifest's is -1."""

    replace: dict[str, str]
    remove: list[str]
    there: list[int]


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
        found = json.loads(read_regular(folder / STATE / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    return {str(path): str(value) for path, value in found.items()} if isinstance(found, dict) else None


def interrupted(folder: Path) -> bool:
    """Tell whether an export into this folder was killed before its end; nothing is written."""
    return any((folder / STATE / name).exists() for name in (JOURNAL, UNDO))


def has_leftovers(folder: Path) -> bool:
    """Tell whether an export was killed while it was being prepared."""
    return any((folder / STATE / name).exists() for name in ("staging", "backup"))


def recover(folder: Path) -> bool:
    """Finish an export that was killed on its way; True when there was one.

    Raises:
        UnfinishedExportError: when the prepared files are damaged.
        FolderInUseError: it was not killed, it goes on.
    """
    if not interrupted(folder):
        return False
    with _locked(folder):
        if (folder / STATE / UNDO).exists():
            _backward(folder, _read_journal(folder, UNDO))
        elif interrupted(folder):  # no other process has finished it meanwhile
            journal = _read_journal(folder, JOURNAL)
            _check_prepared(folder, journal)
            _forward(folder, journal, again=True)
            _clean(folder)
    return True


def forget(folder: Path) -> None:
    """Give up an export that cannot be finished; whoever calls this writes everything anew."""
    with _locked(folder):
        _clean(folder)


Place: TypeAlias = tuple[int, int] | None


def place_of(folder: Path) -> Place:
    """Return what tells the folder from any other that gets its name; None when it is not there."""
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def replace_files(
    folder: Path,
    replace: Mapping[str, bytes],
    remove: Sequence[str],
    manifest: dict[str, str],
    place: Place,
) -> None:
    """Put these contents in place and remove those files, all of it or nothing.

    `place` is that of the folder when it was looked at: another one in its place is left alone.
    """
    made = [path for path in (folder / STATE, folder, *folder.parents) if not path.exists()]
    try:
        (folder / STATE).mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            is_new = folder in made and read_manifest(folder) is None
            place = place_of(folder) if place is None else place
            try:
                _check_place(folder, place)
                _stage_and_apply(folder, replace, remove, manifest, place)
            except BaseException:
                if is_new:
                    shutil.rmtree(folder, ignore_errors=True)
                raise
    except BaseException:
        for path in made:
            with suppress(OSError):  # not empty: it is somebody else's by now
                path.rmdir()
        raise


def _check_place(folder: Path, place: Place) -> None:
    if folder.resolve() != folder or place_of(folder) != place:
        raise OSError(errno.ESTALE, "another folder has been put in its place")


def _stage_and_apply(
    folder: Path,
    replace: Mapping[str, bytes],
    remove: Sequence[str],
    manifest: dict[str, str],
    place: Place,
) -> None:
    try:
        journal = _prepared(folder, replace, remove, manifest)
        _check_place(folder, place)
        _put(folder / STATE / JOURNAL, json.dumps(journal))
    except BaseException:
        _clean(folder)
        raise
    try:
        _forward(folder, journal)
    except BaseException:  # also Ctrl-C: whatever stopped us, the old export comes back
        os.replace(folder / STATE / JOURNAL, folder / STATE / UNDO)
        _backward(folder, journal)
        raise
    _clean(folder)


def _prepared(
    folder: Path, replace: Mapping[str, bytes], remove: Sequence[str], manifest: dict[str, str]
) -> _Journal:
    """Write the new files and keep the old ones, beside the export."""
    state = folder / STATE
    for name in ("staging", "backup"):
        shutil.rmtree(state / name, ignore_errors=True)
        (state / name).mkdir()
    (state / ".gitignore").write_text("*\n", "utf-8")
    for number, content in enumerate(replace.values()):
        (state / "staging" / str(number)).write_bytes(content)
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (state / "staging" / MANIFEST).write_text(text, "utf-8")
    return _Journal(
        replace={path: digest(content) for path, content in replace.items()},
        remove=list(remove),
        there=list(_back_up(folder, [*replace, *remove], len(replace))),
    )


def _check_prepared(folder: Path, journal: _Journal) -> None:
    for number, path in enumerate(journal["replace"]):
        staged, target = folder / STATE / "staging" / str(number), inside(folder, path)
        source = staged if staged.exists() else target
        if not source.is_file() or digest(source.read_bytes()) != journal["replace"][path]:
            raise UnfinishedExportError(folder)


def _forward(folder: Path, journal: _Journal, *, again: bool = False) -> None:
    """Move the staged files into place and the removed ones away; `again` after a kill on the way."""
    staging, backup = folder / STATE / "staging", folder / STATE / "backup"
    numbers = enumerate([*journal["replace"], *journal["remove"]])
    for number, path in numbers:
        target = inside(folder, path)
        if number < len(journal["replace"]):
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(staging / str(number), target, again=again)
        elif number in journal["there"]:
            _move(target, backup / str(number), again=again)
    _move(staging / MANIFEST, folder / STATE / MANIFEST, again=again)


def _backward(folder: Path, journal: _Journal) -> None:
    """Bring back every old file, and take away those that are new; may be called again after a kill."""
    staging, backup = folder / STATE / "staging", folder / STATE / "backup"
    for number, path in enumerate([*journal["replace"], *journal["remove"]]):
        target = inside(folder, path)
        if number in journal["there"]:
            _move(backup / str(number), target, again=True)
        else:
            _move(target, staging / str(number), again=True)
    manifest = folder / STATE / MANIFEST
    if _MANIFEST_NUMBER in journal["there"]:
        _move(backup / MANIFEST, manifest, again=True)
    else:
        _move(manifest, staging / MANIFEST, again=True)
    _clean(folder)


def _move(source: Path, target: Path, *, again: bool) -> None:
    """Move a file; when this is done `again`, it may have been moved already."""
    with suppress(FileNotFoundError) if again else nullcontext():
        os.replace(source, target)


def _back_up(folder: Path, paths: Sequence[str], replaced: int) -> Iterator[int]:
    """Keep a second name (or a copy) of every file that will be replaced, and yield the numbers of all that are there.

    Those that will be removed are moved away, not copied.
    """
    backup = folder / STATE / "backup"
    for number, path in enumerate(paths):
        target = inside(folder, path)
        if not target.is_symlink() and not target.is_file():
            continue
        if number < replaced:
            try:
                os.link(target, backup / str(number), follow_symlinks=False)
            except OSError:  # no hard links on this file system
                shutil.copy2(target, backup / str(number), follow_symlinks=False)
        yield number
    if (folder / STATE / MANIFEST).is_file():
        shutil.copyfile(folder / STATE / MANIFEST, backup / MANIFEST)
        yield _MANIFEST_NUMBER


def _read_journal(folder: Path, name: str) -> _Journal:
    try:
        found: _Journal = json.loads(read_regular(folder / STATE / name))
        return _Journal(
            replace=found["replace"],
            remove=found["remove"],
            there=found["there"],
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnfinishedExportError(folder) from error


def _clean(folder: Path) -> None:
    """Forget the journal first: from then on nothing is left to finish."""
    state = folder / STATE
    for name in (JOURNAL, UNDO):
        (state / name).unlink(missing_ok=True)
    for name in ("staging", "backup"):
        shutil.rmtree(state / name, ignore_errors=True)


def _put(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


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
    # Neither a pipe in its place keeps us waiting, nor does a link lead us out of the folder.
    flags = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW
    with open(os.open(folder / STATE / "lock", flags, 0o666), "rb", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUseError(folder) from error
        yield
