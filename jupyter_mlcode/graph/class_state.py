"""What is set on classes after their definition: carried, where the class statement can run again below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from jupyter_mlcode.analysis.callables import ANY_NAME, Class
from jupyter_mlcode.graph.flow import Flow, Version
from jupyter_mlcode.graph.roles import replayable
from jupyter_mlcode.notebook.tags import Role


class Definitions:
    """The class statements of a notebook, by the origins of their classes."""

    def __init__(self, flow: Flow, roles: Mapping[int, Role]) -> None:
        self._roles = roles
        self._changed = flow.changed_classes
        self._made: dict[str, Version] = {}
        self._bound: Counter[str] = Counter()
        for statement in flow.statements():
            for version in statement.writes:
                if version.kind != "change":
                    self._bound[version.name] += 1
                if _is_class(version) and version.kind in ("must", "may"):
                    assert version.value is not None
                    for cls in version.value.classes:
                        self._made.setdefault(cls.origin, version)

    def get(self, origin: str) -> Version | None:
        """Return the version that the class statement made."""
        return self._made.get(origin)

    def below(self, version: Version) -> bool:
        """Whether what was set on the classes can be set again, below their statements, in another stage.

        It cannot where attributes do not say it all, or cannot be set: one name for one class, made at the top
        level by a statement that every stage may run, by no metaclass of the notebook.
        """
        classes = version.value.classes if version.value is not None else ()
        return bool(classes) and all(self._again(cls) for cls in classes if cls.origin in self._changed)

    def _again(self, cls: Class) -> bool:
        made = self._made.get(cls.origin)
        if cls.origin in self._changed.hidden:
            return False
        if made is None or made.kind != "must" or made.statement.facts.kind != "class":
            return False
        odd = cls.metaclass or cls.enumerates or cls.makes_classes or ANY_NAME in cls.attributes
        plain = cls.name == made.name and not odd
        again = replayable(made.statement, self._roles[made.statement.cell], made)
        return plain and again and self._bound[made.name] == 1


def _is_class(version: Version) -> bool:
    return version.value is not None and "class" in version.value.traits
