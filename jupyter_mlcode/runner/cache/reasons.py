"""Why a stage runs: what is not as it was, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.cache.components import Components
from jupyter_mlcode.runner.cache.reads import ABSENT

VOLATILE: Final = {
    "clock": "reads the clock",
    "code": "has code that cannot be understood",
    "database": "uses a database",
    "entropy": "takes random bytes from the system",
    "environment": "reads environment variables",
    "file times": "looks at the times of files",
    "files": "uses files whose names are known only when it runs",
    "network": "uses the network",
    "process": "looks at its process or starts others",
    "random": "draws random numbers that nobody has seeded",
    "stdin": "asks for input",
}
_SHOWN = 3
_WIDTH = 40


def differences(old: Components, new: Components, title: Callable[[str], str]) -> tuple[str, ...]:
    """Return what changed from the components of the last result to these; `title` names a cell by its id."""
    found: list[str] = []
    for kind, words in _WORDS.items():
        before, after = old.get(kind, {}), new.get(kind, {})
        found += words(before, after, title) if before != after else ()
    return tuple(dict.fromkeys(found))


def _changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[tuple[str, Json, Json]]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _parameters(before: Mapping[str, Json], after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    return [f"params.{name} {_value(old)} -> {_value(new)}" for name, old, new in _changed(before, after)]


def _value(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _cells(before: Mapping[str, Json], after: Mapping[str, Json], title: Callable[[str], str]) -> list[str]:
    old, new = _by_id(before), _by_id(after)
    found = [title(id_) for id_ in new if id_ in old and old[id_] != new[id_]]
    changed = [f"{name} changed" for name in dict.fromkeys(found)]
    changed += [f"{title(id_)} is new" for id_ in new if id_ not in old]
    changed += ["a cell is gone"] if old.keys() - new.keys() else []
    return changed or ["the order of its cells changed"]


def _by_id(cells: Mapping[str, Json]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for place, digest in cells.items():
        found.setdefault(place.split(" ", 2)[2], []).append(digest)
    return found


def _definitions(before: Mapping[str, Json], after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    return _short([f"{name} changed" for name, _old, _new in _changed(before, after)])


def _inputs(before: Mapping[str, Json], after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    names = [ref.partition("/") for ref, _old, _new in _changed(before, after)]
    return _short([f"{_input(key)} from {stage} changed" for stage, _slash, key in names])


def _input(key: str) -> str:
    return {"@state": "the interpreter's state", "@all": "the namespace"}.get(key, key)


def _files(before: Mapping[str, Json], after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    return _short([file_change(name, old, new) for name, old, new in _changed(before, after)])


def file_change(name: str, old: Json, new: Json) -> str:
    """Return how a file is not as it was."""
    if new in (None, ABSENT):
        return f"{name} is gone"
    return f"{name} {'is new' if old in (None, ABSENT) else 'changed'}"


def _packages(before: Mapping[str, Json], after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    return _short(
        [f"{name} {old or 'not there'} -> {new or 'not there'}" for name, old, new in _changed(before, after)]
    )


def _format(_before: Mapping[str, Json], _after: Mapping[str, Json], _: Callable[[str], str]) -> list[str]:
    return ["another version of jupyter-mlcode, or another kernel"]


def _short(found: list[str]) -> list[str]:
    rest = len(found) - _SHOWN
    return found if rest <= 1 else [*found[:_SHOWN], f"and {rest} more"]


_WORDS: Final[
    Mapping[str, Callable[[Mapping[str, Json], Mapping[str, Json], Callable[[str], str]], list[str]]]
] = {
    "cells": _cells,
    "parameters": _parameters,
    "definitions": _definitions,
    "modules": _files,
    "files": _files,
    "inputs": _inputs,
    "environment": _packages,
    "format": _format,
}
