"""Calls: of notebook functions (evaluated in place), taught libraries (data) and unknown code (the worst)."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping

from jupyter_mlcode.analysis import hidden_names
from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.call_names import (
    ALONE,
    CALLED,
    CHANGING,
    ELSEWHERE,
    NAMESPACE_WRITES,
    SETTING,
    SPECIAL,
    STRING_CALLS,
)
from jupyter_mlcode.analysis.callables import Class, Function, Regions
from jupyter_mlcode.analysis.callees import name_of, noticing, prints, remembers
from jupyter_mlcode.analysis.expressions import class_of, receivers
from jupyter_mlcode.analysis.instances import Instances
from jupyter_mlcode.analysis.library import Entry
from jupyter_mlcode.analysis.magic_effects import run_call
from jupyter_mlcode.analysis.regions import without_classes
from jupyter_mlcode.analysis.scopes import arguments
from jupyter_mlcode.analysis.values import (
    BARE,
    CALLS,
    FRESH,
    METHOD_CALLER,
    NONE,
    SCALAR,
    Value,
    container,
    is_patched,
    join,
    methods_of,
    part_of,
)

_LAST_OF_ALL = frozenset("__new__ __init__ __init_subclass__ __repr__ __str__ __format__ __dir__".split())
"""Methods of `object` that change nothing: what `super()` finds above the classes of the notebook."""


def _holds_what_it_calls(base: Value) -> bool:
    """Whether what is no method of its classes can only be an attribute: `self.copy = f`, which is no list's `copy`."""
    foreign = any(c.has_foreign_base for c in base.classes)
    return bool(base.classes) and base.family == "instance" and "class" not in base.traits and not foreign


