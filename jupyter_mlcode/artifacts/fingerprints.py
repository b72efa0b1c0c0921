"""Fingerprints of values: what a run compares without keeping or loading the values themselves.

Needs the standard library only: `guards.py` loads this file by path in kernels where the package is not installed.

A fingerprint has two digests. `firm` covers what makes values different; `full` also what may differ between
equal values (caches, private attributes of library objects, pickled bytes). Equal `full` is equal, another
`firm` is different, anything else is unknown. A value with parts that cannot be looked into has no `full`.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import logging
import os
import pathlib
import pickle
import random
import re
import reprlib
import sys
import types
import uuid
from typing import Any

BUDGET = 2_000_000  # parts of a value that are looked at
_SCALARS = frozenset(
    {int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range}
)
_BY_REPR = (
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction),
    *(pathlib.PurePath, uuid.UUID, slice, range, types.GenericAlias, array.array, bytearray),
)


# ------------------------------------------------------------------------------------------------ fingerprints


class _Digest:
    """The two digests of one part, while they are made."""

    def __init__(self, kind: str) -> None:
        self.firm, self.full = (
            hashlib.blake2b(kind.encode(), digest_size=16),
            hashlib.blake2b(kind.encode(), digest_size=16),
        )
        self.known = True

    def add(self, content: Any, *, firm: bool = True) -> None:
        """Add bytes to the full digest, and to the firm one."""
        view = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        for digest in (self.firm, self.full) if firm else (self.full,):
            digest.update(len(view).to_bytes(8, "little"))
            digest.update(view)

    def join(self, part: tuple[bytes, bytes, bool], *, firm: bool = True) -> None:
        """Add the digests of a part."""
        self.full.update(part[1])
        self.known &= part[2]
        if firm:
            self.firm.update(part[0])

    def done(self) -> tuple[bytes, bytes, bool]:
        return self.firm.digest(), self.full.digest(), self.known


class _Fingerprinter:
    """Walks one value; objects seen before are not walked again, cycles end at a mark."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[bytes, bytes, bool]] = {}
        self._open: dict[int, int] = {}
        self._alive: list[Any] = []
        self._lowest = sys.maxsize  # depth of the outermost object that a cycle came back to
        self._left = BUDGET
        self.reasons: set[str] = set()
        self.truncated = False

    def of(self, value: Any) -> tuple[bytes, bytes, bool]:
        """Firm digest, full digest, and whether everything could be looked at."""
        kind = type(value)
        if kind in _SCALARS:
            digest = _Digest(kind.__name__)
            digest.add(repr(value) if kind is not str else value)
            return digest.done()
        if id(value) in self._done:
            return self._done[id(value)]
        digest = _Digest(_name(kind))
        if id(value) in self._open:
            self._lowest = min(self._lowest, self._open[id(value)])
            digest.add(f"cycle {len(self._open) - self._open[id(value)]}")
            return digest.done()
        self._left -= 1
        if self._left < 0 or len(self._open) > 150:
            self.truncated = True
            return self._opaque(digest, "it is too large or too deep")
        return self._closed(value, kind, digest)

    def _closed(self, value: Any, kind: Any, digest: _Digest) -> tuple[bytes, bytes, bool]:
        depth, outer, self._lowest = len(self._open), self._lowest, sys.maxsize
        self._open[id(value)] = depth
        try:
            self._walk(value, kind, digest)
        except Exception as error:  # noqa: BLE001 - any class may raise anything when it is looked at
            self._opaque(digest, f"a {_name(kind)} raised {type(error).__name__}")
        finally:
            del self._open[id(value)]
        found = digest.done()
        if self._lowest >= depth:  # no part of it depends on where it was met
            self._done[id(value)] = found
            self._alive.append(value)
            self._lowest = sys.maxsize
        self._lowest = min(outer, self._lowest)
        return found

    def _opaque(self, digest: _Digest, reason: str) -> tuple[bytes, bytes, bool]:
        self.reasons.add(reason)
        digest.known = False
        return digest.done()

    def _walk(self, value: Any, kind: Any, digest: _Digest) -> None:
        for wanted, walk in _WALKS:
            if isinstance(value, wanted):
                getattr(self, walk)(value, digest)
                return
        if hasattr(kind, "__next__") and kind.__module__ in ("builtins", "itertools", "_io"):
            self._opaque(digest, f"a {_name(kind)} can only be used up")
            return
        if kind.__module__.partition(".")[0] in _MACHINERY:
            digest.add(str(getattr(value, "name", "")), firm=isinstance(value, logging.Logger))
            return
        walk = f"_{_name(kind).partition('.')[0]}"
        if walk not in ("_numpy", "_pandas", "_scipy", "_matplotlib", "_torch") or not getattr(self, walk)(
            value, digest
        ):
            self._object(value, kind, digest)

    def _parts(self, digest: _Digest, *parts: Any) -> None:
        for part in parts:
            digest.join(self.of(part))

    def _enum(self, value: Any, digest: _Digest) -> None:
        digest.add(value.name)

    def _repr(self, value: Any, digest: _Digest) -> None:
        digest.add(repr(value))

    def _module(self, value: Any, digest: _Digest) -> None:
        digest.add(value.__name__)

    def _pattern(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.pattern, value.flags)

    def _method(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.__func__, value.__self__)

    def _builtin(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.__qualname__, getattr(value, "__self__", None))

    def _partial(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.func, value.args, value.keywords)

    def _cell(self, value: Any, digest: _Digest) -> None:
        try:
            self._parts(digest, value.cell_contents)
        except ValueError:
            digest.add("not bound")

    def _random(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.getstate())

    def _exception(self, value: Any, digest: _Digest) -> None:
        self._parts(digest, value.args)
        self._attributes(value, digest)

    def _sequence(self, value: Any, digest: _Digest) -> None:
        digest.add(str(len(value)))
        if {type(item) for item in value} <= _SCALARS:
            digest.add(repr(list(value)))
        else:
            self._parts(digest, *value)
        self._attributes(value, digest)

    def _set(self, value: Any, digest: _Digest) -> None:
        if {type(item) for item in value} <= _SCALARS:
            digest.add("\n".join(sorted(map(repr, value))))
        else:
            for part in sorted(self.of(item) for item in value):
                digest.join(part)
        self._attributes(value, digest)

    def _mapping(self, value: Any, digest: _Digest) -> None:
        if type(value) is dict and {type(part) for pair in value.items() for part in pair} <= _SCALARS:
            digest.add("\n".join(sorted(map(repr, value.items()))))
            return
        items = [(self.of(key), self.of(content)) for key, content in value.items()]
        for pair in items if isinstance(value, collections.OrderedDict) else sorted(items):
            digest.join(pair[0])
            digest.join(pair[1])
        if isinstance(value, collections.defaultdict):
            self._parts(digest, value.default_factory)
        self._attributes(value, digest)

    def _function(self, value: Any, digest: _Digest) -> None:
        self._parts(
            digest,
            value.__code__,
            value.__defaults__,
            value.__kwdefaults__,
            vars(value),
            *(value.__closure__ or ()),
        )

    def _code(self, value: Any, digest: _Digest) -> None:
        digest.add(value.co_code)
        self._parts(
            digest,
            value.co_consts,
            value.co_names,
            value.co_varnames,
            value.co_freevars,
            value.co_cellvars,
            value.co_flags,
        )

    def _class(self, value: Any, digest: _Digest) -> None:
        digest.add(f"{value.__module__}.{value.__qualname__}")
        if value.__module__ == "__main__":
            left_out = (
                "__dict__", "__weakref__", "_abc_impl", "__module__", "__firstlineno__", "__slotnames__"
            )  # fmt: skip
            body = {name: part for name, part in vars(value).items() if name not in left_out}
            self._parts(
                digest,
                value.__bases__,
                {
                    name: getattr(part, "__func__", part)
                    for name, part in body.items()
                    if not isinstance(part, _SLOTS)
                },
            )

    def _attributes(self, value: Any, digest: _Digest) -> None:
        """Attributes: firm are all that an object of the notebook's has, and the public ones of a library's."""
        kind = type(value)
        if kind.__module__ in ("builtins", "collections"):
            return
        own = _is_users(kind)
        found = dict(getattr(value, "__dict__", None) or {})
        for base in kind.__mro__:
            for name in _slots(base):
                if hasattr(value, name):
                    found[name] = getattr(value, name)
        for name in sorted(found, key=str):
            cache = isinstance(kind.__dict__.get(name), functools.cached_property) or _is_cache(kind, name)
            cache = cache or name in _NOTES.get(kind.__module__, ())
            firm = not cache and (own or not str(name).startswith("_"))
            digest.add(str(name), firm=firm)
            digest.join(self.of(found[name]), firm=firm)

    def _object(self, value: Any, kind: Any, digest: _Digest) -> None:
        for base in (int, float, complex, str, bytes):
            if isinstance(value, base):
                digest.add(base.__repr__(value))
        if hasattr(value, "__dict__") or any(_slots(base) for base in kind.__mro__):
            self._attributes(value, digest)
            if all(base.__flags__ & _HEAP_TYPE for base in kind.__mro__[:-1]):
                return  # a class written in Python has nothing else
        try:
            digest.add(pickle.dumps(value, 5), firm=False)
        except Exception as error:  # noqa: BLE001 - any class may raise anything when it is pickled
            self._opaque(digest, f"a {_name(kind)} cannot be pickled ({type(error).__name__})")

    # ---- libraries; each says whether it knows the value

    def _numpy(self, value: Any, digest: _Digest) -> bool:
        numpy = sys.modules["numpy"]
        if isinstance(value, numpy.ma.MaskedArray):
            self._parts(
                digest,
                numpy.ma.getmaskarray(value),
                value.filled(value.dtype.type(0)) if value.dtype.names is None else value.tolist(),
                value.view().fill_value,  # of a view: asking for it sets it
            )
        elif isinstance(value, (numpy.ndarray, numpy.generic)):
            self._buffer(numpy.asarray(value), digest)
        elif isinstance(value, numpy.dtype):
            digest.add(repr(value))
        elif isinstance(value, numpy.random.Generator):
            self._parts(digest, value.bit_generator.state)
        elif isinstance(value, numpy.random.RandomState):
            self._parts(digest, value.get_state(legacy=False))
        elif isinstance(value, numpy.random.BitGenerator):
            self._parts(digest, value.state)
        elif isinstance(value, numpy.ufunc):
            digest.add(value.__name__)
        else:
            return False
        return True

    def _buffer(self, value: Any, digest: _Digest) -> None:
        digest.add(f"{value.dtype} {value.shape}")
        if value.dtype.names:  # field by field: what lies between the fields is chance
            self._parts(digest, *(value[name] for name in value.dtype.names))
        elif value.dtype.hasobject or value.dtype.kind == "T":
            self._parts(digest, value.ravel().tolist())
        else:
            flat = value.reshape(-1) if value.flags.c_contiguous else value.ravel()
            for start in range(0, flat.size, 1 << 20):
                digest.add(flat[start : start + (1 << 20)].tobytes())

    def _pandas(self, value: Any, digest: _Digest) -> bool:
        pandas = sys.modules["pandas"]
        if isinstance(value, pandas.DataFrame):
            columns = [value.iloc[:, place].array for place in range(value.shape[1])]
            self._parts(digest, value.index, value.columns, columns, value.attrs)
        elif isinstance(value, pandas.Series):
            self._parts(digest, value.index, value.name, value.array, value.attrs)
        elif isinstance(value, pandas.MultiIndex):
            self._parts(
                digest,
                list(value.names),
                [value.get_level_values(level).array for level in range(value.nlevels)],
            )
        elif isinstance(value, pandas.Index):
            self._parts(digest, list(value.names), value.array)
        elif isinstance(value, pandas.api.extensions.ExtensionArray):
            self._extension(value, digest, pandas)
        elif (
            isinstance(
                value, (pandas.Timestamp, pandas.Timedelta, pandas.Period, pandas.Interval, pandas.DateOffset)
            )
            or value is pandas.NaT
            or value is pandas.NA
        ):
            digest.add(repr(value))
        elif isinstance(value, pandas.CategoricalDtype):
            self._parts(digest, value.categories, value.ordered)  # its text is "category", whatever they are
        elif isinstance(value, pandas.api.extensions.ExtensionDtype):
            digest.add(str(value))
        else:
            return False
        return True

    def _extension(self, value: Any, digest: _Digest, pandas: Any) -> None:
        digest.add(str(value.dtype))
        if isinstance(value, pandas.Categorical):
            self._parts(digest, value.codes, value.categories, value.ordered)
        elif (
            isinstance(getattr(value, "_ndarray", None), sys.modules["numpy"].ndarray)
            and value._ndarray.dtype != object
        ):
            self._parts(digest, value._ndarray)
        else:
            missing = value.isna()
            self._parts(
                digest, missing, [item for item, absent in zip(value, missing, strict=True) if not absent]
            )

    def _scipy(self, value: Any, digest: _Digest) -> bool:
        sparse = sys.modules.get("scipy.sparse")
        if sparse is None or not sparse.issparse(value):
            return False
        entries = value.tocsr(copy=True)
        entries.sum_duplicates()
        self._parts(digest, value.shape, value.format, entries.data, entries.indices, entries.indptr)
        return True

    def _matplotlib(self, value: Any, digest: _Digest) -> bool:
        """What an artist shows: how it is drawn has too many caches, ticks exist only once they are drawn."""
        if not hasattr(value, "get_children"):
            return False
        shown = [getattr(value, name)() for name in _SHOWN if hasattr(value, name)]
        drawn = [child for child in value.get_children() if not hasattr(child, "get_major_locator")]
        self._parts(digest, shown, *(child for child in drawn if _name(type(child)).startswith("matplotlib")))
        self._opaque(digest, "a figure or an artist is compared by what it shows only")
        return True

    def _torch(self, value: Any, digest: _Digest) -> bool:
        if not hasattr(value, "detach") or not hasattr(value, "numpy"):
            return False
        self._parts(digest, value.detach().cpu().numpy())
        return True


