"""Notebooks of an export: the whole pipeline in one kernel, and one stage made from its script."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence

from jupyter_mlcode.codegen.conventions import cell_ids, names_bound, unique
from jupyter_mlcode.codegen.figures import without_closing_lines
from jupyter_mlcode.codegen.literals import literal
from jupyter_mlcode.codegen.magics import with_notebook_lines
from jupyter_mlcode.codegen.markers import ScriptCell, script_cells
from jupyter_mlcode.codegen.translation import to_script
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.pipeline import Parameter, Pipeline

_VOLATILE_CELL = frozenset({"execution", "ExecuteTime", "papermill", "execution_count", "scrolled"})
_VOLATILE_NOTEBOOK = frozenset({"papermill", "widgets", "signature"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_PYTHON_TYPES = {"str": "str", "int": "int", "float": "float", "bool": "bool", "list": "list", "dict": "dict"}


def pipeline_notebook(pipeline: Pipeline) -> Json:
    """Return the kept cells in notebook order, their outputs cleared, as a notebook of format 4.5."""
    notebook = pipeline.notebook
    ids = cell_ids(notebook)
    left_out = {entry.cell for entry in pipeline.left_out}
    kept = set(pipeline.kept)
    cells = [
        _cell(cell, ids[cell.index])
        for cell in notebook.cells
        if cell.index in kept or (cell.kind != "code" and cell.index not in left_out)
    ]
    return _notebook(cells, notebook)


def stage_notebook(
    script: str,
    pipeline_cells: Sequence[Json],
    parameters: Sequence[Parameter],
    metadata: Mapping[str, Json],
    *,
    location: str = "",
) -> Json:
    """Return the notebook for a stage's script, as it is in the file, hand-edited or not.

    `location` leads from the kernel's working folder to the pipeline folder: plain papermill does
    not put it on `sys.path`, our runner does.

    A cell of the stage whose text is what the script form of its original is comes back as the
    original, magics, id and metadata included; an edited one counts as it stands.
    """
    header, *cells = script_cells(script)
    originals = {cell["id"]: cell for cell in pipeline_cells if cell["cell_type"] == "code"}
    variable, params = opening(cells)
    defaults = {parameter.name: parameter for parameter in parameters}
    bound = names_bound(_source(cell) for cell in originals.values())
    own_ids = {cell.cell_id for cell in cells if cell.kind == "own"}
    used: set[str] = set(own_ids)
    made = _markdown(header, used)
    if lines := [_assignment(defaults[name]) for name in params if name in defaults]:
        made.append(_code(unique("parameters", used), "\n".join(lines), {"tags": ["parameters"]}))
        used.add("parameters")
    seen: set[str] = set()
    for cell in cells:
        fresh = cell.kind == "own" and cell.cell_id not in seen
        name = cell.cell_id if fresh else unique(cell.cell_id or cell.kind, used)
        used.add(name)
        seen.add(cell.cell_id)
        original = originals.get(cell.cell_id) if cell.kind == "own" else None
        if original is not None and unedited(cell, _source(original), variable, bound):
            made.append(_code(name, _source(original), _stage_metadata(original)))
        else:
            made.append(_code(name, _edited(cell, header, location), {}))
    return _wrapped([entry for entry in made if entry["source"]], metadata)


def notebook_text(notebook: Json) -> str:
    """Return the notebook as nbformat writes it: one space, keys in order, characters as they are."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def opening(cells: Sequence[ScriptCell]) -> tuple[str, list[str]]:
    """Return the script's stage variable and the parameters that it reads."""
    begin = next(cell.source for cell in cells if cell.kind == "begin")
    variable = "stage"
    params: list[str] = []
    for node in _statements(begin):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value.func, ast.Name):
            variable = node.targets[0].id
        elif _reads_params(node):
            params += [name.id for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
    return variable, params


def _reads_params(node: ast.stmt) -> bool:
    """Tell whether a statement is `a, b = stage.params("a", "b")`."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "params"
    )


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def unedited(cell: ScriptCell, original: str, variable: str, bound: frozenset[str] | None) -> bool:
    """Tell whether a cell of the stage is still what its original reads like in a script."""
    return without_closing_lines(cell.source) == to_script(original, stage=variable, bound=bound)


def _edited(cell: ScriptCell, header: ScriptCell, location: str) -> str:
    """Return the code of a cell that has no original, as a notebook wants it."""
    if cell.kind == "begin":
        lines = cell.source.split("\n")
        for node in reversed(_statements(cell.source)):
            if _reads_params(node):
                del lines[node.lineno - 1 : node.end_lineno]
        futures = [line for line in header.source.rpartition('"""')[2].split("\n") if line]
        path = [f'__import__("sys").path.append({literal(location)})'] if location else []
        return "\n".join([*futures, *path, *lines])
    return with_notebook_lines(without_closing_lines(cell.source))


def _markdown(header: ScriptCell, used: set[str]) -> list[Json]:
    """Return the cell that shows what the docstring says."""
    body = _statements(header.source)
    if not body or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
        return []
    title, _, rest = str(body[0].value.value).strip().partition("\n")
    paragraphs = rest.strip().split("\n\n")
    fields = f"```\n{paragraphs[-1]}\n```" if paragraphs[-1] else ""
    text = "\n\n".join(part for part in (f"# {title.rstrip('.')}", *paragraphs[:-1], fields) if part)
    name = unique("about", used)
    used.add(name)
    return [{"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}]


def _assignment(parameter: Parameter) -> str:
    """Return the line that gives a parameter its default, as papermill reads it."""
    annotation = _PYTHON_TYPES.get(parameter.type)
    comment = f"  # {' '.join(parameter.help.split())}" if parameter.help.strip() else ""
    typed = f": {annotation}" if annotation else ""
    return f"{parameter.name}{typed} = {parameter.default!r}{comment}"


def _stage_metadata(original: Json) -> dict[str, Json]:
    """Return the cell's metadata; the tag `parameters` belongs to the generated cell alone."""
    metadata = dict(original.get("metadata") or {})
    if "parameters" in metadata.get("tags", ()):
        metadata["tags"] = [tag for tag in metadata["tags"] if tag != "parameters"]
    return metadata


def _cell(cell: Cell, name: str) -> Json:
    metadata = {key: value for key, value in cell.metadata.items() if key not in _VOLATILE_CELL}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.kind == "code":
        return _code(name, cell.source, metadata)
    return {"cell_type": cell.kind, "id": name, "metadata": metadata, "source": _lines(cell.source)}


def _code(name: str, source: str, metadata: dict[str, Json]) -> Json:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": metadata,
        "outputs": [],
        "source": _lines(source),
    }


def _lines(source: str) -> list[str]:
    r"""Return the lines with their `\n`; U+2028 and its like stay inside their line."""
    lines = source.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _source(cell: Json) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _notebook(cells: Iterable[Json], notebook: Notebook) -> Json:
    metadata = {key: value for key, value in notebook.metadata.items() if key not in _VOLATILE_NOTEBOOK}
    # What a kernel or JupyterLab writes here when the notebook is opened is the machine's: only names stay.
    metadata["language_info"] = {"name": "python"}
    shown = "Python 3" if notebook.kernel == "python3" else notebook.kernel
    metadata["kernelspec"] = {"display_name": shown, "language": "python", "name": notebook.kernel}
    return _wrapped(cells, metadata)


def _wrapped(cells: Iterable[Json], metadata: Mapping[str, Json]) -> Json:
    return {"cells": list(cells), "metadata": dict(metadata), "nbformat": 4, "nbformat_minor": 5}
