"""Abstract values: what the analysis knows of an object without running anything.

A value has a *family* (`pandas`, `numpy`, `scalar`, ... or None for unknown) and *regions*:
names of the objects it may be (`tops`) and may reach (`inner`). Two names whose regions meet may
share an object, so that a change made through one is a change of the other. A value without
regions shares nothing with anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from jupyter_mlcode.analysis.callables import LOCAL_CLASS, Class, Function, Region, Regions

NO_REGIONS: Final[Regions] = frozenset()
WORLD: Final[Region] = "*"
"""Stands for any object; used when a set of regions grows past `REGION_LIMIT`."""
OBJECTS: Final[Region] = "*o"
"""Stands for any object that is no class: what changes where an object of `WORLD` that is none changes."""
REGION_LIMIT: Final = 64


class NoConst:
    """The type of `NO_CONST`: this value is not a known literal."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_CONST"


NO_CONST: Final = NoConst()


class Value:
    """What is known of one object. Immutable by convention; compared by content."""

    __slots__ = ("classes", "const", "family", "functions", "inner", "path", "tops", "traits")

    def __init__(
        self,
        family: str | None = None,
        tops: Regions = NO_REGIONS,
        inner: Regions = NO_REGIONS,
        *,
        path: str | None = None,
        functions: tuple[Function, ...] = (),
        classes: tuple[Class, ...] = (),
        traits: frozenset[str] = NO_REGIONS,
        const: object = NO_CONST,
    ) -> None:
        self.family = family
        self.tops = tops
        self.inner = inner
        self.path = path
        self.functions = functions
        self.classes = classes
        self.traits = traits
        self.const = const

    @property
    def reach(self) -> Regions:
        """Every object this value may be or contain."""
        return self.tops | self.inner if self.inner else self.tops

    def same(self, other: Value) -> bool:
        """Whether both say the same (the analysis that read one would read the other alike)."""
        return self is other or (
            self.family == other.family
            and self.tops == other.tops
            and self.inner == other.inner
            and self.path == other.path
            and self.functions == other.functions
            and self.classes == other.classes
            and self.traits == other.traits
            and type(self.const) is type(other.const)
            and self.const == other.const
        )

    def with_regions(self, tops: Regions, inner: Regions) -> Value:
        """Return this value with other regions."""
        return Value(
            self.family,
            _limited(tops),
            _limited(inner),
            path=self.path,
            functions=self.functions,
            classes=self.classes,
            traits=self.traits,
            const=self.const,
        )

    def of_classes(self, classes: tuple[Class, ...]) -> Value:
        """Return this value as an instance of these classes."""
        return Value(
            self.family,
            self.tops,
            self.inner,
            path=self.path,
            functions=self.functions,
            classes=classes,
            traits=self.traits,
            const=self.const,
        )

    def with_traits(self, traits: frozenset[str]) -> Value:
        """Return this value with other traits."""
        functions, classes = self.functions, self.classes
        return Value(
            self.family,
            self.tops,
            self.inner,
            path=self.path,
            functions=functions,
            classes=classes,
            traits=traits,
            const=self.const,
        )

    def __repr__(self) -> str:
        return f"Value({self.path or self.family}, {sorted(self.tops)}, {sorted(self.inner)})"


def _limited(regions: Regions) -> Regions:
    return regions if len(regions) <= REGION_LIMIT else frozenset((WORLD,))


SCALAR: Final = Value("scalar")
"""Numbers, strings, dates: objects that never change."""
NONE: Final = Value("scalar", const=None)
FRESH: Final = Value(None)
"""A new object of unknown family that nobody else holds."""


def join(a: Value, b: Value) -> Value:
    """Return what is known when a value is one of the two."""
    if a is b or a.same(b):
        return a
    return Value(
        a.family if a.family == b.family else None,
        _limited(a.tops | b.tops),
        _limited(a.inner | b.inner),
        path=a.path if a.path == b.path else None,
        functions=_merged(a.functions, b.functions),
        classes=_merged(a.classes, b.classes),
        traits=a.traits | b.traits,
        const=a.const if type(a.const) is type(b.const) and a.const == b.const else NO_CONST,
    )


def any_of(default: Value | None, rest: Sequence[Value]) -> Value:
    """Return what a parameter may be that nothing but `*args` and `**kwargs` may give."""
    values = [*rest] if default is None else [default, *rest]
    found = values[0] if values else FRESH
    for other in values[1:]:
        found = join(found, other)
    return found


def _merged(a: tuple, b: tuple) -> tuple:  # type: ignore[type-arg]
    return a if a == b or not b else a + tuple(x for x in b if x not in a)


