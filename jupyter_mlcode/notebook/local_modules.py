"""Modules beside the notebook, read but never imported: which of their names depend on state that they keep."""

from __future__ import annotations

import ast
import contextlib
import os
from collections.abc import Iterator

_LARGEST = 1_000_000
"""Bytes of a file that is read; larger ones are data."""
_CHANGING = frozenset(
    "append add update extend insert pop popitem remove discard clear setdefault sort reverse appendleft".split()
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def modules_beside(path: str) -> dict[str, frozenset[str]]:
    """Return the modules and packages in the notebook's folder, each with its names that touch its state."""
    found: dict[str, frozenset[str]] = {}
    with contextlib.suppress(OSError), os.scandir(os.path.dirname(path) or os.curdir) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            stem, extension = os.path.splitext(entry.name)
            file = entry.path if extension == ".py" else os.path.join(entry.path, "__init__.py")
            if os.path.isfile(file):
                found[stem] = stateful_names(_text(file))
    return found


def _text(file: str) -> str:
    with contextlib.suppress(OSError), open(file, "rb") as opened:
        return opened.read(_LARGEST).decode("utf-8", "replace")
    return ""


def stateful_names(source: str) -> frozenset[str]:
    r"""Return the module's variables that its functions change, and the functions that change or read them.

    Examples:
        >>> sorted(stateful_names("seen, unit = [], 3\ndef add(x): seen.append(x)\ndef area(x): return x * unit"))
        ['add', 'seen']
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    definitions = [s for s in tree.body if isinstance(s, _DEFINITIONS)]
    variables = {name for s in tree.body if not isinstance(s, _DEFINITIONS) for name in _stored(s)}
    uses = {d.name: _uses(d, variables) for d in definitions}
    changed = {name for _, writes in uses.values() for name in writes}
    return frozenset(changed | {name for name, (reads, writes) in uses.items() if (reads | writes) & changed})


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _uses(node: ast.AST, variables: set[str]) -> tuple[set[str], set[str]]:
    """Return the module's variables that running this may read, and those it may change."""
    declared = {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
    stored = _stored(node)
    own = stored - declared
    outer = (variables | declared) - own
    reads = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in outer}
    return reads, stored & declared | {name for n in ast.walk(node) for name in _changed(n) if name in outer}


def _changed(node: ast.AST) -> Iterator[str]:
    """Yield the name whose object this changes: `x[0] = 1`, `x.y = 1`, `x.append(1)`."""
    target: ast.expr | None = None
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        target = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        target = node.func.value
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
