"""A notebook to its stage graph: facts, links, projections, edges and the order of stages."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jupyter_mlcode.analysis.session import CellResult, CellSource, Session
from jupyter_mlcode.graph.absence import not_deleted
from jupyter_mlcode.graph.artifacts import Handover
from jupyter_mlcode.graph.definitions import ClosedDefinitions
from jupyter_mlcode.graph.edges import edges
from jupyter_mlcode.graph.files import FileEvent, may_meet
from jupyter_mlcode.graph.flow import RANDOM, Flow, Statement
from jupyter_mlcode.graph.log_files import with_logging
from jupyter_mlcode.graph.namesakes import namesakes
from jupyter_mlcode.graph.order import run_order
from jupyter_mlcode.graph.project import Problem, Projection, StageNeeds
from jupyter_mlcode.graph.steps import StageSteps, keyed_versions
from jupyter_mlcode.graph.text import pruned_import, statement_text
from jupyter_mlcode.graph.volatile import volatile_sources
from jupyter_mlcode.graph.written_modules import with_imports
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.observed import source_digest
from jupyter_mlcode.model.pipeline import Definition, Edge, FileUse, Parameter, Stage
from jupyter_mlcode.notebook.headings import stage_headings
from jupyter_mlcode.notebook.parameters import read_parameters
from jupyter_mlcode.notebook.tags import Role, Roles, read_roles

_METRICS = ("metrics", "metric", "scores", "eval")
_PICTURES = (".png", ".svg", ".jpg", ".jpeg", ".pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Everything known of a notebook after its stages were connected; the checks room reads it."""

    notebook: Notebook
    roles: Roles
    results: Mapping[int, CellResult]
    flow: Flow
    projection: Projection
    handover: Handover
    parameters: tuple[Parameter, ...]
    stages: tuple[Stage, ...]
    edges: tuple[Edge, ...]
    definitions: tuple[Definition, ...]
    events: tuple[FileEvent, ...]
    cycle: tuple[str, ...]
    problems: tuple[Problem, ...]
    diagnostics: tuple[Diagnostic, ...] = field(default=())


def connect(notebook: Notebook, session: Session | None = None) -> Connected:
    """Return the stage graph of a notebook. Pure: nothing runs, nothing is written."""
    roles = read_roles(notebook)
    by_cell = dict(enumerate(roles.by_cell))
    parameters, diagnostics = _parameters(notebook, roles)
    session = session or Session()
    session.local_modules = frozenset(notebook.modules)
    results = analyse(notebook, by_cell, session)
    flow = Flow(session.library, session.classes)
    for index, result in results.items():
        flow.add(index, result)
    owned = _owned_cells(notebook, roles)
    closed = ClosedDefinitions(flow, by_cell, notebook)
    names = frozenset(p.name for p in parameters)
    projection = Projection(flow, by_cell, owned, names, closed.functions)
    handover = Handover(projection)
    events = _file_events(projection, by_cell)
    found = edges(projection, handover, events)
    order, cycle = run_order(owned, ((e.source, e.target) for e in found))
    keyed = keyed_versions(projection, handover, results)
    closed_set = frozenset(closed.functions.values())
    steps = StageSteps(notebook, projection, handover, closed_set, keyed, results)
    titles = stage_headings(notebook, roles)
    builder = _StageBuilder(projection, handover, found, tuple(events), steps)
    stages = tuple(builder.build(name, titles[name].title or name, titles[name].purpose) for name in order)
    wanted = {s for n in projection.needs.values() for s in n.replays if s in closed_set}
    return Connected(
        notebook=notebook,
        roles=roles,
        results=results,
        flow=flow,
        projection=projection,
        parameters=parameters,
        stages=stages,
        edges=found,
        definitions=_definitions(notebook, flow, closed, wanted),
        events=tuple(events),
        cycle=tuple(cycle),
        handover=handover,
        problems=(*projection.problems, *not_deleted(projection), *dict.fromkeys(namesakes(projection))),
        diagnostics=(*roles.diagnostics, *diagnostics),
    )


