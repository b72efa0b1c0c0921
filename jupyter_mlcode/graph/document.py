"""The stage graph as a JSON object: what `graph --format json` prints and the front end draws."""

from __future__ import annotations

from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.pipeline import Artifact, Carried, Edge, Pipeline, Stage


def graph_document(pipeline: Pipeline) -> dict[str, Json]:
    """Return stages, edges and findings; cells, lines and columns count from 1."""
    cells = pipeline.notebook.cells
    return {
        "name": pipeline.name,
        "parameters": [
            {"name": p.name, "type": p.type, "default": p.default, "help": p.help}
            for p in pipeline.parameters
        ],
        "stages": [stage_document(stage, pipeline) for stage in pipeline.stages],
        "edges": [_edge(edge) for edge in pipeline.edges],
        "setup": [index + 1 for index in pipeline.setup],
        "left_out": [
            {"cell": left.cell + 1, "cell_id": cells[left.cell].id, "reason": left.reason}
            for left in pipeline.left_out
        ],
        "diagnostics": [diagnostic_document(d) for d in pipeline.diagnostics],
    }


def diagnostic_document(diagnostic: Diagnostic) -> dict[str, Json]:
    """Return a finding as a JSON object; what has no place has null there."""
    place, fix = diagnostic.place, diagnostic.fix
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        "cell": place.cell if place else None,
        "cell_id": place.cell_id if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "fix": {"title": fix.title, "cell_id": fix.cell_id, "tag": fix.tag} if fix else None,
    }


def stage_document(stage: Stage, pipeline: Pipeline) -> dict[str, Json]:
    """Return a stage as a JSON object; cells count from 1."""
    return {
        "name": stage.name,
        "title": stage.title,
        "purpose": stage.purpose,
        "cells": [index + 1 for index in stage.cells],
        "cell_ids": [pipeline.notebook.cells[index].id for index in stage.cells],
        "inputs": [{"name": name, "stage": source} for name, source in stage.inputs],
        "outputs": [_artifact(artifact) for artifact in stage.outputs],
        "params": list(stage.params),
        "needs": list(stage.needs),
        "draws": list(stage.draws),
        "seeds": list(stage.seeds),
        "reads": [{"path": use.path, "kind": use.kind} for use in stage.reads],
        "writes": [{"path": use.path, "kind": use.kind} for use in stage.writes],
        "carries_everything": stage.carries_everything,
    }


def _artifact(artifact: Artifact) -> dict[str, Json]:
    return {"key": artifact.key, "names": list(artifact.names), "maybe": artifact.maybe}


def _edge(edge: Edge) -> dict[str, Json]:
    return {
        "source": edge.source,
        "target": edge.target,
        "carries": [_carried(item) for item in edge.carries],
    }


def _carried(item: Carried) -> dict[str, Json]:
    return {
        "kind": item.kind,
        "name": item.name,
        "made": {"cell": item.made[0], "line": item.made[1]},
        "read": {"cell": item.read[0], "line": item.read[1]},
    }
