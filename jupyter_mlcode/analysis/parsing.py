"""The tree of a cell: made once, read by the analysis and by all checks."""

from __future__ import annotations

import ast
import contextlib
import functools
import warnings

from jupyter_mlcode.analysis.trees import walk
from jupyter_mlcode.notebook.magics import Masked, mask

_KEPT = 2048


@functools.lru_cache(maxsize=_KEPT)
def masked(source: str) -> Masked:
    """Return the source with its magics blanked out."""
    return mask(source)


@functools.lru_cache(maxsize=_KEPT)
def tree(python: str) -> ast.Module:
    """Return the tree of Python source, which nobody may change.

    Raises SyntaxError, ValueError (NUL), RecursionError or MemoryError (too deep) as `ast.parse` does, and the
    SyntaxError of what parses but does not compile: `return` in a cell, `nonlocal` of nothing, an argument twice.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ast.parse(python)
        with contextlib.suppress(ValueError, RecursionError, MemoryError):
            compile(found, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return found


@functools.lru_cache(maxsize=_KEPT)
def nodes(python: str) -> tuple[ast.AST, ...]:
    """Return all nodes of the tree, outer ones first; none for source that is not Python."""
    try:
        return tuple(walk(tree(python)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
