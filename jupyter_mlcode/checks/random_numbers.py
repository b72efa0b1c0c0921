"""Random numbers from a generator that all cells share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import RANDOM
from jupyter_mlcode.model.diagnostics import Diagnostic, Place


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about draws from shared generators."""
    unseeded = {(s.position, kind) for s, kind in view.connected.flow.unseeded}
    for cell in view.checked:
        if cell.role.kind not in ("stage", "none"):
            continue
        for statement, effect in cell.effects("draws"):
            if effect.what not in RANDOM or (statement.position, effect.what) in unseeded:
                continue
            keyword = _remedy(view, cell, effect)
            if keyword:
                yield make("MLC071", cell.at(effect), kind=effect.what, keyword=keyword)
                break
    yield from _serial(view)


def _remedy(view: View, cell: CellView, effect: Effect) -> str:
    """Return the keyword with which this call would have a generator of its own."""
    library = view.connected.flow.library
    for call in cell.calls_at(effect):
        if isinstance(call.func, ast.Attribute):
            path = view.origin(cell, text_of(call.func))
            entry = library.function(path) if path else None
            entry = entry if entry is not None and entry["draws"] else library.by_method.get(call.func.attr)
        elif isinstance(call.func, ast.Name):
            entry = library.function(view.origin(cell, call.func.id))
        else:
            continue
        draws = entry["draws"] if entry is not None else None
        for one in draws if isinstance(draws, list) else [draws] if draws else []:
            if one.get("unless"):
                return str(one["unless"][0])
    return ""


def _serial(view: View) -> Iterator[Diagnostic]:
    """Two stages draw from one generator: the second one waits for the first."""
    told: set[tuple[str, str]] = set()
    for edge in view.connected.edges:
        for carried in edge.carries:
            if carried.kind != "random" or (edge.target, carried.name) in told:
                continue
            made = view.connected.notebook.cells[carried.made[0] - 1]
            cell = view.connected.notebook.cells[carried.read[0] - 1]
            if not _draws(view, made.index, carried.name):
                continue
            told.add((edge.target, carried.name))
            place = Place(cell=cell.number, cell_id=cell.id, line=carried.read[1])
            yield make("MLC072", place, source=edge.source, target=edge.target, kind=carried.name)


def _draws(view: View, index: int, kind: str) -> bool:
    cell = view.by_index.get(index)
    return cell is not None and any(e.what == kind for _, e in cell.effects("draws"))
