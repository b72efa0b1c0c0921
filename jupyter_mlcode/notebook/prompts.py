"""Pasted prompts and a common indentation: what IPython strips before it runs a cell."""

from __future__ import annotations

import re
from textwrap import dedent

_PS1 = re.compile(r"[ \t]*>>>(?:[ \t]|$)?")
_PS2 = re.compile(r"[ \t]*\.\.\.(?:[ \t]|$)?")
_FIRST_PS1 = re.compile(r"[ \t]*>>>")
_IPYTHON = re.compile(r"^(?:(?:\[nav\]|\[ins\])? ?In \[\d+\]: |[ \t]*\.{3,}: ?)")
_DEEPEST = 20
_TRIPLE = re.compile(r"\"\"\"|'''")
_PYTHON_CELL = re.compile(r"%%(?:time|prun|capture|memit|snakeviz|lprun|mprun|debug|heat)\b")


def normalised(source: str) -> str:
    r"""Return the cell without pasted prompts and common indentation; the same object when there are none.

    Examples:
        >>> normalised(">>> x = 1\n>>> x")
        'x = 1\nx'
        >>> normalised("    x = 1\n    y = 2")
        'x = 1\ny = 2'
    """
    lines = source.split("\n")
    first = _first_line(lines, 0)
    for _ in range(_DEEPEST):
        if first == len(lines):
            break
        lines[first:] = _stripped(lines[first:])
        if not _PYTHON_CELL.match(lines[first]):
            break
        first = _first_line(lines, first + 1)
    text = "\n".join(lines)
    return source if text == source else text


def _first_line(lines: list[str], start: int) -> int:
    """Return the index of the first line with text from there on; the number of lines when there is none."""
    return next((i for i in range(start, len(lines)) if lines[i].strip()), len(lines))


def _stripped(lines: list[str]) -> list[str]:
    """Return the lines, of which the first has text, without what IPython strips."""
    if lines[0].startswith((" ", "\t")):
        lines = dedent("\n".join(lines)).split("\n")
    if any(_FIRST_PS1.match(line) for line in lines) and _outside_strings(lines):
        lines = _without_doctest(lines)
    if any(_IPYTHON.match(line) for line in lines[:2]):
        lines = [_IPYTHON.sub("", line, count=1) for line in lines]
    return lines


def _outside_strings(lines: list[str]) -> bool:
    """Tell whether a `>>>` line stands outside triple-quoted strings."""
    inside = ""
    for line in lines:
        if not inside and _FIRST_PS1.match(line):
            return True
        for quote in _TRIPLE.findall(line):
            inside = quote if not inside else "" if inside == quote else inside
    return False


def _without_doctest(lines: list[str]) -> list[str]:
    """Return the lines without `>>> ` and `... `."""
    stripped = []
    for line in lines:
        match = _PS1.match(line) or _PS2.match(line)
        stripped.append(line[match.end() :] if match else line)
    return dedent("\n".join(stripped)).split("\n")
