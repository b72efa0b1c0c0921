"""`<notebook>.observed.yml`: what `verify --observe` saw, to be reviewed and committed beside the notebook."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.observed import Observation
from jupyter_mlcode.notebook.edit import replace_file

FORMAT = 1
_LARGEST = 2_000_000
_DIGEST = re.compile(r"[0-9a-f]{16}")
_HEAD = """\
# What a run of {name} showed that its source does not tell. Written by `jupyter mlcode verify --observe`.
# The export relies on it, and its stages check it in every run. A cell that was edited is not listed any more.
"""


class ObservedError(InputError):
    """The file of observations is not what `verify --observe` writes."""

    code = "MLC332"

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(
            f"{path}: {problem}", hint="Delete the file, or write it again: jupyter mlcode verify --observe."
        )


def observed_path(notebook: str | os.PathLike[str]) -> Path:
    """Return where the observations of a notebook are."""
    return Path(notebook).with_suffix(".observed.yml")


def read_observed(notebook: str | os.PathLike[str]) -> dict[str, Observation]:
    """Return the observations beside a notebook, by the digest of the cell's source; none without a file.

    Raises:
        ObservedError: the file is not one that `verify --observe` wrote.
    """
    path = os.fspath(observed_path(notebook))
    if not os.path.isfile(path):
        return {}
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ObservedError(path, "cannot be read") from error
    if len(content) > _LARGEST:
        raise ObservedError(path, f"is larger than {_LARGEST} bytes")
    return dict(_entries(path, _yaml(path, content)))


def observed_text(notebook: str | os.PathLike[str], observed: Mapping[str, Observation]) -> str:
    """Return the text of the file: cells in order, variables by name."""
    import yaml

    cells = [
        {"cell": found.cell, "source": digest, **_described(found)}
        for digest, found in sorted(observed.items(), key=lambda item: (item[1].cell, item[0]))
        if found
    ]
    body = yaml.safe_dump({"format": FORMAT, "cells": cells}, sort_keys=False, allow_unicode=True, width=110)
    return _HEAD.format(name=Path(notebook).name) + body


def write_observed(notebook: str | os.PathLike[str], observed: Mapping[str, Observation]) -> Path | None:
    """Write the file as a whole, or remove it when nothing was observed; return where it is.

    Raises:
        InputError: it cannot be written or removed.
    """
    path = observed_path(notebook)
    if any(observed.values()):
        replace_file(os.fspath(path), observed_text(notebook, observed).encode("utf-8", "backslashreplace"))
        return path
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise ObservedError(os.fspath(path), f"cannot be removed ({error.strerror})") from error
    return None


def _yaml(path: str, content: bytes) -> Json:
    import yaml  # most notebooks have no such file

    try:
        return yaml.safe_load(content)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise ObservedError(path, f"is not YAML (line {line})") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ObservedError(path, "is not YAML") from error


def _described(found: Observation) -> dict[str, Json]:
    described: dict[str, Json] = {}
    variables: dict[str, dict[str, Json]] = {}
    for name in sorted({*found.types, *found.unchanged}):
        about = variables[name] = {}
        if name in found.types:
            about["type"] = found.types[name]
        if name in found.unchanged:
            about["unchanged"] = True
        if name in found.bytes:
            about["bytes"] = found.bytes[name]
    if variables:
        described["variables"] = variables
    if found.undrawn:
        described["draws"] = False
    return described


def _entries(path: str, document: Json) -> Iterator[tuple[str, Observation]]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ObservedError(path, f"is not of format {FORMAT}")
    cells = document.get("cells")
    if not isinstance(cells, list):
        raise ObservedError(path, "`cells` is not a list")
    for number, entry in enumerate(cells, 1):
        digest = entry.get("source") if isinstance(entry, dict) else None
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise ObservedError(path, f"entry {number} has no `source` of 16 hexadecimal digits")
        yield digest, _observation(path, number, entry)


def _observation(path: str, number: int, entry: Mapping[str, Json]) -> Observation:
    variables = entry.get("variables", {})
    if not isinstance(variables, dict) or not all(
        isinstance(name, str) and name.isidentifier() and isinstance(about, dict)
        for name, about in variables.items()
    ):
        raise ObservedError(path, f"`variables` of entry {number} does not map names to what was seen")
    types = {name: about["type"] for name, about in variables.items() if "type" in about}
    if not all(isinstance(t, str) and all(p.isidentifier() for p in t.split(".")) for t in types.values()):
        raise ObservedError(path, f"a `type` of entry {number} is not the name of a class")
    cell = entry.get("cell")
    return Observation(
        cell=cell if isinstance(cell, int) else 0,
        types=types,
        unchanged=frozenset(name for name, about in variables.items() if about.get("unchanged") is True),
        undrawn=entry.get("draws") is False,
        bytes={n: a["bytes"] for n, a in variables.items() if isinstance(a.get("bytes"), int)},
    )
