"""What shows as settings say: frames and arrays, and whatever may hold or give one."""

from __future__ import annotations

import sys
from typing import Final

from jupyter_mlcode.analysis.values import Value

_LEAVES: Final = frozenset(
    {"scalar", "python.str", "python.path", "python.file", "python.environ", "python.syspath"}
)
"""Families whose objects hold nothing else."""
_GIVERS: Final = frozenset(
    """builtins collections concurrent contextlib copy dataclasses functools importlib itertools multiprocessing
    operator pickle queue shelve statistics types""".split()
)
"""Modules of the standard library that give back what they are given, or load objects of any kind."""
_PLAIN_MODULES: Final = (sys.stdlib_module_names - _GIVERS) | {"numpy"}


def may_show_tables(value: Value) -> bool:
    """Whether what a statement shows of the value may be a frame or an array."""
    if value.path is not None:
        return value.path.split(".", 1)[0] not in _PLAIN_MODULES
    return value.family not in _LEAVES
