"""A stage as the text of its script: the one rendering that notebooks are made from too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from jupyter_mlcode.codegen.conventions import Conventions, conventions
from jupyter_mlcode.codegen.docstring import header_docstring
from jupyter_mlcode.codegen.figures import Pyplot
from jupyter_mlcode.codegen.literals import identifier, literal, one_line
from jupyter_mlcode.codegen.markers import CellRole, ScriptCell, join_cells
from jupyter_mlcode.codegen.statements import call, calls, imported, unpacked
from jupyter_mlcode.codegen.translation import to_script
from jupyter_mlcode.model.pipeline import (
    Artifact,
    Confirm,
    Expect,
    ImportDefinitions,
    Load,
    LoadAll,
    Observe,
    OwnCell,
    Pipeline,
    Replay,
    RestoreState,
    Save,
    SaveAll,
    SaveState,
    Stage,
    Step,
)

_SAVING = (Confirm, Expect, Save, SaveAll, SaveState)


def stage_script(pipeline: Pipeline, stage: Stage, shared: Conventions | None = None) -> str:
    """Return the text of the stage's script; `shared` spares the work when many are rendered."""
    return join_cells(stage_cells(pipeline, stage, shared or conventions(pipeline)))


def stage_cells(pipeline: Pipeline, stage: Stage, shared: Conventions) -> tuple[ScriptCell, ...]:
    """Return the cells of the stage's script: header, begin, then its steps in order."""
    cells = list(_step_cells(pipeline, stage, shared))
    header = header_docstring(stage, _notes(cells))
    if shared.features:
        header += f"\n\n{imported('__future__', shared.features)}"
    begin = _begin(stage, shared, cells)
    return (ScriptCell(kind="header", source=header), ScriptCell(kind="begin", source=begin), *cells)


def _begin(stage: Stage, shared: Conventions, cells: Sequence[ScriptCell]) -> str:
    """Return the lines that open the stage and read its parameters."""
    renamed = "" if shared.factory == "Stage" else f" as {shared.factory}"
    lines = [f"from mlcode_handoff import Stage{renamed}"]
    if any(isinstance(step, LoadAll) for step in stage.steps) or _uses(cells, "display"):
        lines.insert(0, "from IPython.display import display")
    lines += ["", f"{shared.variable} = {shared.factory}({literal(stage.name)})"]
    lines += unpacked(f"{shared.variable}.params", [(name, name) for name in stage.params])
    return "\n".join(lines)


def _notes(cells: Sequence[ScriptCell]) -> Iterator[str]:
    """Yield what a reader of the script should know about it."""
    if _uses(cells, "get_ipython"):
        yield "get_ipython() is the notebook's; a script has none, and stops there"