def relined(connected: Connected) -> Connected:
    """Return the same graph after lines moved within a cell: what crosses an edge names lines."""
    by_cell = dict(enumerate(connected.roles.by_cell))
    events = _file_events(connected.projection, by_cell)
    found = edges(connected.projection, connected.handover, events)
    return replace(connected, edges=found, events=tuple(events))


def _owned_cells(notebook: Notebook, roles: Roles) -> dict[str, list[int]]:
    """Return the cells of each stage that has any, in notebook order."""
    owned: dict[str, list[int]] = {name: [] for name in roles.stages}
    for cell in notebook.code_cells:
        role = roles.by_cell[cell.index]
        if role.kind == "stage":
            owned[role.stage].append(cell.index)
    return {name: cells for name, cells in owned.items() if cells}


def _parameters(notebook: Notebook, roles: Roles) -> tuple[tuple[Parameter, ...], tuple[Diagnostic, ...]]:
    for cell, role in zip(notebook.cells, roles.by_cell, strict=True):
        if role.kind == "parameters" and cell.kind == "code":
            found = read_parameters(cell)
            return found.parameters, found.diagnostics
    return (), ()


def analyse(notebook: Notebook, roles: Mapping[int, Role], session: Session) -> dict[int, CellResult]:
    """Return the facts of every code cell that takes part, by the cell's index."""
    cells: list[Cell] = [c for c in notebook.code_cells if roles[c.index].kind != "skip"]
    keys = _unique_keys(cells)
    observed = notebook.observed
    sources = [
        CellSource(
            key,
            cell.source,
            roles[cell.index].kind == "parameters",
            observed.get(source_digest(cell.source))
            if observed and roles[cell.index].kind == "stage"
            else None,
        )
        for key, cell in zip(keys, cells, strict=True)
    ]
    return {cell.index: result for cell, result in zip(cells, session.analyse(sources), strict=True)}


def _unique_keys(cells: list[Cell]) -> list[str]:
    seen: set[str] = set()
    keys = []
    for cell in cells:
        key = cell.id if cell.id not in seen else f"{cell.id}#{cell.index}"
        seen.add(key)
        keys.append(key)
    return keys


def _file_events(projection: Projection, roles: Mapping[int, Role]) -> list[FileEvent]:
    events = []
    for statement in projection.flow.statements():
        role = roles[statement.cell]
        if role.kind != "stage":
            continue
        for effect in statement.facts.effects:
            if effect.kind in ("reads", "writes"):
                kind = effect.detail or "file"
                events.append(
                    FileEvent(role.stage, effect.kind == "writes", effect.what, kind, statement, effect.line)
                )
    return with_logging(projection, with_imports(projection, events))


def _definitions(
    notebook: Notebook, flow: Flow, closed: ClosedDefinitions, wanted: set[Statement]
) -> tuple[Definition, ...]:
    grouped: dict[Statement, list[str]] = {}
    for statement, name in closed.module(wanted):
        grouped.setdefault(statement, []).append(name)
    found = []
    for statement, names in grouped.items():
        source = notebook.cells[statement.cell].source
        text, _ = statement_text(source, statement, flow.cells[statement.cell])
        is_import = statement.facts.kind == "import"
        if is_import:
            text = pruned_import(text, set(names))
        found.append(Definition(cell=statement.cell, name=names[0], text=text, is_import=is_import))
    return tuple(found)


