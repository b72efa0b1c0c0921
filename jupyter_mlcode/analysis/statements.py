"""Statements: bindings, branches, loops, definitions, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, Final

from jupyter_mlcode.analysis.callees import name_of
from jupyter_mlcode.analysis.stores import Stores
from jupyter_mlcode.analysis.trees import walk
from jupyter_mlcode.analysis.values import FRESH, SCALAR, Value, container, join, methods_of, part_of

_LEAVES: Final = (ast.Raise, ast.Return, ast.Continue, ast.Break)


class Statements(Stores):
    """Executes statement nodes; one method per node type."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._statement: dict[type[ast.AST], Callable[[Any], None]] = {
            ast.Expr: self._expr,
            ast.Assign: self._assign,
            ast.AugAssign: self._augmented,
            ast.AnnAssign: self._annotated,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.If: self._if_statement,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Return: self._return,
            ast.Delete: self._delete,
            ast.Raise: self._raise,
            ast.Assert: self._assert,
            ast.Match: self._match,
            **dict.fromkeys((ast.Global, ast.Nonlocal, ast.Pass, ast.Break, ast.Continue), self._nothing),
        }
        if hasattr(ast, "TryStar"):
            self._statement[ast.TryStar] = self._try

    def body(self, statements: Iterable[ast.stmt]) -> None:
        """Execute statements in order."""
        table = self._statement
        top = self.frame is None or not self.inlined
        for statement in statements:
            if top:
                self.line = statement.lineno
            table[statement.__class__](statement)

    def _nothing(self, node: ast.stmt) -> None:
        return

    def _expr(self, node: ast.Expr) -> None:
        if node.value.__class__ is not ast.Constant:
            outer = self.alone
            self.alone = node.value.value if isinstance(node.value, ast.Await) else node.value
            value = self.eval(node.value)
            self.alone = outer
            if value.classes and self.frame is None:
                self._implicit_methods(value)

    # -- binding -----------------------------------------------------------------------------
    def _assign(self, node: ast.Assign) -> None:
        targets = node.targets
        value_node = node.value
        first = targets[0]
        if (
            len(targets) == 1
            and first.__class__ in (ast.Tuple, ast.List)
            and value_node.__class__ in (ast.Tuple, ast.List)
            and len(first.elts) == len(value_node.elts)
            and not any(e.__class__ is ast.Starred for e in (*first.elts, *value_node.elts))
        ):
            values = [self.eval(e) for e in value_node.elts]
            for target, value in zip(first.elts, values, strict=True):
                self.assign(target, value)
            return
        value = self.eval(value_node)
        if len(targets) > 1:
            value = self.located(value)
        for target in targets:
            self.assign(target, value)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Store a value into a target."""
        kind = target.__class__
        if kind is ast.Name:
            self.bind(target.id, value)  # type: ignore[attr-defined]
        elif kind is ast.Tuple or kind is ast.List:
            self._unpack(target.elts, value)  # type: ignore[attr-defined]
        elif kind is ast.Starred:
            inner = target.value  # type: ignore[attr-defined]
            made = container("python.list", [value])
            self.assign(inner, made)
        elif kind is ast.Subscript:
            base = self.eval(target.value)  # type: ignore[attr-defined]
            index = self.eval(target.slice)  # type: ignore[attr-defined]
            self._store(target, base, value, index)
        elif kind is ast.Attribute:
            base = self.eval(target.value)  # type: ignore[attr-defined]
            self._store(target, base, value, SCALAR)

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        entry = self.library.special(value.family, "iterate")
        shared = value.tops or value.inner
        if not shared and entry is not None and entry.view and value.family not in _SEPARATE:
            value = self.located(value)
        part = self.element(value)
        if not shared and value.family in _SEPARATE:
            part = Value(None, functions=value.functions, classes=value.classes, traits=value.traits)
        elif "parts" in value.traits:
            part = Value(None, inner=value.inner, functions=value.functions, classes=value.classes)
        for target in targets:
            self.assign(target, part)

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Name):
            old = self.load(target.id)
            value = self.eval(node.value)
            if old.tops and not self.library.immutable(old.family):
                known = old.family is not None or value.family in (
                    "python.list",
                    "python.dict",
                    "python.set",
                    "python.tuple",
                )
                self.mutate(old, known=known)
                self.absorb(old, value)
                self.bind(target.id, self.env.get(target.id, old) if self.frame is None else old)
            else:
                self.bind(target.id, self.operated(old, value, node.op))
            return
        base = self.eval(target.value)
        index = self.eval(target.slice) if isinstance(target, ast.Subscript) else SCALAR
        value = self.eval(node.value)
        if base.path is None:
            element = part_of(base)  # a list or an array in it changes in place: `rows[-1] += [1]`
            self.mutate(element, known=False)
            self.absorb(element, value)
        self._store(target, base, value, index)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if (self.frame is None or self.frame.is_class) and not self.annotations_are_texts():
            self.eval(node.annotation)
        if node.value is not None:
            value = self.eval(node.value)
            family = None
            if value.family is None and not (value.tops or value.functions or value.classes):
                family = self._annotated_family(node.annotation)
            self.assign(node.target, value if family is None else Value(family, traits=value.traits))
        elif not isinstance(node.target, ast.Name):
            self.eval(node.target)

    def _annotated_family(self, annotation: ast.expr) -> str | None:
        if isinstance(annotation, (ast.Name, ast.Attribute)):
            value = self.eval(annotation)
            if value.path is not None:
                return self.library.types.get(value.path)
        return None

    def bind_global(self, name: str, value: Value) -> Value:
        """Bind a name of the notebook's namespace; the object that had it may end."""
        self._end(name)
        return super().bind_global(name, value)

    def _end(self, name: str) -> None:
        """An object that no name has any more runs its `__del__`."""
        old = self.env.get(name) if self.frame is None or name not in self.frame.values else None
        if old is None or not old.classes or "class" in old.traits or not methods_of(old, "__del__"):
            return
        self.may_end(self.load_global(name))

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._end(target.id)
                self.unbind(target.id)
            elif isinstance(target, (ast.Tuple, ast.List)):
                self._delete(ast.Delete(targets=target.elts))
            elif isinstance(target, (ast.Subscript, ast.Attribute)):
                base = self.eval(target.value)
                if isinstance(target, ast.Subscript):
                    self.eval(target.slice)
                self._store(target, base, SCALAR, SCALAR)
                deletes = "__delitem__" if isinstance(target, ast.Subscript) else "__delattr__"
                self._run_special(deletes, base, [FRESH])

    # -- branches ----------------------------------------------------------------------------
    def _branches(self, *bodies: list[ast.stmt]) -> None:
        """Execute alternatives: surely bound is what every one that goes on binds."""
        before = set(self.bound)
        after: set[str] | None = None
        self.branch += 1
        for statements in bodies:
            self.bound = set(before)
            self.body(statements)
            if not (statements and isinstance(statements[-1], _LEAVES)):
                after = self.bound if after is None else after & self.bound
        self.branch -= 1
        self.bound = before if after is None else after

    def _if_statement(self, node: ast.If) -> None:
        self.truth(node.test)
        self._branches(node.body, node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.eval(node.iter)
        item = self.element(source)
        before = set(self.bound)
        self.branch += 1
        self._loop(node.body, lambda: self.assign(node.target, item))
        self.bound = set(before)
        self.body(node.orelse)
        self.branch -= 1
        self.bound = before

    def _while(self, node: ast.While) -> None:
        self.truth(node.test)
        before = set(self.bound)
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.branch += 1
        self._loop(node.body, lambda: None if forever else self.truth(node.test))
        bound = self.bound
        self.bound = set(before)
        self.body(node.orelse)
        self.branch -= 1
        self.bound = bound if forever else before

    def _loop(self, statements: list[ast.stmt], head: Callable[[], Any]) -> None:
        """Execute a loop's body until a round changes nothing; two rounds reach that nearly always."""
        for _ in range(3):
            values = dict(self.binds)
            frames = dict(self.frame.values) if self.frame is not None else None
            known = (self.known, self.maybe, len(self.absorbs))
            head()
            self.body(statements)
            settled = known == (self.known, self.maybe, len(self.absorbs)) and not self._moved(
                values, self.binds
            )
            inside = frames is not None and self.frame is not None and self._moved(frames, self.frame.values)
            if settled and not inside:
                return

    def _moved(self, before: dict[str, Value], after: dict[str, Value]) -> bool:
        return any(
            name in self.uses and (name not in before or not before[name].same(value))
            if after is self.binds
            else name in before and not before[name].same(value)
            for name, value in after.items()
        )

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        suppressed = committed = False
        for item in node.items:
            value = self.eval(item.context_expr)
            if value.classes:
                self._implicit_methods(value)
            suppressed = suppressed or name_of(item.context_expr).endswith("suppress")
            committed = value.family == "python.connection" and item.optional_vars is None
            entry = self.library.special(value.family, "enter")
            entered = value if entry is None else self.returned(entry, value)
            if entry is not None:
                self._note_access(entry)
                for kind in entry["undoes"] or ():  # what the call has set ends with the block
                    self.effects = {e: None for e in self.effects if (e.kind, e.what) != ("sets", kind)}
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered)
        if suppressed:
            self._branches(node.body, [])
        else:
            self.body(node.body)
        if committed:
            self.effect("writes", "", "table")

    def _try(self, node: Any) -> None:
        before = set(self.bound)
        self.branch += 1
        self.body(node.body)
        self.body(node.orelse)
        after = self.bound
        for handler in node.handlers:
            self.bound = set(before)
            caught = self.eval(handler.type) if handler.type is not None else FRESH
            if handler.name:
                self._bind_exception(handler, caught)
            else:
                self.body(handler.body)
            if not (handler.body and isinstance(handler.body[-1], _LEAVES)):
                after = after & self.bound
        self.bound = after
        self.branch -= 1
        self.body(node.finalbody)

    def _bind_exception(self, handler: ast.ExceptHandler, caught: Value) -> None:
        name = str(handler.name)
        written, had_it = name in self.written, name in self.env
        self.bind(name, Value("python.exception", classes=caught.classes))
        self.body(handler.body)
        if self.frame is not None and name not in self.frame.globals:
            self.frame.values.pop(name, None)
            return
        self.bound.discard(name)
        self.binds.pop(name, None)
        if not written:
            self.written.discard(name)
        if had_it:
            self.lose(name)
        else:
            self.env.pop(name, None)

    def _match(self, node: ast.Match) -> None:
        subject = self.eval(node.subject)
        bodies: list[list[ast.stmt]] = []
        total = False
        before = set(self.bound)
        results: list[set[str]] = []
        self.branch += 1
        for case in node.cases:
            self.bound = set(before)
            self._pattern(case.pattern, subject)
            if case.guard is not None:
                self.eval(case.guard)
            self.body(case.body)
            results.append(self.bound)
            bodies.append(case.body)
            total = total or (
                case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            )
        self.branch -= 1
        self.bound = set.intersection(*results) if total else before

    def _pattern(self, pattern: ast.pattern, subject: Value) -> None:
        for node in walk(pattern):
            if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                self.bind(node.name, part_of(subject))
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self.bind(node.rest, container("python.dict", [subject]))
            elif isinstance(node, ast.MatchValue):
                self.eval(node.value)
            elif isinstance(node, ast.MatchClass):
                self.eval(node.cls)

    def _raise(self, node: ast.Raise) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self.eval(part)

    def _assert(self, node: ast.Assert) -> None:
        self.truth(node.test)
        if node.msg is not None:
            self.eval(node.msg)

    def _return(self, node: ast.Return) -> None:
        value = SCALAR if node.value is None else self.eval(node.value)
        if self.frame is not None:
            self.frame.returns.append(value)


_SEPARATE: Final = (None, "python.tuple", "python.list", "scalar", "pandas", "numpy")
__all__ = ["FRESH", "Statements", "join"]
