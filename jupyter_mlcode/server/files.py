"""Which files a request may touch: those below the server's root, as its contents manager has it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_LONGEST = 4096


class ForbiddenPathError(Exception):
    """The path leads nowhere that a request may go; the message says why, without a path of the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The folder that the server shows, and whether it shows hidden files."""

    folder: str
    allow_hidden: bool = False

    def notebook(self, path: str) -> Path:
        """Return the file of a notebook.

        Raises:
            ForbiddenPathError: it is no notebook below the root.
        """
        found = self.inside(path)
        if found.suffix != ".ipynb" or not found.is_file():
            raise ForbiddenPathError("there is no such notebook")
        return found

    def inside(self, path: str) -> Path:
        """Return where a path of the contents manager leads, links followed; it need not exist.

        Raises:
            ForbiddenPathError: it is absolute, hidden, or leads out of the root.
        """
        parts = _parts(path)
        if not self.allow_hidden and any(part.startswith(".") for part in parts):
            raise ForbiddenPathError("hidden files are not served")
        root = os.path.realpath(self.folder)
        try:
            real = os.path.realpath(os.path.join(root, *parts))
        except (OSError, ValueError) as error:
            raise ForbiddenPathError("not a path") from error
        if os.path.commonpath([root, real]) != root:
            raise ForbiddenPathError("the path leads out of the server's folder")
        hidden = os.path.relpath(real, root).split(os.sep)
        if not self.allow_hidden and any(p.startswith(".") and p != "." for p in hidden):
            raise ForbiddenPathError("hidden files are not served")
        if os.path.exists(real) and not (os.path.isfile(real) or os.path.isdir(real)):
            raise ForbiddenPathError("neither a file nor a folder")
        return Path(real)

    def shown(self, path: str | os.PathLike[str]) -> str:
        """Return the path as the contents manager names it; empty when it has no name for it."""
        relative = os.path.relpath(os.path.realpath(path), os.path.realpath(self.folder))
        parts = relative.split(os.sep)
        if parts[0] == ".." or os.path.isabs(relative):
            return ""
        if not self.allow_hidden and any(p.startswith(".") and p != "." for p in parts):
            return ""
        return "/".join(p for p in parts if p != ".")


def _parts(path: str) -> list[str]:
    if len(path) > _LONGEST or "\0" in path or "\\" in path or any(ord(c) < 32 for c in path):
        raise ForbiddenPathError("not a path")
    if path.startswith(("/", "~")) or os.path.isabs(path):
        raise ForbiddenPathError("the path is absolute")
    parts = [part for part in path.split("/") if part]
    if ".." in parts or "." in parts or any(":" in part and os.name == "nt" for part in parts):
        raise ForbiddenPathError("the path leads out of the server's folder")
    if any(_DEVICE.match(part) for part in parts):
        raise ForbiddenPathError("the name of a device")
    return parts
