"""What keeps the pipeline from giving what the notebook gives: values that cannot be had or moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.graph.connect import Connected
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.graph.project import Problem
from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place


def find(connected: Connected) -> Iterator[Diagnostic]:
    """Yield every finding about the flow of values, state and files between cells."""
    yield from _broken_cells(connected)
    for problem in _once(connected.problems):
        yield _from_problem(connected, problem)
    if connected.cycle:
        yield _cycle(connected)
    yield from _unseeded(connected)


def place_of(connected: Connected, statement: Statement, line: int | None = None, column: int = 1) -> Place:
    """Return the place of a statement, or of a line in it."""
    cell = connected.notebook.cells[statement.cell]
    return Place(cell=cell.number, cell_id=cell.id, line=line or statement.facts.first, column=column)


def _broken_cells(connected: Connected) -> Iterator[Diagnostic]:
    for index, result in connected.results.items():
        if result.problem is not None:
            cell = connected.notebook.cells[index]
            place = Place(
                cell=cell.number, cell_id=cell.id, line=result.problem.line, column=result.problem.column
            )
            yield make("MLC020", place, problem=result.problem.message)


_CODES = {
    "no-stage": "MLC030",
    "skipped": "MLC031",
    "setup": "MLC040",
    "cycle": "MLC050",
    "state-version": "MLC051",
    "immovable": "MLC060",
    "class-state": "MLC061",
    "namesake": "MLC152",
    "split-objects": "MLC062",
    "hidden-state": "MLC064",
    "middle": "MLC067",
    "lost-state": "MLC068",
    "absent": "MLC052",
}


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems, of state that is lost only the first stage that misses it."""
    lost: dict[tuple[str, Statement], Problem] = {}
    for problem in problems:
        if problem.kind != "lost-state" or problem.reader is None:
            yield problem
            continue
        key = (problem.name, problem.statement)
        before = lost.get(key)
        if before is None or before.reader is None or problem.reader.position < before.reader.position:
            lost[key] = problem
    yield from lost.values()


def _from_problem(connected: Connected, problem: Problem) -> Diagnostic:
    name = problem.name.removeprefix("@").removeprefix("perhaps:")
    cell = connected.notebook.cells[problem.statement.cell]
    fix = None
    if problem.kind in ("no-stage", "setup") and problem.stage:
        stage = _stage_before(connected, problem.statement.cell) or problem.stage
        fix = Fix(title=f"add the cell to stage {stage!r}", cell_id=cell.id, tag=f"stage:{stage}")
    reader = problem.reader
    return make(
        "MLC145" if problem.kind == "lost-state" and _is_sure(problem) else _CODES[problem.kind],
        place_of(connected, problem.statement),
        fix=fix,
        name=name,
        stage=problem.stage,
        reader=connected.notebook.cells[reader.cell].number if reader is not None else 0,
        detail=problem.detail,
    )


def _is_sure(problem: Problem) -> bool:
    """Whether the state is known to be lost, not only feared: the process has it, or a library has a function."""
    hooked = any(e.kind == "finding" and e.what == "hook" for e in problem.statement.facts.effects)
    return hooked or problem.name == "@replay:process"


def _stage_before(connected: Connected, index: int) -> str:
    for role in reversed(connected.roles.by_cell[: index + 1]):
        if role.kind == "stage":
            return role.stage
    return ""


def _cycle(connected: Connected) -> Diagnostic:
    cycle = connected.cycle
    edges = [e for e in connected.edges if e.source in cycle and e.target in cycle]
    carried = edges[0].carries[0] if edges else None
    stage = next(s for s in connected.stages if s.name == cycle[0])
    cell = connected.notebook.cells[stage.cells[-1]]
    what = (
        f"{carried.name} made in cell {carried.made[0]} is read in cell {carried.read[0]}" if carried else ""
    )
    place = Place(cell=cell.number, cell_id=cell.id)
    return make(
        "MLC050", place, path=" -> ".join([*cycle, cycle[0]]), what=what, stage=cycle[0], cell=cell.number
    )


def _unseeded(connected: Connected) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for statement, kind in connected.flow.unseeded:
        if kind not in seen and connected.roles.by_cell[statement.cell].kind in ("stage", "none"):
            seen.add(kind)
            line = next((e.line for e in statement.facts.effects if e.kind == "draws"), None)
            yield make("MLC070", place_of(connected, statement, line), kind=kind)
