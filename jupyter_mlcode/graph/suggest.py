"""Propose tags for a notebook that has none: stages by its headings, setup and parameters by what cells hold.

A proposal is a start, not a proof: `check` says afterwards whether the pipeline is faithful.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jupyter_mlcode.graph.cell_shapes import CellShape, Phase, cell_shape
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.notebook.headings import headings_in
from jupyter_mlcode.notebook.tags import (
    PARAMETERS,
    PREFIX,
    SETUP,
    SKIP,
    Roles,
    folded,
    read_roles,
    usable_name,
)

_FEWEST, _MOST = 2, 10
_PHASES: tuple[Phase, ...] = ("load", "prepare", "train", "evaluate")
_FILLERS = frozenset(
    "a an and of our the this that to with for in on let lets us we part step section chapter is are it its".split()
)
_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A tag for one cell (index from 0), and why."""

    cell: int
    cell_id: str
    tag: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Neighbouring cells that become one stage, and the heading above them."""

    title: str
    cells: tuple[int, ...]


def suggest(notebook: Notebook) -> tuple[Suggestion, ...]:
    """Return a tag for each code cell without one of ours; cells that are tagged stay as they are."""
    roles = read_roles(notebook)
    shapes = {c.index: cell_shape(c) for c in notebook.code_cells}
    plain = dict(_plain_tags(notebook, roles, shapes))
    work = [i for i in shapes if i not in plain and roles.by_cell[i].kind in ("none", "stage")]
    work = [i for i in work if shapes[i].shape != "empty"]
    tags = plain | dict(_stage_tags(notebook, roles, shapes, work))
    return tuple(
        Suggestion(cell=index, cell_id=notebook.cells[index].id, tag=tag, reason=reason)
        for index, (tag, reason) in sorted(tags.items())
        if roles.by_cell[index].kind == "none"
    )


def _plain_tags(
    notebook: Notebook, roles: Roles, shapes: Mapping[int, CellShape]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield the cells that are setup, parameters or not part of the run."""
    has_parameters = any(role.kind == "parameters" for role in roles.by_cell)
    worked = False
    for index, shape in shapes.items():
        role = roles.by_cell[index]
        worked = worked or role.kind == "stage" or (role.kind == "none" and shape.shape == "work")
        if role.kind != "none":
            continue
        if shape.shape == "install":
            yield index, (SKIP, "installs packages: that belongs to the environment")
        elif shape.shape == "setup":
            yield index, (SETUP, "imports, definitions, constants or settings only")
        elif shape.shape == "values" and not _touched_elsewhere(index, shapes):
            if not has_parameters and not worked:
                has_parameters = True
                yield index, (PARAMETERS, "plain values that nothing changes later")
            elif shape.scalars:
                yield index, (SETUP, "constants that nothing changes later")


def _touched_elsewhere(index: int, shapes: Mapping[int, CellShape]) -> bool:
    """Tell whether another cell binds or may change a name of this one."""
    names = shapes[index].binds
    return any(names & shape.touches for other, shape in shapes.items() if other != index)


def _stage_tags(
    notebook: Notebook, roles: Roles, shapes: Mapping[int, CellShape], work: Sequence[int]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """Yield a stage for each cell that does the work."""
    groups = _by_headings(notebook, work)
    why = "under the heading {title!r}"
    if groups is None:
        groups = _by_phases(shapes, work)
        why = "by what it calls: {title}"
    taken = {folded(name) for name in roles.stages}
    for group in groups:
        existing = next((roles.by_cell[i].stage for i in group.cells if roles.by_cell[i].kind == "stage"), "")
        name = existing or _unique(_stage_name(group.title), taken)
        taken.add(folded(name))
        reason = why.format(title=group.title) if group.title else "before the first heading"
        for index in group.cells:
            yield index, (PREFIX + name, reason)


def _by_headings(notebook: Notebook, work: Sequence[int]) -> list[Group] | None:
    """Return the groups under the headings of the level that gives a handy number of stages.

    That is the highest level with three to ten groups; else the highest that divides at all.
    """
    best: list[Group] | None = None
    for level in range(1, 7):
        groups = _under(notebook, work, level)
        if len(groups) < _FEWEST:
            continue
        if best is None or (len(best) == _FEWEST and len(groups) <= _MOST):
            best = groups
    return best


def _under(notebook: Notebook, work: Sequence[int], level: int) -> list[Group]:
    """Return the cells between headings of this level or above; groups without cells are dropped."""
    wanted = frozenset(work)
    title, cells = "", list[int]()
    groups: list[Group] = []
    for cell in notebook.cells:
        for heading in _headings(cell):
            if 0 < heading[1] <= level:
                groups.append(Group(title=title, cells=tuple(cells)))
                title, cells = heading[0], []
        if cell.index in wanted:
            cells.append(cell.index)
    groups.append(Group(title=title, cells=tuple(cells)))
    return [group for group in groups if group.cells]


def _headings(cell: Cell) -> list[tuple[str, int]]:
    if cell.kind != "markdown":
        return []
    return [(heading.title, heading.level) for heading in headings_in(cell.source)]


def _by_phases(shapes: Mapping[int, CellShape], work: Sequence[int]) -> list[Group]:
    """Return load, prepare, train, evaluate as far as the cells show them; a phase never comes back."""
    reached = 0
    cells: dict[Phase, list[int]] = {}
    for index in work:
        phase = _PHASES.index(shapes[index].phase)
        if phase == _PHASES.index("prepare") and reached == _PHASES.index("train"):
            phase = reached
        reached = max(reached, phase)
        cells.setdefault(_PHASES[reached], []).append(index)
    return [Group(title=phase, cells=tuple(found)) for phase, found in cells.items()]


def _stage_name(title: str) -> str:
    """Return a short name for a stage with this heading.

    Examples:
        >>> _stage_name("Load the data from disk"), _stage_name("")
        ('load-data-from', 'start')
    """
    if not title:
        return "start"
    words = re.findall(r"[A-Za-z0-9]+", title.lower())
    telling = [word for word in words if word not in _FILLERS]
    return usable_name("-".join((telling or words)[:_WORDS]))


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while folded(candidate) in taken:
        count += 1
        candidate = f"{name[:60]}-{count}"
    return candidate
