"""What one top-level statement does, as the graph room needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from jupyter_mlcode.analysis.callables import Region, Regions
from jupyter_mlcode.analysis.values import Value

StatementKind: TypeAlias = Literal[
    "import", "definition", "class", "setting", "seed", "pure", "nothing", "other"
]
"""How a statement can be run again elsewhere.

`import`, `definition` and `class` make the same thing wherever their names mean the same;
`setting` and `seed` change only interpreter state; `pure` computes new values and touches
nothing; `nothing` has no effect; `other` must run once, in its own stage.
"""

EffectKind: TypeAlias = Literal[
    "reads",
    "writes",
    "draws",
    "seeds",
    "sets",
    "notices",
    "figure",
    "impure",
    "opaque",
    "finding",
    "foreign",
    "display",
    "module",
    "ambient",
    "star",
    "submodule",
    "loads",
]


class Effect(NamedTuple):
    """Something a statement does besides binding names; line and column count from 1."""

    kind: EffectKind
    what: str
    line: int = 1
    column: int = 1
    detail: str = ""


class StatementFacts(NamedTuple):
    """What a top-level statement reads, binds, changes and does.

    `uses` maps names read before the statement surely binds them to the first line that does.
    `must`, `may`, `deleted` and `lost` are the names it binds surely, binds perhaps, unbinds, and unbinds perhaps.
    `compared` are the regions of which it may notice whether two of them are one object.
    `known` and `maybe` are the regions it changes: by a rule, or because an unknown call might.
    `absorbs` lists (tops, regions): objects `tops` hold references to `regions` from now on;
    `merges` lists regions that an unknown call may have linked in any way.
    `binds` gives the abstract values of bound names. `deferred` are globals that functions and
    classes defined here read when they are called; `through` maps names that are read only inside
    called functions to these functions' origins. `columns` are the first line's start and the
    last line's end, in UTF-8 bytes; (0, -1) for whole lines.
    """

    first: int
    last: int
    kind: StatementKind
    uses: Mapping[str, int]
    must: frozenset[str]
    may: frozenset[str]
    deleted: frozenset[str]
    lost: frozenset[str]
    compared: Regions
    known: Regions
    maybe: Regions
    absorbs: tuple[tuple[Regions, Regions], ...]
    merges: tuple[Regions, ...]
    binds: Mapping[str, Value]
    deferred: frozenset[str]
    effects: tuple[Effect, ...]
    roots: frozenset[str]
    used_values: Mapping[str, Value]
    through: Mapping[str, frozenset[str]]
    columns: tuple[int, int]


class CellFacts(NamedTuple):
    """The facts of a whole cell, seen from outside; `*` stands for names that cannot be known."""

    defines: frozenset[str]
    uses: frozenset[str]
    mutates: frozenset[str]
    may_mutate: frozenset[str]
    statements: tuple[StatementFacts, ...]
    problem: SyntaxProblem | None = None


class SyntaxProblem(NamedTuple):
    """Why a cell is not Python, at line and column (from 1)."""

    message: str
    line: int
    column: int


EVERY_NAME: str = "*names"
"""Stands among the names that a cell read for all names that there are."""
UNKNOWN_REGION: Region = "?"
"""Prefix of the region of a name that nothing analysed so far defines."""
