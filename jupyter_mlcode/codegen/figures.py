"""Closing figures at the end of a cell, as Jupyter's inline backend does and a script does not."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

_NOTE = "# as Jupyter does at the end of a cell"
_CLOSE = re.compile(
    rf"(?:\n|^)(?:import matplotlib\.pyplot  {_NOTE}\n)?[\w.()\"]+\.close\(\"all\"\)  {_NOTE}$"
)


@dataclass(slots=True)
class Pyplot:
    """The name that pyplot has at a place in a script; fed with the code above it, cell by cell.

    Examples:
        >>> pyplot = Pyplot()
        >>> pyplot.see("import matplotlib.pyplot as plt")
        >>> pyplot.closing_lines()
        'plt.close("all")  # as Jupyter does at the end of a cell'
    """

    name: str = ""
    matplotlib_is_taken: bool = False

    def see(self, source: str) -> None:
        """Take the next cell's code into account."""
        if "pyplot" in source:
            self.name = _pyplot_name(source) or self.name
        if self.name and _rebinds(source, self.name):
            self.name = ""
        if _rebinds(source, "matplotlib"):
            self.matplotlib_is_taken = True

    def closing_lines(self) -> str:
        """Return the lines that close all figures; pyplot is imported where it has no name."""
        if self.name:
            return f'{self.name}.close("all")  {_NOTE}'
        if self.matplotlib_is_taken:
            return f'__import__("matplotlib.pyplot").pyplot.close("all")  {_NOTE}'
        self.name = "matplotlib.pyplot"
        return f'import matplotlib.pyplot  {_NOTE}\nmatplotlib.pyplot.close("all")  {_NOTE}'


def without_closing_lines(source: str) -> str:
    """Return the text of a script's cell without the lines that close its figures."""
    return _CLOSE.sub("", source) if source.endswith(_NOTE) else source


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
    """Tell whether the cell binds or deletes the name's root, other than by an import."""
    root = name.partition(".")[0]
    binding = rf"\b{root}\s*(?:[-+*/|&]?=|[,:)\];]|$|in\b)|\b(?:as|del|for)\s+{root}\b"
    if root not in source or re.search(binding, source, re.MULTILINE) is None:
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
