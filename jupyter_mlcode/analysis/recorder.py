"""What the evaluator writes down while it walks one statement: uses, bindings, changes, effects."""

from __future__ import annotations

import ast
import builtins
import zlib
from collections.abc import Iterable
from typing import Final

from jupyter_mlcode.analysis.callables import CLASS_REGION, LOCAL_CLASS, Class, Function, Regions
from jupyter_mlcode.analysis.facts import EVERY_NAME, UNKNOWN_REGION, Effect, EffectKind
from jupyter_mlcode.analysis.library import Library
from jupyter_mlcode.analysis.regions import (
    ARRAY_REGION,
    items_of,
    objects,
    without_classes,
)
from jupyter_mlcode.analysis.values import GENERATOR, NO_REGIONS, OWN_TRAITS, Value, container, held, join

BUILTINS: Final = {name: Value("builtin", path=f"builtins.{name}") for name in dir(builtins)}
BUILTINS["get_ipython"] = Value("builtin", path="IPython.get_ipython")
BUILTINS["display"] = Value("builtin", path="IPython.display.display")
ARRAYS: Final = ("numpy", "pandas")
_PLAIN: Final = ("python.", "numpy", "pandas")
_BY_IDENTITY: Final = (None, "instance", "function")
_AMBIENT: Final = frozenset({"get_ipython", "display", "__name__"})
for _name in ("__name__", "__doc__"):
    BUILTINS[_name] = Value("scalar")


class Frame:
    """The namespace of a function call, comprehension or class body under evaluation."""

    __slots__ = (
        "escaped",
        "function",
        "globals",
        "is_class",
        "is_comprehension",
        "names",
        "nonlocals",
        "outer",
        "region",
        "returns",
        "values",
        "yields",
    )

    def __init__(self, names: set[str], outer: Frame | None) -> None:
        self.names = names
        self.outer = outer
        self.values: dict[str, Value] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.returns: list[Value] = []
        self.yields = False
        self.is_class = False
        self.is_comprehension = False
        self.function: Function | None = None
        self.region = ""
        self.escaped: dict[tuple[Value, Value], None] = {}
        """What holds a function that was made here, and what was put there."""


