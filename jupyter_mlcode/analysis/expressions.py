"""Expressions to abstract values, recording what evaluating them uses and changes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from jupyter_mlcode.analysis.containers import Containers
from jupyter_mlcode.analysis.values import (
    FRESH,
    NONE,
    PLAIN_BASES,
    SCALAR,
    Value,
    container,
    is_generic,
    join,
    part_of,
    whole_of,
)


class Expressions(Containers):
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
        return Value("python.str", const=text)

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self.eval(node.value)
        self._implicit_methods(value)
        if node.format_spec is not None:
            self.eval(node.format_spec)
        if "parameter" in value.traits and isinstance(node.value, ast.Name):
            return Value("python.str", const=f"${{{node.value.id}}}")
        if isinstance(value.const, (str, int)) and node.format_spec is None:
            return Value("python.str", const=str(value.const))
        return SCALAR

    # -- access ------------------------------------------------------------------------------
    def _attribute(self, node: ast.Attribute) -> Value:
        return self.attribute(self.eval(node.value), node.attr, node)

    def attribute(self, base: Value, name: str, node: ast.expr) -> Value:
        """Return the value of reading `base.name`."""
        if base.path is not None:
            return self.imported(f"{base.path}.{name}", base)
        if base.classes:
            return self._instance_attribute(base, name)
        if base.family == "foreign":
            return part_of(base, "foreign")
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
        if "@import:" + path in self.env:
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
        for cls in base.classes:
            method = cls.method(name)
            if method is not None:
                decorators = getattr(method.node, "decorator_list", ())
                if any(
                    "cached_property" in (getattr(d, "id", ""), getattr(d, "attr", "")) for d in decorators
                ):
                    self.mutate(base)  # the first look keeps what it found
                if decorators:
                    return self.run_function(method, [base], {})
                return Value(None, base.tops, base.inner, functions=(method,), traits=frozenset(("bound",)))
        shared = [v for c in base.classes if (v := c.shared(name)) is not None]
        for value in shared:
            self.described(value, base)
        return join(part_of(base), shared[0]) if len(shared) == 1 else part_of(base)

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.eval(node.value)
        index = node.slice
        self.truth(index)
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
            return base if is_generic(base) else part_of(base)
        if not base.tops and not base.inner and not base.functions:
            entry = self.library.special(base.family, "subscript")
            return self.returned(entry, base) if entry is not None else FRESH
        entry = self.library.special(base.family, "subscript")
        if entry is not None and entry.changes and "self" in (entry["mutates"] or ()):
            self.mutate(base)  # as a defaultdict does
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

    # -- operators ---------------------------------------------------------------------------
    def _binary(self, node: ast.BinOp) -> Value:
        left = self.eval(node.left)
        right = self.eval(node.right)
        return self.operated(left, right, node.op)

    def operated(self, left: Value, right: Value, op: ast.operator) -> Value:
        """Return the result of a binary operator: a new object, for every taught family."""
        if right.family == "namespace":
            self.effect("opaque", "eval")  # '%(name)s' % globals() looks up any name
        if left.const.__class__ is str or right.const.__class__ is str:
            text = _concatenated(left, right, op)
            if text is not None:
                return text
        if left.family == right.family == "python.set":
            self.compare([left, right], only_shared=True)  # by identity, where nothing else is defined
        if left.classes or right.classes:
            self._implicit_methods(left)
            self._implicit_methods(right)
            return container_of(left, right)
        if left.family == right.family == "scalar":
            return SCALAR
        entry = self._operator(left, right)
        return container_of(left, right) if entry is None else self._combined(entry, left, right)

    def _operator(self, left: Value, right: Value) -> Any:
        """Return the entry of the operand whose type decides: a frame before an array before a builtin."""
        special = self.library.special
        if right.family is not None and rank(right) > rank(left):
            left, right = right, left
        entry = special(left.family, "operator")
        if right.family is None and rank(left) < 2 and not self._text(left):
            return None  # it may be anything that takes over
        if entry is not None and entry.returns == "scalar" and not self._plain(right):
            entry = None
        return entry if entry is not None else special(right.family, "operator")

    def _plain(self, value: Value) -> bool:
        return self.library.immutable(value.family)

    def _text(self, value: Value) -> bool:
        return value.family in ("python.str", "python.path")

    def _combined(self, entry: Any, left: Value, right: Value) -> Value:
        if entry.returns == "scalar":
            return SCALAR
        family = left.family if entry.returns == "likeself" else entry.returns
        held = (left.inner | right.inner) if entry.view else frozenset()
        return Value(
            None if family in ("any", "fresh") else family, inner=held, traits=left.traits | right.traits
        )

    def _compare(self, node: ast.Compare) -> Value:
        left = self.eval(node.left)
        values = [left, *(self.eval(c) for c in node.comparators)]
        for op, value in zip(node.ops, values[1:], strict=True):
            if isinstance(op, ast.In | ast.NotIn) and value.family in ("python.iterator", "python.generator"):
                self.mutate(value)
        for value in values:
            if value.classes:
                self._implicit_methods(value)
        self._compared(node, values)
        strongest = max(values, key=rank)
        if rank(strongest) < 2 and any(v.family is None for v in values):
            return FRESH
        for value in (strongest, *values):
            entry = self.library.special(value.family, "operator")
            if entry is not None and entry.returns not in ("scalar", "any"):
                return Value(value.family if entry.returns == "likeself" else entry.returns)
        return SCALAR

    def _compared(self, node: ast.Compare, values: list[Value]) -> None:
        sides = [node.left, *node.comparators]
        if any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            self.compare(
                [v for v, n in zip(values, sides, strict=True) if not isinstance(n, ast.Constant)],
                only_shared=False,
            )
        else:
            self.compare(values, only_shared=True)

    def _either(self, node: ast.BoolOp) -> Value:
        result = self.truth(node.values[0])
        self.branch += 1
        for other in node.values[1:]:
            result = join(result, self.truth(other))
        self.branch -= 1
        return result

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.eval(node.operand)
        if value.classes:
            self._implicit_methods(value)
        if isinstance(node.op, ast.Not):
            return SCALAR
        if value.const.__class__ in (int, float) and isinstance(node.op, ast.USub):
            return Value("scalar", const=-value.const)
        return Value(value.family) if value.family != "scalar" else SCALAR

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


def container_of(left: Value, right: Value) -> Value:
    """Return a new object that may hold what both operands hold."""
    if left.tops or right.tops or left.inner or right.inner or left.functions or right.functions:
        made = container("", (left, right))
        return Value(
            None, inner=made.inner, functions=made.functions, classes=made.classes, traits=made.traits
        )
    if left.family == right.family and left.family is not None:
        return Value(left.family)
    return Value(None)


def class_of(value: Value) -> Value:
    """Return the class of an instance, which is one object for all its instances."""
    tops = frozenset().union(*(c.regions for c in value.classes))
    return Value("class", tops, value.inner, classes=value.classes, traits=frozenset(("class",)))


def rank(value: Value) -> int:
    """Say who decides about an operator: builtins 0, arrays 1, what takes over from both 2."""
    family = value.family
    if family is None or family == "scalar" or family.startswith("python."):
        return 0
    return 1 if family == "numpy" else 2


_SELF_MASK = ("comparison",)


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


def _concatenated(left: Value, right: Value, op: ast.operator) -> Value | None:
    if not isinstance(op, (ast.Add, ast.Div)):
        return None
    texts = []
    for side in (left, right):
        if isinstance(side.const, str):
            texts.append(side.const)
        elif (
            side.family in (None, "scalar", "python.str", "python.path", "scalar")
            or "parameter" in side.traits
        ):
            texts.append("*")
        else:
            return None
    slash = "/" if isinstance(op, ast.Div) and not texts[0].endswith("/") else ""
    family = "python.path" if "python.path" in (left.family, right.family) else "python.str"
    return Value(family, const=texts[0] + slash + texts[1])
