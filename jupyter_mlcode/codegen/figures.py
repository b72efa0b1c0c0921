"""Closing figures at the end of a cell, as Jupyter's inline backend does and a script does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_NOTE = "# as Jupyter does at the end of a cell"
_CLOSE = re.compile(rf"(?:\n|^)(?:import matplotlib\.pyplot  {_NOTE}\n)?[\w.]+\.close\(\"all\"\)  {_NOTE}$")


def closing_lines(sources: Iterable[str]) -> str:
    """Return the lines that close all figures, with the name these cells have for pyplot.

    Examples:
        >>> closing_lines(["import matplotlib.pyplot as plt"])
        'plt.close("all")  # as Jupyter does at the end of a cell'
    """
    name = ""
    used: set[str] = set()
    for source in sources:
        if "pyplot" in source:
            name = _pyplot_name(source) or name
        if name and _rebinds(source, name):
            name = ""
        used.add(source)
    if name:
        return f'{name}.close("all")  {_NOTE}'
    if any(_rebinds(source, "matplotlib") for source in used):
        return f'__import__("matplotlib.pyplot").pyplot.close("all")  {_NOTE}'
    return f'import matplotlib.pyplot  {_NOTE}\nmatplotlib.pyplot.close("all")  {_NOTE}'


def without_closing_lines(source: str) -> str:
    """Return the text of a script's cell without the lines that `closing_lines` put at its end."""
    return _CLOSE.sub("", source)


def _pyplot_name(source: str) -> str:
    """Return the name that the top level of this cell binds to pyplot last."""
    name = ""
    for node in _statements(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "matplotlib.pyplot":
                    name = alias.asname or alias.name
        elif isinstance(node, ast.ImportFrom) and node.module == "matplotlib":
            for alias in node.names:
                if alias.name == "pyplot":
                    name = alias.asname or alias.name
    return name


def _rebinds(source: str, name: str) -> bool:
    """Tell whether the cell binds the name's root to something else than a module."""
    root = name.partition(".")[0]
    if root not in source:
        return False
    return any(
        isinstance(node, ast.Name) and node.id == root and not isinstance(node.ctx, ast.Load)
        for statement in _statements(source)
        for node in ast.walk(statement)
    )


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
