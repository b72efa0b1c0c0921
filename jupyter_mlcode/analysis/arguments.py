"""The arguments of a call, by position and by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jupyter_mlcode.analysis.values import Value


class Arguments:
    """The evaluated arguments of one call."""

    __slots__ = ("keywords", "positional", "rest")

    def __init__(self, positional: list[Value], keywords: dict[str, Value], rest: list[Value]) -> None:
        self.positional = positional
        self.keywords = keywords
        self.rest = rest

    @property
    def all(self) -> list[Value]:
        """Every argument, however it is given."""
        if not self.keywords and not self.rest:
            return self.positional
        return [*self.positional, *self.keywords.values(), *self.rest]

    def gives(self, parameters: Iterable[Any]) -> bool:
        """Return whether one of these parameters is given."""
        return any(self.get(p) is not None for p in parameters)

    def get(self, *parameters: Any) -> Value | None:
        """Return the argument for a parameter given by position (int) and keyword (str)."""
        for p in parameters:
            if p.__class__ is int:
                if p < len(self.positional):
                    return self.positional[p]
            elif p in self.keywords:
                return self.keywords[p]
        return None