class Recorder:
    """Names, bindings and effects of the statement being evaluated.

    `env` is the notebook's namespace so far: it lives longer than a statement. `reads` collects
    what the cell saw of it, so that a cached result can be checked against another `env`.
    """

    def __init__(self, library: Library, env: dict[str, Value]) -> None:
        self.library = library
        self.env = env
        self.local_modules: frozenset[str] = frozenset()
        self.reads: dict[str, Value | None] = {}
        self.cell_bound: set[str] = set()
        self.cell_key = self.cell_mark = ""
        self.frame: Frame | None = None
        self.alone: ast.expr | None = None
        self.calling: list[Frame] = []
        self.branch = 0
        self.line = 1
        self.column = 1
        self.inlined: list[Function] = []
        self.budget = 400
        self.one_by_one = False
        self._region = 0
        self.start_statement()

    def start_statement(self) -> None:
        """Forget the previous statement."""
        self.uses: dict[str, int] = {}
        self.used_values: dict[str, Value] = {}
        self.bound: set[str] = set()
        self.written: set[str] = set()
        self.binds: dict[str, Value] = {}
        self.deleted: set[str] = set()
        self.lost: set[str] = set()
        self.compared: Regions = NO_REGIONS
        self.known: Regions = NO_REGIONS
        self.maybe: Regions = NO_REGIONS
        self.absorbs: list[tuple[Regions, Regions]] = []
        self.merges: dict[Regions, None] = {}
        self.deferred: set[str] = set()
        self.direct: set[str] = set()
        self.indirect: dict[str, set[str]] = {}
        self.effects: dict[Effect, None] = {}
        self.roots: set[str] = set()
        self.ran: dict[tuple[object, Regions], list[Value]] = {}
        """By what a statement called, and with which objects: what it gave back that was not among them."""

    def first(self, called: object, regions: Regions) -> bool:
        """Whether this statement calls this function or class, with these objects, for the first time."""
        key = (called, regions)
        if key in self.ran:
            return False
        self.ran[key] = []
        return True

    # -- names -------------------------------------------------------------------------------
    def load(self, name: str) -> Value:
        """Return the value of a name, as Python's scoping finds it."""
        frame = self.frame
        while frame is not None:
            if name in frame.globals:
                break
            found = frame.values.get(name)
            if found is not None:
                return found
            if name in frame.names and not frame.is_class:
                return Value(None)
            frame = frame.outer
        return self.load_global(name)

    def load_global(self, name: str) -> Value:
        """Return the value of a name of the notebook's namespace, and record the use."""
        found = self.env.get(name)
        if name not in self.cell_bound and name not in self.reads:
            self.reads[name] = found
        if found is None:
            known = BUILTINS.get(name)
            if known is not None and name not in self.deleted:
                if name in _AMBIENT:
                    self.effect("ambient", name)
                return known
            found = Value(None, frozenset((UNKNOWN_REGION + name,)))
        if name not in self.bound:
            if name not in self.uses:
                self.uses[name] = self.line
            self.used_values[name] = found
            if self.inlined:
                self.indirect.setdefault(name, set()).add(self.inlined[-1].origin)
            else:
                self.direct.add(name)
        return found

    def bind(self, name: str, value: Value) -> Value:
        """Bind a name in the scope where an assignment binds it; return the value with its region."""
        frame = self.frame
        while frame is not None and frame.is_comprehension and name not in frame.names:
            frame = frame.outer
        while frame is not None and name in frame.nonlocals:
            frame = frame.outer
            if frame is not None and frame.region:
                self.known = self.known | {frame.region}
        if frame is None or name in frame.globals:
            return self.bind_global(name, value)
        value = self.located(value)
        old = frame.values.get(name)
        if self.branch and old is not None:
            value = join(old, value)
        frame.values[name] = value
        return value

    def bind_global(self, name: str, value: Value) -> Value:
        """Bind a name of the notebook's namespace; perhaps only, inside a branch."""
        value = self.located(value)
        if self.branch:
            old = self.env.get(name)
            if name not in self.cell_bound and name not in self.reads:
                self.reads[name] = old
            if old is not None and old is not value:
                value = join(old, value)
        self.bound.add(name)
        self.written.add(name)
        self.cell_bound.add(name)
        self.env[name] = value
        self.binds[name] = value
        self.deleted.discard(name)
        if not self.branch:
            self.lost.discard(name)
        return value

    def unbind(self, name: str) -> None:
        """`del name`; perhaps only, inside a branch."""
        if self.frame is not None and name not in self.frame.globals:
            if not self.branch:
                self.frame.values.pop(name, None)
            return
        if name not in self.bound and name not in self.uses:
            self.load_global(name)
        if self.branch:
            self.lose(name)
            return
        self.binds.pop(name, None)
        self.cell_bound.add(name)
        self.env.pop(name, None)
        self.bound.discard(name)
        self.lost.discard(name)
        self.deleted.add(name)

    def lose(self, name: str) -> None:
        """The name is perhaps unbound from now on."""
        self.bound.discard(name)
        self.lost.add(name)

    def every_name(self) -> Iterable[Value]:
        """Return the values of all names; that the answer mattered is recorded."""
        self.reads[EVERY_NAME] = None
        return self.env.values()

    def knows(self, name: str) -> bool:
        """Whether the notebook's namespace has a name; that the answer mattered is recorded, the use is not."""
        found = self.env.get(name)
        if name not in self.cell_bound and name not in self.reads:
            self.reads[name] = found
        return found is not None

    def annotations_are_texts(self) -> bool:
        """Whether `from __future__ import annotations` keeps annotations from being evaluated."""
        return self.knows("annotations") and self.env["annotations"].path == "__future__.annotations"

    # -- objects -----------------------------------------------------------------------------
    def located(self, value: Value) -> Value:
        """Return the value with a region of its own when it may change and has none yet."""
        if value.tops or value.path is not None or value.const.__class__ is str:
            return value
        family = value.family
        if family is not None and self.library.immutable(family) and not value.inner and _whole(value):
            return value
        region = self.new_region() + (ARRAY_REGION if family in ARRAYS else "")
        return value.with_regions(frozenset((region,)), value.inner)

    def plain_objects(self) -> Regions:
        """Return the lists, dictionaries, arrays and frames that have a name: nothing fits them."""
        return NO_REGIONS.union(*(v.tops for v in self.every_name() if (v.family or "").startswith(_PLAIN)))

    def joined(self, values: Iterable[Value]) -> Regions:
        """Return the items of the arrays in these sequences; of an array that has a name only its items."""
        regions = items_of(values)
        frames = (frame.values.values() for frame in self._open_frames())
        named = [v for space in (self.every_name(), *frames) for v in space if not regions.isdisjoint(v.tops)]
        return regions.difference(*(v.tops for v in named)) | items_of(named)

    def class_value(self, cls: Class, inner: Regions = NO_REGIONS) -> Value:
        """Return the value of a class that was just made; its region tells that it is one.

        So it tells of a class made in a function: each call makes another one.
        """
        kind = CLASS_REGION if self.frame is None else LOCAL_CLASS
        tops = frozenset((self.new_region() + kind,))
        return Value("class", tops, inner, classes=(cls,), traits=frozenset(("class",)))

    def new_region(self) -> str:
        """Return a region nobody has yet; numbered in the cell, so that a second analysis names it alike."""
        self._region += 1
        return f"{self.cell_key}:{self._region}"

    def start_cell(self, key: str, source: str) -> None:
        """Begin a cell: its regions are numbered from 1, so that a second analysis names them alike.

        What it defines is marked with its text: an edited function is another function for its callers.
        """
        self.cell_key = key
        self.cell_mark = f"{key}:{zlib.crc32(source.encode('utf-8', 'surrogatepass')):x}"
        self._region = 0
        self.reads = {}
        self.cell_bound = set()
        self.budget = 400

    def compare(self, values: list[Value], *, only_shared: bool, alone: bool = False) -> None:
        """Whether these are one object matters (`is`), or where two of them may be (`==`, `in`).

        `alone`: whether one of them is an object that others have too (`id`).
        """
        reaches = [v.reach for v in values if v.tops or v.inner]
        if len(reaches) < 2 - alone:
            return
        regions = NO_REGIONS.union(*reaches)
        if only_shared:
            regions = frozenset(r for r in regions if sum(r in reach for reach in reaches) > 1)
        self.compared = self.compared | regions

    def look_up(self, base: Value, key: Value) -> None:
        """`base[key]`: an object without an equality of its own is found by its identity."""
        if key.tops and key.family in _BY_IDENTITY:
            self.compare([base, key], only_shared=True)

    def mutate(self, value: Value, *, known: bool = True, deep: bool = False, told: bool = False) -> None:
        """The object changes (with everything in it, when `deep`); `told`: a class, in attributes of its own."""
        regions = value.reach if deep else value.tops
        if regions and "class" not in value.traits:
            regions = objects(regions)
        elif regions and not told:
            self.effect("finding", "class", "\n".join(cls.origin for cls in value.classes))
        if value.family == "python.iterator" and value.traits:
            consumed = frozenset(t[9:] for t in value.traits if t.startswith("consumes="))
            if consumed:
                self.maybe = self.maybe | consumed
        if not regions:
            return
        if known:
            self.known = self.known | regions
        else:
            self.maybe = self.maybe | regions

    def merge(self, parts: list[Value]) -> Regions:
        """From now on each of these may be reached from each other; return what stands for all of them."""
        reached: Regions = NO_REGIONS.union(*(p.reach for p in parts))
        regions = without_classes(reached) or reached
        self.merges[regions] = None
        return frozenset((min(regions),))

    def absorb(self, holder: Value, part: Value) -> None:
        """The holder's object refers to the part from now on."""
        regions = held(part) - holder.tops
        for function in part.functions if holder.tops else ():
            regions |= self._seen_by(function, holder, part) - holder.tops
        if part.path is not None or part.family == GENERATOR:
            made = container("", (part,))
            part = Value(part.family, part.tops, part.inner, traits=part.traits | made.traits)
        if not holder.tops or not (regions or part.functions or part.traits or part.classes):
            return
        if regions:
            classes = "class" in holder.traits
            self.absorbs.append((holder.tops if classes else objects(holder.tops), regions))
        tops = holder.tops
        for name in (*self.binds, *self.uses):
            old = self.env.get(name)
            if old is not None and not tops.isdisjoint(old.reach):
                self._enrich(name, old, part, regions)
        for frame in self._open_frames():
            for name, old in frame.values.items():
                if not tops.isdisjoint(old.reach):
                    frame.values[name] = _enriched(old, part, regions)

    def _seen_by(self, function: Function, holder: Value, part: Value) -> Regions:
        """Return what the function reaches of the variables around it; those bound later count when its maker ends."""
        if isinstance(function.closure, Frame):
            function.closure.escaped[(holder, part)] = None
        return NO_REGIONS.union(*(held(v) for v in function.seen().values()))

    def _open_frames(self) -> dict[Frame, None]:
        """The namespaces that can still be read: of all running calls, and those they see."""
        found = dict.fromkeys(self.calling)
        frame = self.frame
        while frame is not None:
            found[frame] = None
            frame = frame.outer
        return found

    def _enrich(self, name: str, old: Value, part: Value, regions: Regions) -> None:
        new = _enriched(old, part, regions)
        if not new.same(old):
            self.env[name] = new
            self.binds[name] = new

    def effect(self, kind: EffectKind, what: str, detail: str = "") -> None:
        """Record something besides names and objects; `?` after the detail: perhaps."""
        if self.branch and kind in ("writes", "seeds"):
            detail += "?"
        self.effects[Effect(kind, what, self.line, self.column, detail)] = None


def _whole(value: Value) -> bool:
    """Whether an immutable object cannot change through its elements either."""
    return value.family not in ("python.tuple", "python.frozenset") or "plain" in value.traits


def _enriched(old: Value, part: Value, regions: Regions) -> Value:
    inner = old.inner | (regions - old.tops)
    return Value(
        old.family,
        old.tops,
        inner,
        path=old.path,
        functions=old.functions + tuple(f for f in part.functions if f not in old.functions),
        classes=old.classes + tuple(c for c in part.classes if c not in old.classes),
        traits=old.traits | (part.traits - OWN_TRAITS),
    )
