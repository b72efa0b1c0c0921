"""Containers, comprehensions, iteration and function objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any

from jupyter_mlcode.analysis.callables import Function
from jupyter_mlcode.analysis.recorder import Frame, Recorder
from jupyter_mlcode.analysis.regions import made_in_function
from jupyter_mlcode.analysis.scopes import FunctionNode, arguments, free_globals, scope_of
from jupyter_mlcode.analysis.trees import walk
from jupyter_mlcode.analysis.values import (
    NO_REGIONS,
    PATCHED,
    SET_LATER,
    Value,
    container,
    held,
    join,
    member_of,
    part_of,
    patched,
)


class Containers(Recorder):
    """Evaluates displays, comprehensions and lambdas, and what iterating gives."""

    def eval(self, node: ast.expr) -> Value:
        """Return the abstract value of an expression; defined by the class that knows expressions."""
        raise NotImplementedError

    def returned(self, entry: Any, base: Value) -> Value:
        """Return what an access gives; defined by the class that knows expressions."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value) -> None:
        """Store into a target; defined by the class that knows statements."""
        raise NotImplementedError

    def run_function(
        self,
        function: Function,
        args: list[Value],
        keywords: dict[str, Value],
        rest: Sequence[Value] = (),
    ) -> Value:
        """Evaluate a call of a notebook function; defined by the class that knows calls."""
        raise NotImplementedError

    def run_given(self, value: Value) -> None:
        """Record what functions of libraries do that somebody holds; defined by the class that knows callbacks."""
        raise NotImplementedError

    def run_named(self, value: Value, name: str) -> None:
        """Record what a function of that name does in the modules that `value` holds; defined with `run_given`."""
        raise NotImplementedError

    def described(self, descriptor: Value, instance: Value) -> None:
        """Run a descriptor; defined by the class that knows callbacks."""
        raise NotImplementedError

    def run_held(self, value: Value) -> None:
        """Record that functions held by `value` may be called now."""
        raise NotImplementedError

    # -- containers --------------------------------------------------------------------------
    def _holding(self, family: str, parts: list[Value]) -> Value:
        """Return a new object that holds these; new objects among them that may change share one region."""
        made = container(family, parts)
        if any(p.family in _CHANGING and not p.tops for p in parts):
            return made.with_regions(made.tops, made.inner | {self.new_region()})
        return made

    def as_item(self, target: ast.expr, holder: Value, value: Value) -> Value:
        """Return the value with a region when it becomes an item of an array or a frame: copies share their items."""
        place = target.value if isinstance(target, ast.Subscript) else target
        whole = holder.family == "numpy" or (isinstance(place, ast.Attribute) and place.attr in ("at", "iat"))
        kept = whole and value.family in _CHANGING
        return self.located(value) if kept else value

    def _list(self, node: ast.List) -> Value:
        return self._holding("python.list", [self.eval(e) for e in node.elts])

    def _tuple(self, node: ast.Tuple) -> Value:
        parts = [self.eval(e) for e in node.elts]
        made = self._holding("python.tuple", parts)
        if all(
            self.library.immutable(p.family) and (p.family not in _HOLDERS or "plain" in p.traits)
            for p in parts
        ):
            return Value("python.tuple", traits=made.traits | {"plain"})
        return made

    def _set(self, node: ast.Set) -> Value:
        return container("python.set", [self.eval(e) for e in node.elts])

    def _dict(self, node: ast.Dict) -> Value:
        parts = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                parts.append(self.eval(key))
                parts.append(self.eval(value))
            else:
                parts.append(part_of(self.eval(value)))
        return self._holding("python.dict", parts)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Value:
        first = self.eval(node.generators[0].iter)
        targets = {t.id for g in node.generators for t in walk(g.target) if isinstance(t, ast.Name)}
        outer = self.frame
        visible = outer
        while visible is not None and visible.is_class:
            visible = visible.outer
        frame = self.frame = Frame(targets, visible)
        frame.is_comprehension = True
        self.branch += 1
        for position, generator in enumerate(node.generators):
            source = first if position == 0 else self.eval(generator.iter)
            self.assign(generator.target, self.element(source))
            for condition in generator.ifs:
                self.truth(condition)
        parts = (
            [self.eval(node.key), self.eval(node.value)]
            if isinstance(node, ast.DictComp)
            else [self.eval(node.elt)]
        )
        self.branch -= 1
        self.frame = outer
        return self._holding(_COMPREHENDED[node.__class__], parts)

    def iterated(self, base: Value) -> None:
        """Note what going through the object draws; defined by the class that knows draws."""
        raise NotImplementedError

    def element(self, source: Value) -> Value:
        """Return what iterating over `source` gives, item by item."""
        if source.family == "namespace":
            self.effect("opaque", "vars")
        if (member := member_of(source)) is not None:
            return member
        if source.classes:
            self._implicit_methods(source)
        elif source.functions:
            self.run_held(source)
        if source.traits:
            self.iterated(source)
        if "lazy" in source.traits or source.family == "python.iterator":
            self.mutate(source)
        entry = self.library.special(source.family, "iterate")
        if entry is None:
            return part_of(source)
        if not entry.plain and "self" in (entry["mutates"] or ()):
            self.mutate(source)
        return self.returned(entry, source)

    def default_item(self, base: Value) -> Value:
        """Return an item of a defaultdict with a factory of the notebook, which makes what is missing."""
        self.mutate(base)
        self.run_given(base)
        found = part_of(base)
        self.branch += 1
        for function in base.functions:
            made = self.run_function(function, [], {})
            self.absorb(base, made)
            found = join(found, made)
        self.branch -= 1
        return found

    # -- functions ---------------------------------------------------------------------------
    def _lambda(self, node: ast.Lambda) -> Value:
        return self.make_function(node, "<lambda>")

    def make_function(self, node: FunctionNode, name: str) -> Value:
        """Return the value of a function definition: defaults are evaluated now, the body when called."""
        a = node.args
        positional = [*a.posonlyargs, *a.args]
        defaults = {}
        for arg, default in zip(positional[len(positional) - len(a.defaults) :], a.defaults, strict=True):
            defaults[arg.arg] = self.located(self.eval(default))
        for arg, kw in zip(a.kwonlyargs, a.kw_defaults, strict=True):
            if kw is not None:
                defaults[arg.arg] = self.located(self.eval(kw))
        if not isinstance(node, ast.Lambda) and not self.annotations_are_texts():
            for arg in arguments(node):
                if arg.annotation is not None and not isinstance(arg.annotation, ast.Constant):
                    self.eval(arg.annotation)
            if node.returns is not None and not isinstance(node.returns, ast.Constant):
                self.eval(node.returns)
        reads, _ = free_globals(node)
        if self.frame is None:
            self.deferred |= reads
        closure = self.frame
        while closure is not None and closure.is_class:
            closure = closure.outer
        origin = f"{self.cell_mark}:{node.lineno}:{node.col_offset}"
        if closure is not None and (defaults or _sees(closure, reads)):
            origin += f"@{self.new_region()}"  # each call of the function around it makes another one
        function = Function(node, name, defaults, closure, origin)
        inner = frozenset().union(*(held(v) for v in (*defaults.values(), *function.seen().values())))
        if closure is not None and scope_of(node).nonlocals:
            owner = closure.outer if closure.is_comprehension and closure.outer is not None else closure
            owner.region = owner.region or self.new_region()
            inner = inner | {owner.region}
        return Value("function", inner, functions=(function,))

    def put_method(self, owner: Value, name: str, value: Value) -> None:
        """A function that is set on a class is a method of its objects too, also of those that there are."""
        self.absorb(owner, patched(name))
        origins = {cls.origin for cls in owner.classes}
        self.every_name()
        for known, held_there in list(self.env.items()):
            lines = {above.origin for cls in held_there.classes for above in cls.lineage}
            if "class" not in held_there.traits and not origins.isdisjoint(lines):
                traits = patched(name).traits
                self.absorb(self.load_global(known), Value(None, functions=value.functions, traits=traits))

    def put_attribute(self, owner: Value, value: Value) -> Value:
        """An object that is set on a class is one for its objects and for the classes below it; return it."""
        if "class" not in owner.traits or value.functions or value.classes:
            return value
        value = self.located(value)
        if not value.reach:
            return value
        part = Value(None, value.tops, value.inner, traits=frozenset((SET_LATER,)))
        self.absorb(owner, part)
        origins = {cls.origin for cls in owner.classes}
        self.every_name()
        for known, there in list(self.env.items()):
            if not origins.isdisjoint(above.origin for cls in there.classes for above in cls.lineage):
                self.absorb(self.load_global(known), part)
        return value

    def instance(self, made_by: Value, parts: Value) -> Value:
        """Return a new instance that holds this; a class made in a function is one object with its instances."""
        local = made_in_function(NO_REGIONS.union(*(c.regions for c in made_by.classes)))
        lines = (above for c in made_by.classes for above in c.lineage)
        shared = [v for c in lines if made_in_function(c.regions) for v in c.attributes.values()]
        seen = container("", [*shared, *(v for c in made_by.classes for v in c.seen())])
        patched = frozenset(t for t in made_by.traits if t.startswith(PATCHED))
        later = made_by.inner if SET_LATER in made_by.traits else NO_REGIONS
        return Value(
            "instance",
            inner=parts.inner | local | seen.inner | later,
            functions=parts.functions + made_by.functions if patched else parts.functions,
            classes=made_by.classes,
            traits=parts.traits | seen.traits | patched,
        )

    def truth(self, node: ast.expr) -> Value:
        """Return the value of a condition, for which the methods of an instance may be asked."""
        value = self.eval(node)
        if value.classes and value.family in _ASKED:
            self._implicit_methods(value)
        return value

    def _implicit_methods(self, value: Value) -> None:
        """Any special method of an instance may run: record what its methods read."""
        self.branch += 1
        for cls in value.classes:
            if self.first(("special", cls), value.reach):
                for method in cls.every_method:
                    if method not in self.inlined and _SPECIAL.match(method.name):
                        self.run_function(method, [value], {})
        self.branch -= 1


def _sees(space: Frame | None, names: frozenset[str]) -> bool:
    """Whether one of the names is a variable of the functions around."""
    while space is not None:
        if not space.is_class and not names.isdisjoint(space.names):
            return True
        space = space.outer
    return False


_COMPREHENDED = {
    ast.ListComp: "python.list",
    ast.SetComp: "python.set",
    ast.DictComp: "python.dict",
    ast.GeneratorExp: "python.generator",
}
_SPECIAL = re.compile(r"__(?!init__|new__)")
_CHANGING = ("python.list", "python.dict", "python.set", "instance")
_ASKED = (None, "instance")
_HOLDERS = ("python.tuple", "python.frozenset")