class Calls(Instances):
    """Evaluates calls."""

    # -- dispatch ----------------------------------------------------------------------------
    def call(self, node: ast.Call) -> Value:
        """Evaluate a call: callee first, then arguments, then what it does."""
        func = node.func
        line = self.line
        if self.frame is None or not self.inlined:
            self.line = node.lineno
            self.column = node.col_offset + 1
        if func.__class__ is ast.Attribute:
            base = self.eval(func.value)
            name = func.attr
            if base.path is not None:
                result = self._call_path(f"{base.path}.{name}", self._arguments(node), node)
            else:
                result = self._call_method(base, name, self._arguments(node), node)
        else:
            callee = self.eval(func)
            result = self._call_value(callee, self._arguments(node), node)
        self.line = line
        return result

    def _arguments(self, node: ast.Call) -> Arguments:
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        rest: list[Value] = []
        for a in node.args:
            if a.__class__ is ast.Starred or rest:
                rest.append(self.eval(a))
            else:
                positional.append(self.eval(a))
        for k in node.keywords:
            if k.arg is None:
                given = self.eval(k.value)
                if given.family == "namespace":  # '{name}'.format(**locals()) looks up any name
                    self.effect("opaque", "eval")
                rest.append(part_of(given))
            else:
                keywords[k.arg] = self.eval(k.value)
        return Arguments(positional, keywords, rest)

    def _call_value(self, callee: Value, args: Arguments, node: ast.Call) -> Value:
        if callee.path is not None:
            return self._call_path(callee.path, args, node)
        if callee.classes and "class" in callee.traits:
            return self.instantiate(callee, args)
        if callee.functions and callee.family == "function":
            return self._run_all(callee, args)
        if callee.classes:
            return self._call_method(callee, "__call__", args, node)
        entry = self.library.special(callee.family, "call")
        if callee.traits:
            self.run_given(callee)
        if entry is not None:
            given = self._run_unknown(callee, [callee, *args.all])
            self.called_by_library(callee, args.all)
            made = self.apply(entry, callee, args, node)
            return functools.reduce(join, given, made)
        return self.unknown_call(callee, args, name_of(node.func))

    def _call_method(self, base: Value, name: str, args: Arguments, node: ast.Call) -> Value:
        if base.family == "namespace":
            self.effect("opaque", "globals" if name in NAMESPACE_WRITES else "vars")
            return FRESH
        if base.family == "ipython" and run_call(self, name, args):
            return FRESH
        if name == "__new__" and self.makes_plainly(base):
            return self.made_by_python(args)
        if base.family == BARE and name in _LAST_OF_ALL:
            parts = container("", [base, *args.all])
            return Value(None, parts.inner, functions=parts.functions, classes=parts.classes)
        if base.traits:
            self.run_named(base, name)
        if base.classes and (made := self._call_own(base, name, args, node)) is not None:
            return made
        if (base.functions and "bound" not in base.traits) or base.classes:
            self.run_held(base)
        if name in STRING_CALLS and args.positional:
            self._hidden(args.positional[0], STRING_CALLS[name])
        entry = self.library.method(base.family, name)
        if entry is not None and not entry.plain and self.frame is None and entry["sets"]:
            self._note_root(node.func)
        if base.family == "foreign":
            self._perhaps_files(args)
        if entry is None or base.family == "foreign" or _holds_what_it_calls(base):
            return self.unknown_call(base, args, name)
        return self.apply(entry, base, args, node, method=name)

    def _call_own(self, base: Value, name: str, args: Arguments, node: ast.Call) -> Value | None:
        """Call what the classes of the notebook say of the name; None when they do not."""
        if name == "__call__" and "class" in base.traits:
            return self.instantiate(base, args)
        if name == "__subclasses__" and "class" in base.traits:
            return self._subclasses(base)
        found = next((v for c in base.classes if (v := c.library_name(name)) is not None), None)
        if found is not None and found.path is not None:
            return self._call_path(found.path, args, node)
        methods = methods_of(base, name)
        if methods:
            return self._run_methods(methods, base, name, args)
        if made := self.read_property(base, name):
            return self._call_value(functools.reduce(join, made), args, node)
        self.missing(base, name)
        if any(c.has_foreign_base for c in base.classes):
            self.effect("draws", "any")
        return None

    def _subclasses(self, base: Value) -> Value:
        """Return the classes of the notebook below this one: all of them must have been made by then."""
        self.every_name()
        below = [
            self.load_global(name)
            for name, value in list(self.env.items())
            if "class" in value.traits
            and any(above in base.classes for cls in value.classes for above in cls.lineage[1:])
        ]
        return container("python.list", below)

    def _run_methods(
        self, methods: Mapping[Function, tuple[Class, ...]], base: Value, name: str, args: Arguments
    ) -> Value:
        """Run the method of every class that the object may be an instance of, and of what else it may be."""
        classes = [c for found in methods.values() for c in found]
        patched = is_patched(base, name)
        several = len(methods) > 1 or len(classes) < len(base.classes) or patched
        self.branch += several
        made = [self._run_method(m, base.of_classes(own), args) for m, own in methods.items()]
        made += [self.run_function(f, [base, *args.all], {}) for f in base.functions if patched]
        if len(classes) < len(base.classes):
            self.run_held(base)
        self.branch -= several
        if name == "__call__" and base.functions:
            self._run_unknown(base, args.all)  # it may be one of the functions that have stood beside
        if base.family is None and name in ELSEWHERE:
            self.mutate(base, known=False)  # it may be a list, or a model of a library, that has stood beside
        return functools.reduce(join, made)

    def _run_method(self, method: Function, base: Value, args: Arguments) -> Value:
        receiver = receivers(method, base)
        before = (len(self.effects), self.known, self.maybe)
        result = self.run_function(method, receiver + args.positional, args.keywords, args.rest)
        if remembers(method) and (before != (len(self.effects), self.known, self.maybe) or prints(method)):
            self.mutate(class_of(base))  # it does so once for all stages
        return result

    # -- imported callables --------------------------------------------------------------------
    def _call_path(self, path: str, args: Arguments, node: ast.Call) -> Value:
        special = SPECIAL.get(path)
        if special is not None:
            return getattr(self, special)(args, node)  # type: ignore[no-any-return]
        entry = self.library.function(path)
        if entry is None:
            return self._untaught_call(path, args, node)
        if entry["sets"] and path.count(".") >= 2:
            self._note_root(node.func)
        for kind in self.library.notices.get(path.split(".", 1)[0], ()):
            self.effect("notices", kind)
        return self.apply(entry, NONE, args, node, path=path)

    def note_stored(self, path: str) -> None:
        """`config.seen.append(1)` changes the module, for whoever uses it afterwards."""
        if path.count(".") > 1 and path.rsplit(".", 1)[-1] in CHANGING:
            self.effect("sets", f"replay:{noticing(path)}")

    def _note_root(self, func: ast.expr) -> None:
        while isinstance(func, (ast.Attribute, ast.Subscript)):
            func = func.value
        if isinstance(func, ast.Name):
            self.roots.add(func.id)

    def _untaught_call(self, path: str, args: Arguments, node: ast.Call) -> Value:
        self.note_stored(path)
        top, _, name = path.partition(".")
        if SETTING.match(path.rsplit(".", 1)[-1]) and all(self.library.immutable(a.family) for a in args.all):
            self.effect("foreign", path)
            self.effect("sets", f"replay:{top}")
        else:  # nobody wants its result: it is called for what it does, to the library perhaps
            known = top in self.local_modules and "." not in name
            self.effect("foreign", path, ALONE if node is self.alone and not known else CALLED)
        if "seed" in path.rsplit(".", 1)[-1] or any(
            "seed" in k or k == "random_state" for k in args.keywords
        ):
            self.effect("seeds", "any")
        self._perhaps_files(args)
        made = self.unknown_call(Value("import", path=path), args, path)
        return Value(
            "foreign",
            made.tops,
            made.inner,
            functions=made.functions,
            classes=made.classes,
            traits=made.traits,
        )

    def _perhaps_files(self, args: Arguments) -> None:
        """`model.save_model("a.bin")`: a text that looks like a path is perhaps read and written."""
        for value in args.all:
            if isinstance(value.const, str) and ("/" in value.const or "." in value.const.strip(".")):
                self.effect("reads", value.const, "maybe")
                self.effect("writes", value.const, "maybe")

    # -- the worst case ------------------------------------------------------------------------
    def unknown_call(self, callee: Value, args: Arguments, name: str) -> Value:
        """Anything may happen to the callee's object and the arguments, and the result may be any of them.

        It may also draw from a shared generator, which matters once somebody seeded one.
        """
        self.effect("draws", "any")
        parts = [callee, *args.all] if callee.path is None else args.all
        movable = [p for p in parts if p.tops or p.inner]
        for part in movable:
            self.mutate(part, known=False, deep=True)
        given: list[Value] = []
        for part in parts:
            if part.functions:
                given += self._run_unknown(part, movable)
            if part.classes:
                self._run_classes(part)
                given += [seen for cls in part.classes for seen in cls.seen()]
        made = container("", [*parts, *given])
        several = len(made.inner) > 1 and movable
        tops = self.merge(movable).union(*(g.tops for g in given)) if several else made.inner
        traits = made.traits - {"class", "bound", "parameter"}
        return Value(None, tops, functions=made.functions, classes=made.classes, traits=traits)

    def _run_unknown(self, value: Value, others: list[Value]) -> list[Value]:
        """Somebody may call these functions now, never or often: once a statement says it all.

        Return what they give back that others hold too.
        """
        regions: Regions = frozenset().union(*(o.reach for o in others)) if others else frozenset()
        if value.family == "python.function":
            regions |= value.reach  # a partial function gives what it holds
        parameter, given = Value(None, regions, regions), []
        self.branch += 1
        for function in value.functions:
            if self.first(function, regions):
                found = self.run_function(function, [parameter] * function.takes, {})
                if (found.tops or found.inner) - regions or found.functions or "class" in found.traits:
                    self.ran[function, regions].append(found)
            given += self.ran[function, regions]
        self.branch -= 1
        return given

    def _run_classes(self, value: Value) -> None:
        self.branch += 1
        tops, traits = without_classes(value.tops), value.traits - {"class", "bound"}
        instance = Value("instance", tops, value.inner, classes=value.classes, traits=traits)
        for cls in value.classes:
            if self.first(cls, value.reach):
                for method in cls.every_method:
                    if method not in self.inlined:
                        others = [FRESH] * (len(arguments(method.node)) - 1)
                        self.run_function(method, [instance, *others], {})
        self.branch -= 1

    def run_held(self, value: Value) -> None:
        """Record what the functions that `value` holds may do when they are called now."""
        self._run_unknown(value, [])
        self._run_classes(value)
        self.run_given(value)

    def _hidden(self, text: Value, syntax: str) -> None:
        if not isinstance(text.const, str):
            return
        for name in hidden_names.names(text.const, syntax):
            if self.knows(name) or hidden_names.certain(text.const, name, syntax):
                self.run_held(self.load(name))

    def called_by_library(self, callee: Value, given: list[Value]) -> None:
        """`partial(rows.append)(1)`, `map(list.append, ...)`: it may change what it gets, and what it holds."""
        if callee.functions or callee.classes:
            return  # what these do is known
        if callee.path is not None:
            entry = self.library.function(callee.path)
            changes: object = entry is None or entry.unknown or entry["mutates"]
        elif callee.family == "python.function":
            paths = [t[len(CALLS) :] for t in callee.traits if t.startswith(CALLS)]
            entries = [self.library.function(path) for path in paths]
            changes = any(e is None or e.unknown or e["mutates"] or e["calls"] for e in entries)
            changes = changes or (callee.inner and not entries)  # the method of an object
        else:
            changes = callee.family == METHOD_CALLER
        for part in (callee, *given) if changes else ():
            self.mutate(part, known=False, deep=True)

    # -- taught calls: defined in effects.py -----------------------------------------------------
    def apply(
        self, entry: Entry, base: Value, args: Arguments, node: ast.Call, *, path: str = "", method: str = ""
    ) -> Value:
        """Do what the knowledge entry says; defined by the class that knows effects."""
        raise NotImplementedError


__all__ = ["SCALAR", "Arguments", "Calls", "name_of"]
