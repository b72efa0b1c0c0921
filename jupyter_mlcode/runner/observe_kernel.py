"""What a kernel saw of a cell. Sent there as text: standard library only.

Whether a variable changed is told by what the hand-over would write of it: `artifacts/mlcode_handoff.py`,
which is loaded here under a name that the notebook's imports cannot meet.
"""

from __future__ import annotations

import builtins
import os
import sys
import types
from typing import Any

NAME = "_mlcode_observe"
_handoff: dict[str, Any] = {}
_noted: dict[str, Any] = {}


def prepare(path: str) -> None:
    """Load the hand-over, before the first cell."""
    module = types.ModuleType(f"{NAME}_handoff")
    module.__file__ = path
    sys.modules[module.__name__] = module
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    _handoff.update(vars(module))


def before(names: list[str], kinds: list[str]) -> None:
    """Note variables and kinds of state before a cell."""
    space = _namespace()
    _noted.clear()
    _noted["values"] = {name: _digest(name, space[name]) for name in names if name in space}
    _noted["state"] = _states(kinds)


def after(path: str, typed: list[str], names: list[str], kinds: list[str]) -> None:
    """Write what the cell left alone, and the classes of variables, to a file."""
    space = _namespace()
    was, state = _noted.get("values", {}), _noted.get("state", {})
    now = {name: _digest(name, space[name]) for name in names if name in space}
    found = {
        "unchanged": {
            name: size for name, (hash_, size) in now.items() if hash_ and was.get(name) == (hash_, size)
        },
        "undrawn": state.keys() == set(kinds) and _states(kinds) == state,
        "types": {name: _class(space[name]) for name in typed if name in space},
        "bytes": {name: _digest(name, space[name])[1] for name in typed if name in space},
    }
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(repr(found))  # not as JSON: a notebook may have patched `json`
    os.replace(f"{path}.part", path)


def _namespace() -> dict[str, Any]:
    found: dict[str, Any] = vars(builtins)["get_ipython"]().user_ns
    return found


def _states(kinds: list[str]) -> dict[str, Any]:
    loaded = [kind for kind in kinds if _handoff["_STATES"][kind][0] in sys.modules]
    return {kind: _digest(kind, _handoff["_STATES"][kind][1]())[0] for kind in loaded}


def _digest(name: str, value: Any) -> tuple[str | None, int]:
    """Return the hash and the size of what would be written; nothing for what cannot be handed over."""
    out = _handoff["_Output"](_handoff["_Nowhere"]())
    try:
        _handoff["_dump"](value, out, name)
    except Exception:  # noqa: BLE001 - any class may raise anything when it is pickled
        return None, 0
    return out.digest.hexdigest(), out.size


def _class(value: Any) -> str:
    """Return the shortest name under which the class can be found: `pandas.DataFrame`."""
    kind = type(value)
    parts = kind.__module__.split(".")
    for end in range(1, len(parts) + 1):
        place = ".".join(parts[:end])
        if getattr(sys.modules.get(place), kind.__qualname__, None) is kind:
            return f"{place}.{kind.__qualname__}"
    return ""
