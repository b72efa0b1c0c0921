"""A cell's code inside a function: for top-level `await`, and for what `%timeit` runs."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator

from jupyter_mlcode.codegen.literals import MAX_COLUMNS

_ASYNC = re.compile(r"\b(?:await|async)\b")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def awaits_at_top_level(source: str) -> bool:
    r"""Tell whether IPython would run these statements in its event loop.

    Examples:
        >>> awaits_at_top_level("x = await f()"), awaits_at_top_level("async def f():\n    await g()")
        (True, False)
    """
    if _ASYNC.search(source) is None:
        return False
    return any(_suspends(node) for node in _own_nodes(_parsed(source)))


def run_in_loop(source: str, stage: str) -> str:
    """Return the statements as a coroutine that binds the same global names, and its run."""
    tree = _parsed(source)
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body):
        message = "a cell with `await` and `from ... import *` cannot run in a script: use two cells"
        return f'raise NotImplementedError("{message}")'
    body = indented(_without_annotations(source, tree))
    names = ", ".join(sorted(bound_names(tree)))
    declared = textwrap.wrap(names, MAX_COLUMNS - 12, break_long_words=False)
    head = "".join(f"    global {line.rstrip(',')}\n" for line in declared)
    return f"async def mlcode_cell():\n{head}{body}\n\n\n{stage}.run_async(mlcode_cell())"


def run_once_aside(source: str) -> str:
    """Return the statements as a function that runs once: what it assigns is lost, as in `%timeit`."""
    return f"def mlcode_timed():\n{indented(source)}\n\n\nmlcode_timed()"


def indented(source: str) -> str:
    """Return the code four columns to the right; lines inside strings stay as they are."""
    inside = _lines_inside_strings(source)
    lines = source.rstrip("\n").split("\n")
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(lines, 1)
    )


def bound_names(tree: ast.AST) -> set[str]:
    """Return the names that these statements bind or delete in their own scope."""
    names: set[str] = set()
    for node in _own_nodes(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
    return names - {"*"}


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _suspends(node: ast.AST) -> bool:
    if isinstance(node, _COMPREHENSIONS):
        return any(part.is_async for part in node.generators)
    return isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith))


def _own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run in the scope of the tree; a comprehension's own targets do not."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _SCOPES):
            pending += _outside_parts(node)
        elif isinstance(node, ast.ClassDef):
            pending += [*node.bases, *node.keywords, *node.decorator_list]
        elif isinstance(node, _COMPREHENSIONS):
            pending += _comprehension_parts(node)
        else:
            pending += ast.iter_child_nodes(node)


def _outside_parts(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return the parts of a function that are evaluated where it is defined."""
    defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
    return [*defaults, *([] if isinstance(node, ast.Lambda) else node.decorator_list)]


def _comprehension_parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a comprehension that can bind or wait in the scope around it."""
    return [
        child
        for child in ast.walk(node)
        if isinstance(child, (ast.NamedExpr, ast.Await)) and child is not node
    ]


def _without_annotations(source: str, tree: ast.Module) -> str:
    """Return the source without annotations of variables: a `global` name cannot have one."""
    found = [node for node in _own_nodes(tree) if isinstance(node, ast.AnnAssign)]
    lines = [line.encode() for line in source.split("\n")]
    for node in sorted(found, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        if not isinstance(node.target, ast.Name):
            continue
        start = (node.target.end_lineno or 1, node.target.end_col_offset or 0)
        end = (node.annotation.end_lineno or 1, node.annotation.end_col_offset or 0)
        if node.value is None:
            start, new = (node.lineno, node.col_offset), b"pass"
        else:
            new = b""
        head, tail = lines[start[0] - 1][: start[1]], lines[end[0] - 1][end[1] :]
        lines[start[0] - 1 : end[0]] = [head + new + tail]
    return b"\n".join(lines).decode()


def _lines_inside_strings(source: str) -> set[int]:
    """Return the numbers of lines that start inside a string."""
    inside: set[int] = set()
    opened: list[int] = []
    start_kind = getattr(tokenize, "FSTRING_START", -1)
    end_kind = getattr(tokenize, "FSTRING_END", -1)
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING:
                inside.update(range(token.start[0] + 1, token.end[0] + 1))
            elif token.type == start_kind:
                opened.append(token.start[0])
            elif token.type == end_kind:
                inside.update(range(opened.pop() + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return inside
    return inside
