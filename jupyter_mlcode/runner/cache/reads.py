"""The files that a stage reads, by content, as the stages before it leave them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.parts import FileUse
from jupyter_mlcode.runner.local.memo import Memo
from jupyter_mlcode.runner.outputs import filled_in

ABSENT = "absent"
FOLDER = "folder"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_LEFT_OUT = frozenset({".git", ".ipynb_checkpoints", "__pycache__"})


class Contents:
    """What is in the files now: on the disk, or where a stage whose results count will have put it.

    `pending` are results of such stages, by absolute path; they are written only when somebody needs them.
    """

    def __init__(self, memo: Memo, working_folder: Path, leave_out: Path) -> None:
        self._memo = memo
        self.working_folder = working_folder
        self._leave_out = os.fspath(leave_out)
        self.pending: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return the hash of a file's content, by its absolute path."""
        return self.pending[path] if path in self.pending else self.on_disk(path)

    def on_disk(self, path: str | Path) -> str:
        """Return the hash of a file's content as it is now; a word where there is none."""
        try:
            return self._memo.sha256(path) or (FOLDER if os.path.isdir(path) else ABSENT)
        except OSError as error:
            return type(error).__name__

    def read_by(self, uses: Iterable[FileUse], values: Mapping[str, Json]) -> dict[str, str]:
        """Return the hash of every file that these uses name, by its path from the working folder."""
        found = {name for path in self._named(uses, values) for name in self.files(path)}
        return {self.shown(name): self.of(name) for name in sorted(found)}

    def held_by(self, uses: Iterable[FileUse], values: Mapping[str, Json]) -> dict[str, str]:
        """Return the same without what is in folders: who writes into a folder does not depend on its files."""
        paths = [path for path in self._named(uses, values) if not os.path.isdir(path)]
        found = {name for path in paths for name in self.files(path) if not os.path.isdir(name)}
        return {self.shown(name): self.of(name) for name in sorted(found)}

    def _named(self, uses: Iterable[FileUse], values: Mapping[str, Json]) -> Iterator[str]:
        for use in uses:
            if use.path is not None and use.kind != "table" and not _URL.match(use.path):
                yield self.absolute(filled_in(use.path, values))

    def absolute(self, path: str) -> str:
        """Return the path as the working folder sees it."""
        return os.path.normpath(os.path.join(self.working_folder, os.path.expanduser(path)))

    def shown(self, path: str) -> str:
        """Return the path from the working folder; files far from it keep their whole path."""
        inside = os.path.relpath(path, self.working_folder)
        return path if inside.startswith(f"..{os.sep}..{os.sep}..") else inside.replace(os.sep, "/")

    def files(self, path: str) -> Iterator[str]:
        """Yield the files that a path means: itself, what is below it, what it matches."""
        if os.path.isdir(path):
            yield from self._below(path)
        elif os.path.lexists(path) or path in self.pending or not glob.has_magic(path):
            yield path
        else:
            matches = glob.glob(path, recursive=True)
            for match in sorted(matches):
                yield from self._below(match) if os.path.isdir(match) else [match]
            yield from () if matches else [path]

    def _below(self, folder: str) -> Iterator[str]:
        for where, folders, names in os.walk(folder):
            folders[:] = sorted(
                f for f in folders if f not in _LEFT_OUT and os.path.join(where, f) != self._leave_out
            )
            yield from (os.path.join(where, name) for name in sorted(names))
