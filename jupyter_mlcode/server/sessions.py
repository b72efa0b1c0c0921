"""Notebooks that are open in browsers: their cells as last sent, and their live plans."""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import Any

from jupyter_mlcode import api
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.observed import Observation
from jupyter_mlcode.notebook.local_modules import modules_beside
from jupyter_mlcode.notebook.observed import observed_path, read_observed
from jupyter_mlcode.notebook.read import cell_of, open_notebook
from jupyter_mlcode.server.document import analysis_document, problems
from jupyter_mlcode.server.files import Root

_MOST = 8
"""How many notebooks are kept; the one that was asked about longest ago is forgotten first."""


class _Open:
    """One notebook: what the browser sent, and what it was told."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.plan = api.live_plan(path)
        self.revision = -1
        self.order: list[str] = []
        self.cells: dict[str, dict[str, Json]] = {}
        self.notebook: Notebook | None = None
        self.observed: tuple[int, dict[str, Observation]] = (0, {})
        self.modules: tuple[object, dict[str, frozenset[str]]] = (None, {})
        self.told: tuple[Any, ...] | None = None


class Sessions:
    """Answers `analyse` and `suggest`."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def analyse(self, request: dict[str, Json]) -> dict[str, Json]:
        """Return an `AnalyseReply`."""
        state = self._updated(request)
        if isinstance(state, dict):
            return state
        assert state.notebook is not None
        base, state.revision = state.revision, request["revision"]
        pipeline = state.plan.update(state.notebook)
        connected = state.plan.connected
        assert connected is not None
        told, state.told = state.told, pipeline.diagnostics
        if told is not None and state.plan.same_graph and state.plan.same_edges:
            same = told == pipeline.diagnostics
            found = None if same else problems(pipeline.diagnostics)
            return {"revision": state.revision, "base": base, "problems": found}
        return analysis_document(state.revision, connected, pipeline)

    def suggest(self, request: dict[str, Json]) -> dict[str, Json]:
        """Return a `SuggestReply`."""
        state = self._updated(request)
        if isinstance(state, dict):
            return state
        assert state.notebook is not None
        state.revision = request["revision"]
        state.told = None
        found = api.suggest(state.notebook)
        return {"suggestions": [{"cell_id": s.cell_id, "tag": s.tag, "reason": s.reason} for s in found]}

    def _updated(self, request: dict[str, Json]) -> _Open | dict[str, Json]:
        """Return the session with the request's cells in it, or the answer that says why not."""
        key = request["session"]
        path = str(self._root.inside(request["path"]))
        state = self._open.pop(key, None)
        try:
            if request["base"] is None or state is None or state.path != path:
                if request["base"] is not None:
                    return {"resync": True}
                if state is None or state.path != path:
                    state = _Open(path)
                state.cells, state.order = {}, []
            elif state.revision != request["base"]:
                return {"resync": True}
            if not _take(state, request):
                return {"resync": True}
            state.notebook = _notebook(state, request)
        except InputError as error:
            return {
                "revision": request["revision"],
                "code": error.code,
                "message": str(error),
                "hint": error.hint,
            }
        self._open[key] = state
        while len(self._open) > _MOST:
            self._open.popitem(last=False)
        return state


def _take(state: _Open, request: dict[str, Json]) -> bool:
    """Put the request's cells into the session; False when some are missing."""
    if request["order"] is not None:
        state.order = list(dict.fromkeys(request["order"]))
    state.cells.update(request["cells"])
    known = state.cells
    if len(known) > len(state.order):
        state.cells = {key: known[key] for key in state.order if key in known}
    return all(key in known for key in state.order)


def _notebook(state: _Open, request: dict[str, Json]) -> Notebook:
    """Return the notebook; cells that were not sent are the ones of the last time."""
    old = state.notebook if request["base"] is not None else None
    cells: list[Cell] = []
    for index, key in enumerate(state.order):
        known = old.cells[index] if old is not None and index < len(old.cells) else None
        if known is not None and known.id == key and key not in request["cells"]:
            cells.append(known)
        else:
            cells.append(cell_of(state.path, index, key, state.cells[key]))
    return open_notebook(
        state.path,
        tuple(cells),
        kernel=request["kernel"],
        language=request["language"],
        modules=_modules(state),
        observed=_observed(state),
    )


def _modules(state: _Open) -> dict[str, frozenset[str]]:
    """Return the modules beside the notebook; they are read again when a file there has changed."""
    folder = os.path.dirname(state.path)
    try:
        with os.scandir(folder) as entries:
            now = sorted(
                (e.name, e.stat().st_mtime_ns) for e in entries if e.name.endswith(".py") or e.is_dir()
            )
    except OSError:
        now = []
    if state.modules[0] != now:
        state.modules = (now, modules_beside(state.path))
    return state.modules[1]


def _observed(state: _Open) -> dict[str, Observation]:
    """Return what a run showed of the notebook's cells; it is read again when its file has changed."""
    try:
        now = observed_path(state.path).stat().st_mtime_ns
    except OSError:
        return {}
    if state.observed[0] != now:
        state.observed = (now, read_observed(state.path))
    return state.observed[1]