_SLOTS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_HEAP_TYPE = 1 << 9
_SHOWN = """get_text get_xydata get_offsets get_array get_xy get_width get_height get_visible get_title get_xlabel
    get_ylabel get_xlim get_ylim get_size_inches""".split()
# Handlers and streams hold on to the whole kernel: they are what they are called, and no part of a result.
_MACHINERY = frozenset({"logging", "threading", "asyncio", "zmq", "tornado", "ipykernel"})

_WALKS: tuple[tuple[Any, str], ...] = (
    (enum.Enum, "_enum"),
    (_BY_REPR, "_repr"),
    (re.Pattern, "_pattern"),
    ((list, tuple, collections.deque, type({}.values())), "_sequence"),
    ((set, frozenset, type({}.keys()), type({}.items())), "_set"),
    ((dict, types.MappingProxyType), "_mapping"),
    (types.FunctionType, "_function"),
    (types.MethodType, "_method"),
    (functools.partial, "_partial"),
    (types.CodeType, "_code"),
    (types.CellType, "_cell"),
    (types.ModuleType, "_module"),
    ((types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType), "_builtin"),
    (type, "_class"),
    (random.Random, "_random"),
    (BaseException, "_exception"),
)


def _name(kind: Any) -> str:
    return (
        f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else str(kind.__qualname__)
    )


