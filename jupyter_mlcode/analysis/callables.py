"""Functions and classes of the notebook, as values hold them.

Two of them are equal when a call does the same: they were made at one place, and see the same.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from jupyter_mlcode.analysis.scopes import arguments, free_globals

if TYPE_CHECKING:
    from jupyter_mlcode.analysis.values import Value

Region: TypeAlias = str
Regions: TypeAlias = frozenset[Region]
CLASS_REGION: Final = "C"
"""Ends the region of a class: a change of what refers to a class is none of the class."""
LOCAL_CLASS: Final = f"L{CLASS_REGION}"
"""Ends the region of a class that is made when a function is called."""
ANY_NAME: Final = "*"
"""The name of what a class holds under names that are not known: it was made by a call."""
PLAIN_BASES: Final = ("builtins.object", "typing.Generic", "typing.Protocol", "abc.ABC")
"""Classes that add no method of their own to an instance."""


class Namespace(Protocol):
    """The variables of a function that runs, or has run, as functions made in it see them."""

    @property
    def values(self) -> Mapping[str, Value]:
        """The values of the names."""

    @property
    def outer(self) -> Namespace | None:
        """The variables of the function around it."""

    @property
    def is_class(self) -> bool:
        """Whether it is the body of a class, which functions in it do not see."""


class Function:
    """A function or lambda of the notebook: its tree, its defaults and where it was made."""

    __slots__ = ("closure", "defaults", "name", "node", "origin", "receiver")

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        name: str,
        defaults: Mapping[str, Value],
        closure: Namespace | None,
        origin: str,
        receiver: Value | None = None,
    ) -> None:
        self.node = node
        self.name = name
        self.defaults = defaults
        self.closure = closure
        self.origin = origin
        self.receiver = receiver
        """The object of a bound method, its first argument."""

    def bound_to(self, receiver: Value | None) -> Function:
        """Return the method of this object; of None the function itself."""
        if self.receiver is receiver:
            return self
        return Function(self.node, self.name, self.defaults, self.closure, self.origin, receiver)

    @property
    def takes(self) -> int:
        """How many parameters a call may give values to."""
        return len(arguments(self.node)) - (self.receiver is not None)

    def seen(self) -> dict[str, Value]:
        """Return the variables of the functions around it that its body mentions, with their values."""
        if self.closure is None:
            return {}
        found = {name: _look_up(self.closure, name) for name in free_globals(self.node)[0]}
        return {name: value for name, value in found.items() if value is not None}

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Function)
            and other.node is self.node
            and other.origin == self.origin
            and _alike(self, other, lambda: self._like(other))
        )

    def _like(self, other: Function) -> bool:
        one, two = self.receiver, other.receiver
        return (
            (one is two or (one is not None and two is not None and one.same(two)))
            and _same(self.defaults, other.defaults)
            and (self.closure is other.closure or _same(self.seen(), other.seen()))
        )

    def __hash__(self) -> int:
        return hash(self.origin)


class Class:
    """A class of the notebook: its tree, its methods by name and where it was made."""

    __slots__ = (
        "_lineage",
        "alternatives",
        "attributes",
        "bases",
        "factories",
        "imported",
        "metaclasses",
        "methods",
        "name",
        "node",
        "origin",
        "others",
        "properties",
        "regions",
    )

    def __init__(
        self,
        node: ast.ClassDef,
        name: str,
        methods: dict[str, Function],
        bases: tuple[Value, ...],
        origin: str,
    ) -> None:
        self.node = node
        self.name = name
        self.methods = methods
        self.bases = bases
        self.origin = origin
        self.alternatives: dict[str, tuple[Function, ...]] = {}
        """The methods of one name that branches of the class body define."""
        self.properties: dict[str, tuple[Function, ...]] = {}
        """What reading, setting or deleting a property calls."""
        self.others: frozenset[str] = frozenset()
        """The names in the class body that are neither: they hide methods and properties of base classes."""
        self.regions: Regions = frozenset()
        self._lineage: tuple[Class, ...] | None = None
        self.metaclasses: tuple[Class, ...] = ()
        self.factories: tuple[Value, ...] = ()
        """What the fields of a dataclass call for each new instance."""
        self.attributes: dict[str, Value] = {}
        """The objects in the class body that may change: all instances share them."""
        self.imported: dict[str, Value] = {}
        """The modules and functions of libraries that have a name in the class body."""

    @property
    def metaclass(self) -> tuple[Class, ...]:
        """The classes of the notebook that make this one, also for its base classes."""
        found: dict[int, Class] = {}
        nearest, looked_at = [self], {id(self)}
        for cls in nearest:  # each once: a class can be above another on a million ways
            found.update((id(made_by), made_by) for made_by in cls.metaclasses)
            for base in () if cls.metaclasses else (c for b in cls.bases for c in b.classes):
                if id(base) not in looked_at:
                    looked_at.add(id(base))
                    nearest.append(base)
        return tuple(found.values())

    @property
    def lineage(self) -> tuple[Class, ...]:
        """The class and its base classes of the notebook, in the order in which Python looks for a name.

        Of what several bases have in common the last place counts (language reference, 3.3.3.1).
        """
        if self._lineage is None:
            found = [above for b in self.bases for c in b.classes for above in c.lineage]
            last = {id(cls): cls for cls in reversed(found)}
            self._lineage = (self, *reversed(last.values()))
        return self._lineage

    def method(self, name: str) -> Function | None:
        """Return the method of that name, also from base classes of the notebook."""
        return self._owner(name).methods.get(name)

    def methods_named(self, name: str) -> tuple[Function, ...]:
        """Return the methods of that name: several where the class decides by a condition."""
        owner = self._owner(name)
        return owner.alternatives.get(name) or ((owner.methods[name],) if name in owner.methods else ())

    def accessors(self, name: str) -> tuple[Function, ...]:
        """Return what the property of that name calls, also of base classes of the notebook."""
        return self._owner(name).properties.get(name, ())

    def _owner(self, name: str) -> Class:
        lines = self.lineage
        return next((c for c in lines if name in c.methods or name in c.properties or name in c.others), self)

    def defines(self, function: Function) -> bool:
        """Whether the class body itself defines the function, as a method or as part of a property."""
        several = chain(*self.alternatives.values(), *self.properties.values())
        return function in self.methods.values() or function in several

    def above(self, starts: Iterable[Class], bind: Callable[[Function], Function]) -> Class | None:
        """Return what `super()` sees of the class: what comes after one of `starts`, its methods bound."""
        starts, lineage = tuple(starts), self.lineage
        place = next((n for n, cls in enumerate(lineage) if cls in starts), 0)
        if place + 1 == len(lineage):
            return None
        foreign = tuple(b for cls in lineage[place:] for b in cls.bases if not b.classes)
        seen = Class(self.node, self.name, {}, foreign, f"{self.origin} above {lineage[place].origin}")
        for cls in reversed(lineage[place + 1 :]):
            for name in cls.methods.keys() | cls.properties.keys():
                seen.alternatives.pop(name, None)
                seen.properties.pop(name, None)
            seen.methods.update({name: bind(method) for name, method in cls.methods.items()})
            seen.alternatives.update({n: tuple(map(bind, ms)) for n, ms in cls.alternatives.items()})
            seen.properties.update({n: tuple(map(bind, ms)) for n, ms in cls.properties.items()})
            seen.attributes.update(cls.attributes)
            seen.imported.update(cls.imported)
        seen.regions = self.regions
        return seen

    @property
    def every_method(self) -> Iterable[Function]:
        """The methods that an instance has, also from base classes of the notebook."""
        found: dict[str, tuple[Function, ...]] = {}
        for cls in reversed(self.lineage):
            found.update({name: (method,) for name, method in cls.methods.items()})
            found.update(cls.alternatives)
            found.update(cls.properties)
        return [method for methods in found.values() for method in methods]

    def shared(self, name: str) -> Value | None:
        """Return the object of that name in the class body, also from base classes of the notebook."""
        names = (name, ANY_NAME)
        return next((c.attributes[n] for c in self.lineage for n in names if n in c.attributes), None)

    def library_name(self, name: str) -> Value | None:
        """Return the module or function of a library of that name in the class body, or in that of a base class."""
        owner = next((cls for cls in self.lineage if name in cls.imported or name in cls.methods), None)
        return owner.imported.get(name) if owner is not None else None

    @property
    def has_foreign_base(self) -> bool:
        """Whether a base class is not of the notebook, so that methods may be unknown."""
        return any(not b.classes and b.path not in PLAIN_BASES for c in self.lineage for b in c.bases)

    @property
    def enumerates(self) -> bool:
        """Whether its base is an enumeration of the standard library, perhaps through other classes."""
        return any((b.path or "").startswith("enum.") for c in self.lineage for b in c.bases)

    @property
    def makes_classes(self) -> bool:
        """Whether it is a metaclass."""
        return any(b.path == "builtins.type" for c in self.lineage for b in c.bases)

    @property
    def is_enumeration(self) -> bool:
        """Whether its instances are the members of an enumeration that holds nothing that may change."""
        plain = not self.attributes and not self.method("__init__") and not self.method("__new__")
        return plain and self.enumerates

    def seen(self) -> list[Value]:
        """Return what its methods see of the functions around it, also those of base classes of the notebook."""
        own = [m for c in self.lineage for m in (*c.methods.values(), *chain(*c.properties.values()))]
        methods = [m for m in own if m.closure is not None]
        return [value for m in methods for value in (*m.seen().values(), *m.defaults.values())]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return (
            isinstance(other, Class)
            and other.node is self.node
            and (other.origin, other.regions) == (self.origin, self.regions)
            and _alike(self, other, lambda: self._like(other))
        )

    def _like(self, other: Class) -> bool:
        return (
            len(self.bases) == len(other.bases)
            and all(a.same(b) for a, b in zip(self.bases, other.bases, strict=True))
            and self.methods == other.methods
            and self.properties == other.properties
            and self.alternatives == other.alternatives
            and _same(self.attributes, other.attributes)
            and _same(self.imported, other.imported)
            and self.metaclasses == other.metaclasses
        )

    def __hash__(self) -> int:
        return hash(self.origin)


class _Comparing(threading.local):
    """What is being compared: a function may see itself."""

    def __init__(self) -> None:
        self.pairs: set[tuple[int, int]] = set()


_COMPARING: Final = _Comparing()


def _alike(one: object, two: object, compare: Callable[[], bool]) -> bool:
    pair = (id(one), id(two))
    pairs = _COMPARING.pairs
    if pair in pairs:
        return True
    pairs.add(pair)
    try:
        return compare()
    finally:
        pairs.discard(pair)


def _same(one: Mapping[str, Value], two: Mapping[str, Value]) -> bool:
    return one.keys() == two.keys() and all(value.same(two[name]) for name, value in one.items())


def _look_up(space: Namespace | None, name: str) -> Value | None:
    while space is not None:
        found = space.values.get(name) if not space.is_class else None
        if found is not None:
            return found
        space = space.outer
    return None
