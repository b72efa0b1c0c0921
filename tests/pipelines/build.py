"""A small pipeline folder, as export writes it, for tests of what runs pipelines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from jupyter_mlcode.artifacts import handoff_source
from jupyter_mlcode.codegen.markers import ScriptCell, join_cells
from jupyter_mlcode.codegen.translation import to_script


@dataclass(frozen=True, kw_only=True)
class StageText:
    """One stage: its own cells, what it loads and saves."""

    cells: Sequence[str]
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    params: Sequence[str] = ()
    setup: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def write_pipeline(
    folder: Path,
    stages: Mapping[str, StageText],
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    name: str = "demo",
) -> Path:
    """Write `<name>.ipynb` and the pipeline folder `<name>/` of these stages; return the latter."""
    root = folder / name
    root.mkdir(parents=True)
    notebook = [_markdown("# Demo")]
    document: dict[str, Any] = {"format": 1, "notebook": f"{name}.ipynb", "folder": ".."}
    if parameters:
        document["parameters"] = dict(parameters)
        lines = [f"{key} = {about['default']!r}" for key, about in parameters.items()]
        notebook.append(_code("parameters-0", "\n".join(lines), ["parameters"]))
    document["stages"] = {}
    for stage, text in stages.items():
        ids = [f"{stage}-{n}" for n in range(len(text.cells))]
        if text.setup:
            notebook.append(_code(f"{stage}-setup", text.setup, ["setup"]))
        own = zip(ids, text.cells, strict=True)
        notebook += [_code(i, source, [f"stage:{stage}"], orig_index=n) for n, (i, source) in enumerate(own)]
        document["stages"][stage] = _entry(text, ids)
        (root / f"stage_{stage}.py").write_text(_script(stage, text, ids), "utf-8")
    content = json.dumps({"cells": notebook, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    for path in (folder / f"{name}.ipynb", root / "pipeline.ipynb"):
        path.write_text(content, "utf-8")
    (root / "pipeline.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    (root / "mlcode_handoff.py").write_text(handoff_source(), "utf-8")
    return root


def _entry(text: StageText, ids: Sequence[str]) -> dict[str, Any]:
    entry = {
        "cells": list(ids),
        "inputs": dict(text.inputs),
        "params": list(text.params),
        "outputs": list(text.outputs),
        **text.more,
    }
    return {key: value for key, value in entry.items() if value or key == "cells"}


def _script(stage: str, text: StageText, ids: Sequence[str]) -> str:
    begin = f'from mlcode_handoff import Stage\n\nstage = Stage("{stage}")'
    if text.params:
        names = ", ".join(f'"{name}"' for name in text.params)
        begin += f"\n{', '.join(text.params)} = stage.params({names})"
    cells = [
        ScriptCell(kind="header", source=f'"""{stage.title()}."""'),
        ScriptCell(kind="begin", source=begin),
    ]
    if text.setup:
        cells.append(ScriptCell(kind="setup", cell_id=f"{stage}-setup", source=to_script(text.setup)))
    if text.inputs:
        loads = [f'{name} = stage.load("{source}/{name}")' for name, source in text.inputs.items()]
        cells.append(ScriptCell(kind="inputs", source="\n".join(loads)))
    cells += [
        ScriptCell(kind="own", heading=stage.title(), cell_id=i, source=to_script(source))
        for i, source in zip(ids, text.cells, strict=True)
    ]
    if text.outputs:
        saves = ", ".join(f"{name}={name}" for name in text.outputs)
        cells.append(ScriptCell(kind="end", source=f"stage.save({saves})"))
    return join_cells(cells)


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "title", "metadata": {}, "source": source}


def _code(name: str, source: str, tags: Sequence[str], **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": list(tags), **metadata},
        "outputs": [],
        "source": source,
    }


def tagged_notebook(path: Path, cells: Sequence[tuple[str, str]]) -> Path:
    """Write a notebook of these (tag, source) cells and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [_code(f"cell-{n}", source, [tag] if tag else []) for n, (tag, source) in enumerate(cells, 1)]
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), "utf-8")
    return path
