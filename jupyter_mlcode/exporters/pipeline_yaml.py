"""`pipeline.yaml`: the stage graph, enough to run everything with no notebook at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jupyter_mlcode.codegen.conventions import Conventions
from jupyter_mlcode.codegen.docstring import is_random, random_sources
from jupyter_mlcode.exporters.protocol import Target
from jupyter_mlcode.exporters.yaml_text import Line, Row, yaml_text
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.pipeline import FileUse, Parameter, Pipeline, Stage

FORMAT = 1


def pipeline_yaml(pipeline: Pipeline, target: Target, shared: Conventions) -> str:
    """Return the text of `pipeline.yaml`."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "notebook": Path(pipeline.notebook.path).name,
        "folder": target.folder,
    }
    if pipeline.notebook.kernel != "python3":
        document["kernel"] = pipeline.notebook.kernel
    if pipeline.definitions:
        document["definitions"] = shared.module
    if pipeline.parameters:
        document["parameters"] = {parameter.name: _parameter(parameter) for parameter in pipeline.parameters}
    document["stages"] = {stage.name: _stage(stage, shared) for stage in pipeline.stages}
    if pipeline.left_out:
        document["left_out"] = {shared.ids[entry.cell]: entry.reason for entry in pipeline.left_out}
    return yaml_text(document)


def pipeline_schema() -> Json:
    """Return the JSON Schema that every `pipeline.yaml` satisfies."""
    return json.loads(files(__package__).joinpath("pipeline.schema.json").read_text("utf-8"))


def _parameter(parameter: Parameter) -> Line:
    entry = Line(type=parameter.type, default=_compact(parameter.default))
    if parameter.help:
        entry["help"] = parameter.help
    return entry


def _compact(value: Json) -> Json:
    """Return a JSON value whose lists and mappings stand on one line."""
    if isinstance(value, dict):
        return Line({key: _compact(item) for key, item in value.items()})
    return Row(map(_compact, value)) if isinstance(value, list) else value


def _stage(stage: Stage, shared: Conventions) -> dict[str, Any]:
    """Return the stage's entry; what is empty is left out."""
    entry: dict[str, Any] = {
        "title": stage.title if stage.title.casefold() != stage.name.casefold() else "",
        "needs": Row(stage.needs),
        "cells": Row(shared.ids[cell] for cell in stage.cells),
        "inputs": Line(stage.inputs),
        "params": Row(stage.params),
        "reads": _files(stage.reads),
        "writes": _files(stage.writes),
        "outputs": Row(artifact.key for artifact in stage.outputs),
        "maybe": Row(artifact.key for artifact in stage.outputs if artifact.maybe),
        "changed": Row(stage.changed),
        "random": Line(random_sources(stage)),
        "state": _state(stage),
        "volatile": Row(stage.volatile),
        "carries_everything": stage.carries_everything,
    }
    return {key: value for key, value in entry.items() if value or key == "cells"}


def _state(stage: Stage) -> Line:
    """Return the process state that is taken over (kind: stage) and the kinds that are handed on."""
    state = Line({kind: source for kind, source in stage.state_in if not is_random(kind)})
    if stage.state_out:
        state["saves"] = Row(stage.state_out)
    return state


def _files(uses: Sequence[FileUse]) -> Row:
    return Row(_unique(_file(use) for use in uses))


def _file(use: FileUse) -> Line:
    entry = Line(path=use.path)
    if use.kind != "file":
        entry["kind"] = use.kind
    return entry


def _unique(entries: Iterable[Line]) -> list[Line]:
    found: list[Line] = []
    for entry in entries:
        if entry not in found:
            found.append(entry)
    return found
