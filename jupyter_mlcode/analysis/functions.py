"""Functions of the notebook: a call is evaluated in place, a too deep one by its summary."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callables import Function
from jupyter_mlcode.analysis.callees import manages
from jupyter_mlcode.analysis.expressions import Expressions
from jupyter_mlcode.analysis.recorder import Frame
from jupyter_mlcode.analysis.scopes import free_globals, scope_of
from jupyter_mlcode.analysis.values import FRESH, NO_REGIONS, NONE, Value, any_of, container, join

MAX_DEPTH: Final = 12


class Functions(Expressions):
    """Evaluates calls of the notebook's functions."""

    def _run_all(self, callee: Value, args: Arguments) -> Value:
        result: Value | None = None
        several = len(callee.functions) > 1
        self.branch += several
        for function in callee.functions:
            made = self.run_function(function, args.positional, args.keywords, args.rest)
            result = made if result is None else join(result, made)
        self.branch -= several
        return result or FRESH

    def run_function(
        self,
        function: Function,
        args: list[Value],
        keywords: dict[str, Value],
        rest: Sequence[Value] = (),
    ) -> Value:
        """Evaluate the body with these arguments; a recursive or too deep call is an unknown one.

        `rest` are those of `*args` and `**kwargs`: any parameter without a value may be one of them.
        """
        if function.receiver is not None:
            return self.run_function(function.bound_to(None), [function.receiver, *args], keywords, rest)
        if function in self.inlined:
            return self._summary(function, [*args, *keywords.values(), *rest])
        given = [*args, *keywords.values(), *rest]
        if self.one_by_one:
            return self._summary(function, given)
        if len(self.inlined) >= MAX_DEPTH or self.budget <= 0:
            return self._summary(function, [*given, *self._mentioned(function)])
        self.budget -= 1
        return self._inline(function, args, keywords, rest)

    def _inline(
        self,
        function: Function,
        args: list[Value],
        keywords: dict[str, Value],
        rest: Sequence[Value],
    ) -> Value:
        """Evaluate the body with these arguments."""
        frame = self._frame(function, args, keywords, rest)
        outer, self.frame = self.frame, frame
        if outer is not None:
            self.calling.append(outer)
        branch = self.branch
        self.inlined.append(function)
        node = function.node
        if isinstance(node, ast.Lambda):
            frame.returns.append(self.eval(node.body))
        else:
            self.body(node.body)
        self.inlined.pop()
        for holder, part in list(frame.escaped):
            self.absorb(holder, part)
        self.branch = branch
        self.frame = outer
        if outer is not None:
            self.calling.pop()
        return self._result(function, frame)

    def body(self, statements: list[ast.stmt]) -> None:
        """Execute statements; defined by the class that knows statements."""
        raise NotImplementedError

    def _result(self, function: Function, frame: Frame) -> Value:
        if frame.yields:
            made = container(_MADE_BY_YIELDING[manages(function)], frame.returns)
            return Value(
                made.family,
                inner=made.inner,
                functions=made.functions,
                classes=made.classes,
                traits=made.traits,
            )
        if not frame.returns:
            return NONE
        result = frame.returns[0]
        for other in frame.returns[1:]:
            result = join(result, other)
        seen = [v for f in result.functions for v in f.seen().values()]
        seen += [v for c in result.classes for v in c.seen()]
        return self._closed_over(result, seen) if seen else result

    def _closed_over(self, result: Value, seen: Sequence[Value]) -> Value:
        """A function that outlives the call keeps the objects of the names that it sees there."""
        held = container("", seen)
        inner = result.inner | (held.inner - result.tops)
        tops = result.tops or frozenset((self.new_region(),))
        return Value(
            result.family,
            tops,
            inner,
            functions=result.functions,
            classes=result.classes,
            traits=result.traits | (held.traits - {"class", "bound", "parameter"}),
        )

    def _frame(
        self, function: Function, args: list[Value], keywords: dict[str, Value], rest: Sequence[Value]
    ) -> Frame:
        node = function.node
        scope = scope_of(node)
        frame = Frame(scope.locals, function.closure)  # type: ignore[arg-type]
        frame.globals = scope.globals
        frame.nonlocals = scope.nonlocals
        frame.function = function
        a = node.args
        values = frame.values
        named = [*a.posonlyargs, *a.args]
        for parameter, value in zip(named, args, strict=False):
            values[parameter.arg] = value
        extra = [*args[len(named) :], *rest]
        for name, value in keywords.items():
            values[name] = value
        for parameter in [*named, *a.kwonlyargs]:
            if parameter.arg not in values:
                values[parameter.arg] = any_of(function.defaults.get(parameter.arg), rest)
        if a.vararg is not None:
            values[a.vararg.arg] = container("python.tuple", extra)
        if a.kwarg is not None:
            values[a.kwarg.arg] = container("python.dict", [*keywords.values(), *rest])
        return frame

    def _mentioned(self, function: Function) -> list[Value]:
        """Return all that a function mentions, or one that it may call: the call may change or bind it, and draw."""
        self.effect("draws", "any")
        found: dict[str, Value] = {}
        functions = [function]
        for one in functions:  # it grows
            around = one.seen()
            for name in sorted(free_globals(one.node)[0] | one.defaults.keys()):
                value = around.get(name) or one.defaults.get(name) or self.load_global(name)
                found[f"{one.origin} {name}"] = value
                methods = (m for c in value.classes for m in c.every_method)
                functions += [f for f in (*value.functions, *methods) if f not in functions]
        self._each_alone(functions)
        return list(found.values())

    def _each_alone(self, functions: list[Function]) -> None:
        """Record what each of these functions does besides: it sets, seeds, writes and binds as it stands there."""
        outer, self.one_by_one = self.one_by_one, True
        self.branch += 1
        for one in functions:
            if one not in self.inlined and self.first((one, "alone"), NO_REGIONS):
                self._inline(one.bound_to(None), [FRESH] * (one.takes + (one.receiver is not None)), {}, ())
        self.branch -= 1
        self.one_by_one = outer

    def _summary(self, function: Function, values: list[Value]) -> Value:
        """Record a call that is not evaluated: its globals are read, its arguments may change."""
        reads, writes = free_globals(function.node)
        for name in reads - function.seen().keys():
            self.load_global(name)
        self.branch += 1
        for name in writes:
            self.bind_global(name, FRESH)
        self.branch -= 1
        for value in values:
            self.mutate(value, known=False, deep=True)
        made = container("", values)
        tops = self.merge([v for v in values if v.tops or v.inner]) if len(made.inner) > 1 else made.inner
        return Value(None, tops, functions=made.functions, classes=made.classes, traits=made.traits)


_MADE_BY_YIELDING: Final = ("python.generator", "python.managed")
"""What a function with `yield` gives, and one that `contextmanager` decorates."""
