"""The cell tagged `parameters`: `name: type = literal  # help`, one parameter a line."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place, Severity
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.model.pipeline import Parameter, ParameterType
from jupyter_mlcode.notebook.magics import mask

_TYPES: dict[str, ParameterType] = {
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "list": "list",
    "dict": "dict",
    "None": "null",
    "Any": "any",
    "object": "any",
    "List": "list",
    "Sequence": "list",
    "Dict": "dict",
    "Mapping": "dict",
}
_LARGEST_INT = 10_000
"""Bits: Python writes no more than 4,300 digits, and nobody reads as many."""
_TYPE_COMMENT = re.compile(r"type:\s*([A-Za-z_][\w.\[\], |]*?)(?:\s+(.*))?$")
_MOVE = "Move the line to a cell tagged 'setup': it would keep its old value when a parameter is injected."


@dataclass(frozen=True, slots=True, kw_only=True)
class ParametersCell:
    """The parameters of a notebook in the order of their lines, and what is wrong with the cell."""

    parameters: tuple[Parameter, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


class NotLiteralError(ValueError):
    """The expression is not a value that can be written in YAML and JSON as it is."""


def read_parameters(cell: Cell) -> ParametersCell:
    """Return the parameters that this cell declares.

    Each line that is no `name = literal` is an error: papermill injects values *below* the cell,
    so whatever the cell computed from the old ones is stale.
    """
    masked = mask(cell.source)
    found = [
        _diagnostic("MLC010", cell, magic.line, f"the parameters cell runs {magic.name!r}", hint=_MOVE)
        for magic in masked.magics
    ]
    try:
        tree = ast.parse(masked.python)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        problem = getattr(error, "msg", None) or "cannot be parsed"
        return ParametersCell(diagnostics=(_diagnostic("MLC014", cell, line, f"no Python: {problem}"),))
    comments = _comments(masked.python)
    magic_lines = {line for m in masked.magics for line in range(m.line, m.end_line + 1)}
    parameters: dict[str, Parameter] = {}
    for statement in tree.body:
        if statement.lineno in magic_lines or _is_text(statement):
            continue
        parameter, diagnostics = _parameter(cell, statement, comments.get(statement.end_lineno or 0, ""))
        found += diagnostics
        if parameter is None:
            continue
        if parameter.name in parameters:
            first = parameters[parameter.name].line
            message = f"the parameter {parameter.name!r} is given twice (first in line {first})"
            found.append(_diagnostic("MLC013", cell, parameter.line, message, hint="Keep one of them."))
        parameters[parameter.name] = parameter
    if found and not parameters:
        fix = Fix(title="Tag the cell 'setup'", cell_id=cell.id, tag="setup")
        found = [_with_fix(diagnostic, fix) for diagnostic in found]
    return ParametersCell(parameters=tuple(parameters.values()), diagnostics=tuple(found))


def literal(node: ast.expr) -> Json:
    """Return the value of a literal that YAML and JSON can hold.

    Raises:
        NotLiteralError: an expression, or a tuple, set, bytes, complex or infinite number.
    """
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        value = literal(node.operand)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotLiteralError("is computed")
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.List):
        return [literal(element) for element in node.elts]
    if isinstance(node, ast.Dict):
        if not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys):
            raise NotLiteralError("has keys that are not texts, and papermill turns them into texts")
        keys = [k.value for k in node.keys if isinstance(k, ast.Constant)]
        return dict(zip(keys, map(literal, node.values), strict=True))
    if isinstance(node, ast.Tuple | ast.Set):
        kind = "tuple" if isinstance(node, ast.Tuple) else "set"
        raise NotLiteralError(f"is a {kind}, and papermill turns it into a text; use a list")
    raise NotLiteralError("is computed")


def _constant(value: object) -> Json:
    if isinstance(value, int) and value.bit_length() > _LARGEST_INT:
        raise NotLiteralError("is a number that is too large to be written in digits")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotLiteralError("is not a finite number")
        return value
    raise NotLiteralError(f"is of type {type(value).__name__}, which YAML cannot hold")


def fits(kind: ParameterType, value: Json) -> bool:
    """Tell whether a value is of this type; a whole number is good as a float, None only as null or any.

    Examples:
        >>> fits("float", 1), fits("int", True), fits("list", [1])
        (True, False, True)
    """
    if kind == "any":
        return True
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return kind == type_of(value)


def type_of(value: Json) -> ParameterType:
    """Return the type that a value shows by itself."""
    if value is None:
        return "null"
    name = type(value).__name__
    return _TYPES.get(name, "any")


def _parameter(cell: Cell, statement: ast.stmt, comment: str) -> tuple[Parameter | None, list[Diagnostic]]:
    """Return the parameter of one statement, or the reasons why it is none."""
    name, annotation, value = _parts(statement)
    line = statement.lineno
    if not name:
        message = f"this line is no parameter: {_shown(statement)}"
        return None, [_diagnostic("MLC010", cell, line, message, hint=_MOVE)]
    if value is None:
        message = f"the parameter {name!r} has no default value"
        return None, [_diagnostic("MLC010", cell, line, message, hint="Give it one: `name: type = literal`.")]
    try:
        default = literal(value)
    except NotLiteralError as error:
        message = f"the value of {name!r} {error}"
        return None, [_diagnostic("MLC010", cell, line, message, hint=_MOVE)]
    declared, help_text = annotation, comment
    if declared is None and (typed := _TYPE_COMMENT.match(comment)) is not None:
        declared, help_text = _expression(typed.group(1)), typed.group(2) or ""
    kind, found = _kind(cell, line, name, declared, default)
    parameter = Parameter(name=name, type=kind, default=default, help=help_text, cell=cell.index, line=line)
    return parameter, found


def _kind(
    cell: Cell, line: int, name: str, declared: ast.expr | None, default: Json
) -> tuple[ParameterType, list[Diagnostic]]:
    """Return the type of a parameter, from its annotation or else its value."""
    if declared is None:
        return ("any" if default is None else type_of(default)), []
    kinds = set(_annotated(declared))
    if "unknown" in kinds:
        message = f"the type of {name!r} is not one of str, int, float, bool, list, dict"
        hint = "Any value will be accepted."
        kind = "any" if default is None else type_of(default)
        return kind, [_diagnostic("MLC012", cell, line, message, hint=hint, severity=Severity.WARNING)]
    others = sorted(kinds - {"null"})
    kind = _TYPES[others[0]] if len(others) == 1 and others[0] in _TYPES else "any"
    if not others:
        kind = "null"
    if default is None and "null" in kinds:
        return kind, []
    if not any(fits(_TYPES.get(k, "null"), default) for k in kinds):
        message = f"{name!r} is declared {ast.unparse(declared)} but its value {default!r:.40} is not"
        return kind, [_diagnostic("MLC011", cell, line, message, hint="Correct the type or the value.")]
    return kind, []


def _annotated(node: ast.expr) -> Iterator[str]:
    """Yield the type names of an annotation; `unknown` for what we do not know, `null` for None."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _annotated(node.left)
        yield from _annotated(node.right)
    elif isinstance(node, ast.Constant):
        if node.value is None:
            yield "null"
        else:
            inner = _expression(node.value) if isinstance(node.value, str) else None
            yield from _annotated(inner) if inner is not None else ["unknown"]
    elif isinstance(node, ast.Subscript):
        outer = _last_name(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if outer in ("Optional", "Union"):
            for part in parts:
                yield from _annotated(part)
            if outer == "Optional":
                yield "null"
        elif outer == "Literal":
            yield from (type_of(p.value) if isinstance(p, ast.Constant) else "unknown" for p in parts)
        else:
            yield outer if outer in _TYPES else "unknown"
    else:
        name = _last_name(node)
        yield name if name in _TYPES else "unknown"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _parts(statement: ast.stmt) -> tuple[str, ast.expr | None, ast.expr | None]:
    """Return name, annotation and value of `name: type = value`; an empty name for anything else."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.annotation, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, None, statement.value
    return "", None, None


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _comments(source: str) -> dict[int, str]:
    """Return the comment at the end of each line that has one."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline="\n").readline):
            if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip():
                found[token.start[0]] = token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def _is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a bare text or number: it explains and does nothing."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _shown(statement: ast.stmt) -> str:
    return ast.unparse(statement).partition("\n")[0][:60]


def _with_fix(diagnostic: Diagnostic, fix: Fix) -> Diagnostic:
    return Diagnostic(
        code=diagnostic.code,
        severity=diagnostic.severity,
        message=diagnostic.message,
        hint=diagnostic.hint,
        place=diagnostic.place,
        fix=fix,
    )


def _diagnostic(
    code: str, cell: Cell, line: int, message: str, *, hint: str = "", severity: Severity = Severity.ERROR
) -> Diagnostic:
    place = Place(cell=cell.number, cell_id=cell.id, line=line)
    return Diagnostic(code=code, severity=severity, message=message, hint=hint, place=place)
