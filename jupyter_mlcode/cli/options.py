"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def parameter_options(function: _Decorated) -> _Decorated:
    """Add papermill's -p, -f and -y as `pairs`, `files` and `texts`."""
    for option in reversed(_PARAMETERS):
        function = option(function)
    return function


_PARAMETERS = (
    click.option(
        "-p",
        "--parameter",
        "pairs",
        type=(str, str),
        multiple=True,
        metavar="NAME VALUE",
        help="A parameter's value; may be given several times.",
    ),
    click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="A YAML file of parameters."),
    click.option("-y", "--yaml", "texts", multiple=True, metavar="YAML", help="Parameters as YAML text."),
)
