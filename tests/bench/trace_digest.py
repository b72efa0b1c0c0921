"""Digests of values and of interpreter state, for the tracer: equal digests mean nothing noticeable changed.

A digest may differ although nothing changed (pickle bytes are not canonical), which makes a pair of
stages look dependent. For a measure of "truly independent pairs" that is the safe side.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import time
import types
import warnings
from typing import Any

DEFAULT = "default"
TYPES_BY_REFERENCE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, types.MethodType)
BACKEND_OWN = {
    "backend", "backend_fallback", "interactive", "figure.facecolor", "figure.edgecolor", "figure.dpi",
    "figure.subplot.bottom", "figure.figsize", "font.size", "savefig.dpi", "toolbar", "webagg.address",
}  # fmt: skip


class Budget:
    """Seconds left for digests at one boundary."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    def spent(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.until


def _hash(*parts: object) -> str:
    hasher = hashlib.blake2b(digest_size=12)
    for part in parts:
        hasher.update(
            part if isinstance(part, bytes | memoryview) else repr(part).encode("utf8", "backslashreplace")
        )
        hasher.update(b"\0")
    return hasher.hexdigest()


def _known(value: Any, budget: Budget, depth: int) -> str | None:
    """Return a canonical digest for scalars, arrays, frames and containers of them."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | range | slice):
        return _hash(type(value).__name__, value)
    if isinstance(value, TYPES_BY_REFERENCE):
        return _hash("reference", id(value))
    if numpy is not None and isinstance(value, numpy.ndarray) and not value.dtype.hasobject:
        return _hash(value.dtype.str, value.shape, numpy.ascontiguousarray(value).tobytes())
    if (
        pandas is not None
        and hasattr(pandas, "DataFrame")
        and isinstance(value, pandas.DataFrame | pandas.Series)
    ):
        hashed = pandas.util.hash_pandas_object(value, index=True)
        labels = list(value.columns) if isinstance(value, pandas.DataFrame) else [value.name]
        return _hash(
            type(value).__name__, labels, str(getattr(value, "dtypes", "")), hashed.to_numpy().tobytes()
        )
    if isinstance(value, list | tuple | set | frozenset | dict) and type(value).__module__ == "builtins":
        if len(value) > 100_000 or depth > 8:
            return None
        items = list(value.items()) if isinstance(value, dict) else list(value)
        inner = [digest(item, budget, depth + 1) for item in items]
        if None in inner:
            return None
        return _hash(
            type(value).__name__, sorted(map(str, inner)) if isinstance(value, set | frozenset) else inner
        )
    return None


def digest(value: Any, budget: Budget, depth: int = 0) -> str | None:
    """Return a digest of the value's content, or None where that cannot be had."""
    if budget.spent():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = _known(value, budget, depth)
            if known is not None:
                return known
            return _pickled(value)
    except Exception:
        return None


def _pickled(value: Any) -> str | None:
    try:
        first = pickle.dumps(value, protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError):
        import cloudpickle

        first = cloudpickle.dumps(value, protocol=5)
    return _hash(type(value).__qualname__, first)


def random_state() -> dict[str, str]:
    """Return digests of the two global random generators."""
    import random

    import numpy.random

    kind, keys, *rest = numpy.random.get_state()
    return {"numpy.random": _hash(kind, keys.tobytes(), rest), "python.random": _hash(random.getstate())}


def process_state() -> dict[str, str]:
    """Return a digest per kind of interpreter state; `DEFAULT` where nobody changed a library's defaults."""
    state = {
        "os.cwd": _hash(os.getcwd()),
        "os.environ": _hash(
            sorted(kv for kv in os.environ.items() if not kv[0].startswith(("KMP", "OMP", "MPL")))
        ),
        "sys.path": _hash(sys.path),
        "warnings.filters": _hash(list(warnings.filters)),
    }
    matplotlib, pandas, numpy = (sys.modules.get(n) for n in ("matplotlib", "pandas", "numpy"))
    if matplotlib is not None and hasattr(matplotlib, "rcParamsDefault"):
        default = dict(matplotlib.rcParamsDefault)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            now = {k: v for k, v in dict.items(matplotlib.rcParams) if k not in BACKEND_OWN}
        changed = sorted((k, repr(v)) for k, v in now.items() if repr(default.get(k)) != repr(v))
        sizes = [
            repr(dict.get(matplotlib.rcParams, k)) for k in ("figure.figsize", "font.size", "figure.dpi")
        ]
        state["matplotlib.rcParams"] = _hash(changed) if changed else DEFAULT
        state["matplotlib.figure"] = _hash(sizes)
    if pandas is not None and hasattr(pandas, "_config"):
        config = pandas._config.config
        changed = sorted(
            (key, repr(config.get_option(key)))
            for key, option in config._registered_options.items()
            if key.startswith(("display", "mode", "compute", "plotting"))
            and config.get_option(key) != option.defval
        )
        state["pandas.options"] = _hash(changed) if changed else DEFAULT
    if numpy is not None:
        state["numpy.printoptions"] = _hash(sorted((k, repr(v)) for k, v in numpy.get_printoptions().items()))
        state["numpy.errstate"] = _hash(sorted(numpy.geterr().items()))
    return state


def was_changed(kind: str, before: str | None, now: str) -> bool:
    """Whether state of this kind was changed; a library seen for the first time is compared with its defaults."""
    if before is None:
        return kind in {"matplotlib.rcParams", "pandas.options"} and now != DEFAULT
    return before != now