def _uses(cells: Sequence[ScriptCell], name: str) -> bool:
    """Tell whether the cells use a name that only IPython gives them."""
    sources = [cell.source for cell in cells if name in cell.source]
    named = [node for source in sources for node in ast.walk(_parsed(source)) if _named(node) == name]
    loaded = [node for node in named if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    return bool(loaded) and len(loaded) == len(named)


def _named(node: ast.AST) -> str:
    """Return the name that a node uses or binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name
    if isinstance(node, ast.alias):
        return node.asname or node.name
    return node.id if isinstance(node, ast.Name) else ""


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _step_cells(pipeline: Pipeline, stage: Stage, shared: Conventions) -> Iterator[ScriptCell]:
    """Yield a cell for each run of steps that belong under one marker."""
    pyplot = Pyplot()
    grouped = [(role, list(steps)) for role, steps in groupby(stage.steps, key=_group)]
    for number, ((role, cell), steps) in enumerate(grouped, 1):
        if isinstance(steps[0], OwnCell):
            yield _own(pipeline, stage, steps[0], shared, pyplot)
        elif role == "setup":
            replays = [step for step in steps if isinstance(step, Replay)]
            source = to_script(_replayed(pipeline, replays), stage=shared.variable, bound=shared.bound)
            pyplot.see(source)
            yield ScriptCell(kind="setup", cell_id=shared.ids[cell], source=source)
        else:
            kind: CellRole = "outputs" if role == "end" and number < len(grouped) else role
            yield ScriptCell(kind=kind, source=_handed(steps, shared))


def _group(step: Step) -> tuple[CellRole, int]:
    """Return the kind of cell a step goes to, and the notebook's cell it stands for."""
    if isinstance(step, OwnCell):
        return "own", step.cell
    if isinstance(step, Replay):
        return "setup", step.cell
    return ("end" if isinstance(step, _SAVING) else "inputs"), -1


def _own(pipeline: Pipeline, stage: Stage, step: OwnCell, shared: Conventions, pyplot: Pyplot) -> ScriptCell:
    """Return a cell of the stage, with what a script needs at its end."""
    cell = pipeline.notebook.cells[step.cell]
    source = to_script(cell.source, stage=shared.variable, bound=shared.bound)
    pyplot.see(source)
    if step.closes_figures:
        source = f"{source}\n{pyplot.closing_lines()}"
    heading = shared.headings.get(step.cell) or one_line(stage.title or stage.name)
    return ScriptCell(kind="own", heading=heading, cell_id=shared.ids[step.cell], source=source)


def _replayed(pipeline: Pipeline, steps: Sequence[Replay]) -> str:
    """Return the statements of one cell, with blank lines where the cell has them."""
    lines = pipeline.notebook.cells[steps[0].cell].source.split("\n")
    text = steps[0].text.rstrip("\n")
    for previous, step in pairwise(steps):
        between = lines[previous.lines[1] : step.lines[0] - 1]
        blank = _longest_blank(between)
        text += "\n" * (1 + min(blank, 2)) + step.text.rstrip("\n")
    return text


def _longest_blank(lines: Sequence[str]) -> int:
    """Return the length of the longest run of blank lines."""
    runs = [len(list(run)) for blank, run in groupby(lines, key=lambda line: not line.strip()) if blank]
    return max(runs, default=0)


def _handed(steps: Sequence[Step], shared: Conventions) -> str:
    """Return the statements that take values over or hand them on."""
    imports = [step for step in steps if isinstance(step, ImportDefinitions)]
    lines = [imported(shared.module, [identifier(name) for name in step.names]) for step in imports]
    others = [step for step in steps if not isinstance(step, ImportDefinitions)]
    if lines and others:
        lines.append("")
    for step in others:
        lines += _handover(step, shared.variable)
    return "\n".join(lines)


def _handover(step: Step, stage: str) -> list[str]:
    """Return the statements for one load, save or state step."""
    if isinstance(step, Load):
        return _loads(step, stage)
    if isinstance(step, LoadAll):
        return [call(f"{stage}.load_all", ["globals()", literal(step.stage)])]
    if isinstance(step, RestoreState):
        kinds = [literal(kind) for kind in step.kinds]
        return [call(f"{stage}.restore_state", [literal(step.stage), *kinds])]
    if isinstance(step, (Observe, Confirm, Expect)):
        return _observed(step, stage)
    if isinstance(step, Save):
        return _saves(step.artifacts, stage)
    if isinstance(step, SaveAll):
        return [f"{stage}.save_all(globals())"]
    if isinstance(step, SaveState):
        return [call(f"{stage}.save_state", [literal(kind) for kind in step.kinds])]
    raise AssertionError(f"no statement for {step}")


def _loads(step: Load, stage: str) -> list[str]:
    """Return the loads of plain values, then of groups, then of values that may be absent."""
    plain = [a for a in step.artifacts if not a.maybe and len(a.names) == 1]
    lines = unpacked(f"{stage}.load", [(a.names[0], f"{step.stage}/{a.key}") for a in plain])
    for artifact in step.artifacts:
        if not artifact.maybe and len(artifact.names) > 1:
            names = ", ".join(identifier(name) for name in sorted(artifact.names))
            lines.append(call(f"{stage}.load", [literal(f"{step.stage}/{artifact.key}")], f"{names} = "))
    maybe = [literal(f"{step.stage}/{a.key}") for a in step.artifacts if a.maybe]
    if maybe:
        lines.append(call(f"{stage}.load_maybe", ["globals()", *maybe]))
    return lines


def _observed(step: Observe | Confirm | Expect, stage: str) -> list[str]:
    """Return the statements that look at what `verify --observe` saw."""
    if isinstance(step, Expect):
        types: dict[str, list[str]] = {}
        for name, path in step.types:
            types.setdefault(path, []).append(f"{identifier(name)}={name}")
        return [call(f"{stage}.expect", [literal(path), *names]) for path, names in sorted(types.items())]
    values = [f"{identifier(name)}={name}" for name in step.names]
    if isinstance(step, Confirm):
        return [call(f"{stage}.confirm", values)]
    return [call(f"{stage}.observe", [*map(literal, step.kinds), *values])]


def _saves(artifacts: Sequence[Artifact], stage: str) -> list[str]:
    """Return the saves of plain values, then those that need a word of their own."""
    plain = [a.names[0] for a in artifacts if not a.maybe and a.names == (a.key,)]
    lines = calls(f"{stage}.save", [f"{identifier(name)}={name}" for name in plain])
    for artifact in artifacts:
        if artifact.maybe or artifact.names == (artifact.key,):
            continue
        names = sorted(artifact.names)
        if artifact.key == "+".join(names):
            lines.append(call(f"{stage}.save_shared", [f"{identifier(name)}={name}" for name in names]))
        else:
            values = [identifier(name) for name in names]
            lines.append(call(f"{stage}.save_as", [literal(artifact.key), *values]))
    maybe = [literal(a.key) for a in artifacts if a.maybe]
    if maybe:
        lines.append(call(f"{stage}.save_maybe", ["globals()", *maybe]))
    return lines
