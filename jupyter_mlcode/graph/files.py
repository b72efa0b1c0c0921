"""Order between stages that meet in a file, folder or table: nothing of it is versioned.

A reader runs after the writers before it in the notebook, a writer after earlier readers and
writers. Paths are compared as written; an unknown path meets every path, and `*` or a parameter
in a path meets whatever begins alike.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlcode.graph.flow import Statement

_OPEN = re.compile(r"[*?\[]|\$\{")
_TABLES = "table://"
_DATABASES = (".db", ".db3", ".sqlite", ".sqlite3", ".duckdb")
_FILE_IN_SQL = re.compile(r"'[^']*[./][^']*'")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class FileEvent(NamedTuple):
    """One read or write in a stage."""

    stage: str
    writes: bool
    path: str
    kind: str
    statement: Statement
    line: int


@functools.lru_cache(maxsize=1 << 16)
def may_meet(a: str, b: str) -> bool:
    """Whether two paths as written in a notebook may be or contain the same file.

    Examples:
        >>> may_meet("out/a.csv", "out/b.csv"), may_meet("out", "./out/a.csv"), may_meet("", "x")
        (False, True, True)
        >>> may_meet("data/*.csv", "data/x.csv"), may_meet("${folder}/x", "y"), may_meet("*/a.png", "*/b.png")
        (True, False, False)
        >>> may_meet("${folder}", "y"), may_meet("${folder}/*", "data/x.csv")
        (True, True)
        >>> may_meet("out/*.csv", "out"), may_meet("*.csv", "."), may_meet("out/a*", "out/b")
        (True, True, False)
        >>> may_meet("/x/a.csv", "a.csv"), may_meet("/x/a.csv", "x/a.csv"), may_meet("/x/a.csv", "y/a.csv")
        (True, True, False)
        >>> may_meet("/x/data", "a.csv"), may_meet("/x/data/a.csv", "data"), may_meet("**/a.csv", "/x/b.csv")
        (True, True, False)
    """
    if not a or not b:
        return True
    if bool(_URL.match(a)) != bool(_URL.match(b)):
        return False
    left, right = _shape(a), _shape(b)
    if left.absolute != right.absolute:
        return _meet_somewhere(*((left, right) if left.absolute else (right, left)))
    if "." in (left.path, right.path) or _holds(left, right) or _holds(right, left):
        return True
    if not left.open and not right.open:
        return left.path == right.path
    return (left.head.startswith(right.head) or right.head.startswith(left.head)) and (
        left.tail.endswith(right.tail) or right.tail.endswith(left.tail)
    )


def _meet_somewhere(absolute: _Shape, relative: _Shape) -> bool:
    """Whether they may meet for some working folder, which nobody knows before the run."""
    if "." not in absolute.name or relative.path == ".":
        return True  # perhaps a folder above the working folder
    below = re.sub(r"^(\.\./)+", "", relative.tail).lstrip("/")
    if not relative.open and f"/{below}/" in absolute.path:
        return True
    above = absolute.tail.lstrip("/")
    if absolute.open or relative.open:
        return above.endswith(below) or below.endswith(above)
    return above == below or above.endswith("/" + below)


def _holds(folder: _Shape, other: _Shape) -> bool:
    """Whether a path that is known is a folder above the other, as far as that one is known."""
    return not folder.open and other.head.startswith(folder.path + "/")


class _Shape(NamedTuple):
    """A path made comparable; `head` and `tail` stand before and behind what is open in it."""

    path: str
    name: str
    absolute: bool
    open: bool
    head: str
    tail: str


@functools.lru_cache(maxsize=4096)
def _shape(path: str) -> _Shape:
    if not _URL.match(path):
        path = posixpath.normpath(path.replace("\\", "/"))
    return _Shape(
        path, posixpath.basename(path), posixpath.isabs(path), _is_open(path), _head(path), _tail(path)
    )


def _is_open(path: str) -> bool:
    return _OPEN.search(path) is not None


def _head(path: str) -> str:
    match = _OPEN.search(path)
    return path if match is None else path[: match.start()]


def _tail(path: str) -> str:
    """Return what stands behind the last open place; nothing when the path ends with one."""
    return re.split(r"[*?\]]|\$\{[^}]*\}", path)[-1] if _is_open(path) else path


def _where(event: FileEvent) -> str:
    """Return the path by which an event meets others: what a statement of SQL touches, only a parser knows."""
    if not event.kind.startswith("table"):
        return _TABLES if event.path.endswith(_DATABASES) else event.path
    return "" if _FILE_IN_SQL.search(event.path) else _TABLES


def conflicts(events: list[FileEvent]) -> Iterator[tuple[FileEvent, FileEvent]]:
    """Yield (earlier, later) pairs of different stages, one of which writes, that may meet."""
    by_path: dict[str, list[FileEvent]] = {}
    meets: dict[tuple[str, str], bool] = {}
    for later in events:
        where = _where(later)
        for path, earlier_ones in by_path.items():
            key = (path, where)
            if key not in meets:
                meets[key] = may_meet(path, where)
            if meets[key]:
                for earlier in earlier_ones:
                    if earlier.stage != later.stage and (earlier.writes or later.writes):
                        yield earlier, later
        same = by_path.setdefault(where, [])
        if not any(e.stage == later.stage and e.writes == later.writes for e in same):
            same.append(later)
