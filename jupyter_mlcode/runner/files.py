"""Files that are either the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Any


def write_text_atomically(path: Path, text: str) -> None:
    """Write the text beside `path` and move it into place: a full disk leaves the earlier file."""
    write_bytes_atomically(path, _encoded(text))


def _encoded(text: str) -> bytes:
    """Return UTF-8 in any case: names of files, which papermill notes, are not always text in the locale's encoding."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        try:
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode("utf-8")
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace")


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write the bytes beside `path` and move them into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def write_notebook_atomically(path: Path, notebook: Any) -> None:
    """Write nbformat's notebook; not validated, which costs more than all the rest."""
    import nbformat

    writer: Any = nbformat.v4
    write_text_atomically(path, writer.writes(notebook))


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
