"""What a run showed of a cell that its source does not tell; used by the analysis, checked again in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One cell's part of `<notebook>.observed.yml`.

    `types` are the classes (`pandas.DataFrame`) of variables that unknown calls bind here; `unchanged`
    are variables that unknown calls might change here, and did not; `undrawn` says that no random number
    was drawn. `bytes` are the sizes of these variables, for the reader. `cell` counts from 1.
    """

    cell: int = 0
    types: Mapping[str, str] = field(default_factory=dict)
    unchanged: frozenset[str] = frozenset()
    undrawn: bool = False
    bytes: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.types or self.unchanged or self.undrawn)


def source_digest(source: str) -> str:
    """Return the key of a cell's observation: an edited cell has none."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
