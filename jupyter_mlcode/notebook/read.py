"""From a notebook file to a `Notebook`: the only place that knows the file format.

nbformat is not imported: that alone costs over a second where jupyterlab is installed. What it
would check and matters to us is checked here, with one sentence for each thing that is wrong.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from jupyter_mlcode.errors import InputError, NotebookError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell, CellKind, Notebook
from jupyter_mlcode.model.observed import Observation
from jupyter_mlcode.notebook.local_modules import modules_beside
from jupyter_mlcode.notebook.observed import read_observed
from jupyter_mlcode.notebook.text import decoded, parsed, read_bytes

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_LINES = 20_000
"""Of one cell: nobody writes more, and what machines write is data; so many take four seconds."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_PYTHON_LANGUAGES = frozenset({"python", "python2", "python3", "ipython"})
_OTHER_KERNELS = re.compile(
    r"(?:ir|irkernel|julia.*|bash|zsh|javascript|tslab|jslab|deno|matlab|octave|sas|stata|scala.*|almond"
    r"|spylon.*|rust|evcxr|gophernotes|java|xcpp.*|xlua|xsqlite|ruby|kotlin|haskell|\.net-.*|sagemath.*)\Z"
)


class KernelError(InputError):
    """The notebook is not for a Python kernel."""

    code = "MLC305"

    def __init__(self, path: str, kernel: str, language: str) -> None:
        about = f" ({language})" if language and language != kernel else ""
        super().__init__(
            f"{path}: made for the kernel {kernel!r}{about}, and only Python notebooks are understood",
            hint="Choose a Python kernel in Jupyter and save the notebook.",
        )


def read_notebook(path: str | os.PathLike[str]) -> Notebook:
    """Return the notebook in this file; nothing of it is executed.

    Raises:
        NotebookError: the file is not a notebook of format 4 that can be read.
        KernelError: it is for another language than Python.
        ObservedError: the file of observations beside it is damaged.
    """
    name = os.fspath(path)
    notebook = parse_notebook(name, decoded(name, read_bytes(name)))
    return replace(notebook, modules=modules_beside(name), observed=read_observed(name))


def parse_notebook(path: str, text: str) -> Notebook:
    """Return the notebook with this JSON text; `path` is for messages and for the names of exports.

    Raises:
        NotebookError: the text is not a notebook of format 4.
        KernelError: it is for another language than Python.
    """
    return notebook_from_json(path, parsed(path, text))


def notebook_from_json(path: str, document: Json) -> Notebook:
    """Return the notebook that this JSON value describes.

    Raises:
        NotebookError: the value has not the shape of a notebook of format 4.
        KernelError: it is for another language than Python.
    """
    if not isinstance(document, dict):
        raise NotebookError(path, f"is JSON but not a notebook ({_shape(document)} instead of an object)")
    version = _version(path, document)
    metadata = _object(path, document.get("metadata", {}), "the notebook's metadata")
    kernel = _kernel(path, metadata)
    raw = document.get("cells")
    if not isinstance(raw, list):
        raise NotebookError(path, f"`cells` is {_shape(raw)} instead of a list: not a notebook")
    cells = [_cell(path, index, value) for index, value in enumerate(raw)]
    return Notebook(
        path=path,
        cells=tuple(_with_ids(cells, raw, version)),
        kernel=kernel,
        metadata=metadata,
        nbformat=version,
    )


def open_notebook(
    path: str,
    cells: tuple[Cell, ...],
    *,
    kernel: str,
    language: str,
    modules: Mapping[str, frozenset[str]],
    observed: Mapping[str, Observation],
) -> Notebook:
    """Return a notebook that is open in an editor, of its cells with their ids.

    Raises:
        KernelError: it is for another language than Python.
    """
    spec = {"name": kernel} if kernel else {}
    name = _kernel(path, {"kernelspec": spec, "language_info": {"name": language} if language else {}})
    return Notebook(path=path, cells=cells, kernel=name, modules=modules, observed=observed)


def cell_of(path: str, index: int, key: str, sent: Mapping[str, Json]) -> Cell:
    """Return a cell as an editor has it: its `type`, `source` and `tags`.

    Raises:
        NotebookError: its source is no text that a file could hold.
    """
    value = {"cell_type": sent["type"], "source": sent["source"], "metadata": {"tags": sent["tags"]}}
    return replace(_cell(path, index, value), id=key)


