"""Set tags in a notebook file; every other byte of the file stays as it is.

The JSON is not written anew: the spans of the `tags` values are found and replaced, so key order,
indentation, number formats and line ends survive, and a diff shows the tags only.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.notebook.tags import is_ours
from jupyter_mlcode.notebook.text import parsed, read_bytes

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_STEP = re.compile(r"\A\ufeff?\{\r?\n([ \t]+)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One `key: value` of an object in JSON text, by offsets."""

    key: str
    start: int
    value_start: int
    value_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a JSON text is laid out; an empty step means all on one line."""

    step: str
    newline: str
    colon: str
    comma: str


def retag(tags: Sequence[str], ours: str | None) -> list[str]:
    """Return the tags with ours replaced (removed for None); foreign tags stay in their places.

    Examples:
        >>> retag(["slow", "setup", "x"], "stage:train")
        ['slow', 'x', 'stage:train']
    """
    others = [tag for tag in tags if not is_ours(tag)]
    return others if ours is None else [*others, ours]


def write_tags(path: str, ours: Mapping[int, str | None]) -> int:
    """Give these cells (by index) these tags of ours in the file; return how many cells changed.

    Raises:
        NotebookError: the file cannot be read.
        InputError: the file cannot be written.
    """
    content = read_bytes(path)
    text = content.decode("utf-8")
    new, changed = text_with_tags(path, text, ours)
    if changed:
        replace_file(path, new.encode("utf-8"))
    return changed


def text_with_tags(path: str, text: str, ours: Mapping[int, str | None]) -> tuple[str, int]:
    """Return the notebook's JSON text with these cells' tags replaced, and how many cells changed."""
    parsed(path, text.removeprefix("\ufeff"))
    layout = _layout(text)
    root = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    cells = next(m for m in _members(text, root) if m.key == "cells")
    edits: list[tuple[int, int, str]] = []
    for index, (start, _) in enumerate(_elements(text, cells.value_start)):
        if index in ours and (edit := _edit(text, start, ours[index], layout)) is not None:
            edits.append(edit)
    for start, end, replacement in reversed(edits):
        text = text[:start] + replacement + text[end:]
    return text, len(edits)


def replace_file(path: str, content: bytes) -> None:
    """Write the file in one step: after a crash it is the old one or the new one.

    A symbolic link stays a link; the file's mode stays too.

    Raises:
        InputError: the folder or the disk does not allow it.
    """
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o644
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def _edit(text: str, cell: int, ours: str | None, layout: Layout) -> tuple[int, int, str] | None:
    """Return the replacement that gives the cell at this offset its tag, None when it has it already."""
    members = {member.key: member for member in _members(text, cell)}
    metadata = members.get("metadata")
    if metadata is None:
        value = _object_with_tags(retag([], ours), _line_indent(text, cell) + layout.step, layout)
        return None if ours is None else _insert(text, cell, "metadata", value, layout)
    inside = {member.key: member for member in _members(text, metadata.value_start)}
    indent = _line_indent(text, metadata.value_start) + layout.step
    tags = inside.get("tags")
    if tags is None:
        if ours is None:
            return None
        return _insert(text, metadata.value_start, "tags", _list([ours], indent, layout), layout)
    current: Json = _DECODER.raw_decode(text, tags.value_start)[0]
    old = [tag for tag in current if isinstance(tag, str)] if isinstance(current, list) else []
    new = retag(old, ours)
    if new == current:
        return None
    return tags.value_start, tags.value_end, _list(new, indent, layout)


def _insert(text: str, owner: int, key: str, value: str, layout: Layout) -> tuple[int, int, str]:
    """Return the edit that adds a member to the object at `owner`: in order if its keys are, else last."""
    members = list(_members(text, owner))
    indent = _line_indent(text, owner) + layout.step
    pair = f'"{key}"{layout.colon}{value}'
    if not members:
        close = text.index("}", owner)
        if not layout.step:
            return owner, close + 1, f"{{{pair}}}"
        outer = layout.newline + _line_indent(text, owner)
        return owner, close + 1, f"{{{layout.newline}{indent}{pair}{outer}}}"
    separator = layout.comma + (layout.newline + indent if layout.step else "")
    keys = [member.key for member in members]
    later = next((m for m in members if m.key > key), None) if keys == sorted(keys) else None
    if later is not None:
        return later.start, later.start, pair + separator
    end = members[-1].value_end
    return end, end, separator + pair


def _list(tags: Sequence[str], indent: str, layout: Layout) -> str:
    """Return the JSON of a list of texts that stands in a line with this indentation."""
    values = [json.dumps(tag, ensure_ascii=False) for tag in tags]
    if not values or not layout.step:
        return f"[{layout.comma.join(values)}]"
    inner = layout.newline + indent + layout.step
    return "[" + inner + f",{inner}".join(values) + layout.newline + indent + "]"


def _object_with_tags(tags: Sequence[str], indent: str, layout: Layout) -> str:
    value = f'"tags"{layout.colon}{_list(tags, indent + layout.step, layout)}'
    if not layout.step:
        return f"{{{value}}}"
    return f"{{{layout.newline}{indent}{layout.step}{value}{layout.newline}{indent}}}"


def _layout(text: str) -> Layout:
    step = _STEP.match(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    colon = ": " if re.search(r"\"cells\"\s*: ", text) else ":"
    if step is not None:
        return Layout(step=step.group(1), newline=newline, colon=colon, comma=",")
    return Layout(step="", newline="", colon=colon, comma=", " if colon == ": " else ",")


def _members(text: str, start: int) -> Iterator[Member]:
    """Yield the members of the object that starts at this offset of valid JSON text."""
    position = _after_space(text, start + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        value_start = _after_space(text, _after_space(text, end) + 1)
        value_end = _DECODER.raw_decode(text, value_start)[1]
        yield Member(key=key, start=position, value_start=value_start, value_end=value_end)
        position = _after_comma(text, value_end)


def _elements(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each element of the list that starts at this offset."""
    position = _after_space(text, start + 1)
    while text[position] != "]":
        end = _DECODER.raw_decode(text, position)[1]
        yield position, end
        position = _after_comma(text, end)


def _after_comma(text: str, position: int) -> int:
    position = _after_space(text, position)
    return _after_space(text, position + 1) if text[position] == "," else position


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _line_indent(text: str, position: int) -> str:
    """Return the blanks at the start of the line that holds this offset."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip(" \t"))]
