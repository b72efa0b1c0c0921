"""What the text of a callee or a function says."""

from __future__ import annotations

import ast

from jupyter_mlcode.analysis.callables import Function
from jupyter_mlcode.analysis.trees import walk


def name_of(node: ast.expr) -> str:
    """Return the dotted text of a callee, as far as it is names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return ""


def remembers(method: Function) -> bool:
    """Return whether a cache keeps the results of a method."""
    decorators = getattr(method.node, "decorator_list", ())
    return any(name_of(d).rsplit(".", 1)[-1] in ("lru_cache", "cache") for d in decorators)


def prints(method: Function) -> bool:
    """Return whether a method shows something when it runs."""
    return any(isinstance(n, ast.Call) and name_of(n.func) in ("print", "display") for n in walk(method.node))


def noticing(path: str) -> str:
    """Return who notices what is stored there: users of the library, of `sys` and of warnings everybody."""
    library = path.split(".", 1)[0]
    return "process" if library in ("sys", "warnings") else library


def manages(function: Function) -> bool:
    """Whether the function makes context managers: `contextlib.contextmanager` decorates it."""
    decorators = getattr(function.node, "decorator_list", ())
    return any(name_of(d).rsplit(".", 1)[-1] in ("contextmanager", "asynccontextmanager") for d in decorators)
