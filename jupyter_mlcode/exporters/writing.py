"""A `Bundle` onto the disk: written, checked against it, or shown as a difference."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from jupyter_mlcode.errors import EditedFilesError, MlcodeError, UsageError
from jupyter_mlcode.exporters.edits import edited_files, exported_names, read_pipeline_yaml
from jupyter_mlcode.exporters.params_yaml import PARAMS, merged_params
from jupyter_mlcode.exporters.transaction import (
    STATE,
    UnfinishedExportError,
    digest,
    forget,
    has_leftovers,
    inside,
    place_of,
    read_manifest,
    recover,
    replace_files,
)
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.notebook.plain_files import kind_of

Mode: TypeAlias = Literal["write", "check", "diff"]
ChangeKind: TypeAlias = Literal["new", "changed", "removed", "edited"]

_NO_MATTER = frozenset(
    {".git", ".DS_Store", ".ipynb_checkpoints", "__pycache__", "artifacts", "runs", PARAMS, STATE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file of the folder that is not what the export makes now.

    `edited`: it holds an edit by hand, or was there before us. `diff` is filled in the mode `diff`.
    """

    path: str
    kind: ChangeKind
    diff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """What `write` found, and whether the folder has been changed accordingly."""

    changes: tuple[Change, ...]
    written: bool = False

    @property
    def up_to_date(self) -> bool:
        """Whether the folder was as the export makes it: the drift gate's answer."""
        return not self.changes


class ForeignFolderError(UsageError):
    """The folder holds files, and they are not of an export."""

    code = "MLC411"

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        shown = sorted(names)
        more = ", ..." if len(shown) > 3 else ""
        super().__init__(
            f"{folder.name!r} is not a pipeline folder: it holds {', '.join(shown[:3])}{more}",
            hint="Choose a new folder with --output.",
        )


class _InTheWayError(UsageError):
    """Something stands where a file of the export belongs, and it is no file."""

    def __init__(self, folder: Path, path: str, target: Path) -> None:
        super().__init__(
            f"{path!r} in {folder.name!r} is {kind_of(target)}",
            hint="Move it away, or choose another folder.",
        )


class FolderAccessError(MlcodeError):
    """The file system does not let us read or write the folder."""

    exit_code = 3
    code = "MLC413"

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(f"cannot write into {folder.name!r}: {error.strerror or type(error).__name__}")


def write(bundle: Bundle, folder: Path, mode: Mode = "write", *, force: bool = False) -> WriteResult:
    """Bring the folder up to date, or tell what that would change.

    The user's own files are never touched; a file edited by hand is overwritten or removed only
    with `force`.

    Raises:
        EditedFilesError: edited files are in the way; nothing was written.
        ForeignFolderError: the folder is somebody else's.
        FolderAccessError: the file system refuses; the old export is as it was.
    """
    try:
        return _write(bundle, folder.resolve(), mode, force)
    except OSError as error:
        raise FolderAccessError(folder, error) from error


def merged(bundles: Iterable[Bundle]) -> Bundle:
    """Return the files of several exporters as one bundle.

    Raises:
        MlcodeError: when two of them want different texts in one file.
    """
    files: dict[str, str] = {}
    keep: frozenset[str] = frozenset()
    for bundle in bundles:
        for path, text in bundle.files.items():
            if files.setdefault(path, text) != text:
                raise MlcodeError(f"two exporters write different texts to {path!r}")
        keep |= bundle.keep
    return Bundle(files=files, keep=keep)


