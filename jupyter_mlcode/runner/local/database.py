"""The SQLite file in `.mlcode/` of a pipeline folder; without it everything works, only slower."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STATE = ".mlcode"
"""The folder in a pipeline folder that is nobody's business but this machine's."""
FILE = "local.sqlite3"
VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS memo (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
DROP TABLE IF EXISTS hashes;
CREATE TABLE hashes (
    path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, ctime INTEGER, inode INTEGER,
    sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT, status TEXT, started TEXT, seconds REAL,
    parameters TEXT, stages TEXT, metrics TEXT, keys TEXT);
"""
_WAIT = 10.0
"""Seconds to wait for another process that is writing."""


class Database:
    """A connection that never stands in the way.

    A folder that cannot be written gets a database in memory; a damaged file is put aside. What is
    written waits until `flush`, so that no lock is held while stages run.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE
        self._pending: list[tuple[str, tuple[Any, ...]]] = []
        self.notes: list[str] = []
        self._connection = self._opened()

    @classmethod
    def of(cls, pipeline_folder: str | Path) -> Database:
        """Return the database of a pipeline folder (or of its `pipeline.yaml`); one in memory where there is none."""
        given = Path(pipeline_folder)
        root = given.parent if given.name == "pipeline.yaml" else given
        return cls(root / STATE if (root / "pipeline.yaml").is_file() else None)

    def _opened(self) -> sqlite3.Connection:
        if self._path is None:
            return _connected(":memory:")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _ignore(self._path.parent)
            return _connected(str(self._path))
        except sqlite3.OperationalError:  # read-only, locked for too long, no more files
            return _connected(":memory:")
        except sqlite3.DatabaseError:
            self.notes.append(f"{self._path} was damaged: the history of runs begins anew")
            try:
                os.replace(self._path, self._path.with_suffix(".damaged"))
                return _connected(str(self._path))
            except (OSError, sqlite3.Error):
                return _connected(":memory:")
        except OSError:
            return _connected(":memory:")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query finds; nothing when the file cannot be read now."""
        try:
            found = self._connection.execute(query, _stored(values)).fetchall()
        except sqlite3.Error:
            return []
        return [tuple(map(_read, row)) for row in found]

    def write(self, statement: str, *values: Any) -> None:
        """Note a change for the next `flush`."""
        self._pending.append((statement, _stored(values)))

    def flush(self) -> None:
        """Write what was noted, all or nothing; when it cannot be written, it is forgotten."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, values in pending:
                self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Write what is left and let go of the file."""
        self.flush()
        self._connection.close()


def _stored(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the values as SQLite takes them: names of files that are no UTF-8 become bytes."""
    return tuple(
        value.encode("utf-8", "surrogatepass") if isinstance(value, str) and not _is_text(value) else value
        for value in values
    )


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


def _read(value: Any) -> Any:
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def _connected(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        connection.executescript(f"{_SCHEMA}\nPRAGMA user_version = {VERSION};")
    return connection


def _ignore(folder: Path) -> None:
    """Keep the folder out of git, as the exporter does."""
    file = folder / ".gitignore"
    if not file.exists():
        file.write_text("*\n", "utf-8")


def rows_as(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return rows as dictionaries."""
    return [dict(zip(columns, row, strict=True)) for row in rows]
