"""Where a generator's choices come from: hypothesis (they shrink) or a seeded generator (fast)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Chooser(Protocol):
    """The two questions a program writer asks."""

    def number(self, low: int, high: int) -> int:
        """Return a number between low and high, both included."""

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""


class SeededChooser:
    """Choices from a seed: the same seed writes the same program."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """Return a number between low and high, both included."""
        return self._random.randint(low, high)

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self._random.randrange(len(items))]


class DrawnChooser:
    """Choices that hypothesis makes and can make smaller."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, low: int, high: int) -> int:
        """Return a number between low and high, both included."""
        return int(self._draw(st.integers(low, high)))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.number(0, len(items) - 1)]
