"""The stage graph: what the graph room makes, and code generation, exporters and the runner read.

A stage is the projection of the notebook onto what it needs: its own cells verbatim, the
replayable statements of other cells it depends on, and, in place of every other stage's cells,
loads of what they left behind. `Stage.steps` lists these in notebook order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.parts import FileUse, Parameter, ParameterType


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One file that a stage saves: one name, or several names that share objects.

    `key` is the file's stem: the name, `name.2` for a second version made later in the same
    stage, `a+b` for a group. `maybe` means that a name may be unbound when it is saved.
    """

    key: str
    names: tuple[str, ...]
    maybe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCell:
    """A cell of this stage, verbatim. `closes_figures`: a script must close them at its end."""

    cell: int
    closes_figures: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Top-level statements of another cell, verbatim, run again here (imports, definitions, settings).

    `lines` are 1-based line numbers (first, last) in the cell, comment lines above included.
    `text` is what to write: the verbatim lines, or an import statement without the names that
    this stage does not use.
    """

    cell: int
    lines: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDefinitions:
    """`from <pipeline>_definitions import <names>`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Values that an earlier stage saved, bound to their names here."""

    stage: str
    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadAll:
    """The whole movable namespace an earlier stage saved (a cell there cannot be understood)."""

    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreState:
    """Interpreter state of these kinds as `stage` left it (`numpy.random`, `matplotlib.rcParams`, ...)."""

    stage: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """Write these outputs now: at the end of the stage, or before a later own cell changes them."""

    artifacts: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveAll:
    """Write the whole movable namespace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveState:
    """Write interpreter state of these kinds."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe:
    """Note these variables and kinds of state before a cell: `verify --observe` saw that it leaves them alone."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Stop unless what the last `Observe` noted is still the same."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """Stop unless these variables are of the classes that `verify --observe` saw: (name, class)."""

    types: tuple[tuple[str, str], ...]


Step: TypeAlias = (
    OwnCell
    | Replay
    | ImportDefinitions
    | Load
    | LoadAll
    | RestoreState
    | Observe
    | Confirm
    | Expect
    | Save
    | SaveAll
    | SaveState
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A named group of cells that executes as one process."""

    name: str
    title: str
    purpose: str = ""
    cells: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    outputs: tuple[Artifact, ...] = ()
    params: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    state_in: tuple[tuple[str, str], ...] = ()
    state_out: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    draws: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    reads: tuple[FileUse, ...] = ()
    writes: tuple[FileUse, ...] = ()
    volatile: tuple[str, ...] = ()
    carries_everything: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A closed top-level function or class (or an import one needs) that moves to the definitions module."""

    cell: int
    name: str
    text: str
    is_import: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A cell that is in no stage, and why that changes nothing."""

    cell: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One thing that crosses an edge; cells count from 1, lines too.

    `kind` is `variable`, `file`, `random` or `state`; `name` is the variable, the path or the
    kind of state. `history` are the places where a variable was bound and then changed, the last
    of them `made`.
    """

    kind: Literal["variable", "file", "random", "state"]
    name: str
    made: tuple[int, int]
    read: tuple[int, int]
    history: tuple[tuple[int, int], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`target` must run after `source`, because of what it carries."""

    source: str
    target: str
    carries: tuple[Carried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A notebook as a stage graph; `stages` are in an order in which they can run."""

    name: str
    notebook: Notebook
    parameters: tuple[Parameter, ...] = ()
    stages: tuple[Stage, ...] = ()
    edges: tuple[Edge, ...] = ()
    definitions: tuple[Definition, ...] = ()
    kept: tuple[int, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    setup: tuple[int, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


__all__ = [
    "Artifact",
    "Carried",
    "Confirm",
    "Definition",
    "Edge",
    "Expect",
    "FileUse",
    "ImportDefinitions",
    "LeftOut",
    "Load",
    "LoadAll",
    "Observe",
    "OwnCell",
    "Parameter",
    "ParameterType",
    "Pipeline",
    "Replay",
    "RestoreState",
    "Save",
    "SaveAll",
    "SaveState",
    "Stage",
    "Step",
]
