"""Classes of the notebook whose objects keep a hash that only one process computes so."""

from __future__ import annotations

import ast

from jupyter_mlcode.analysis.callables import Class

REMEMBERED = "an object that keeps its hash, which is another one in another process; compute it in __hash__"


def remembers_hash(cls: Class) -> bool:
    """Tell whether `__hash__` gives an attribute that another method filled with a hash of something.

    Python hashes texts and bytes differently in every process (PYTHONHASHSEED).
    """
    method = cls.method("__hash__")
    attribute = _returned(method.node) if method is not None else None
    if attribute is None:
        return False
    filling = [m.node for name, m in cls.methods.items() if name != "__hash__"]
    return any(_fills(node, attribute) for function in filling for node in ast.walk(function))


def _returned(function: ast.AST) -> str | None:
    """Return the attribute that is all that the function returns."""
    body = [s for s in getattr(function, "body", []) if not isinstance(s, ast.Expr)]
    if len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Attribute):
        return body[0].value.attr
    return None


def _fills(node: ast.AST, attribute: str) -> bool:
    """`self._hash = hash(...)`, also in a tuple, and `object.__setattr__(self, "_hash", hash(...))`."""
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        return any(isinstance(t, ast.Attribute) and t.attr == attribute for t in targets) and _hashes(
            node.value
        )
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__setattr__"
    ):
        named = any(isinstance(a, ast.Constant) and a.value == attribute for a in node.args)
        return named and _hashes(node)
    return False


def _hashes(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "hash"
        for part in ast.walk(node)
    )
