"""What was computed from a text before, by the text's hash; and the hashes of files, by size and times."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from pathlib import Path
from typing import TypeAlias

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.local.database import Database

_TICK = 50_000_000
"""Nanoseconds: a file that has just changed may change again without a new time or size."""
_COARSE = 2_000_000_000
"""The same where a file system keeps whole seconds, or every other one."""
MOST_MEMOS = 4000


_Mark: TypeAlias = tuple[int, int, int, int]


class Memo:
    """Values by kind and key, and SHA-256 of files that are only read again when they changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._known: dict[tuple[str, str], Json] = {}
        self._hashes: dict[str, tuple[_Mark, str]] = {}
        self._loaded = False

    def recall(self, kind: str, key: str) -> Json:
        """Return the value, None when it is not known."""
        if (kind, key) not in self._known:
            found = self.database.rows("SELECT value FROM memo WHERE kind = ? AND key = ?", kind, key)
            self._known[kind, key] = json.loads(found[0][0]) if found else None
        return self._known[kind, key]

    def remember(self, kind: str, key: str, value: Json) -> None:
        """Keep a JSON value."""
        if self._known.get((kind, key)) != value:
            self._known[kind, key] = value
            self.database.write("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", kind, key, json.dumps(value))

    def sha256(self, path: str | Path) -> str | None:
        """Return the hash of a regular file's content, None when there is none.

        Raises:
            OSError: the file cannot be read.
        """
        name = os.fspath(path)
        now = time.time_ns()  # before the look at the file: it may change while it is read
        try:
            found = os.stat(name)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        mark = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        self._load()
        known = self._hashes.get(name)
        if known is not None and known[0] == mark:
            return known[1]
        digest = _hashed(name)
        if _is_settled(found, now):
            self._hashes[name] = (mark, digest)
            self.database.write(
                "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)", name, *mark, digest
            )
        return digest

    def _load(self) -> None:
        if not self._loaded:
            self._loaded = True
            for path, *mark, digest in self.database.rows("SELECT * FROM hashes"):
                size, mtime, ctime, inode = mark
                self._hashes.setdefault(path, ((size, mtime, ctime, inode), digest))

    def trim(self, most: int = MOST_MEMOS) -> None:
        """Forget what is too much: all memos of a kind that grew too large, files that are gone."""
        for kind, count in self.database.rows("SELECT kind, count(*) FROM memo GROUP BY kind"):
            if count > most:
                self.database.write("DELETE FROM memo WHERE kind = ?", kind)
        self._load()
        for name in self._hashes:
            if not os.path.exists(name):
                self.database.write("DELETE FROM hashes WHERE path = ?", name)


def _is_settled(found: os.stat_result, now: int) -> bool:
    """Tell whether a later change would show: nobody can set the time of the last change (ctime) back."""
    coarse = found.st_ctime_ns % 1_000_000_000 == 0
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return all(abs(now - time_) > (_COARSE if coarse else _TICK) for time_ in times)


def _hashed(name: str) -> str:
    with open(name, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(*parts: str | bytes) -> str:
    """Return one hash of several texts; `("a", "b")` and `("ab",)` differ."""
    hashed = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        hashed.update(len(content).to_bytes(8, "little") + content)
    return hashed.hexdigest()