def _write(bundle: Bundle, folder: Path, mode: Mode, force: bool) -> WriteResult:
    _check_folder(folder)
    place = place_of(folder)
    if mode == "write":
        _finish_earlier(folder, force)
    wanted = _wanted(bundle, folder)
    manifest = read_manifest(folder)
    found = _found(folder, [*wanted, *(manifest if manifest is not None else exported_names(folder))])
    changes = _changes(bundle, folder, wanted, found, manifest)
    if mode != "write":
        shown = changes if mode == "check" else [_with_diff(c, wanted, found) for c in changes]
        return WriteResult(changes=tuple(shown))
    if not force and (edited := [change.path for change in changes if change.kind == "edited"]):
        raise EditedFilesError(edited)
    ours = {path: digest(content) for path, content in wanted.items() if path not in bundle.keep}
    if changes or manifest != ours or has_leftovers(folder):
        changed = [change.path for change in changes]
        replace = {path: wanted[path] for path in changed if path in wanted}
        replace_files(folder, replace, [path for path in changed if path not in wanted], ours, place)
    return WriteResult(changes=tuple(changes), written=bool(changes))


def _finish_earlier(folder: Path, force: bool) -> None:
    """Finish an export that was killed; with force, give one up that cannot be finished."""
    try:
        recover(folder)
    except UnfinishedExportError:
        if not force:
            raise
        forget(folder)


def _check_folder(folder: Path) -> None:
    """Refuse a file in the folder's place, and a folder of somebody else."""
    if folder.exists() and not folder.is_dir():
        what = f"{folder.name!r} is {kind_of(folder)}, not a folder"
        raise UsageError(what, hint="Choose a folder with --output.")
    if (folder / STATE).is_symlink():
        hint = "Nothing is written outside the folder."
        raise UsageError(f"{STATE} in {folder.name!r} is a symbolic link", hint=hint)
    if not folder.exists() or read_manifest(folder) is not None or read_pipeline_yaml(folder) is not None:
        return
    if (folder / STATE).is_dir():  # a first export that was interrupted
        return
    foreign = {entry.name for entry in os.scandir(folder)} - _NO_MATTER
    if foreign:
        raise ForeignFolderError(folder, foreign)


def _wanted(bundle: Bundle, folder: Path) -> dict[str, bytes]:
    """Return what each file should hold; the user's own keep what they hold."""
    wanted: dict[str, bytes] = {}
    for path, text in bundle.files.items():
        target = inside(folder, path)
        if path in bundle.keep and os.path.lexists(target):
            if not target.is_file():
                raise _InTheWayError(folder, path, target)
            existing = target.read_bytes()
            fresh = (
                merged_params(existing.decode("utf-8", "surrogateescape"), text) if path == PARAMS else None
            )
            wanted[path] = existing if fresh is None else fresh.encode("utf-8", "surrogateescape")
        else:
            wanted[path] = text.encode("utf-8")
    return wanted


def _found(folder: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """Return what the existing ones of these files hold; a link holds its own target's name."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        target = inside(folder, path)
        if target.is_symlink():
            found[path] = b"-> " + os.fsencode(os.readlink(target))
        elif target.is_file():
            found[path] = target.read_bytes()
        elif target.exists():
            raise _InTheWayError(folder, path, target)
    return found


def _changes(
    bundle: Bundle,
    folder: Path,
    wanted: dict[str, bytes],
    found: dict[str, bytes],
    manifest: dict[str, str] | None,
) -> list[Change]:
    """Return every file that is not as it should be, by path."""
    other = {path: content for path, content in found.items() if wanted.get(path) != content}
    edited = edited_files(folder, {p: c for p, c in other.items() if p not in bundle.keep}, manifest)
    kinds: dict[str, ChangeKind] = {path: "new" for path in wanted if path not in found}
    for path in other:
        if path not in bundle.keep or path in wanted:
            kinds[path] = "edited" if path in edited else "changed" if path in wanted else "removed"
    return [Change(path=path, kind=kinds[path]) for path in sorted(kinds)]


def _with_diff(change: Change, wanted: dict[str, bytes], found: dict[str, bytes]) -> Change:
    """Return the change with its unified difference."""
    old = _lines(found.get(change.path))
    new = _lines(wanted.get(change.path))
    before = f"a/{change.path}" if change.path in found else "/dev/null"
    after = f"b/{change.path}" if change.path in wanted else "/dev/null"
    lines = difflib.unified_diff(old, new, before, after)
    text = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
    return Change(path=change.path, kind=change.kind, diff=text)


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode("utf-8", "replace")
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
