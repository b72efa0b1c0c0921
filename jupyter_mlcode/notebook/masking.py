"""A text whose parts are replaced by blanks of the same length, and the positions in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

_NO_LINE_END = re.compile(r"[^\n]")
_LINE_END = re.compile(r"\n")


@dataclass(slots=True)
class Masking:
    """The edits to a text so far: in order, never overlapping, each as long as what it replaces."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def line_of(self, offset: int) -> int:
        """Return the number, from 1, of the line with this offset."""
        return bisect_right(self._line_starts(), offset)

    def column_of(self, offset: int) -> int:
        """Return how many characters of its line stand before this offset."""
        starts = self._line_starts()
        return offset - starts[bisect_right(starts, offset) - 1]

    def mask(self, start: int, stop: int, replacement: str = "") -> None:
        """Replace the region by this text and blanks; its line ends stay."""
        blank = _NO_LINE_END.sub(" ", self.text[start + len(replacement) : stop])
        self.edits.append((start, stop, replacement + blank))

    def python(self) -> str:
        """Return the text with all edits made."""
        pieces: list[str] = []
        position = 0
        for start, stop, replacement in self.edits:
            pieces += (self.text[position:start], replacement)
            position = stop
        return "".join(pieces) + self.text[position:]

    def _line_starts(self) -> list[int]:
        if not self.starts:
            self.starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return self.starts
