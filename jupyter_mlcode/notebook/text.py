"""The bytes of a notebook file as JSON, or one sentence about what is wrong with them."""

from __future__ import annotations

import json
import re

from jupyter_mlcode.errors import NotebookError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.notebook.plain_files import read_regular

_MERGE_MARKER = re.compile(r"^(?:<{7}(?: .*)?|={7}|>{7}(?: .*)?|\|{7}(?: .*)?)\r?$", re.MULTILINE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"


def read_bytes(path: str) -> bytes:
    """Return the file's content.

    Raises:
        NotebookError: nothing there, a folder, or not readable.
    """
    try:
        return read_regular(path)
    except FileNotFoundError as error:
        raise NotebookError(path, "no such file") from error
    except IsADirectoryError as error:
        raise NotebookError(path, "is a folder", hint="Name the .ipynb file in it.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotebookError(path, f"cannot be read ({reason.lower()})") from error


def decoded(path: str, content: bytes) -> str:
    """Return the text of a UTF-8 file; a byte order mark at its start is dropped.

    Raises:
        NotebookError: another encoding, or NUL bytes.
    """
    if not content.strip():
        raise NotebookError(path, "the file is empty")
    if content.startswith(_UTF16):
        raise NotebookError(path, "is UTF-16, not UTF-8", hint="Save it as UTF-8.")
    if (nul := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise NotebookError(path, f"line {line} holds a NUL byte: the file is damaged or binary")
    try:
        return content.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotebookError(path, f"line {line} is not UTF-8", hint="Save it as UTF-8.") from error


def parsed(path: str, text: str) -> Json:
    """Return the JSON value of the text.

    Raises:
        NotebookError: not JSON; merge conflicts and cut files are named as such.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise NotebookError(path, "JSON is nested too deeply") from error
    except json.JSONDecodeError as error:
        problem, hint = _why_not_json(text, error)
        raise NotebookError(path, problem, hint=hint) from error
    except ValueError as error:
        raise NotebookError(path, "holds a number that is too long") from error


def _why_not_json(text: str, error: json.JSONDecodeError) -> tuple[str, str]:
    """Return one sentence about the first thing that is wrong, and a hint."""
    if (marker := _MERGE_MARKER.search(text)) is not None:
        line = text.count("\n", 0, marker.start()) + 1
        what = f"line {line} is a merge conflict marker ({marker.group().strip()!r})"
        return what, "Resolve the merge; `nbdime` merges notebooks cell by cell."
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return f"ends in the middle of the JSON (line {error.lineno}): the file is cut off", ""
    return f"is not JSON (line {error.lineno}, column {error.colno}: {error.msg.lower()})", ""