class _StageBuilder:
    def __init__(
        self,
        projection: Projection,
        handover: Handover,
        found: tuple[Edge, ...],
        events: tuple[FileEvent, ...],
        steps: StageSteps,
    ) -> None:
        self._projection = projection
        self._handover = handover
        self._sources: dict[str, dict[str, None]] = {}
        for edge in found:
            self._sources.setdefault(edge.target, {})[edge.source] = None
        self._events = events
        self._steps = steps

    def build(self, name: str, title: str, purpose: str) -> Stage:
        """Return the finished stage."""
        needs = self._projection.needs[name]
        steps = self._steps.build(needs)
        loads = [(v.name, maker) for maker, versions in self._handover.loads[name] for v in versions]
        found = [
            e
            for cell in needs.own
            for s in self._projection.flow.cells.get(cell, ())
            for e in s.facts.effects
        ]
        replayed = [e for s in needs.replays for e in s.facts.effects]
        effects = [(e.kind, e.what) for e in found]
        return Stage(
            name=name,
            title=title,
            purpose=purpose,
            cells=tuple(needs.own),
            steps=steps,
            inputs=tuple(sorted(set(loads))),
            outputs=tuple(
                a for s in steps for a in getattr(s, "artifacts", ()) if type(s).__name__ == "Save"
            ),
            params=tuple(p for p in self._projection.needs[name].params),
            needs=tuple(self._sources.get(name, ())),
            state_in=tuple(sorted((v.name[1:], self._handover.stage_of(v)) for v in needs.states)),
            state_out=tuple(sorted({v.name[1:] for v in needs.state_outputs})),
            seeds=tuple(sorted({w for k, w in effects if k == "seeds"} | self._replayed_seeds(needs))),
            draws=tuple(sorted({w for k, w in effects if k == "draws" and w != "any"})),
            changed=self._changed(needs),
            reads=self._files(name, writes=False),
            writes=self._files(name, writes=True),
            volatile=volatile_sources([*found, *replayed], [e for e in self._events if e.stage == name]),
        )

    def _replayed_seeds(self, needs: StageNeeds) -> set[str]:
        return {
            e.what for s in needs.replays for e in s.facts.effects if e.kind == "seeds" and e.what in RANDOM
        }

    def _changed(self, needs: StageNeeds) -> tuple[str, ...]:
        names = {v.name for v in needs.loads}
        touched: set[str] = set()
        for cell in needs.own:
            for statement in self._projection.flow.cells.get(cell, ()):
                touched.update(statement.touched())
        return tuple(sorted(names & touched))

    def _files(self, name: str, *, writes: bool) -> tuple[FileUse, ...]:
        found: dict[FileUse, None] = {}
        own = [e for e in self._events if e.stage == name and e.writes == writes]
        for place, event in enumerate(own):
            if not (writes and (_unsure(event) or _removed(event, own[place + 1 :]))):
                found[_file_use(event.path, event.kind, writes)] = None
        return tuple(found)


def _unsure(event: FileEvent) -> bool:
    """Whether the file may never come to be: an unknown call, a branch, an address."""
    return event.kind.startswith(("maybe", "gone")) or event.kind.endswith("?") or "://" in event.path


def _removed(event: FileEvent, later: list[FileEvent]) -> bool:
    """Whether the stage may remove the file again: by name, or by a shell command, which can do anything."""
    return any(
        may_meet(event.path, other.path)
        for other in later
        if other.kind.startswith("gone") or (not other.path and _is_shell(other))
    )


def _is_shell(event: FileEvent) -> bool:
    return any(e.kind == "finding" and e.what == "shell" for e in event.statement.facts.effects)


def _file_use(path: str, kind: str, writes: bool) -> FileUse:
    if not path:
        return FileUse(path=None, kind="file")
    stem, extension = posixpath.splitext(posixpath.basename(path))
    if writes and extension == ".json" and any(stem.lower().startswith(m) for m in _METRICS):
        return FileUse(path=path, kind="metrics")
    if writes and extension in _PICTURES:
        return FileUse(path=path, kind="figure")
    kind = kind.rstrip("?")
    if kind not in ("file", "folder", "glob", "table"):
        kind = "file"
    return FileUse(path=path, kind=kind)  # type: ignore[arg-type]
