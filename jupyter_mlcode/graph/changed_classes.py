"""Classes that were changed after their definition: an instance knows its class without its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.values import Value, classes_of


class _Version(Protocol):
    value: Value | None


class ChangedClasses:
    """The names of the changed classes, by where each was defined."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.hidden: set[str] = set()
        """The origins of those that a call changed which nobody knows: not only in their attributes."""

    def __contains__(self, origin: str) -> bool:
        return origin in self._names

    def note(self, last: Mapping[str, _Version], changed: Iterable[str], facts: StatementFacts) -> None:
        """Note which of the names that a statement changes are classes."""
        for effect in facts.effects:
            if effect.kind == "finding" and effect.what == "class":
                self.hidden.update(effect.detail.splitlines())
        for name in changed:
            version = last.get(name)
            if version is not None and version.value is not None and "class" in version.value.traits:
                self._names.update((cls.origin, name) for cls in version.value.classes)

    def known_to(self, read: Iterable[_Version]) -> set[str]:
        """Return the names of the changed classes whose instances, or subclasses, are read."""
        if not self._names:
            return set()
        values = [version.value for version in read if version.value is not None]
        origins = {above.origin for value in values for cls in classes_of(value) for above in cls.lineage}
        return {name for origin, name in self._names.items() if origin in origins}
