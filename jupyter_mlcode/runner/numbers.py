"""The numbers of a value apart from everything else of it. Sent to a kernel as text: standard library only.

`write` leaves a digest of all that is no floating-point number, and the floating-point numbers as
doubles in the order in which they were met: two such files tell whether two values are close
without anybody loading the values.
"""

from __future__ import annotations

import array
import hashlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

DEPTH = 20


class Numbers:
    """Takes values apart; `fingerprint` says what a part is that holds no numbers of ours."""

    def __init__(self, fingerprint: Callable[[Any], dict[str, Any]]) -> None:
        self._fingerprint = fingerprint
        self._open: set[int] = set()
        self.rest = hashlib.sha256()
        self.found = array.array("d")

    def take(self, value: Any) -> None:
        """Add the numbers of a value, and what it is apart from them."""
        kind = type(value)
        self._say(f"{kind.__module__}.{kind.__qualname__}")
        if isinstance(value, float):
            self.found.append(value)
        elif isinstance(value, complex):
            self.found.extend((value.real, value.imag))
        elif id(value) in self._open or len(self._open) > DEPTH:
            self._say("again")
        else:
            self._open.add(id(value))
            self._parts(value)
            self._open.discard(id(value))

    def _parts(self, value: Any) -> None:
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
            self._array(value, numpy)
        elif pandas is not None and isinstance(value, pandas.DataFrame):
            self._whole([value.index, value.columns])
            for position in range(value.shape[1]):
                self.take(value.iloc[:, position].array)
        elif pandas is not None and isinstance(value, pandas.Series):
            self._whole([value.index, value.name])
            self.take(value.array)
        elif type(value).__name__ == "NumpyExtensionArray":
            self.take(value.to_numpy())
        elif isinstance(value, (list, tuple)):
            self._say(str(len(value)))
            for item in value:
                self.take(item)
        elif isinstance(value, dict):
            self._whole(list(value))
            for item in value.values():
                self.take(item)
        elif type(value).__module__.partition(".")[0] in ("sklearn", "statsmodels", "__main__") and _plain(
            value
        ):
            self._whole(sorted(vars(value)))
            for name in sorted(vars(value)):
                self.take(vars(value)[name])
        else:
            self._whole(value)

    def _array(self, value: Any, numpy: Any) -> None:
        self._say(f"{value.dtype} {value.shape}")
        if value.dtype.kind not in "fc":
            self._whole(value)
            return
        wide = numpy.ascontiguousarray(value, "c16" if value.dtype.kind == "c" else "f8")
        self.found.frombytes(wide.tobytes())

    def _whole(self, value: Any) -> None:
        self._say(str(self._fingerprint(value)["firm"]))

    def _say(self, text: str) -> None:
        self.rest.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))


def _plain(value: Any) -> bool:
    return hasattr(value, "__dict__") and not isinstance(value, type)


def write(folder: str, names: list[str], namespace: dict[str, Any], fingerprint: Any) -> None:
    """Write `<name>.f64` for each variable that is there, and what is said of them all."""
    os.makedirs(folder, exist_ok=True)
    about = {}
    for index, name in enumerate(names):
        if name not in namespace:
            continue
        numbers = Numbers(fingerprint)
        numbers.take(namespace[name])
        about[name] = [index, numbers.rest.hexdigest()]
        with open(os.path.join(folder, f"{index}.f64"), "wb") as file:
            numbers.found.tofile(file)
    with open(os.path.join(folder, "about.json"), "w", encoding="utf-8") as file:
        file.write(json.JSONEncoder(separators=(", ", ": ")).encode(about))
