"""Texts of paths as far as the source says them: `*` stands for what is unknown in one part.

`**` stands for a whole path that nobody knows, which may be absolute. Rules of pathlib and
posixpath: an absolute part takes the place of everything before it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.values import Value

UNKNOWN: Final = "**"
LONGEST: Final = 10_000
"""Of a text that is put together; one that is doubled forty times fits into no memory."""
_OPEN: Final = re.compile(r"[*?\[]|\$\{")


def known_text(family: str, text: str) -> Value:
    """Return a text that the source puts together; one that is too long for a path or a query is not followed."""
    return Value(family, const=text) if len(text) <= LONGEST else Value(family)


def path_result(family: str, base: Value, args: Arguments, rule: str | None) -> Value:
    """Return the path or text that a call gives, as far as its arguments and `path` of its entry say it."""
    given = [
        part_text(a) for a in ((base, *args.positional) if base.family == "python.path" else args.positional)
    ]
    if rule == "parent":
        return Value(family, const=parent(given[0]))
    if rule == "absolute":
        return Value(family, const=absolute(given[0]) if given else UNKNOWN)
    if rule is None or args.rest or not (given or family == "python.path"):
        return Value(family)
    if rule == "joined":
        return known_text(family, joined(given))
    if len(given) < 2:
        return Value(family)
    return known_text(family, given[1] if rule == "moved" else renamed(given[0], rule, given[1]))


def part_text(value: Value) -> str:
    """Return the text of one part of a path; a path that is not known may be absolute."""
    if isinstance(value.const, str):
        return value.const
    return UNKNOWN if value.family == "python.path" else "*"


def joined(parts: Sequence[str]) -> str:
    """Return the path of these parts.

    Examples:
        >>> joined(["a", "b", "c.csv"]), joined(["a", "/b", "c"]), joined(["a", "**", "c"]), joined([])
        ('a/b/c.csv', '/b/c', '**/c', '.')
    """
    path = ""
    for part in parts:
        begins_anew = not path or part.startswith((UNKNOWN, "/"))
        path = part if begins_anew else path + ("" if path.endswith("/") else "/") + part
    return path or "."


def parent(path: str) -> str:
    """Return the folder of a path.

    Examples:
        >>> parent("out/a.csv"), parent("a.csv"), parent("**/a.csv"), parent("**"), parent("${file}"), parent("/a")
        ('out', '.', '**', '**', '**', '/')
    """
    folder, name = posixpath.split(path)
    if not folder:
        return UNKNOWN if _OPEN.search(name) else "."
    return folder


def absolute(path: str) -> str:
    """Return where a path leads from a working folder, or a home, that nobody knows.

    Examples:
        >>> absolute("a.txt"), absolute("../../a.txt"), absolute("/a.txt"), absolute("~/a.txt"), absolute(".")
        ('**/a.txt', '**/a.txt', '/a.txt', '**/a.txt', '**')
    """
    if path.startswith(("/", UNKNOWN)):
        return path
    below = re.sub(r"^~[^/]*(/|$)|^(\.\.?(/|$))+", "", posixpath.normpath(path))
    return posixpath.join(UNKNOWN, below) if below else UNKNOWN


def renamed(path: str, part: str, text: str) -> str:
    """Return the path with another `name`, `stem` or `suffix`.

    Examples:
        >>> renamed("out/a.csv", "name", "b"), renamed("a.csv", "stem", "b")
        ('out/b', 'b.csv')
        >>> renamed("out/a.csv", "suffix", ".bak"), renamed("out/${n}", "suffix", ".bak")
        ('out/a.bak', 'out/*.bak')
        >>> renamed("**", "name", "b"), renamed("out/*", "stem", "b")
        ('**/b', 'out/b*')
    """
    folder, name = posixpath.split(path)
    if part == "name":
        return posixpath.join(UNKNOWN if name == UNKNOWN else folder, text)
    stem, suffix = posixpath.splitext(name)
    if part == "stem":
        return posixpath.join(folder, text + (suffix or ("*" if _OPEN.search(name) else "")))
    return posixpath.join(folder, ("*" if not suffix and _OPEN.search(name) else stem) + text)
