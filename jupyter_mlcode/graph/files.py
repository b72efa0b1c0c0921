"""Order between stages that meet in a file, folder or table: nothing of it is versioned.

A reader runs after the writers before it in the notebook, a writer after earlier readers and
writers. Paths are compared as written; an unknown path meets every path, and `*` or a parameter
in a path meets whatever begins alike.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlcode.graph.flow import Statement

_OPEN = re.compile(r"[*?\[]|\$\{")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class FileEvent(NamedTuple):
    """One read or write in a stage."""

    stage: str
    writes: bool
    path: str
    kind: str
    statement: Statement
    line: int


def may_meet(a: str, b: str) -> bool:
    """Whether two paths as written in a notebook may be or contain the same file.

    Examples:
        >>> may_meet("out/a.csv", "out/b.csv"), may_meet("out", "./out/a.csv"), may_meet("", "x")
        (False, True, True)
        >>> may_meet("data/*.csv", "data/x.csv"), may_meet("${folder}/x", "y"), may_meet("*/a.png", "*/b.png")
        (True, False, False)
        >>> may_meet("${folder}", "y"), may_meet("${folder}/*", "data/x.csv")
        (True, True)
    """
    if not a or not b:
        return True
    if bool(_URL.match(a)) != bool(_URL.match(b)):
        return False
    left, right = _normal(a), _normal(b)
    if posixpath.isabs(left) != posixpath.isabs(right):
        return posixpath.basename(left) == posixpath.basename(right) or _is_open(left) or _is_open(right)
    open_left, open_right = _is_open(left), _is_open(right)
    if not open_left and not open_right:
        return (
            left == right
            or left.startswith(right + "/")
            or right.startswith(left + "/")
            or "." in (left, right)
        )
    head_left, head_right = _head(left), _head(right)
    tail_left, tail_right = _tail(left), _tail(right)
    return (head_left.startswith(head_right) or head_right.startswith(head_left)) and (
        tail_left.endswith(tail_right) or tail_right.endswith(tail_left)
    )


def _normal(path: str) -> str:
    return path if _URL.match(path) else posixpath.normpath(path.replace("\\", "/"))


def _is_open(path: str) -> bool:
    return _OPEN.search(path) is not None


def _head(path: str) -> str:
    match = _OPEN.search(path)
    return path if match is None else path[: match.start()]


def _tail(path: str) -> str:
    """Return what stands behind the last open place; nothing when the path ends with one."""
    return re.split(r"[*?\]]|\$\{[^}]*\}", path)[-1] if _is_open(path) else path


def conflicts(events: list[FileEvent]) -> Iterator[tuple[FileEvent, FileEvent]]:
    """Yield (earlier, later) pairs of different stages, one of which writes, that may meet."""
    by_path: dict[str, list[FileEvent]] = {}
    meets: dict[tuple[str, str], bool] = {}
    for later in events:
        for path, earlier_ones in by_path.items():
            key = (path, later.path)
            if key not in meets:
                meets[key] = may_meet(path, later.path)
            if meets[key]:
                for earlier in earlier_ones:
                    if earlier.stage != later.stage and (earlier.writes or later.writes):
                        yield earlier, later
        same = by_path.setdefault(later.path, [])
        if not any(e.stage == later.stage and e.writes == later.writes for e in same):
            same.append(later)
