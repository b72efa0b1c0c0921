"""Acts on the disk that fail, are interrupted or are the last ones: one after the other."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_ACTS = {
    "replace": 1,
    "rename": 1,
    "link": 1,
    "symlink": 1,
    "mkdir": 0,
    "rmdir": 0,
    "unlink": 0,
    "utime": 0,
    "chmod": 0,
    "fsync": None,
}
"""What changes the disk, and which argument is the path that changes."""


class Faults:
    """Counts what changes the disk below a folder, and does something else at one of these acts.

    A file that is opened for writing is three acts: opening it, the first write (of which half arrives), closing
    it. Without `happen` the act fails as the disk says with `number`.
    """

    def __init__(
        self,
        folder: Path,
        fail_at: int,
        number: int = errno.ENOSPC,
        happen: Callable[[], None] | None = None,
    ) -> None:
        self.folder = str(folder)
        self.fail_at = fail_at
        self.number = number
        self.happen = happen
        self.seen: list[str] = []

    @property
    def last(self) -> str:
        """The act at which it happened."""
        return self.seen[min(self.fail_at, len(self.seen)) - 1]

    def hit(self, what: str, path: Any) -> None:
        """Take one act on a path; raise when it is the one that fails."""
        name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        if isinstance(name, str) and os.path.abspath(name).startswith(self.folder):
            self.seen.append(f"{what} {os.path.relpath(name, self.folder)}")
            if len(self.seen) == self.fail_at:
                if self.happen is None:
                    raise OSError(self.number, os.strerror(self.number), name)
                self.happen()

    @contextmanager
    def injected(self) -> Iterator[None]:
        """Stand before the functions that everything else uses to change the disk."""
        with pytest.MonkeyPatch.context() as patch:
            for module in (builtins, io):
                patch.setattr(module, "open", self._open(open))
            for name, place in _ACTS.items():
                patch.setattr(os, name, self._before(name, getattr(os, name), place))
            yield

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if not set(mode) & set("wax+"):
                return real(file, mode, *args, **options)
            self.hit("open", file)
            return _File(real(file, mode, *args, **options), file, self)

        return opened

    def _before(self, name: str, real: Callable[..., Any], place: int | None) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            path = args[place] if place is not None else self.folder
            if (
                options.get("dir_fd") is not None
            ):  # of rmtree, which names files in a folder that it has opened
                opened = f"/proc/self/fd/{options['dir_fd']}"
                path = os.path.join(os.readlink(opened), path) if os.path.exists(opened) else None
            self.hit(name, path)
            return real(*args, **options)

        return called


class _File:
    """A file whose writing and closing are acts."""

    def __init__(self, file: Any, path: Any, faults: Faults) -> None:
        self._file = file
        self._path = path
        self._faults = faults
        self._wrote = False

    def write(self, content: Any) -> Any:
        if not self._wrote:
            self._wrote = True
            try:
                self._faults.hit("write", self._path)
            except OSError:
                self._file.write(content[: len(content) // 2])
                raise
        return self._file.write(content)

    def close(self) -> None:
        closed = self._file.closed
        self._file.close()
        if not closed and self._wrote:
            self._faults.hit("close", self._path)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
