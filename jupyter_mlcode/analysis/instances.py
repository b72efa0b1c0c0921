"""Instances of the notebook's classes: how they are made, and what they do at their end."""

from __future__ import annotations

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callables import PLAIN_BASES, Function
from jupyter_mlcode.analysis.functions import Functions
from jupyter_mlcode.analysis.hashes import REMEMBERED, remembers_hash
from jupyter_mlcode.analysis.recorder import Frame
from jupyter_mlcode.analysis.regions import without_classes
from jupyter_mlcode.analysis.values import (
    BARE,
    FRESH,
    MADE_PLAINLY,
    NO_REGIONS,
    Value,
    container,
    is_patched,
    member_of,
    methods_of,
)


class Instances(Functions):
    """Evaluates what a call of a class does."""

    def instantiate(self, callee: Value, args: Arguments) -> Value:
        """Return what a call of these classes gives: a new instance, a member, or what `__new__` gives."""
        if (member := member_of(callee)) is not None and len(args.all) == 1:
            return member  # `Color(2)` finds it
        made = self._newly_made(callee, args)
        for made_by in dict.fromkeys(m for c in callee.classes for m in c.metaclass):
            called = made_by.method("__call__")
            if called is not None and called not in self.inlined:
                self.run_function(called, [callee, *args.positional], args.keywords, args.rest)
        for cls in callee.classes:
            for factory in cls.factories:
                self.run_given(factory)
                kept = [made, self._run_all(factory, Arguments([], {}, []))] if factory.functions else [made]
                made = made.with_regions(made.tops, container("", kept).inner - made.tops)
            init = cls.method("__init__") or cls.method("__post_init__")
            patched = callee.functions if is_patched(callee, "__init__") else ()
            for one in (init, *patched):
                made = self._initialized(one, made, args) if one is not None else made
        if reason := self._inherited_reason(callee):
            made = made.with_traits(made.traits | {f"immovable={reason}"})
        if any(c.has_foreign_base for c in callee.classes):
            self.effect("foreign", f"base of {callee.classes[0].name}")
        self.may_end(made)  # in a function, or where nothing keeps it
        return made

    def _newly_made(self, callee: Value, args: Arguments) -> Value:
        """Return a new instance, or what `__new__` gives: it may keep it, or give an earlier one."""
        made = self.instance(callee, container("instance", args.all))
        found = [
            self.run_function(new, [callee, *args.positional], args.keywords, args.rest)
            for new in dict.fromkeys(c.method("__new__") for c in callee.classes)
            if new is not None
        ]
        tops = without_classes(NO_REGIONS.union(*(f.tops for f in found)))
        inner = NO_REGIONS.union(made.inner, *(f.inner for f in found))
        return self.located(made) if not tops else made.with_regions(tops, inner - tops)

    def made_by_python(self, args: Arguments) -> Value:
        """`super().__new__(cls, ...)`, where Python makes the instance."""
        made = self.instance(args.positional[0], container("instance", args.all[1:])) if args.all else FRESH
        return self.located(made)

    def makes_plainly(self, base: Value) -> bool:
        """Whether `__new__` of this is Python's, or a taught library's."""
        if not base.classes:
            return base.family == BARE or MADE_PLAINLY in base.traits
        return self.taught_above(base) and not methods_of(base, "__new__")

    def taught_above(self, instance: Value) -> bool:
        """Whether all classes of libraries above are taught: making an instance changes no other object."""
        above = (b for c in instance.classes for one in c.lineage for b in one.bases if not b.classes)
        return all(b.path in PLAIN_BASES or b.path in self.library.types for b in above)

    def may_end(self, value: Value) -> None:
        """Run what an object does when nothing refers to it any more."""
        self.branch += 1
        for method, classes in methods_of(value, "__del__").items():
            if method not in self.inlined:
                self.run_function(method, [value.of_classes(classes)], {})
        self.branch -= 1

    def _inherited_reason(self, callee: Value) -> str:
        """Return why instances cannot be saved: a base class of a library says so, or what they keep."""
        if any(remembers_hash(c) for c in callee.classes):
            return REMEMBERED
        paths = {b.path for c in callee.classes for b in c.bases if b.path}
        families = (self.library.families.get(self.library.types.get(path, "")) for path in sorted(paths))
        return next((f.immovable for f in families if f is not None and f.immovable), "")

    def _initialized(self, init: Function, made: Value, args: Arguments) -> Value:
        """Run the initializer and return the instance with all that it refers to now."""
        known, maybe = self.known, self.maybe
        holder = Frame({"self"}, None)
        holder.values["self"] = made
        self.calling.append(holder)
        self.run_function(init, [made, *args.positional], args.keywords, args.rest)
        self.calling.pop()
        self.known = (self.known - made.tops) | known
        self.maybe = (self.maybe - made.tops) | maybe
        return holder.values["self"]
