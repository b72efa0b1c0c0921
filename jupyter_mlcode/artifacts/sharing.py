"""Which values hold one object that may be changed in place. Loaded by path, as the guards are."""

from __future__ import annotations

import gc
import logging
import sys
import types
from collections.abc import Iterator
from typing import Any

_WHOLE = (type, types.ModuleType, types.CodeType, types.BuiltinFunctionType, types.FrameType, logging.Logger)
_ATOMS = frozenset({bool, int, float, complex, str, bytes, type(None)})


def _mutable_parts(value: Any) -> Iterator[tuple[Any, Any]]:
    """What of a value could be changed in place: (identity or memory range, object)."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    todo: list[Any] = [value]
    seen: set[int] = set()
    while todo and len(seen) < 200_000:
        part = todo.pop()
        if (
            id(part) in seen
            or isinstance(part, _WHOLE)
            or (isinstance(part, dict) and "__builtins__" in part)
        ):
            continue
        seen.add(id(part))
        if numpy is not None and isinstance(part, numpy.ndarray):
            start = part.__array_interface__["data"][0]
            yield (start, start + part.nbytes) if part.flags.forc else id(part), part
        elif pandas is not None and isinstance(part, (pandas.DataFrame, pandas.Series)):
            yield id(part), part
            if int(pandas.__version__.partition(".")[0]) >= 3:
                todo.extend(_objects(part))
                continue  # copy-on-write: sharing memory is no sharing
        elif isinstance(part, (list, dict, set, bytearray, types.CellType)) or hasattr(part, "__dict__"):
            yield id(part), part
        if isinstance(part, types.FunctionType):
            todo.extend([part.__closure__, part.__defaults__, part.__kwdefaults__])
        else:  # whether the collector tracks it says nothing: arrays, and what holds nothing else, it never does
            todo.extend(inner for inner in gc.get_referents(part) if type(inner) not in _ATOMS)


def _objects(frame: Any) -> Iterator[Any]:
    """The objects that may change in the cells of a frame or a series: copies hold the same."""
    columns = [frame] if frame.ndim == 1 else [frame.iloc[:, i] for i in range(frame.shape[1])]
    for column in columns:
        if column.dtype == object:
            yield from (item for item in column if type(item) not in _ATOMS)


def shared(outputs: dict[str, Any], exposed: set[str] | None = None) -> Iterator[tuple[str, str, str]]:
    """Pairs of outputs that hold one object, and its type; at least one is in `exposed`."""
    owners: dict[Any, str] = {}
    ranges: list[tuple[int, int, str]] = []
    found: dict[tuple[str, str], str] = {}
    for key, value in outputs.items():
        for mark, part in list(_mutable_parts(value)):
            if isinstance(mark, tuple):
                others = [owner for start, stop, owner in ranges if start < mark[1] and mark[0] < stop]
                ranges.append((*mark, key))
            else:
                others = [owners.setdefault(mark, key)]
            for other in others:
                if other != key and (exposed is None or {key, other} & exposed):
                    found.setdefault((other, key), type(part).__name__)
    yield from ((one, other, kind) for (one, other), kind in found.items())
