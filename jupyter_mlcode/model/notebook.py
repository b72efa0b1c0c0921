"""A notebook as the rest of the product sees it: cells with sources, tags and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.observed import Observation

CellKind: TypeAlias = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a notebook file; `index` counts all cells from 0.

    `source` has line feeds as line ends whatever the file has: Python reads both the same.
    `attachments` are the pictures of a markdown cell.
    """

    index: int
    id: str
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)
    attachments: Mapping[str, Json] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The cell's place in the file counted from 1, as diagnostics name it."""
        return self.index + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook that was read and found well-formed; nothing of it has run.

    `modules` are the Python modules and packages that stand beside it, each with its names that
    touch state which it keeps. `observed` is what a run showed of cells, by the digest of their source.
    """

    path: str
    cells: tuple[Cell, ...]
    kernel: str = "python3"
    metadata: Mapping[str, Json] = field(default_factory=dict)
    nbformat: tuple[int, int] = (4, 5)
    modules: Mapping[str, frozenset[str]] = field(default_factory=dict)
    observed: Mapping[str, Observation] = field(default_factory=dict)

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The non-empty code cells in file order: what Restart & Run All executes."""
        return tuple(c for c in self.cells if c.kind == "code" and c.source.strip())
