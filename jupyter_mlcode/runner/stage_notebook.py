"""The notebook that runs as a stage, put together from the files of the pipeline folder.

The script decides what runs: an edit by hand is honoured. Where the script's cell is what export
made of the notebook's cell, the notebook's own text runs instead, with its magics, under its own
id and metadata. Code generation makes the notebook; here every cell learns where it comes from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_mlcode.codegen.conventions import cell_ids
from jupyter_mlcode.codegen.markers import ScriptCell, script_cells
from jupyter_mlcode.codegen.notebooks import stage_notebook
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import CellRole
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.notebook.read import read_notebook
from jupyter_mlcode.runner.folder import PipelineError, PipelineFolder, StageEntry

ROLES: Mapping[str, CellRole] = {
    "begin": "begin",
    "setup": "setup",
    "inputs": "inputs",
    "own": "own",
    "outputs": "end",
    "end": "end",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCell:
    """One code cell of a stage notebook, and where it comes from.

    `script_text` starts on line `script_line` of the script. `original` is the text of the
    notebook's cell, `number` its place there, counted from 1.
    """

    id: str
    role: CellRole
    source: str
    heading: str = ""
    source_id: str = ""
    number: int | None = None
    script_line: int | None = None
    script_text: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageNotebook:
    """A stage as a notebook, not yet run; `injected` is what papermill adds as parameters."""

    stage: str
    document: Json
    cells: tuple[StageCell, ...]
    injected: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCells:
    """The code cells of `pipeline.ipynb`, and the place of each cell in the source notebook."""

    documents: Sequence[Json]
    numbers: Mapping[str, int]
    metadata: Mapping[str, Json]


def read_source_cells(folder: PipelineFolder) -> SourceCells:
    """Return what the folder knows about the notebook's cells.

    Raises:
        PipelineError: `pipeline.ipynb` is not a notebook.
    """
    kept = _read_json(folder.root / "pipeline.ipynb")
    documents = [cell for cell in kept["cells"] if cell.get("cell_type") == "code"]
    metadata = dict(kept.get("metadata", {}))
    if not isinstance(metadata.get("kernelspec"), dict):
        metadata["kernelspec"] = {"name": folder.kernel, "display_name": "Python 3", "language": "python"}
    return SourceCells(documents=documents, numbers=_numbers(folder), metadata=metadata)


def _numbers(folder: PipelineFolder) -> dict[str, int]:
    """Return the cells' places in the source notebook; a pipeline also runs without its notebook."""
    try:
        notebook = read_notebook(folder.notebook_path)
    except InputError:
        return {}
    ids = cell_ids(notebook)
    return {ids[cell.index]: cell.number for cell in notebook.cells}


def build_stage_notebook(
    folder: PipelineFolder, stage: StageEntry, values: Mapping[str, Json], source: SourceCells
) -> StageNotebook:
    """Return the stage's notebook with the parameters it takes.

    A value that papermill cannot write as it is (a dictionary with numbers as keys) stands in the
    parameters cell itself.

    Raises:
        PipelineError: the script is missing or is none of ours.
    """
    path = folder.root / stage.script
    text = _read_text(path)
    injected = {name: values[name] for name in stage.params if _papermill_keeps(values[name])}
    parameters = [
        parameter if parameter.name in injected else replace(parameter, default=values[parameter.name])
        for parameter in folder.parameters
        if parameter.name in stage.params
    ]
    try:
        _, *script = script_cells(text)
        document = stage_notebook(text, source.documents, parameters, source.metadata)
    except InputError as error:
        raise PipelineError(path, error.message) from error
    cells = tuple(_annotated(document, script, text, source))
    return StageNotebook(stage=stage.name, document=document, cells=cells, injected=injected)


def before_cell(notebook: StageNotebook, cell_id: str) -> int:
    """Return the index of the code cell above this one, as the engine counts them; -1 when there is none."""
    above = -1
    for index, cell in enumerate(notebook.document["cells"]):
        if cell["id"] == cell_id:
            break
        if cell["cell_type"] == "code":
            above = index
    return above + (1 if notebook.injected else 0)  # papermill adds a cell below the parameters


def _annotated(
    document: Json, script: Sequence[ScriptCell], text: str, source: SourceCells
) -> Iterator[StageCell]:
    """Yield the notebook's code cells; a script's cell that became empty is not among them."""
    originals = {cell["id"]: cell for cell in source.documents}
    pending = list(zip(script, _first_lines(text, script), strict=True))
    for entry in document["cells"]:
        if entry["cell_type"] != "code":
            continue
        content = _joined(entry["source"])
        if "parameters" in entry["metadata"].get("tags", ()):
            yield StageCell(id=entry["id"], role="parameters", source=content)
            continue
        while not entry["id"].startswith((pending[0][0].cell_id or pending[0][0].kind)[:60]):
            del pending[0]
        cell, line = pending.pop(0)
        original = originals.get(cell.cell_id)
        if cell.kind == "own" and original is not None and not entry["metadata"]:
            entry["metadata"] = dict(original.get("metadata", {}))
        yield StageCell(
            id=entry["id"],
            role=ROLES[cell.kind],
            source=content,
            heading=cell.heading,
            source_id=cell.cell_id,
            number=source.numbers.get(cell.cell_id),
            script_line=line,
            script_text=cell.source,
            original=_joined(original["source"]) if original is not None else "",
        )


def _first_lines(text: str, cells: Sequence[ScriptCell]) -> list[int]:
    """Return the line on which each cell of the script starts: below its marker."""
    text, position, lines = text.replace("\r\n", "\n"), 0, []
    for cell in cells:
        found = re.compile(f"^{re.escape(cell.source)}$", re.MULTILINE).search(text, position)
        position = found.end() if found is not None else position
        lines.append(text.count("\n", 0, found.start() if found is not None else position) + 1)
    return lines


def _papermill_keeps(value: Json) -> bool:
    """Tell whether papermill writes the value as it is; its dictionaries have only text keys."""
    if isinstance(value, dict):
        return all(isinstance(k, str) and _papermill_keeps(v) for k, v in value.items())
    return all(map(_papermill_keeps, value)) if isinstance(value, list) else True


def _joined(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _read_text(path: Path) -> str:
    try:
        return read_regular(path).decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise PipelineError(path, f"cannot be read ({problem})") from error


def _read_json(path: Path) -> Any:
    try:
        document = json.loads(_read_text(path))
    except (ValueError, RecursionError) as error:
        raise PipelineError(path, f"not a notebook: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise PipelineError(path, "not a notebook: there are no cells")
    return document
