"""How things look in a terminal: data on stdout, talk on stderr, colour only where it is wanted."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jupyter_mlcode.errors import MlcodeError, RefusedError

if TYPE_CHECKING:
    from jupyter_mlcode.model.diagnostics import Diagnostic

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_UNSEEN = re.compile(
    "(?!\x1b\\[[0-9;]*m)[\x00-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def format_option(*names: str) -> Callable[[_Decorated], _Decorated]:
    """Return the `--format` option; text is the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["text", *(names or ("json",))]),
        default="text",
        show_default=True,
        help="How to print the result.",
    )


def say(message: str) -> None:
    """Print a line to people: stderr. Where nobody listens any more, the work goes on."""
    with contextlib.suppress(OSError):
        click.echo(one_line(message), err=True, color=_colour())


def put(line: str) -> None:
    """Print a line of data: stdout."""
    click.echo(one_line(line), color=_colour())


def put_text(text: str) -> None:
    """Print data of many lines as it is: a graph, a difference."""
    click.echo(text.encode("utf-8", "backslashreplace").decode("utf-8"), color=_colour())


def put_json(value: object) -> None:
    """Print a JSON value; the same value always gives the same text."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=True))


def say_error(error: MlcodeError) -> None:
    """Print an error as one line, after the findings it carries."""
    if isinstance(error, RefusedError):
        for finding in error.diagnostics:
            say(finding.line(error.path))
    hint = f"  hint: {error.hint}" if error.hint else ""
    say(f"{click.style(error.code, fg='red')} {error.message}{hint}")


def diagnostic_line(file: str, diagnostic: Diagnostic) -> str:
    """Return a finding as one line, its code in the colour of its severity."""
    colour = _COLOURS[diagnostic.severity.value]
    line = one_line(diagnostic.line(file))
    line = line.replace(diagnostic.code, click.style(diagnostic.code, fg=colour), 1)
    return f"{line}  hint: {diagnostic.hint}" if diagnostic.hint else line


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many findings of each severity there are.

    Examples:
        >>> summary([])
        'no findings'
    """
    counts = Counter(diagnostic.severity.value for diagnostic in diagnostics)
    parts = [f"{n} {kind}{'s' if n != 1 else ''}" for kind in _COLOURS if (n := counts[kind])]
    return ", ".join(parts) or "no findings"


def table(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> list[str]:
    """Return lines with the columns of the rows one under the other."""
    widths = {c: max((len(row[c]) for row in rows), default=0) for c in columns}
    return ["  ".join(row[c].ljust(widths[c]) for c in columns).rstrip() for row in rows]


def markdown_table(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> list[str]:
    r"""Return the same as a table of Markdown.

    Examples:
        >>> markdown_table([{"a": "x|y"}], ["a"])
        ['| a |', '|---|', '| x\\|y |']
    """
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return lines + [f"| {' | '.join(row[c].replace('|', chr(92) + '|') for c in columns)} |" for row in rows]


def _colour() -> bool | None:
    """Return False where colour is not wanted; None lets the terminal decide."""
    return False if os.environ.get("NO_COLOR") else None


def one_line(text: str) -> str:
    r"""Return the text with what would end the line, command the terminal or turn the text around as an escape.

    Names of files may hold all of that, and half characters, which no terminal can print. Colours stay: they are ours.

    Examples:
        >>> one_line("a\nb\u202e.ipynb") == r"a\nb\u202e.ipynb"
        True
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)
