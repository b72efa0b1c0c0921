"""Operators and comparisons: who decides what they give, and who may notice that two objects are one."""

from __future__ import annotations

import ast
from typing import Any

from jupyter_mlcode.analysis.containers import Containers
from jupyter_mlcode.analysis.paths import joined, known_text, part_text
from jupyter_mlcode.analysis.values import FRESH, SCALAR, Value, container, join


class Operators(Containers):
    """Evaluates operators."""

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
        entry = self._operator(left, right, op)
        return container_of(left, right) if entry is None else self._combined(entry, left, right)

    def _operator(self, left: Value, right: Value, op: ast.operator) -> Any:
        """Return the entry of the operand whose type decides: a frame before an array before a builtin."""
        special = self.library.special
        if right.family is not None and (rank(right) > rank(left) or left.family == "scalar"):
            left, right = right, left  # a number leaves it to the other: `2 * rows`
        entry = special(left.family, "operator")
        if right.family is None and rank(left) < 2 and not self._text(left):
            return None  # it may be anything that takes over
        if entry is None and right.family == "scalar" and isinstance(op, ast.Mult):
            return special("python.list", "operator")  # what is unknown may be one, which `* 2` repeats
        return entry if entry is not None else special(right.family, "operator")

    def _text(self, value: Value) -> bool:
        return value.family in ("python.str", "python.path")

    def _combined(self, entry: Any, left: Value, right: Value) -> Value:
        if entry.returns == "scalar":
            return SCALAR
        family = left.family if entry.returns == "likeself" else entry.returns
        family = None if family in ("any", "fresh") else family
        if not entry.view:
            return Value(family, traits=left.traits | right.traits)
        functions = container("", (left, right)).functions  # `[f] + [g]` holds both
        inner = left.inner | right.inner
        return Value(family, inner=inner, functions=functions, traits=left.traits | right.traits)

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


def rank(value: Value) -> int:
    """Say who decides about an operator: builtins 0, arrays 1, what takes over from both 2."""
    family = value.family
    if family is None or family == "scalar" or family.startswith("python."):
        return 0
    return 1 if family == "numpy" else 2


def _concatenated(left: Value, right: Value, op: ast.operator) -> Value | None:
    if not isinstance(op, (ast.Add, ast.Div)):
        return None
    for side in (left, right):
        known = isinstance(side.const, str) or "parameter" in side.traits
        if not known and side.family not in (None, "scalar", "python.str", "python.path"):
            return None
    texts = [part_text(left), part_text(right)]
    family = "python.path" if "python.path" in (left.family, right.family) else "python.str"
    return known_text(family, joined(texts) if isinstance(op, ast.Div) else "".join(texts))
