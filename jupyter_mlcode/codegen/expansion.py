"""What IPython puts into the text of a command, as a Python expression.

IPython fills `{expression}` and `$name` in before it runs a command. When any of them cannot be
evaluated it runs the whole text as it stands, so that `echo $HOME` and `awk '{print $1}'` work.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from string import Formatter
from typing import TypeAlias

from jupyter_mlcode.codegen.literals import literal

Piece: TypeAlias = tuple[str, str, str]
"""Literal text, the expression behind it (or nothing), and its conversion (`r`, `s`, `a` or nothing)."""

_DOLLAR = re.compile(r"(.*?)\$(\$?[\w.]+)(?=(?:[^']*'[^']*')*[^']*$)")
_ODD_IN_F_STRING = re.compile(r"[\\\n#\"']")
_SIMPLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*|\[\w+\])*", re.ASCII)
_BUILTINS = frozenset(dir(builtins))


def expanded(command: str, bound: frozenset[str] | None = None) -> str:
    r"""Return the expression whose value is the command as IPython would run it.

    `bound` holds every name the notebook can have bound; None takes each name as bound.

    Examples:
        >>> expanded("cp {src} $target")
        'f"cp {src} {target}"'
        >>> expanded("awk '{print $1}' a.txt")
        '"awk \'{print $1}\' a.txt"'
        >>> expanded("echo $HOME", frozenset())
        '"echo $HOME"'
    """
    try:
        pieces = list(_pieces(command))
    except ValueError:
        return literal(command)
    if not all(_evaluates(expression, bound) for _, expression, _ in pieces if expression):
        return literal(command)
    if not any(expression for _, expression, _ in pieces):
        return literal("".join(text for text, _, _ in pieces))
    return _f_string(pieces) or _format_call(pieces)


def _pieces(command: str) -> Iterator[Piece]:
    """Yield the pieces that IPython's formatter cuts a command into.

    Raises:
        ValueError: for braces that do not match; IPython then leaves the command alone.
    """
    for text, field, spec, conversion in Formatter().parse(command):
        rest = 0
        plain = ""
        for found in _DOLLAR.finditer(text):
            before, name = found.group(1, 2)
            if name.startswith("$"):
                plain += before + name
            else:
                yield plain + before, name, ""
                plain = ""
            rest = found.end()
        expression = f"{field}:{spec}" if spec else field
        if expression == "":
            raise ValueError("an empty field")
        yield plain + text[rest:], expression or "", conversion or ""


def _evaluates(expression: str, bound: frozenset[str] | None) -> bool:
    """Tell whether the field is an expression of names that can be bound."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if bound is None:
        return True
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return all(node.id in bound or node.id in own or node.id in _BUILTINS for node in names)


def _f_string(pieces: list[Piece]) -> str:
    """Return the pieces as an f-string that every Python version reads the same, or nothing."""
    text = ""
    for plain, expression, conversion in pieces:
        text += plain.replace("{", "{{").replace("}", "}}")
        if not expression:
            continue
        if _ODD_IN_F_STRING.search(expression) or not expression.isprintable():
            return ""
        shown = expression.strip()
        shown = shown if _SIMPLE.fullmatch(shown) else f"({shown})"
        text += f"{{{shown}{'!' + conversion if conversion else ''}}}"
    return f"f{literal(text)}"


def _format_call(pieces: list[Piece]) -> str:
    """Return the pieces as `"...{}...".format(...)`, for expressions with quotes or backslashes."""
    text = ""
    expressions = []
    for plain, expression, conversion in pieces:
        text += plain.replace("{", "{{").replace("}", "}}")
        if expression:
            text += f"{{{'!' + conversion if conversion else ''}}}"
            expressions.append(_argument(expression.strip()))
    return f"{literal(text)}.format({', '.join(expressions)})"


def _argument(expression: str) -> str:
    """Return the expression as one argument: a tuple in parentheses, several lines and a comment as one line."""
    tree = ast.parse(expression, mode="eval").body
    whole = isinstance(tree, ast.Tuple) or "\n" in expression or "#" in expression
    return ast.unparse(tree) if whole else expression
