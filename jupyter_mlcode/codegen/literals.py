"""Text that goes into generated code: literals, names and one-line comments that cannot break out."""

from __future__ import annotations

import keyword
import re
import unicodedata

from jupyter_mlcode.errors import InputError

MAX_COLUMNS = 100
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
_SPACES = re.compile(r"\s+")


def literal(text: str) -> str:
    r"""Return a Python string literal, in double quotes where that needs no escape.

    Examples:
        >>> print(literal("data/a.csv"), literal('say "hi"'))
        "data/a.csv" 'say "hi"'
    """
    shown = repr(text)
    return f'"{shown[1:-1]}"' if '"' not in text and shown[0] == "'" else shown


def printable(text: str) -> str:
    r"""Return the text with every invisible or direction-changing character spelled as an escape.

    Such characters can make a reviewer read something else than Python runs. Line ends stay.

    Examples:
        >>> printable("a\u202eb\nc")
        'a\\u202eb\nc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" or unicodedata.category(c) not in _UNSAFE else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str, limit: int = 72) -> str:
    r"""Return the text on one line, printable and no longer than the limit.

    Examples:
        >>> one_line("Load\n  the data")
        'Load the data'
    """
    line = printable(_SPACES.sub(" ", text).strip())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def identifier(name: str) -> str:
    """Return the name if code may hold it as it is.

    Raises:
        InputError: when it is no identifier; nothing of the kind comes out of an analysis.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InputError(f"{name!r} cannot be a variable")
    return name
