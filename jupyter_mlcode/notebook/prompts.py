"""Pasted prompts and a common indentation: what IPython strips before it runs a cell."""

from __future__ import annotations

import re
from textwrap import dedent

from jupyter_mlcode.notebook.logical_lines import split_lines

_PS1 = re.compile(r"[ \t]*>>>(?:[ \t]|$)?")
_PS2 = re.compile(r"[ \t]*\.\.\.(?:[ \t]|$)?")
_FIRST_PS1 = re.compile(r"[ \t]*>>>")
_IPYTHON = re.compile(r"^(?:(?:\[nav\]|\[ins\])? ?In \[\d+\]: |[ \t]*\.{3,}: ?)")
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
    lines = split_lines(source)
    first = next((i for i, line in enumerate(lines) if not line.isspace()), None)
    if first is None:
        return source
    if lines[first].startswith((" ", "\t")):
        text = dedent("".join(lines[first:]))
        lines[first:] = split_lines(text)
    if any(_FIRST_PS1.match(line) for line in lines) and _outside_strings(lines):
        lines[first:] = _without_doctest(lines[first:])
    if _IPYTHON.match(lines[first]) or (first + 1 < len(lines) and _IPYTHON.match(lines[first + 1])):
        lines[first:] = [_IPYTHON.sub("", line, count=1) for line in lines[first:]]
    if _PYTHON_CELL.match(lines[first]):
        lines[first + 1 :] = split_lines(normalised("".join(lines[first + 1 :])))
    text = "".join(lines)
    return source if text == source else text


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
    return split_lines(dedent("".join(stripped)))