CALLS: Final = "calls="
"""Begins the trait of what holds a function or a module of a library, which it may call."""
MEMBER: Final = "python.member"
METHOD_CALLER: Final = "python.methodcaller"
PROPERTY: Final = "python.property"
MADE_PLAINLY: Final = "made plainly"
"""The trait of `super()` that finds only taught classes: making an instance changes no other object."""
SET_LATER: Final = "set later"
"""The trait of a class that got an object that may change as an attribute: its instances hold it too."""
BARE: Final = "bare object"
"""The family of what `super()` finds above the classes of the notebook where only `object` is left."""
PATCHED: Final = "patched="
"""Begins the trait of a class, and of its instances, of which a method of that name was replaced."""
GENERATOR: Final = "numpy.generator"
HOLDS_GENERATOR: Final = "rng"
"""Trait of what holds a random generator: `**settings` may give it to somebody who draws."""
OWN_TRAITS: Final = frozenset({"class", "bound", "parameter", "plain", "parts"})
"""Traits of an object that what holds it does not share."""


def held(part: Value) -> Regions:
    """Return what refers to `part` may reach; of a class defined once only the class: it knows its parts."""
    defined = "class" in part.traits and not any(r.endswith(LOCAL_CLASS) for r in part.tops)
    return part.tops if defined else part.reach


def container(family: str, parts: Iterable[Value]) -> Value:
    """Return a new object of `family` that holds `parts`."""
    inner: Regions = NO_REGIONS
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    traits: frozenset[str] = NO_REGIONS
    for part in parts:
        if part.tops or part.inner:
            inner = inner | held(part)
        if part.functions:
            functions = _merged(functions, part.functions)
        if part.classes:
            classes = _merged(classes, part.classes)
        if part.traits:
            traits = traits | (part.traits - OWN_TRAITS)
        if part.path is not None or part.family == GENERATOR:
            traits = traits | {f"{CALLS}{part.path}" if part.path is not None else HOLDS_GENERATOR}
    return Value(family, NO_REGIONS, _limited(inner), functions=functions, classes=classes, traits=traits)


def part_of(value: Value, family: str | None = None) -> Value:
    """Return what an element, attribute or view of `value` may be."""
    return _seen_as(value, family, value.reach, value.traits - {"class"})


def is_generic(value: Value) -> bool:
    """Whether `value[...]` is the class itself with its type parameters, as of `class Stack(Generic[T])`."""
    own = any(c.has_foreign_base or c.metaclass or c.method("__class_getitem__") for c in value.classes)
    return "class" in value.traits and not own


def classes_of(value: Value) -> tuple[Class, ...]:
    """Return the classes of what the value may be or hold, also of the objects of bound methods."""
    receivers = (f.receiver for f in value.functions if f.receiver is not None)
    return value.classes + tuple(c for r in receivers for c in classes_of(r))


def patched(name: str) -> Value:
    """Return what a class holds since a function was put there as the method of that name; `*` is any name."""
    return Value(None, traits=frozenset((PATCHED + name,)))


def is_patched(value: Value, name: str) -> bool:
    """Whether the method of that name may be a function that was put on the class."""
    return f"{PATCHED}{name}" in value.traits or f"{PATCHED}*" in value.traits


def methods_of(value: Value, name: str) -> dict[Function, tuple[Class, ...]]:
    """Return the methods of that name that the object may have, each with the classes that it may then be of."""
    found: dict[Function, tuple[Class, ...]] = {}
    for cls in value.classes:
        for method in cls.methods_named(name):
            found[method] = (*found.get(method, ()), cls)
        for made_by in cls.metaclass if "class" in value.traits and cls.method(name) is None else ():
            for method in made_by.methods_named(name):
                found[method.bound_to(value)] = (cls,)
    return found


def member_of(value: Value) -> Value | None:
    """Return a member of an enumeration, whose class this is: it is one object, and never changes."""
    classes = value.classes
    enumerates = classes and "class" in value.traits and all(c.is_enumeration for c in classes)
    return Value(MEMBER, classes=classes) if enumerates else None


def whole_of(value: Value, family: str | None) -> Value:
    """Return the same object in another form, which is never one of its items: `df.loc`, `array.T`."""
    return _seen_as(value, family, value.tops, value.traits)


def _seen_as(value: Value, family: str | None, tops: Regions, traits: frozenset[str]) -> Value:
    functions, classes = value.functions, value.classes
    return Value(family, tops, value.inner, functions=functions, classes=classes, traits=traits)


_REPEATABLE: Final = (
    "numpy",
    "pandas",
    "python.list",
    "python.dict",
    "python.set",
    "python.tuple",
    "python.str",
    "scalar",
)


def iterator_over(made: Value, sources: list[Value]) -> Value:
    """Return an iterator over `sources`: using it up may use up those that are iterators themselves."""
    consumed = frozenset(
        f"consumes={r}"
        for s in sources
        if s.family not in _REPEATABLE and s.family != "python.dictview"
        for r in s.tops
    )
    traits = made.traits | consumed
    return Value(
        "python.iterator", inner=made.inner, functions=made.functions, classes=made.classes, traits=traits
    )
