"""Programs that print what they compute, cut anywhere into cells and stages.

A program is written statement by statement by somebody who knows which names are surely bound
and to what kind of value, so that nearly every program runs; the rare one that does not is cut
before the cell that raises. All text is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.harness.choosers import Chooser
from tests.harness.notebooks import CellText
from tests.property.objects import ObjectWriter
from tests.property.statements import Writer
from tests.property.vocabulary import Statement

STAGES = ("one", "two", "three", "four")
HEADER = ("import os", "import random", "import numpy as np")
SEED = "random.seed({0})\nnp.random.seed({0})"


def write_program(choose: Chooser, longest: int = 22) -> tuple[CellText, ...]:
    """Return the cells of one program of values."""
    return _program(choose, Writer(choose), longest)


def write_objects(choose: Chooser, longest: int = 22) -> tuple[CellText, ...]:
    """Return the cells of one program of classes, closures and bound methods."""
    return _program(choose, ObjectWriter(choose), longest)


def _program(choose: Chooser, writer: Writer | ObjectWriter, longest: int) -> tuple[CellText, ...]:
    count = choose.number(3, longest)
    statements = [statement for _ in range(count) for statement in writer.statement()]
    groups = _cut(choose, statements)
    header = CellText("setup" if choose.number(0, 3) else None, "\n".join([*HEADER, *sorted(writer.imports)]))
    seed = SEED.format(choose.number(0, 9))
    first = _stage_names(choose, len(groups))
    cells = [header]
    if choose.number(0, 1):
        cells.append(CellText("setup", seed))
    else:
        groups[0].insert(0, Statement(seed))
    parameters = writer.parameters_cell()
    if parameters:
        cells.insert(choose.number(0, 1), CellText("parameters", parameters))
    cells += [
        CellText(_tag(choose, group, name), _source(group)) for group, name in zip(groups, first, strict=True)
    ]
    return tuple(cells)


def _cut(choose: Chooser, statements: Sequence[Statement]) -> list[list[Statement]]:
    groups: list[list[Statement]] = [[]]
    for statement in statements:
        if groups[-1] and choose.number(0, 2) > 0:
            groups.append([])
        groups[-1].append(statement)
    return groups


def _stage_names(choose: Chooser, count: int) -> list[str]:
    """Stage names that mostly go forward; now and then a cell belongs to an earlier stage."""
    names, current = [], 0
    for _ in range(count):
        step = choose.number(0, 31)
        if step >= 22 and current < len(STAGES) - 1:
            current += 1
        back = step == 20 and current > 0
        names.append(STAGES[choose.number(0, current - 1) if back else current])
    return names


def _tag(choose: Chooser, group: Sequence[Statement], stage: str) -> str | None:
    if all(statement.setup for statement in group) and choose.number(0, 2):
        return "setup" if choose.number(0, 2) else None
    if all(statement.shows for statement in group) and choose.number(0, 2) == 0:
        return None
    return f"stage:{stage}"


def _source(group: Sequence[Statement]) -> str:
    return "\n".join(statement.text for statement in group)
