"""Classes that were changed after their definition: an instance knows its class without its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.values import Value, classes_of


class _Version(Protocol):
    kind: Any
    value: Value | None


V = TypeVar("V", bound=_Version)


class ChangedClasses:
    """The names of the changed classes, by where each was defined."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._bound: set[str] = set()
        self._left: dict[str, Any] = {}
        self.hidden: set[str] = set()
        """The origins of those that a call changed which nobody knows: not only in their attributes."""

    def __contains__(self, origin: str) -> bool:
        return origin in self._names

    def note(self, last: Mapping[str, _Version], changed: Iterable[str], facts: StatementFacts) -> None:
        """Note which of the names that a statement changes are classes."""
        for effect in facts.effects:
            if effect.kind == "finding" and effect.what == "class":
                self.hidden.update(effect.detail.splitlines())
        for name in sorted(self._bound.intersection(changed)):
            version = last.get(name)
            if version is not None and version.value is not None and "class" in version.value.traits:
                self._names.update((cls.origin, name) for cls in version.value.classes)

    def leave(self, name: str, latest: Callable[[str], V | None], value: Value) -> None:
        """Note that a name is bound again: a changed class that had it is known to its instances only."""
        if "class" in value.traits:
            self._bound.add(name)
        if name not in self._names.values():
            return
        version, kept = latest(name), {cls.origin for cls in value.classes}
        for cls in version.value.classes if version is not None and version.value is not None else ():
            if self._names.get(cls.origin) == name and cls.origin not in kept:
                self._left.setdefault(cls.origin, version)

    def read(self, reads: dict[str, V], latest: Callable[[str], V | None]) -> None:
        """Add to what a statement reads the changed classes that it meets through instances or subclasses."""
        for origin, name in self._known_to(reads.values()):
            left = self._left.get(origin)
            version = latest(name) if left is None else left
            if version is not None and version.kind != "del":
                reads.setdefault(name if left is None else f"{name} {origin}", version)

    def _known_to(self, read: Iterable[_Version]) -> list[tuple[str, str]]:
        if not self._names:
            return []
        values = [version.value for version in read if version.value is not None]
        origins = {above.origin for value in values for cls in classes_of(value) for above in cls.lineage}
        return [(origin, name) for origin, name in self._names.items() if origin in origins]
