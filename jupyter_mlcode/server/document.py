"""What the front end is told of a notebook: the stage graph, the findings, what each cell is."""

from __future__ import annotations

from jupyter_mlcode.graph.connect import Connected
from jupyter_mlcode.graph.document import diagnostic_document, stage_document
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.model.pipeline import Carried, Pipeline

_SHOWN = 80
_NEEDED = ("MLC030", "MLC034")


def analysis_document(revision: int, connected: Connected, pipeline: Pipeline) -> dict[str, Json]:
    """Return the message `Analysis`."""
    cells = pipeline.notebook.cells
    return {
        "revision": revision,
        "name": pipeline.name,
        "stages": [_stage(s, pipeline) for s in (stage_document(s, pipeline) for s in pipeline.stages)],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "carries": [_carried(item, cells) for item in edge.carries],
            }
            for edge in pipeline.edges
        ],
        "parameters": [
            {
                "name": p.name,
                "type": p.type,
                "default": p.default,
                "help": p.help,
                "cell_id": cells[p.cell].id,
                "line": p.line,
            }
            for p in pipeline.parameters
        ],
        "problems": problems(pipeline.diagnostics),
        "cells": _marks(connected, pipeline),
    }


def problems(diagnostics: tuple[Diagnostic, ...]) -> list[Json]:
    """Return the findings as messages `Problem`."""
    return [diagnostic_document(d) for d in diagnostics]


_STAGE_KEYS = (
    "name title purpose cells cell_ids inputs params needs draws reads writes carries_everything".split()
)


def _stage(document: dict[str, Json], pipeline: Pipeline) -> dict[str, Json]:
    outputs = dict.fromkeys(name for artifact in document["outputs"] for name in artifact["names"])
    return {**{key: document[key] for key in _STAGE_KEYS}, "outputs": list(outputs)}


def _carried(item: Carried, cells: tuple[Cell, ...]) -> dict[str, Json]:
    first, *changes = item.history or (item.made,)
    return {
        "kind": item.kind,
        "name": item.name,
        "made": _spot(first, cells),
        "changed": [{**_spot(place, cells), "text": _line(place, cells)} for place in changes],
        "read": _spot(item.read, cells),
    }


def _spot(place: tuple[int, int], cells: tuple[Cell, ...]) -> dict[str, Json]:
    return {"cell": place[0], "cell_id": cells[place[0] - 1].id, "line": place[1]}


def _line(place: tuple[int, int], cells: tuple[Cell, ...]) -> str:
    lines = cells[place[0] - 1].source.split("\n")
    text = lines[place[1] - 1].strip() if place[1] <= len(lines) else ""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _marks(connected: Connected, pipeline: Pipeline) -> dict[str, Json]:
    """Return what each code cell is to the pipeline, by its id."""
    reasons = {item.cell: item.reason for item in pipeline.left_out}
    needed = {d.place.cell_id: d.message for d in pipeline.diagnostics if d.place and d.code in _NEEDED}
    setup = frozenset(pipeline.setup)
    found: dict[str, Json] = {}
    for cell in pipeline.notebook.cells:
        if cell.kind == "code":
            role = connected.roles.by_cell[cell.index]
            kind: str = role.kind
            reason = ""
            if kind == "none":
                kind, reason = _untagged(cell, reasons, needed, setup)
            stage = role.stage if role.kind == "stage" else ""
            found[cell.id] = {"role": kind, "stage": stage, "reason": reason}
    return found


def _untagged(
    cell: Cell, reasons: dict[int, str], needed: dict[str, str], setup: frozenset[int]
) -> tuple[str, str]:
    if not cell.source.strip():
        return "empty", ""
    if cell.id in needed:
        return "needed", needed[cell.id]
    if cell.index in setup:
        return "counts_as_setup", ""
    return "left_out", reasons.get(cell.index, "")
