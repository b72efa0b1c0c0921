"""What a kernel holds at a stage boundary. Sent there as text: standard library only.

How values and state are read is the knowledge of `artifacts/guards.py`, which is loaded here under
a name that the notebook's imports cannot meet.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import os
import sys
import types
from typing import Any

NAME = "_mlcode_probe"
# What differs in every process by right; the guards look at how it goes on from stage to stage.
PROCESS_OWN = ("sys.path", "warnings.filters")
_modules: dict[str, Any] = {}
_encode = json.JSONEncoder(
    separators=(", ", ": "), sort_keys=True
).encode  # ours, whatever a notebook does to `json`
_start: dict[str, Any] = {}


def prepare(guards: str) -> None:
    """Load what `record` needs and note the environment, before the first cell."""
    _modules["guards"] = _read_module(guards)
    _start.update(folder=os.getcwd(), environment=dict(os.environ))


def record(path: str, names: list[str], kinds: list[str], numbers: str = "") -> None:
    """Write the fingerprints of these variables and of these kinds of state to a file.

    `numbers` is the file of the module that writes the variables' numbers into a folder beside it.
    """
    guards = _modules["guards"]
    namespace = vars(builtins)["get_ipython"]().user_ns
    values = {name: guards.fingerprint(namespace[name]) for name in names if name in namespace}
    found = guards.state(_start["folder"])
    found["os.environ"] = _changed_variables()
    state = {kind: _mark(found.get(kind, "not loaded")) for kind in kinds if kind not in PROCESS_OWN}
    if numbers:
        _read_module(numbers).write(f"{path}.numbers", names, namespace, guards.fingerprint)
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(_encode({"values": values, "state": state}))
    os.replace(f"{path}.part", path)


def _changed_variables() -> dict[str, str]:
    """Return what the notebook set itself; the rest is each process's own."""
    before = _start["environment"]
    now = {name: value for name, value in os.environ.items() if before.get(name) != value}
    return {**now, **{name: "deleted" for name in before if name not in os.environ}}


def _mark(value: Any) -> dict[str, str]:
    """Return a kind of state in the form of a fingerprint."""
    text = _encode(value)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"type": "state", "firm": digest, "digest": digest, "repr": text[:200]}


def _read_module(path: str) -> Any:
    module = types.ModuleType(f"{NAME}_{os.path.basename(path)}")
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses look their module up
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    return module
