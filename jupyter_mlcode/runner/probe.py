"""What a kernel holds at a stage boundary. Sent there as text: standard library only.

How a value is fingerprinted is `artifacts/guards.py`'s knowledge, how state is read that of the
hand-over module; both are loaded here under names that the notebook's imports cannot meet.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
import types
from typing import Any

NAME = "_mlcode_probe"
_modules: dict[str, Any] = {}


def prepare(guards: str, handoff: str) -> None:
    """Load what `record` needs, before the first cell.

    The hand-over module compares some state with how it was at its start, as in a stage.
    """
    _modules["guards"] = _read_module(guards)
    _modules["handoff"] = handing_over = _read_module(handoff)
    handing_over._START.update(handing_over._environment_now(), folder=os.getcwd())


def record(path: str, names: list[str], kinds: list[str]) -> None:
    """Write the fingerprints of these variables and of these kinds of state to a file."""
    fingerprint = _modules["guards"].fingerprint
    namespace = vars(builtins)["get_ipython"]().user_ns
    values = {name: fingerprint(namespace[name]) for name in names if name in namespace}
    state = {kind: fingerprint(_captured(kind)) for kind in kinds}
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        json.dump({"values": values, "state": state}, file)
    os.replace(f"{path}.part", path)


def _captured(kind: str) -> Any:
    """Return a kind of state as the hand-over module saves it; a library not yet loaded has none."""
    known = sys.modules.get("mlcode_handoff") or _modules["handoff"]
    module, capture, _ = known._STATES[kind]
    return capture() if module in sys.modules else None


def _read_module(path: str) -> Any:
    module = types.ModuleType(f"{NAME}_{os.path.basename(path)}")
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses look their module up
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), vars(module))
    return module