def _slots(kind: Any) -> list[str]:
    slots = kind.__dict__.get("__slots__", ())
    return [
        name
        for name in ((slots,) if isinstance(slots, str) else slots)
        if name not in ("__dict__", "__weakref__")
    ]


def _is_users(kind: Any) -> bool:
    """Whether a class belongs to the notebook or to a module beside it, not to an installed library."""
    home = getattr(sys.modules.get(kind.__module__), "__file__", None)
    if kind.__module__ == "__main__":
        return True
    return home is not None and not any(
        part in home for part in ("site-packages", "dist-packages", os.path.dirname(os.__file__))
    )


_NOTES = {"statsmodels.base.data": ("predict_start", "predict_end", "predict_dates")}
"""Attributes that a library's own calls note down on the way, by module: no result depends on them."""


def _is_cache(kind: Any, name: str) -> bool:
    """Whether the attribute hides a descriptor of the class that computes it on first use."""
    for base in kind.__mro__:
        if name in base.__dict__:
            found = type(base.__dict__[name])
            return (
                hasattr(found, "__get__")
                and not hasattr(found, "__set__")
                and found is not types.FunctionType
            )
    return False


def fingerprint(value: Any) -> dict[str, Any]:
    """Type, digests, a short text, and the reason when there is no full digest."""
    walker = _Fingerprinter()
    firm, full, known = walker.of(value)
    if walker.truncated:  # where it stopped may be chance
        firm = b""
    return {
        "type": _name(type(value)),
        "digest": full.hex() if known else None,
        "firm": firm.hex(),
        "repr": _short(value),
        **({} if known else {"reason": "; ".join(sorted(walker.reasons))}),
    }


def compare(one: dict[str, Any], other: dict[str, Any]) -> str:
    """What two fingerprints say: "equal", "different" or "unknown"."""
    if one["type"] != other["type"]:
        return "different"
    if one["firm"] != other["firm"]:
        return "different" if one["firm"] and other["firm"] else "unknown"
    return "equal" if one["digest"] is not None and one["digest"] == other["digest"] else "unknown"


def _short(value: Any) -> str:
    """A text of at most 80 characters that runs no code of the notebook."""
    kind = type(value)
    if kind in _SCALARS or (kind in (list, tuple, set) and {type(part) for part in value} <= _SCALARS):
        return reprlib.repr(value)[:80]
    if kind.__module__.partition(".")[0] in ("numpy", "pandas", "scipy") and hasattr(value, "shape"):
        return f"{kind.__name__} {value.shape} {getattr(value, 'dtype', '')}".rstrip()
    return str(kind.__name__)
