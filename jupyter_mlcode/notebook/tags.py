"""What the tags of each cell say it is; tags that are not ours are left alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place, Severity
from jupyter_mlcode.model.notebook import Cell, Notebook

PREFIX = "stage:"
PARAMETERS, SETUP, SKIP = "parameters", "setup", "skip"
PLAIN_TAGS = frozenset({PARAMETERS, SETUP, SKIP})

RoleKind: TypeAlias = Literal["stage", "parameters", "setup", "skip", "none"]

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
_RULE = "A stage is named by a letter a-z and up to 62 more of a-z, 0-9, _ and -"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one cell is in the pipeline; `stage` is its stage's name, or empty."""

    kind: RoleKind
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The role of every cell, in the order of the notebook's cells, and what is wrong with the tags."""

    by_cell: tuple[Role, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages' names in the order in which their first cells stand."""
        return tuple(dict.fromkeys(role.stage for role in self.by_cell if role.kind == "stage"))


def is_ours(tag: str) -> bool:
    """Tell whether this tag says what a cell is in the pipeline.

    Examples:
        >>> is_ours("stage:train"), is_ours("slow")
        (True, False)
    """
    return tag in PLAIN_TAGS or tag.startswith(PREFIX)


def stage_name_problem(name: str) -> str:
    """Return why this cannot be the name of a stage; empty when it can.

    Examples:
        >>> stage_name_problem("train"), stage_name_problem("con")
        ('', "'con' is a device name on Windows")
    """
    if name.lower() in _DEVICES:
        return f"{name!r} is a device name on Windows"
    if _STAGE_NAME.fullmatch(name) is None:
        return f"{name!r} is not a name for a stage" if name else "the stage has no name"
    return ""


def usable_name(text: str) -> str:
    """Return a stage name close to this text.

    Examples:
        >>> usable_name("2. Load & clean"), usable_name("CON"), usable_name("../..")
        ('load-clean', 'con-1', 'stage')
    """
    name = re.sub(r"[^a-z0-9_]+", "-", text.lower())
    name = re.sub(r"^[^a-z]+", "", name).rstrip("-_")[:63].rstrip("-_")
    if name in _DEVICES:
        return f"{name}-1"
    return name or "stage"


def folded(name: str) -> str:
    """Return what two stage names must differ in: case, `-` and `_` do not count."""
    return name.lower().replace("-", "_")


def read_roles(notebook: Notebook) -> Roles:
    """Return each cell's role and the diagnostics about tags.

    A cell whose tags are wrong still gets the role that was meant, so that the rest of the
    notebook can be looked at; the error refuses the export.
    """
    found: list[Diagnostic] = []
    roles: list[Role] = []
    for cell in notebook.cells:
        found += _tag_diagnostics(cell)
        roles.append(_role(cell))
    found += _alike(notebook, roles)
    found += _parameter_cells(notebook, roles)
    return Roles(by_cell=tuple(roles), diagnostics=tuple(found))


def _role(cell: Cell) -> Role:
    ours = [tag for tag in cell.tags if is_ours(tag)]
    if cell.kind != "code" or not ours:
        return Role(kind="none")
    for kind in ("parameters", "setup", "skip"):
        if ours[0] == kind:
            return Role(kind=kind)
    name = ours[0].removeprefix(PREFIX)
    return Role(kind="stage", stage=usable_name(name) if stage_name_problem(name) else name)


def _tag_diagnostics(cell: Cell) -> Iterator[Diagnostic]:
    """Yield what is wrong with the tags of one cell."""
    raw = cell.metadata.get("tags", [])
    if not isinstance(raw, list) or not all(isinstance(tag, str) for tag in raw):
        yield _error("MLC005", cell, f"the tags are {raw!r:.40} instead of a list of texts")
        return
    ours = list(dict.fromkeys(tag for tag in cell.tags if is_ours(tag)))
    if cell.kind != "code":
        if ours:
            message = f"the tag {ours[0]!r} is on a {cell.kind} cell and does nothing"
            yield _error("MLC007", cell, message, severity=Severity.WARNING)
        return
    if len(ours) > 1:
        message = f"the cell has the tags {' and '.join(map(repr, ours))}, only one can count"
        yield _error("MLC003", cell, message, hint="Split the cell or remove a tag.", tag=ours[0])
    for tag in ours:
        name = tag.removeprefix(PREFIX)
        if tag.startswith(PREFIX) and (problem := stage_name_problem(name)):
            better = PREFIX + usable_name(name)
            code = "MLC006" if "Windows" in problem else "MLC001"
            yield _error(code, cell, problem, hint=f"{_RULE}, such as {better!r}.", tag=better)
    if not ours:
        yield from _near_misses(cell)


def _near_misses(cell: Cell) -> Iterator[Diagnostic]:
    """Yield a warning for tags that were meant as ours: `Stage:train`, `stage: train`, `Setup`."""
    for tag in cell.tags:
        plain = tag.strip().lower()
        meant = re.fullmatch(r"stages?\s*[:=]\s*(.+)", plain)
        if meant is not None:
            better = PREFIX + usable_name(meant.group(1))
        elif plain in PLAIN_TAGS:
            better = plain
        else:
            continue
        message = f"the tag {tag!r} is not understood"
        hint = f"Did you mean {better!r}?"
        yield _error("MLC008", cell, message, hint=hint, tag=better, severity=Severity.WARNING)


def _alike(notebook: Notebook, roles: list[Role]) -> Iterator[Diagnostic]:
    """Yield an error for each cell whose stage differs from an earlier one in case, `-` or `_` only."""
    spellings: dict[str, dict[str, int]] = defaultdict(dict)
    for cell, role in zip(notebook.cells, roles, strict=True):
        if role.kind != "stage":
            continue
        written = next(tag for tag in cell.tags if tag.startswith(PREFIX)).removeprefix(PREFIX)
        seen = spellings[folded(written)]
        if written not in seen and seen:
            first, number = next(iter(seen.items()))
            message = f"the stages {written!r} and {first!r} (cell {number}) differ only in case, - or _"
            yield _error("MLC002", cell, message, hint="Use one spelling.", tag=PREFIX + usable_name(first))
        seen.setdefault(written, cell.number)


def _parameter_cells(notebook: Notebook, roles: list[Role]) -> Iterator[Diagnostic]:
    """Yield an error for each cell tagged `parameters` after the first."""
    tagged = [c for c, r in zip(notebook.cells, roles, strict=True) if r.kind == "parameters"]
    for cell in tagged[1:]:
        message = f"a second cell tagged 'parameters' (the first is cell {tagged[0].number})"
        yield _error("MLC004", cell, message, hint="Move its lines into the first one.")


def _error(
    code: str,
    cell: Cell,
    message: str,
    *,
    hint: str = "",
    tag: str = "",
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    fix = Fix(title=f"Tag the cell {tag!r}", cell_id=cell.id, tag=tag) if tag else None
    place = Place(cell=cell.number, cell_id=cell.id)
    return Diagnostic(code=code, severity=severity, message=message, hint=hint, place=place, fix=fix)
