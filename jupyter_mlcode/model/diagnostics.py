"""What is wrong in the user's notebook: a code, a place, one sentence and a way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How much a diagnostic stops: an error refuses the export, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A position in a notebook: cell number, line and column all count from 1."""

    cell: int
    cell_id: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A one-step cure: give the cell these tags instead of the ones of ours it has."""

    title: str
    cell_id: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding; `place` is None when the whole notebook is meant."""

    code: str
    severity: Severity
    message: str
    hint: str = ""
    place: Place | None = None
    fix: Fix | None = None

    def line(self, file: str) -> str:
        """Return the one-line form `file:cell 3:2:5 MLC012 message`.

        Examples:
            >>> place = Place(cell=3, cell_id="ab", line=2, column=5)
            >>> Diagnostic(code="MLC012", severity=Severity.ERROR, message="no", place=place).line("a.ipynb")
            'a.ipynb:cell 3:2:5 MLC012 no'
        """
        where = file
        if self.place is not None:
            where = f"{file}:cell {self.place.cell}:{self.place.line}:{self.place.column}"
        return f"{where} {self.code} {self.message}"
