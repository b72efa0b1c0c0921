"""Where the logical lines of a cell end, for text that may hold IPython syntax or be broken.

Python's own tokenizer stops at the first `!cmd`. This one knows strings, comments, brackets and
backslashes, which is all that decides whether a `%` or `!` starts a command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<quote>\"\"\"|'''|"|')
      | \#[^\n]*
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | \\\n
      | (?P<assign>(?<![=!<>+\-*/%&|^@:~])=[ \t]*(?=!|%[ \t]*[A-Za-z_]))
      | (?P<question>\?)
      | (?P<newline>\n)
    """,
    re.VERBOSE,
)
_CLOSING = {
    '"': re.compile(r'\\.|"|(?=\n)', re.DOTALL),
    "'": re.compile(r"\\.|'|(?=\n)", re.DOTALL),
    '"""': re.compile(r'\\.|"""', re.DOTALL),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicalLine:
    """One logical line of Python: where it ends, and what IPython would see in it.

    `command` is the offset of a `%` or `!` right after an assignment's `=`, `question` that of
    the last `?` outside strings and comments; -1 when there is none.
    """

    end: int
    command: int = -1
    question: int = -1


def split_lines(text: str) -> list[str]:
    r"""Return the lines of the text with their `\n`; only `\n` ends a line.

    `str.splitlines` also cuts at U+2028, form feeds and others, which Python code may hold
    inside strings.

    Examples:
        >>> split_lines("a\u2028b\nc")
        ['a\u2028b\n', 'c']
    """
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def end_of_string(text: str, start: int, stop: int, quote: str) -> int:
    """Return the offset after the string whose opening quote ends at `start`."""
    for match in _CLOSING[quote].finditer(text, start, stop):
        if not match.group().startswith("\\"):
            return match.end()
    return stop


def end_of_command(text: str, start: int, stop: int) -> int:
    """Return where a `%` or `!` command ends: its physical line, and more after backslashes."""
    while True:
        end = text.find("\n", start, stop)
        if end < 0:
            return stop
        if end == start or text[end - 1] != "\\":
            return end
        start = end + 1


def logical_line(text: str, start: int, stop: int) -> LogicalLine:
    """Return the logical line of Python that starts at `start`; it may be unfinished at `stop`."""
    depth = 0
    question = -1
    position = start
    while (match := _TOKEN.search(text, position, stop)) is not None:
        position = match.end()
        kind = match.lastgroup
        if kind == "quote":
            position = end_of_string(text, position, stop, match.group())
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "question":
            question = match.start()
        elif kind == "assign" and depth == 0:
            return LogicalLine(end=end_of_command(text, position, stop), command=position)
        elif kind == "newline" and depth == 0:
            return LogicalLine(end=match.start(), question=question)
    return LogicalLine(end=stop, question=question)