def _version(path: str, document: Mapping[str, Json]) -> tuple[int, int]:
    major, minor = document.get("nbformat"), document.get("nbformat_minor", 0)
    if type(major) is not int or type(minor) is not int:
        raise NotebookError(path, "has no nbformat number: JSON, but not a notebook")
    if major != 4:
        hint = f"Convert it: jupyter nbconvert --to notebook --nbformat 4 {path}"
        raise NotebookError(path, f"is a notebook of format {major}, and only format 4 is read", hint=hint)
    return major, minor


def _kernel(path: str, metadata: Mapping[str, Json]) -> str:
    """Return the name of the kernel, which must be Python's."""
    spec = _object(path, metadata.get("kernelspec", {}), "`kernelspec`")
    info = _object(path, metadata.get("language_info", {}), "`language_info`")
    for owner, key in ((spec, "name"), (spec, "language"), (info, "name")):
        if not isinstance(owner.get(key, ""), str):
            raise NotebookError(path, f"the kernel's {key} is {_shape(owner[key])} instead of text")
    name: str = spec.get("name") or "python3"
    language: str = spec.get("language") or info.get("name") or ""
    if language and language.lower() not in _PYTHON_LANGUAGES:
        raise KernelError(path, name if "name" in spec else language, language)
    if not language and _OTHER_KERNELS.match(name):
        raise KernelError(path, name, "")
    return name


def _cell(path: str, index: int, value: Json) -> Cell:
    """Return one cell, its id still missing."""
    where = f"cell {index + 1}"
    cell = _object(path, value, where)
    kind = cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        problem = "has no cell_type" if kind is None else f"has the unknown type {kind!r}"
        raise NotebookError(path, f"{where} {problem}")
    metadata = _object(path, cell.get("metadata", {}), f"the metadata of {where}")
    tags = metadata.get("tags", [])
    sound = isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)
    return Cell(
        index=index,
        id="",
        kind=cast(CellKind, kind),
        source=_source(path, where, cell.get("source")),
        tags=tuple(tags) if sound else (),
        metadata=metadata,
        attachments=_object(path, cell.get("attachments", {}), f"the attachments of {where}"),
    )


def _source(path: str, where: str, value: Json) -> str:
    r"""Return a cell's text with `\n` line ends; CR and CRLF mean the same to Python."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    if not isinstance(value, str):
        raise NotebookError(path, f"the source of {where} is {_shape(value)} instead of text")
    source: str = value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        raise NotebookError(path, f"{where}, line {line} holds a NUL character")
    if len(source) > MOST_LINES and (lines := source.count("\n") + 1) > MOST_LINES:
        raise NotebookError(
            path,
            f"{where} has {lines:,} lines, more than the {MOST_LINES:,} that are analysed",
            hint="Put what it holds into a file and read that.",
        )
    if (broken := _SURROGATE.search(source)) is not None:
        line = source.count("\n", 0, broken.start()) + 1
        raise NotebookError(path, f"{where}, line {line} holds half a character (a lone surrogate)")
    return source


def _with_ids(cells: list[Cell], raw: list[Json], version: tuple[int, int]) -> list[Cell]:
    """Return the cells with unique ids: the file's where they can be used, else a hash of the source.

    Ids from before format 4.5 are made up anew at every save, so they do not count.
    """
    taken: set[str] = set()
    named: list[Cell] = []
    for cell, value in zip(cells, raw, strict=True):
        own = value.get("id") if version >= (4, 5) else None
        if not isinstance(own, str) or _CELL_ID.fullmatch(own) is None:
            own = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        name, count = own, 1
        while name in taken:
            count += 1
            name = f"{own}-{count}"
        taken.add(name)
        named.append(replace(cell, id=name))
    return named


def _object(path: str, value: Json, what: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise NotebookError(path, f"{what} is {_shape(value)} instead of an object")
    return value


def _shape(value: Json) -> str:
    """Return what kind of JSON value this is, with its article."""
    names = {type(None): "missing", bool: "a truth value", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
