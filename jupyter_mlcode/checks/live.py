"""The plan of a notebook that is being edited: an edit that changes nothing for other cells costs its cell alone.

Everything else is planned anew. Both ways give the same findings; a test edits notebooks at random.
"""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.patterns import Rules
from jupyter_mlcode.analysis.session import CellResult, Session, resting_collector
from jupyter_mlcode.checks.plan import cell_findings, in_order, pipeline_of, whole_findings
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.graph.connect import Connected, analyse, connect, relined
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.pipeline import Pipeline


class LivePlan:
    """Plans one notebook again and again; `connected` and `pipeline` are the last result."""

    def __init__(self, session: Session | None = None, rules: Rules | None = None) -> None:
        self._session = session or Session()
        self._rules = rules
        self._view: View | None = None
        self.connected: Connected | None = None
        self.pipeline: Pipeline | None = None
        self.same_graph = self.same_edges = False
        """Whether the last update left stages and parameters, and the lines that edges name, as they were."""

    @resting_collector()
    def update(self, notebook: Notebook) -> Pipeline:
        """Return the pipeline of the notebook as it is now."""
        edges = self.pipeline.edges if self.pipeline is not None else None
        pipeline = self._patched(notebook)
        self.same_edges = pipeline is not None and (pipeline.edges is edges or pipeline.edges == edges)
        self.same_graph = pipeline is not None
        if pipeline is None:
            self.connected = connect(notebook, self._session)
            self._view = View(self.connected)
            pipeline = pipeline_of(self.connected, self._rules, self._view)
        self.pipeline = pipeline
        return pipeline

    def _patched(self, notebook: Notebook) -> Pipeline | None:
        """Return the last pipeline with another text of one cell, when that is all that changed."""
        connected, view, pipeline = self.connected, self._view, self.pipeline
        if connected is None or view is None or pipeline is None:
            return None
        at = _edited(connected.notebook, notebook)
        if at is None:
            return None
        if at < 0:
            return pipeline
        role = connected.roles.by_cell[at]
        if role.kind in ("parameters", "skip") or at not in connected.results:
            return None
        results = analyse(notebook, dict(enumerate(connected.roles.by_cell)), self._session)
        new, old = results[at], connected.results[at]
        others = all(
            a is b for (i, a), b in zip(results.items(), connected.results.values(), strict=True) if i != at
        )
        if not others or not _alike(old, new) or _once(old, new):
            return None
        moved = _positions(old) != _positions(new)
        for statement, facts in zip(connected.flow.cells[at], new.statements, strict=True):
            statement.facts = facts
        connected = replace(connected, notebook=notebook, results=results)
        if moved:
            connected = relined(connected)
        return self._checked(connected, view, pipeline, at)

    def _checked(self, connected: Connected, view: View, pipeline: Pipeline, at: int) -> Pipeline:
        view.look_again(connected, at)
        number = connected.notebook.cells[at].number
        elsewhere = [d for d in pipeline.diagnostics if d.place is not None and d.place.cell != number]
        here = [d for d in cell_findings(view, self._rules) if d.place is None or d.place.cell == number]
        self.connected = connected
        return replace(
            pipeline,
            notebook=connected.notebook,
            edges=connected.edges,
            diagnostics=in_order([*whole_findings(connected), *elsewhere, *here]),
        )


def _edited(before: Notebook, after: Notebook) -> int | None:
    """Return the index of the one code cell with another source; -1 for none, None when more is different."""
    if len(before.cells) != len(after.cells) or replace(before, cells=()) != replace(after, cells=()):
        return None
    found = -1
    for old, new in zip(before.cells, after.cells, strict=True):
        if old is new or old == new:
            continue
        if found >= 0 or old.kind != "code" or not _same_but_source(old, new):
            return None
        found = new.index
    return found


def _same_but_source(old: Cell, new: Cell) -> bool:
    both = bool(old.source.strip()) and bool(new.source.strip())
    return both and replace(old, source="") == replace(new, source="")


def _alike(old: CellResult, new: CellResult) -> bool:
    """Whether a cell does the same to the notebook, statement by statement; only places differ."""
    if old.problem is not None or new.problem is not None or old.changes != new.changes:
        return False
    return len(old.statements) == len(new.statements) and all(
        _same_statement(a, b) for a, b in zip(old.statements, new.statements, strict=True)
    )


def _same_statement(a: StatementFacts, b: StatementFacts) -> bool:
    return (
        _without_places(a) == _without_places(b)
        and list(a.uses) == list(b.uses)
        and [(e.kind, e.what, e.detail) for e in a.effects] == [(e.kind, e.what, e.detail) for e in b.effects]
        and _same_values(a, b)
    )


def _without_places(s: StatementFacts) -> StatementFacts:
    return s._replace(first=0, last=0, uses={}, columns=(0, -1), effects=(), binds={}, used_values={})


def _same_values(a: StatementFacts, b: StatementFacts) -> bool:
    return all(
        one.keys() == two.keys() and all(value.same(two[name]) for name, value in one.items())
        for one, two in ((a.binds, b.binds), (a.used_values, b.used_values))
    )


def _once(old: CellResult, new: CellResult) -> bool:
    """Whether the cell has what is reported once in a notebook: another cell's report may depend on it."""
    return any(e.kind == "opaque" for r in (old, new) for s in r.statements for e in s.effects)


def _positions(result: CellResult) -> list[tuple[object, ...]]:
    return [
        (s.first, s.last, s.columns, tuple(s.uses.values()), tuple(e.line for e in s.effects))
        for s in result.statements
    ]
