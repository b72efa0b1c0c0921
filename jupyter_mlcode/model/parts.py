"""The parts of a pipeline that a run knows too: its parameters and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mlcode.model.json_value import Json

ParameterType: TypeAlias = Literal["str", "int", "float", "bool", "list", "dict", "null", "any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One `name: type = literal  # help` line of the cell tagged `parameters`."""

    name: str
    type: ParameterType
    default: Json
    help: str = ""
    cell: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUse:
    """A file, folder or glob that a stage reads or writes; `path` None is an unknown one.

    `${name}` in a path stands for the parameter `name`.
    """

    path: str | None
    kind: Literal["file", "folder", "glob", "table", "metrics", "figure"] = "file"
