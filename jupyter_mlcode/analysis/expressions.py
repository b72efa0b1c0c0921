"""Expressions to abstract values, recording what evaluating them uses and changes."""

from __future__ import annotations

import ast
import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callables import PLAIN_BASES, Class, Function
from jupyter_mlcode.analysis.callees import name_of
from jupyter_mlcode.analysis.library import original
from jupyter_mlcode.analysis.operators import Operators
from jupyter_mlcode.analysis.paths import known_text, path_result
from jupyter_mlcode.analysis.values import (
    CALLS,
    FRESH,
    NONE,
    PROPERTY,
    SCALAR,
    Value,
    is_generic,
    is_patched,
    join,
    member_of,
    methods_of,
    part_of,
    whole_of,
)


class Expressions(Operators):
    """Evaluates expression nodes; one method per node type, found by `type(node)`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._expression: dict[type[ast.AST], Callable[[Any], Value]] = {
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.Call: self.call,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._either,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
            ast.List: self._list,
            ast.Tuple: self._tuple,
            ast.Set: self._set,
            ast.Dict: self._dict,
            ast.JoinedStr: self._joined_string,
            ast.FormattedValue: self._formatted,
            ast.Lambda: self._lambda,
            ast.IfExp: self._if,
            **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), self._comprehension),
            ast.NamedExpr: self._walrus,
            ast.Starred: self._starred,
            ast.Await: self._await,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
            ast.Slice: self._slice,
        }

    def eval(self, node: ast.expr) -> Value:
        """Return the abstract value of an expression."""
        return self._expression[node.__class__](node)

    def call(self, node: ast.Call) -> Value:
        """Evaluate a call; defined by the class that knows calls."""
        raise NotImplementedError

    # -- leaves ------------------------------------------------------------------------------
    def _name(self, node: ast.Name) -> Value:
        return self.load(node.id)

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if value is None:
            return NONE
        return Value("python.str" if value.__class__ is str else "scalar", const=value)

    def _joined_string(self, node: ast.JoinedStr) -> Value:
        """An f-string: `${name}` stands for a parameter, `*` for any other inserted text."""
        text = ""
        for part in node.values:
            value = self.eval(part)
            text += value.const if isinstance(value.const, str) else "*"
        return known_text("python.str", text)

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self.eval(node.value)
        self._implicit_methods(value)
        if node.format_spec is not None:
            self.eval(node.format_spec)
        if "parameter" in value.traits and isinstance(node.value, ast.Name):
            return Value("python.str", const=f"${{{node.value.id}}}")
        if isinstance(value.const, (str, int)) and node.format_spec is None:
            with contextlib.suppress(ValueError):  # more digits than Python writes
                return Value("python.str", const=str(value.const))
        return SCALAR

    # -- access ------------------------------------------------------------------------------
    def _attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.eval(node.value), node.attr, node)

    def attribute(self, base: Value, name: str, node: ast.expr) -> Value:
        """Return the value of reading `base.name`."""
        if base.path is not None:
            return self.imported(f"{base.path}.{name}", base)
        if base.traits:
            base = _with_modules(base, name)
        if base.family == PROPERTY:
            return base
        if base.classes:
            return self._instance_attribute(base, name)
        if base.family == "foreign":
            return part_of(base, "foreign")
        if base.family == "ipython" and name in ("user_ns", "user_global_ns"):
            return Value("namespace", frozenset("*"))
        if base.tops and base.family is not None:
            method = self.library.method(base.family, name)
            if method is not None and "self" in (method["mutates"] or ()):
                self.mutate(base, known=False)  # whoever gets the bound method may call it
        entry = self.library.attribute(base.family, name)
        if not entry.plain:
            self._note_access(entry)
        return self.returned(entry, base)

    def _note_access(self, entry: Any) -> None:
        for key in ("sets", "notices"):
            for kind in entry[key] or ():
                self.effect(key, kind)
        if entry["impure"]:
            self.effect("impure", entry["impure"])

    def imported(self, path: str, base: Value | None = None) -> Value:
        """Return a value known only by its dotted import path."""
        path = original(path)
        if self.knows("@import:" + path):
            self.load_global("@import:" + path)
        elif path in self.library.submodules and base is not None:
            self.effect("submodule", path)  # some import before loaded it on its way
        known = self.library.values.get(path)
        if known is None:
            return Value("import", path=path)
        if not known.plain:
            self._note_access(known)
        scalar = known.returns in ("scalar", "none")
        return SCALAR if scalar else Value(known.returns, frozenset((f"module:{path}",)))

    def returned(self, entry: Any, base: Value) -> Value:
        """Return what an access with this entry gives: a view of `base`, or something new."""
        returns = entry.returns
        if returns in ("scalar", "none"):
            return SCALAR
        if returns == "self":
            return base
        if entry["path"]:
            return path_result(returns, base, Arguments([], {}, []), entry["path"])
        unsure = returns in ("any", "fresh", "unsure")
        family = None if unsure else base.family if returns == "likeself" else returns
        if entry.view == "whole":
            return whole_of(base, family)
        if entry.shares or returns == "any":
            return part_of(base, family)
        return Value(family, inner=base.inner if entry.view else frozenset(), traits=base.traits)

    def _instance_attribute(self, base: Value, name: str) -> Value:
        if name == "__class__":
            return class_of(base)
        if name in _TEXTS:
            return Value("python.str")
        computed = self.read_property(base, name)
        methods = methods_of(base, name)
        if methods:
            computed.append(self._method_of_instance(base, name, methods))
        if computed:
            return functools.reduce(join, computed)
        for cls in base.classes:
            if (found := cls.library_name(name)) is not None and found.path is not None:
                return self.imported(found.path)
        member = member_of(base) if name[:1] != "_" else None
        if member is not None:
            return member
        shared = [v for c in base.classes if (v := c.shared(name)) is not None]
        if not shared:
            self.missing(base, name)
        for value in shared:
            self.described(value, base)
        return join(part_of(base), shared[0]) if len(shared) == 1 else part_of(base)

    def missing(self, base: Value, name: str) -> None:
        """An attribute that the class has not, the instance may have; or its class makes it up."""
        self.branch += 1
        for method, classes in methods_of(base, "__getattr__").items():
            if method not in self.inlined:
                self.run_function(
                    method, [*_itself(method, base, classes), Value("python.str", const=name)], {}
                )
        self.branch -= 1

    def read_property(self, base: Value, name: str, given: Sequence[Value] = ()) -> list[Value]:
        """Run what the property of that name calls, for each class; return what it gives."""
        made = []
        self.branch += 1
        for cls in base.classes:
            for function in cls.accessors(name):
                if "cached_property" in _decorators(function):
                    self.mutate(base)  # the first look keeps what it found
                if function not in self.inlined:
                    made.append(self.run_function(function, [*_itself(function, base, (cls,)), *given], {}))
        self.branch -= 1
        return made

    def _method_of_instance(
        self, base: Value, name: str, methods: Mapping[Function, tuple[Class, ...]]
    ) -> Value:
        """Return the bound methods; an unknown decorator may make a property of one."""
        made = [part_of(base)] if sum(map(len, methods.values())) < len(base.classes) else []
        if is_patched(base, name):
            made += [_bound(function, base) for function in base.functions]
        self.branch += len(methods) > 1
        for method, classes in methods.items():
            named = _decorators(method)
            owner = base.of_classes(classes)
            if named - _NO_PROPERTY:
                made.append(self.run_function(method, [owner], {}))
            made.append(_bound(method, next(iter(receivers(method, owner)), method.receiver)))
        self.branch -= len(methods) > 1
        return functools.reduce(join, made)

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.eval(node.value)
        index = node.slice
        self.look_up(base, self.truth(index))
        return self.subscript(base, index)

    def subscript(self, base: Value, index: ast.expr | None) -> Value:
        """Return the value of `base[index]`."""
        if base.path is not None:
            return base if base.path in PLAIN_BASES else FRESH  # Generic[T]
        if base.family == "namespace":
            key = self.eval(index) if index is not None else FRESH
            if isinstance(key.const, str) and key.const.isidentifier():
                return self.load_global(key.const)
            self.effect("opaque", "vars")
            return FRESH
        if base.family == "python.defaultdict" and (base.functions or base.classes or base.traits):
            return self.default_item(base)
        if base.classes:
            self._implicit_methods(base)
            return base if is_generic(base) else member_of(base) or part_of(base)
        if not base.tops and not base.inner and not base.functions:
            entry = self.library.special(base.family, "subscript")
            return self.returned(entry, base) if entry is not None else FRESH
        entry = self.library.special(base.family, "subscript")
        if entry is not None and entry.changes and "self" in (entry["mutates"] or ()):
            self.mutate(base)  # as a defaultdict does
        if entry is not None and not entry.plain:
            self._note_access(entry)
        if index is not None and _copies(
            index, entry["copies_if"] if entry else _SELF_MASK, base, entry is None
        ):
            return Value(base.family, traits=base.traits, inner=base.inner)
        if entry is None:
            return part_of(base, "scalar" if base.family == "scalar" else None)
        return self.returned(entry, base)

    def _slice(self, node: ast.Slice) -> Value:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.eval(part)
        return SCALAR

    def _starred(self, node: ast.Starred) -> Value:
        return part_of(self.eval(node.value))

    def _if(self, node: ast.IfExp) -> Value:
        self.truth(node.test)
        self.branch += 1
        result = join(self.eval(node.body), self.eval(node.orelse))
        self.branch -= 1
        return result

    def _walrus(self, node: ast.NamedExpr) -> Value:
        return self.bind(node.target.id, self.eval(node.value))

    def _await(self, node: ast.Await) -> Value:
        return self.eval(node.value)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        if self.frame is not None:
            self.frame.yields = True
        value = SCALAR if node.value is None else self.eval(node.value)
        if self.frame is not None and node.value is not None:
            self.frame.returns.append(value)
        return Value(None)


def _with_modules(base: Value, name: str) -> Value:
    """`kit.np.random`: of what holds a module, an attribute may be that of the module."""
    paths = {f"{t}.{name}" for t in base.traits if t.startswith(CALLS) and t.count(".") < _DEEPEST}
    if not paths:
        return base
    return Value(
        base.family,
        base.tops,
        base.inner,
        functions=base.functions,
        classes=base.classes,
        traits=base.traits | paths,
    )


def receivers(method: Function, owner: Value) -> list[Value]:
    """Return what a method of this class or instance gets as its first argument: nothing, it, or its class."""
    named = _decorators(method)
    if method.receiver is not None:
        return []
    if "classmethod" in named:
        return [owner if "class" in owner.traits else class_of(owner)]
    return [] if "staticmethod" in named or "class" in owner.traits else [owner]


def _itself(method: Function, owner: Value, classes: tuple[Class, ...]) -> list[Value]:
    """Return the object as one of these classes, unless the method is bound to one already."""
    return [] if method.receiver is not None else [owner.of_classes(classes)]


def _decorators(function: Function) -> set[str]:
    return {name_of(d).rsplit(".", 1)[-1] for d in getattr(function.node, "decorator_list", ())}


def _bound(method: Function, receiver: Value | None) -> Value:
    """Return the method of this object, or the function of a class."""
    tops, inner = (receiver.tops, receiver.inner) if receiver is not None else (frozenset(), frozenset())
    traits = frozenset(("bound",)) if receiver is not None else frozenset()
    return Value("function", tops, inner, functions=(method.bound_to(receiver),), traits=traits)


_TEXTS: Final = ("__name__", "__qualname__", "__module__", "__doc__")
_NO_PROPERTY: Final = frozenset(
    {
        "staticmethod",
        "classmethod",
        "wraps",
        "cache",
        "lru_cache",
        "abstractmethod",
        "override",
        "contextmanager",
    }
)
"""Decorators after which reading the attribute gives a method."""


def class_of(value: Value) -> Value:
    """Return the class of an instance, which is one object for all its instances."""
    tops = frozenset().union(*(c.regions for c in value.classes))
    return Value("class", tops, value.inner, classes=value.classes, traits=frozenset(("class",)))


_SELF_MASK = ("comparison",)
_DEEPEST = 3
"""Dots of the longest path that is followed through what holds a module."""


def _copies(index: ast.expr, kinds: Any, base: Value, unknown: bool) -> bool:
    """Whether this kind of index makes a copy: a list, or a comparison (a boolean mask)."""
    if not kinds:
        return False
    if isinstance(index, ast.Tuple):
        return any(_copies(e, kinds, base, unknown) for e in index.elts)
    if isinstance(index, ast.List):
        return "list" in kinds
    if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert):
        return _copies(index.operand, kinds, base, unknown)
    if isinstance(index, ast.BinOp) and isinstance(index.op, (ast.BitAnd, ast.BitOr)):
        return _copies(index.left, kinds, base, unknown)
    if isinstance(index, ast.Compare) and "comparison" in kinds:
        # `x[x.a > 0]` on an unknown x: only arrays and frames compare to a mask of themselves.
        return not unknown or isinstance(index.left, (ast.Attribute, ast.Subscript, ast.Call))
    return False
