"""Static scoping of functions and classes: their local names and the globals they may read or write.

Follows Python's execution model (language reference, section 4.2): a name bound anywhere in a
function is local to it, unless declared `global` or `nonlocal`; class bodies are not visible from
the functions in them; a walrus in a comprehension binds in the enclosing function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from jupyter_mlcode.analysis.trees import children, walk

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Scope:
    """The names a function or class body binds itself, and those it declares elsewhere."""

    __slots__ = ("globals", "locals", "nonlocals")

    def __init__(self) -> None:
        self.locals: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()


def arguments(node: FunctionNode) -> list[ast.arg]:
    """Return all parameters of a function in order, `*args` and `**kwargs` last."""
    a = node.args
    found = [*a.posonlyargs, *a.args, *a.kwonlyargs]
    found += [x for x in (a.vararg, a.kwarg) if x is not None]
    return found


def scope_of(node: FunctionNode | ast.ClassDef) -> Scope:
    """Return the scope of a function or class body; computed once per tree."""
    known = getattr(node, "_scope", None)
    if isinstance(known, Scope):
        return known
    scope = Scope()
    node._scope = scope  # type: ignore[union-attr]
    if not isinstance(node, ast.ClassDef):
        scope.locals.update(a.arg for a in arguments(node))
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    for part in body:
        _bindings(part, scope)
    scope.locals -= scope.globals | scope.nonlocals
    return scope


def _bindings(node: ast.AST, scope: Scope) -> None:
    stack = [node]
    while stack:
        n = stack.pop()
        if isinstance(n, ast.Name):
            if not isinstance(n.ctx, ast.Load):
                scope.locals.add(n.id)
        elif isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            scope.locals.add(n.name)
            stack.extend(n.decorator_list)
        elif isinstance(n, _COMPREHENSIONS):
            scope.locals.update(w.target.id for w in walk(n) if isinstance(w, ast.NamedExpr))
        elif not isinstance(n, ast.Lambda):
            _statement_bindings(n, scope)
            stack.extend(children(n))


def _statement_bindings(n: ast.AST, scope: Scope) -> None:
    """Add the names that a node binds itself, other than by a stored name."""
    if isinstance(n, ast.Global):
        scope.globals.update(n.names)
    elif isinstance(n, ast.Nonlocal):
        scope.nonlocals.update(n.names)
    elif isinstance(n, (ast.Import, ast.ImportFrom)):
        scope.locals.update(a.asname or a.name.split(".", 1)[0] for a in n.names)
    elif isinstance(n, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and n.name:
        scope.locals.add(n.name)
    elif isinstance(n, ast.MatchMapping) and n.rest:
        scope.locals.add(n.rest)


def free_globals(node: FunctionNode | ast.ClassDef) -> tuple[frozenset[str], frozenset[str]]:
    r"""Return the global names that running the body may (read, write), nested functions included.

    Examples:
        >>> f = ast.parse("def f(x):\n  return lambda: x + scale").body[0]
        >>> [sorted(s) for s in free_globals(f)]
        [['scale'], []]
    """
    known = getattr(node, "_free", None)
    if known is None:
        reads: set[str] = set()
        writes: set[str] = set()
        _collect(node, (), reads, writes)
        known = node._free = (frozenset(reads), frozenset(writes))  # type: ignore[union-attr]
    return known


def _collect(
    node: FunctionNode | ast.ClassDef, outer: tuple[frozenset[str], ...], reads: set[str], writes: set[str]
) -> None:
    scope = scope_of(node)
    if scope.globals:
        writes |= scope.globals & _stored(node)
    is_class = isinstance(node, ast.ClassDef)
    visible = outer if is_class else (*outer, frozenset(scope.locals))
    own = frozenset(scope.locals)
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    for n, hidden in _own_nodes(body):
        if isinstance(n, ast.Name):
            name = n.id
            bound_here = name in hidden or name in own
            elsewhere = any(name in v for v in visible)
            if name in scope.globals or (isinstance(n.ctx, ast.Load) and not bound_here and not elsewhere):
                reads.add(name)
        elif isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            inner_outer = tuple(v | hidden for v in visible) if hidden else visible
            if hidden and not visible:
                inner_outer = (frozenset(hidden),)
            _collect(n, inner_outer, reads, writes)


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)} | {
        n.name for n in walk(node) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }


def _own_nodes(body: list[ast.AST]) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Yield nodes of this scope (not inside nested functions), with comprehension targets hidden."""
    stack: list[tuple[ast.AST, frozenset[str]]] = [(n, frozenset()) for n in body]
    while stack:
        n, hidden = stack.pop()
        yield n, hidden
        if isinstance(n, _SCOPES):
            outside: list[ast.AST] = []
            if isinstance(n, ast.ClassDef):
                outside = [*n.decorator_list, *n.bases, *(k.value for k in n.keywords)]
            else:
                outside = [*n.args.defaults, *(d for d in n.args.kw_defaults if d is not None)]
                if not isinstance(n, ast.Lambda):
                    outside += n.decorator_list
                    outside += [a.annotation for a in arguments(n) if a.annotation is not None]
                    outside += [n.returns] if n.returns is not None else []
            stack.extend((o, hidden) for o in outside)
        elif isinstance(n, _COMPREHENSIONS):
            targets = frozenset(t.id for g in n.generators for t in walk(g.target) if isinstance(t, ast.Name))
            stack.append((n.generators[0].iter, hidden))
            for child in children(n):
                if isinstance(child, ast.comprehension):
                    parts = [child.target, *child.ifs]
                    if child is not n.generators[0]:
                        parts.append(child.iter)
                    stack.extend((p, hidden | targets) for p in parts)
                else:
                    stack.append((child, hidden | targets))
        else:
            stack.extend((c, hidden) for c in children(n))
