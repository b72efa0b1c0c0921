"""The values of a run: defaults, params.yaml, `-f`, `-y`, `-p`; typed and checked before it starts.

The order of precedence is papermill's: files, then YAML texts, then single values, later ones of a
kind over earlier ones. Unlike papermill, an unknown name or a value of the wrong type ends the run
before it begins, and a single value is read as the type that the notebook declares: with
`year: str = "2024"`, `-p year 2025` gives the text "2025".
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from jupyter_mlcode.errors import InputError, UnknownNameError, UsageError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.parts import Parameter
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.notebook.yaml_input import YamlInputError, parse_yaml

Values: TypeAlias = Mapping[str, Json]

PYTHON_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
WORDS = {"True": True, "False": False, "None": None}
ARTICLES = {"int": "an int"}
DEEPEST = 100
"""Of lists in lists: who writes or hands over the value goes down into it."""
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 200
_SHORT.maxlist = _SHORT.maxdict = _SHORT.maxset = 20


class ParameterValueError(UsageError):
    """A parameter was given a value of the wrong type."""

    code = "MLC402"

    def __init__(self, parameter: Parameter, value: object, source: str) -> None:
        wanted = ARTICLES.get(parameter.type, f"a {parameter.type}")
        super().__init__(
            f"parameter {parameter.name!r} is {wanted}, {source} gives {_SHORT.repr(value)}",
            hint=_hint(parameter, value, source),
        )
        self.name = parameter.name


def _hint(parameter: Parameter, value: object, source: str) -> str:
    """Return the way out; YAML 1.1 reads some texts as something else."""
    if source != "-p" and parameter.type == "str":
        return "Put it in quotes: YAML reads on, no, 12:30 and 0123 as something else."
    if parameter.type == "float" and isinstance(value, str):
        return "YAML wants a point and a sign: 1.0e-3."
    return f"The notebook's value is {parameter.default!r}."


class ParameterFileError(InputError):
    """A file or text of parameters cannot be used."""

    code = "MLC311"

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{source}: {problem}", hint="A mapping `name: value` is expected.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenParameters:
    """What the caller gives beside params.yaml, by papermill's letters (-f, -y, -p)."""

    files: Sequence[str | Path] = ()
    texts: Sequence[str] = ()
    pairs: Sequence[tuple[str, str]] = ()
    values: Values = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """Safe YAML whose dates stay text, as papermill reads it; JSON has no dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def resolve_parameters(
    declared: Sequence[Parameter], params_file: Path, given: GivenParameters
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return the value of every declared parameter, and notes on names in params.yaml that are dead.

    Raises:
        UnknownNameError: the caller names a parameter that the notebook does not have.
        ParameterValueError: a value is not of the declared type.
        ParameterFileError: a file or text is not a mapping of values.
    """
    known = {p.name: p for p in declared}
    values: dict[str, Json] = {p.name: p.default for p in declared}
    notes: list[str] = []
    if params_file.is_file():
        for name, value in _read_file(params_file).items():
            if name in known:
                values[name] = _checked(known[name], value, params_file.name)
            else:
                notes.append(f"{params_file.name}: the notebook has no parameter {name!r}")
    for source, layer in _layers(given):
        for name, value in layer.items():
            values[name] = _checked(_known(known, name), value, source)
    for name, text in given.pairs:
        values[name] = _from_text(_known(known, name), text)
    for name, value in given.values.items():
        values[name] = _checked(_known(known, name), value, "the call")
    return values, tuple(notes)


def _layers(given: GivenParameters) -> list[tuple[str, Values]]:
    layers = [(str(path), _read_file(Path(path))) for path in given.files]
    return layers + [("-y", _mapping("-y", text)) for text in given.texts]


def _known(known: Mapping[str, Parameter], name: object) -> Parameter:
    if isinstance(name, str) and name in known:
        return known[name]
    raise UnknownNameError("parameter", str(name), known)


def _read_file(path: Path) -> Values:
    try:
        text = read_regular(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ParameterFileError(str(path), str(problem)) from error
    return _mapping(str(path), text)


def _mapping(source: str, text: str) -> Values:
    values = _load(source, text)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ParameterFileError(source, f"{type(values).__name__} instead of a mapping")
    return values


def _load(source: str, text: str) -> Any:
    try:
        return parse_yaml(text, _Loader)
    except YamlInputError as error:
        raise ParameterFileError(source, str(error)) from error


def _from_text(parameter: Parameter, text: str) -> Json:
    """Read a `-p` value as the type that the notebook declares."""
    if parameter.type == "str":
        return text
    return _checked(parameter, _literal(text), "-p")


def _literal(text: str) -> Json:
    """Return what a script's `-p` makes of the text: JSON, the words of Python, or the text itself."""
    if text in WORDS:
        return WORDS[text]
    for read in (json.loads, float):
        try:
            return read(text)
        except (ValueError, RecursionError):
            continue
    return text


def _checked(parameter: Parameter, value: object, source: str) -> Json:
    """Return the value if it is of the declared type; an int will do for a float, as in Python."""
    wanted = PYTHON_TYPES.get(parameter.type)
    free = wanted is None or (value is None and parameter.default is None)
    fits = free or type(value) is wanted or (wanted is float and type(value) is int)
    if not fits or not _is_json(value):
        raise ParameterValueError(parameter, value, source)
    return value


def _is_json(value: object, depth: int = 0) -> bool:
    if depth > DEEPEST:
        return False
    if isinstance(value, list):
        return all(_is_json(item, depth + 1) for item in value)
    if isinstance(value, dict):
        scalars = (str, int, float, bool, type(None))
        return all(isinstance(k, scalars) and _is_json(v, depth + 1) for k, v in value.items())
    return value is None or isinstance(value, (str, int, float, bool))
