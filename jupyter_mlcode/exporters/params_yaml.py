"""`params.yaml`: written once, then the user's. Later exports add names and never touch a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from jupyter_mlcode.codegen.literals import printable
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.exporters.yaml_text import inline
from jupyter_mlcode.model.diagnostics import Diagnostic, Severity
from jupyter_mlcode.model.pipeline import Parameter
from jupyter_mlcode.notebook.yaml_input import parse_yaml

PARAMS = "params.yaml"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,), "int": (int,), "float": (float, int), "bool": (bool,), "list": (list,), "dict": (dict,),
}  # fmt: skip


class ParamsFileError(InputError):
    """`params.yaml` is not a YAML mapping that can be added to."""

    code = "MLC320"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"{PARAMS}: {problem}", hint="Repair the file, or delete it: the export then writes a new one."
        )


def params_yaml(parameters: Sequence[Parameter]) -> str:
    """Return the file with every parameter's default, or nothing when there are no parameters."""
    return "".join(f"{line}\n" for line in map(_line, parameters))


def merged_params(existing: str, fresh: str) -> str:
    r"""Return the user's file, byte for byte, with the names of the fresh one that it lacks at its end.

    Raises:
        ParamsFileError: when the user's file cannot be read or added to.

    Examples:
        >>> merged_params("a: 2  # mine\n", "a: 1\nb: 5\n")
        'a: 2  # mine\nb: 5\n'
    """
    known = read_params(existing)
    lines = [line for line in fresh.split("\n") if line and not set(_mapping(line)) <= set(known)]
    if not lines:
        return existing
    root = _root(existing)
    newline = "\r\n" if "\r\n" in existing else "\n"
    if root is not None and root.flow_style:
        merged = _into_braces(existing, root, lines)
    else:
        indent = " " * (root.start_mark.column if root is not None else 0)
        end = "" if not existing or existing.endswith(("\n", "\ufeff")) else newline
        merged = existing + end + "".join(f"{indent}{line}{newline}" for line in lines)
    if read_params(merged) != {**known, **{k: v for line in lines for k, v in _mapping(line).items()}}:
        raise ParamsFileError("new parameters cannot be added at its end")
    return merged


def read_params(text: str) -> dict[str, Any]:
    """Return the values of a `params.yaml`.

    Raises:
        ParamsFileError: when it is no YAML, or no mapping of names.
    """
    found = _mapping(text)
    return {str(name): value for name, value in found.items()}


def params_findings(parameters: Iterable[Parameter], text: str) -> tuple[Diagnostic, ...]:
    """Return what a reader of the user's `params.yaml` should know: dead names, other values, wrong types."""
    values = read_params(text)
    known = {parameter.name: parameter for parameter in parameters}
    findings = [_dead(name) for name in values if name not in known]
    for name, parameter in known.items():
        if name in values:
            findings += _compared(parameter, values[name])
    return tuple(findings)


def _dead(name: str) -> Diagnostic:
    return Diagnostic(
        code="MLC140",
        severity=Severity.WARNING,
        message=f"{PARAMS} sets {name!r}, which is no parameter of the notebook",
        hint="Delete the line, or give the notebook's parameters cell that name.",
    )


def _compared(parameter: Parameter, value: Any) -> list[Diagnostic]:
    """Return a finding when the value is of another type, or differs from the notebook's default."""
    if not _fits(value, parameter.type):
        return [
            Diagnostic(
                code="MLC142",
                severity=Severity.WARNING,
                message=f"{PARAMS} sets {parameter.name!r} to {value!r}, which is no {parameter.type}",
                hint="Put text in quotes: YAML reads on, 12:30 and 2024-01-31 as something else.",
            )
        ]
    if value == parameter.default and isinstance(value, bool) == isinstance(parameter.default, bool):
        return []
    return [
        Diagnostic(
            code="MLC141",
            severity=Severity.WARNING,
            message=f"{PARAMS} sets {parameter.name!r} to {value!r}; the notebook's default is {parameter.default!r}",
            hint="The pipeline runs with the value in params.yaml, the notebook with its own.",
        )
    ]


def _fits(value: Any, declared: str) -> bool:
    """Tell whether a value is of the declared type; a bool is no int, an int is a float."""
    allowed = _TYPES.get(declared)
    if allowed is None or value is None:
        return True
    return isinstance(value, allowed) and (declared == "bool" or not isinstance(value, bool))


def _line(parameter: Parameter) -> str:
    """Return `name: default  # help` on one line."""
    comment = printable(" ".join(parameter.help.split()))
    entry = inline({parameter.name: parameter.default})[1:-1]  # the braces around it
    return f"{entry}  # {comment}" if comment else entry


def _mapping(text: str) -> dict[Any, Any]:
    try:
        found = parse_yaml(text)
    except ValueError as error:
        raise ParamsFileError(str(error)) from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ParamsFileError("must map parameter names to values")
    return found


def _root(text: str) -> yaml.MappingNode | None:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return node if isinstance(node, yaml.MappingNode) else None


def _into_braces(existing: str, root: yaml.MappingNode, lines: Sequence[str]) -> str:
    """Return a file of the form `{a: 1}` with the new names before its closing brace."""
    close = root.end_mark.index - 1
    before = existing[:close].rstrip()
    added = ", ".join(inline(_mapping(line))[1:-1] for line in lines)
    separator = ", " if root.value and not before.endswith(",") else ""
    return f"{before}{separator}{added}{existing[close:]}"
