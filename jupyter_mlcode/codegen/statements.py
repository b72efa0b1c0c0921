"""Generated statements that stay within the line length, cut the way black would cut them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jupyter_mlcode.codegen.literals import MAX_COLUMNS, identifier, literal


def call(function: str, arguments: Sequence[str], prefix: str = "") -> str:
    """Return `prefix function(arguments)`, its arguments on lines of their own where it is too long.

    Examples:
        >>> call("stage.save", ["df=df"])
        'stage.save(df=df)'
    """
    line = f"{prefix}{function}({', '.join(arguments)})"
    if len(line) <= MAX_COLUMNS or not arguments:
        return line
    inner = f"    {', '.join(arguments)}"
    if len(inner) > MAX_COLUMNS:
        inner = "\n".join(f"    {argument}," for argument in arguments)
    return f"{prefix}{function}(\n{inner}\n)"


def calls(function: str, arguments: Sequence[str]) -> list[str]:
    """Return as many calls as it takes to keep each on one line; for calls that may be cut anywhere."""
    return [call(function, chunk) for chunk in _chunks(arguments, len(f"{function}()"), 2)]


def unpacked(function: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return `a, b = function("x", "y")` for (name, reference) pairs, one line for as many as fit.

    Examples:
        >>> unpacked("stage.load", [("X", "prep/X"), ("y", "prep/y")])
        ['X, y = stage.load("prep/X", "prep/y")']
    """
    sizes = [f"{identifier(name)}{literal(reference)}" for name, reference in pairs]
    lines = []
    start = 0
    for chunk in _chunks(sizes, len(f" = {function}()"), 4):
        part = pairs[start : start + len(chunk)]
        start += len(chunk)
        names = ", ".join(name for name, _ in part)
        lines.append(call(function, [literal(reference) for _, reference in part], f"{names} = "))
    return lines


def imported(module: str, names: Sequence[str]) -> str:
    """Return `from module import names`, in parentheses where it is too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= MAX_COLUMNS:
        return line
    inner = f"    {', '.join(names)}"
    if len(inner) > MAX_COLUMNS:
        inner = "\n".join(f"    {name}," for name in names)
    return f"from {module} import (\n{inner}\n)"


def _chunks(items: Sequence[str], fixed: int, separator: int) -> Iterator[list[str]]:
    """Yield runs of items that fit on a line beside `fixed` characters."""
    chunk: list[str] = []
    width = fixed
    for item in items:
        if chunk and width + len(item) + separator > MAX_COLUMNS:
            yield chunk
            chunk, width = [], fixed
        chunk.append(item)
        width += len(item) + separator
    if chunk:
        yield chunk
