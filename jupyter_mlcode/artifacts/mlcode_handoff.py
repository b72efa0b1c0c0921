"""How values and interpreter state cross a stage boundary. Format 1.

Written by jupyter-mlcode beside the scripts it exports, the same text in every pipeline; needs Python and
PyYAML. Yours to read, not to edit.

`Stage(name)` makes this process look like a kernel in the notebook's folder. `save` writes a value to
`artifacts/<stage>/<key>.pkl`, `load` reads it in a later stage; `save_state` and `restore_state` do the same
for random generators, options and other state of the interpreter. What cannot be handed over faithfully
raises `HandoffError`.

A .pkl file is a mark, a pickle (protocol 5), the memory of its arrays, and a table of where each array lies.
Loading maps the file copy-on-write. Arrays keep their strides, and those that overlap in memory still do.
Functions of the notebook travel as code; its classes by name, because the script that loads them has run
their `class` statement. The .json beside it holds size and sha256. The hash is read when the .pkl is newer
than its .json (copied, edited, half a run) or when MLCODE_VERIFY_HASH=1. It guards against accidents, not
against attack: a pickle can run any code, so load only what this pipeline wrote.

MLCODE_ARTIFACTS: another folder for artifacts. MLCODE_PARAMS: another file instead of params.yaml.
"""

from __future__ import annotations

import abc
import ast
import codecs
import collections
import contextlib
import copyreg
import decimal
import difflib
import functools
import gc
import hashlib
import importlib
import importlib.util
import io
import itertools
import json
import locale
import logging
import marshal
import mmap
import os
import pickle
import random
import re
import struct
import subprocess
import sys
import tempfile
import types
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

FORMAT = 1
HERE = Path(__file__).resolve().parent
_MARK = b"MLCODE1\n"
_PYTHON = "{}.{}".format(*sys.version_info)
_decode = json.JSONDecoder().decode  # ours, whatever a notebook does to `json`
_encode = json.JSONEncoder(indent=1, ensure_ascii=False, separators=(",", ": ")).encode


class HandoffError(RuntimeError):
    """The pipeline would not equal the notebook; the message says which value and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code} {self.message}"


# -------------------------------------------------------------------------------------------- the stage


class Stage:
    """One stage of the pipeline in this process: its parameters, inputs, outputs and interpreter state."""

    def __init__(self, name: str) -> None:
        about = _yaml(HERE / "pipeline.yaml")
        if about.get("format", FORMAT) != FORMAT:
            raise HandoffError("MLC203", f"pipeline.yaml is not of format {FORMAT}: export again")
        if name not in (about.get("stages") or [name]):
            raise HandoffError("MLC208", f"no stage {name!r} here{_did_you_mean(name, about['stages'])}")
        self.name = name
        self.folder = (HERE / about.get("folder", "..")).resolve()  # the notebook's: paths start there
        self._state: dict[str, Any] = {}
        self._noted: dict[str, str] = {}
        self._loop: Any = None
        os.chdir(self.folder)
        _like_a_kernel()
        _START.update(_environment(), folder=str(self.folder))
        self._values = _parameters(about.get("parameters") or {})
        for sidecar in _path(name, "x").parent.glob("*.json"):
            sidecar.unlink()  # until this stage has saved again, nobody may load

    def params(self, *names: str) -> Any:
        """Parameters: from pipeline.yaml, params.yaml, then `-p NAME VALUE`; one name gives one value."""
        for name in names:
            if name not in self._values:
                raise HandoffError("MLC208", f"no parameter {name!r}{_did_you_mean(name, self._values)}")
        found = tuple(self._values[name] for name in names)
        return found if len(found) != 1 else found[0]

    def load(self, *refs: str) -> Any:
        """What each `stage/key` stands for; one reference gives one value, a group `a+b` a tuple."""
        values = tuple(_read(ref, "value") for ref in refs)
        return values if len(values) != 1 else values[0]

    def save(self, /, **values: Any) -> None:
        """Write each value into its own file."""
        for name, value in values.items():
            self._write(name, value)

    def save_as(self, key: str, /, *values: Any) -> None:
        """Write a later version, `df.2`, of a value this stage has saved before, or of a group of values."""
        self._write(key, values[0] if len(values) == 1 else values)

    def save_shared(self, /, **values: Any) -> None:
        """Write values into one file, so that objects they share are still shared after loading."""
        attributes = {
            id(found): name for name, value in values.items() if (found := _attributes(value)) is not None
        }
        for name, value in values.items():
            if id(value) in attributes:
                raise HandoffError(
                    "MLC210",
                    f"{name} is the dictionary of the attributes of {attributes[id(value)]}: use vars() there",
                )
        self._write("+".join(sorted(values)), tuple(values[name] for name in sorted(values)))

    def save_maybe(self, namespace: dict[str, Any], /, *keys: str) -> None:
        """Write names that may be unbound; that a name is unbound is saved too."""
        for key in keys:
            self._write(key, {name: namespace[name] for name in _names(key) if name in namespace}, "maybe")

    def load_maybe(self, namespace: dict[str, Any], /, *refs: str) -> None:
        """Bind the names that were bound when they were saved, and unbind the others."""
        for ref in refs:
            found = _read(ref, "maybe")
            for name in _names(ref.partition("/")[2]):
                namespace.pop(name, None)
            namespace.update(found)

    def save_all(self, namespace: dict[str, Any], /) -> None:
        """Write every variable that can be handed over, and list the others with the reason."""
        values = {name: value for name, value in namespace.items() if _is_users(name, value)}
        skipped = {name: why for name, value in values.items() for why in [_why_not(name, value)] if why}
        values = {name: value for name, value in values.items() if name not in skipped}
        self._write("@all", (values, skipped), "all", skipped=skipped)

    def load_all(self, namespace: dict[str, Any], stage: str, /) -> None:
        """Bind all that `save_all` wrote; to use a variable that it had to leave out raises `HandoffError`."""
        values, skipped = _read(f"{stage}/@all", "all")
        namespace.update(values)
        namespace.update({name: _Missing(why) for name, why in skipped.items()})

    def save_state(self, *kinds: str) -> None:
        """Write the interpreter's state of these kinds (`numpy.random`, `warnings.filters`, ...)."""
        for kind in kinds:
            module, take, _ = _state_kind(kind)
            self._state[kind] = take() if module in sys.modules else None
        self._write("@state", self._state, "state")

    def restore_state(self, stage: str, *kinds: str) -> None:
        """Go on with the interpreter's state of these kinds where `stage` left it."""
        found = _read(f"{stage}/@state", "state")
        for kind in sorted(kinds, key=lambda kind: (_state_kind(kind), list(_STATES).index(kind))[1]):
            if kind not in found:
                raise HandoffError("MLC208", f"stage {stage!r} did not save {kind}: export again")
            if found[kind] is not None:
                module, _, put = _STATES[kind]
                importlib.import_module(module)
                put(found[kind])

    def observe(self, /, *kinds: str, **values: Any) -> None:
        """Note variables and generators that the cell below leaves alone, as `verify --observe` saw."""
        self._noted = {**{kind: _digest(kind, _state(kind)) for kind in kinds}, **_digests(values)}

    def confirm(self, /, **values: Any) -> None:
        """Stop if the cell above changed what `observe` noted: other stages were made to rely on that."""
        kinds = self._noted.keys() - values.keys()
        now = {**{kind: _digest(kind, _state(kind)) for kind in kinds}, **_digests(values)}
        if changed := sorted(name for name, was in self._noted.items() if now[name] != was):
            what = f"{', '.join(changed)}: changed here, which the observed run did not do"
            raise HandoffError("MLC227", what + _AGAIN)

    def expect(self, path: str, /, **values: Any) -> None:
        """Stop unless each value is of the class that `verify --observe` saw."""
        module, _, name = path.rpartition(".")
        wanted = getattr(sys.modules.get(module), name, None)
        for variable, value in values.items():
            if type(value) is not wanted:
                raise HandoffError("MLC227", f"{variable}: a {_type(value)}, observed was a {path}{_AGAIN}")

    def shell(self, command: str) -> None:
        """Run a command as `!command` does in a notebook; unlike there, one that fails stops the stage."""
        code = _run_shell(command, sys.stdout.write)
        if code:
            raise HandoffError("MLC220", f"the shell command {command!r} ended with exit code {code}")

    def shell_lines(self, command: str) -> list[str]:
        """Run a command as `lines = !command` does: its output as lines, whatever its exit code."""
        chunks: list[str] = []
        _run_shell(command, chunks.append)
        return "".join(chunks).splitlines()

    def run_async(self, awaitable: Any) -> Any:
        """Wait for what a cell awaits at its top level; all such cells of a stage share one event loop."""
        import asyncio  # slow to import, seldom needed

        async def wait() -> Any:
            return await awaitable

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(wait())

    def _write(self, key: str, value: Any, kind: str = "value", **more: Any) -> None:
        about = {"format": FORMAT, "stage": self.name, "key": key, "kind": kind}
        _write(_path(self.name, key), value, {**about, **more})


_AGAIN = (
    "; observe again (jupyter mlcode verify --observe) and export, or delete the .observed.yml and export"
)


def _digest(key: str, value: Any) -> str:
    """What tells whether a value has changed: the hash of what would be written of it."""
    out = _Output(_Nowhere())
    _dump(value, out, key)
    return out.digest.hexdigest()


def _digests(values: dict[str, Any]) -> dict[str, str]:
    return {name: _digest(name, value) for name, value in values.items()}


def _attributes(value: Any) -> Any:
    """Return the dictionary of an object's attributes, if it has one."""
    return None if isinstance(value, type | types.ModuleType) else getattr(value, "__dict__", None)


def _like_a_kernel() -> None:
    """Give a script what a kernel in the working folder has: sys.path, no `__file__`, no window for figures."""
    here, main = str(HERE), vars(sys.modules["__main__"])
    sys.path[:] = [entry for entry in sys.path if not entry or os.path.realpath(entry) != here]
    if "" not in sys.path:  # where IPython puts it: after the standard library
        packages = [entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))]
        sys.path.insert(sys.path.index(packages[0]) if packages else 0, "")
    sys.path.append(here)  # last: nothing of ours hides a module of yours
    if not _in_kernel():
        if main.get("__file__") and os.path.dirname(os.path.realpath(main["__file__"])) == here:
            del main["__file__"]
        os.environ.setdefault("MPLBACKEND", "agg")


def _in_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _did_you_mean(name: str, known: Iterable[Any]) -> str:
    names = sorted(map(str, known))
    close = difflib.get_close_matches(name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(names) or 'none'}"


def _run_shell(command: str, out: Callable[[str], Any]) -> int:
    """Run a command in the user's shell, both of its outputs going to `out` as they come."""
    windows = os.name == "nt"
    line = command if windows else [os.environ.get("SHELL") or "sh", "-c", command]
    decoder, pipe = codecs.getincrementaldecoder("utf-8")("replace"), subprocess.PIPE
    sys.stdout.flush()
    with subprocess.Popen(
        line, 0, shell=windows, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT
    ) as child:
        while child.stdout and (chunk := child.stdout.read(1 << 16)):
            out(decoder.decode(chunk))
            sys.stdout.flush()
        out(decoder.decode(b"", True))
    return child.returncode


# -------------------------------------------------------------------------------------------- parameters

_TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": (float, int),
    "bool": bool,
    "list": list,
    "dict": dict,
}


def _yaml(path: Path) -> dict[str, Any]:
    """The mapping in a file, empty when there is none."""
    try:
        found = yaml.safe_load(path.read_text("utf-8")) if path.exists() else None
    except yaml.YAMLError as error:
        _stop(f"{path.name} is not YAML: {' '.join(str(error).split())}")
    if not isinstance(found, dict | None):
        _stop(f"{path.name} must map names to values")
    return found or {}


def _parameters(declared: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All values, checked; anything wrong ends the process with exit code 2 and one line."""
    values = {name: about.get("default") for name, about in declared.items()}
    source = Path(os.environ.get("MLCODE_PARAMS") or HERE / "params.yaml")
    for name, value in _yaml(source).items():
        if name in declared:  # a name that is gone from the notebook is reported by the export
            values[name] = _checked(name, value, declared[name], source.name)
        elif isinstance(name, bool):
            _stop(f"{source.name}: YAML reads one of the names on, off, yes, no as {name}; put it in quotes")
    for name, text in _arguments():
        if name not in declared:
            _stop(f"unknown parameter {name!r}{_did_you_mean(name, declared)}")
        values[name] = _checked(name, _literal(text, declared[name].get("type")), declared[name], "-p")
    return values


def _arguments() -> Iterator[tuple[str, str]]:
    """Names and texts of `-p NAME VALUE`, which the notebook's own code does not get to see."""
    argv = [] if _in_kernel() else sys.argv[1:]
    if len(argv) % 3 or any(flag != "-p" for flag in argv[::3]):
        _stop(f"usage: {Path(sys.argv[0]).name} [-p NAME VALUE]...")
    if argv:
        del sys.argv[1:]
    return zip(argv[1::3], argv[2::3], strict=True)


def _literal(text: str, declared: str | None) -> Any:
    """The value that a command-line text means: verbatim for a str, else JSON, else the text."""
    if declared == "str":
        return text
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    for read in (json.loads, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _checked(name: str, value: Any, about: dict[str, Any], source: str) -> Any:
    declared = about.get("type", "any")
    allowed = _TYPES.get(declared)
    if allowed is None or (value is None and about.get("default") is None):
        return value
    if not isinstance(value, allowed) or (isinstance(value, bool) and declared != "bool"):
        hint = ""
        if source != "-p" and declared == "str":
            hint = "; put it in quotes (YAML reads on, 12:30 and 2024-01-31 as something else)"
        elif source != "-p" and declared == "float" and isinstance(value, str):
            hint = "; YAML wants a point and a sign: 1.0e-3"
        _stop(f"{source}: parameter {name!r} is of type {declared}, not {value!r}{hint}")
    return value


def _stop(message: str) -> NoReturn:
    sys.stderr.write(f"MLC400 {message}\n")
    raise SystemExit(2)


# -------------------------------------------------------------------------------------------- files


def artifact_path(root: Path, stage: str, key: str) -> Path:
    """Where a stage keeps the value `key`; a long group gets a short name."""
    for part in (stage, key):
        if not re.fullmatch(r"@?[\w-]+([+.][\w-]+)*", part):
            raise HandoffError("MLC208", f"{part!r} is not the name of a stage or value")
    if len(key.encode()) > 120:
        key = f"{key[:40]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return root / stage / f"{key}.pkl"


def _path(stage: str, key: str) -> Path:
    return artifact_path(Path(os.environ.get("MLCODE_ARTIFACTS") or HERE / "artifacts"), stage, key)


def _names(key: str) -> list[str]:
    """The names in a key: `ax+fig.2` and `ax.2+fig` hold `ax` and `fig`."""
    return [re.sub(r"\.\d+$", "", part) for part in key.split("+")]


_NANS = (b"G\x7f\xf8", b"G\xff\xf8")
"""How pickle begins a NaN: what has such bytes is looked at more closely."""


class _FoundNanError(Exception):
    """There is a NaN in what is pickled."""


class _Nowhere:
    """A file of which only the hash is wanted."""

    def write(self, content: Any) -> None:
        pass

    seek = truncate = lambda self, size=0: None


class _Output:
    """A binary file, or nothing, that is hashed while it is written."""

    def __init__(self, file: Any = None) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0
        self.watched = False

    def begin(self, *, watched: bool) -> None:
        """Begin the file, perhaps again; a watched one stops at the first NaN that Python wrote."""
        if self.size and self.file:
            self.file.seek(0)
            self.file.truncate()
        self.digest, self.size = hashlib.sha256(), 0
        self.write(_MARK)
        self.watched = watched

    def write(self, content: Any) -> int:
        if self.watched and (_NANS[0] in content or _NANS[1] in content):
            raise _FoundNanError
        view = memoryview(content).cast("B")
        self.size += len(view)
        for start in range(0, len(view) if self.file else 0, 1 << 20):  # while it is in the processor's cache
            self.digest.update(view[start : start + (1 << 20)])
            self.file.write(view[start : start + (1 << 20)])
        return len(view)


def _write(path: Path, value: Any, about: dict[str, Any]) -> None:
    """Write the file and its sidecar: each as a whole or not at all, the sidecar last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar, part = path.with_suffix(".json"), path.with_suffix(".part")
    try:
        with open(part, "wb") as file:
            out = _Output(file)
            uses = _dump(value, out, about["key"])
        os.replace(part, path)
        about |= {
            "type": _type(value),
            "bytes": out.size,
            "sha256": out.digest.hexdigest(),
            "python": _PYTHON,
            **({"uses": sorted(uses)} if uses else {}),
        }
        part.write_text(_encode(about) + "\n", "utf-8")
        os.replace(part, sidecar)
    finally:
        part.unlink(missing_ok=True)


def _dump(value: Any, out: _Output, key: str) -> set[str]:
    """Write the mark, the pickle, the memory of its arrays, and the table of where each array lies.

    Returns the names of this folder's functions and classes that the value refers to.
    """
    kind, whole, done = _Pickler, False, False
    pickler = _Pickler(out, key == "@all")
    own = {id(c) for v in (value if isinstance(value, tuple) else (value,)) for c in _with_nested(v)}
    try:
        while not done:
            pickler = kind(out, key == "@all")
            pickler.own = own
            pickler.whole = whole
            out.begin(watched=kind is _Pickler)
            try:
                pickler.dump(value)
                done = whole or not pickler.tears()
                whole = True
            except _FoundNanError:  # few values have one, and asking each object costs
                kind = _NanPickler
        _refuse_copies(value, key, pickler)
    except HandoffError as error:
        raise HandoffError(error.code, f"{key}: {error.message}") from None
    except Exception as error:  # any class may raise anything when it is pickled
        raise _cannot_move(key, value, pickler.last, error) from error
    out.watched = False
    table = pickler.memory.write(out)
    out.write(b"".join(struct.pack("<QQ", *row) for row in [*table, (out.size, len(table))]) + _MARK)
    return pickler.uses


def _with_nested(value: Any) -> Iterator[Any]:
    """A class, and the classes that its statement defines."""
    if isinstance(value, type):
        yield value
        for inner in vars(value).values():
            if isinstance(inner, type) and inner.__qualname__ == f"{value.__qualname__}.{inner.__name__}":
                yield from _with_nested(inner)


def _read(ref: str, kind: str) -> Any:
    stage, _, key = ref.partition("/")
    path = _path(stage, key)
    if not path.exists() or not path.with_suffix(".json").exists():
        raise HandoffError("MLC201", f"{ref} is not there: stage {stage!r} has not run, or has not finished")
    about = _decode(path.with_suffix(".json").read_text("utf-8"))
    expected = {"format": FORMAT, "stage": stage, "key": key, "kind": kind}
    if any(about.get(field) != wanted for field, wanted in expected.items()):
        raise HandoffError("MLC203", f"{ref} was not written for this use: export again, then run {stage!r}")
    return read_artifact(path)


def read_artifact(path: Path) -> Any:
    """The value in a file that a stage wrote, after the check that it is the file that was written."""
    sidecar, ref = path.with_suffix(".json"), f"{path.parent.name}/{path.stem}"
    about, stat = _decode(sidecar.read_text("utf-8")), path.stat()
    suspect = stat.st_mtime_ns > sidecar.stat().st_mtime_ns or os.environ.get("MLCODE_VERIFY_HASH") == "1"
    if stat.st_size != about["bytes"] or (suspect and _sha256(path) != about["sha256"]):
        raise HandoffError("MLC202", f"{ref} is not what its stage wrote: run that stage again")
    with open(path, "rb") as file:
        file.seek(-24, os.SEEK_END)
        start, count, mark = struct.unpack("<QQ8s", file.read())
        if mark != _MARK:
            raise HandoffError("MLC203", f"{ref} is not of format {FORMAT}: export and run again")
        file.seek(start)
        table = list(struct.iter_unpack("<QQ", file.read(16 * count)))
        file.seek(0)
        small = stat.st_size < 1 << 18
        memory = memoryview(
            bytearray(file.read()) if small else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        )
        file.seek(len(_MARK))
        try:
            parts = [memory[offset : offset + size] for offset, size in table]
            return _connected(_Unpickler(file, buffers=parts).load())
        except HandoffError as error:
            raise HandoffError(error.code, f"{ref}: {error.message}") from None
        except Exception as error:  # any class may raise anything when it is loaded
            other = f" (written by Python {about['python']}, this is {_PYTHON})" * (
                about["python"] != _PYTHON
            )
            why = f"{type(error).__name__}: {error}{other}"
            raise HandoffError("MLC205", f"{ref}: a {about['type']} that does not load: {why}") from error


def _connected(value: Any) -> Any:
    """The value, once all its objects are there: colour bars follow their images again."""
    while _TO_CONNECT:
        bar = _TO_CONNECT.pop()
        image = bar.mappable
        colors = getattr(image, "colorizer", image)  # matplotlib 3.10 has both
        if colors is not image:
            image.colorizer = colors
        colors.norm.callbacks.connect("changed", colors.changed)
        image.colorbar_cid = image.callbacks.connect("changed", bar.update_normal)
    return value


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


# -------------------------------------------------------------------------------------------- pickling


_TO_CONNECT: list[Any] = []
"""Colour bars that were loaded and do not follow their images yet."""


class _Memory:
    """The memory of pickled arrays: each byte is written once, overlapping arrays share a part of the file."""

    def __init__(self) -> None:
        self.spans: list[tuple[bool, int, Any]] = []  # whether it must stand alone, its address, its bytes
        self.alone: set[int] = set()

    def add(self, buffer: pickle.PickleBuffer) -> None:
        """Take the next buffer that the pickler keeps out of the pickle."""
        raw, numpy, address = buffer.raw(), sys.modules.get("numpy"), 0
        if numpy is not None and raw.nbytes:
            address = numpy.frombuffer(raw, "u1").__array_interface__["data"][0]
        self.spans.append((not address or id(buffer) in self.alone, address, raw))

    def _join_views(self) -> None:
        """A block of a frame that no other block overlaps shares its memory with the arrays that do."""
        found = [(at, at + raw.nbytes, alone) for alone, at, raw in self.spans if at]
        for index, (alone, at, raw) in enumerate(self.spans):
            if alone and at:
                near = [other for start, end, other in found if start < at + raw.nbytes and at < end]
                if near.count(True) == 1 and len(near) > 1:
                    self.spans[index] = (False, at, raw)

    def _move(self, alignment: int) -> None:
        """Give the arrays other addresses, by the order in which they came: the same value has the same bytes then."""
        groups: list[list[int]] = []
        end = 0
        for _, at, index in sorted((not at, at, index) for index, (_, at, _) in enumerate(self.spans)):
            if not groups or at >= end or not at:
                groups.append([])
            groups[-1].append(index)
            end = max(end, at + self.spans[index][2].nbytes)
        place = 64
        for group in sorted(groups, key=min):
            start = min(self.spans[index][1] for index in group)
            first = place + start % alignment
            for index in group:
                alone, at, raw = self.spans[index]
                self.spans[index] = (alone, at and at - start + first, raw)
            end = max(at + raw.nbytes for _, at, raw in (self.spans[i] for i in group))
            place = max(place, end // 64 * 64 + 128)

    def write(self, out: _Output) -> list[tuple[int, int]]:
        """Write it all; the offset and size of each buffer, in the order in which they were added."""
        self._move(1 if type(out.file) is _Nowhere else 16)  # as every allocator aligns
        self._join_views()
        table = [(0, 0)] * len(self.spans)
        first = end = offset = 0  # the addresses that the last part of the file came from, and where it is
        order = [
            (alone, address, -raw.nbytes, index) for index, (alone, address, raw) in enumerate(self.spans)
        ]
        for alone, address, _, index in sorted(order):
            raw = self.spans[index][2]
            if alone or address >= end:
                out.write(bytes((address - out.size) % 64))  # aligned as it was
                first, end, offset = address, address, out.size
            new = address + raw.nbytes - end
            if new > 0:  # they come by address, so what is new is at the end
                out.write(raw[raw.nbytes - new :])
                end += new
            table[index] = (offset + address - first, raw.nbytes)
        return table


class _Pickler(pickle.Pickler):
    """Pickles what the standard one refuses or gets wrong between processes."""

    def __init__(self, file: _Output, everything: bool) -> None:
        self.memory = _Memory()
        super().__init__(file, 5, buffer_callback=self.memory.add)
        self.everything = everything  # classes too: the code that makes them could not be understood
        self.own: set[int] = set()  # classes that are handed over under their names, as values
        self.last: Any = None
        self.whole = False  # the memory of small views of something big goes as a whole: others use it too
        self.parts: list[tuple[Any, Any]] = []  # small views that went apart, with the memory's owner
        self.copied: list[tuple[Any, Any]] = []  # what pickles a copy of an array's memory, and that array
        self.owned: list[tuple[Any, Any]] = []  # arrays over memory of an object that is no array, and that
        self.uses: set[str] = set()  # what of the definitions module the value refers to
        self._plains: dict[int, tuple[Any, Any]] = {}
        self._rules: dict[Any, Callable[[Any], Any]] = {**_REDUCERS, _Strings: self._strings}
        self._spaces: dict[int, dict[str, Any]] = {}
        self._in_blocks: dict[int, Any] = {}  # kept alive: their ids stay theirs

    def reducer_override(self, obj: Any) -> Any:
        """How to rebuild `obj`, or NotImplemented for pickle's own way."""
        self.fast, self.last, kind = (
            False,
            obj,
            type(obj),
        )  # `_strings`: None, numbers and str do not come here
        rule = self._rules.get(kind)
        if rule is None:
            rule = self._rules[kind] = self._rule(obj, kind)
        return rule(obj)

    def _rule(self, obj: Any, kind: Any) -> Callable[[Any], Any]:
        name = "class" if issubclass(kind, type) else f"{kind.__module__}".partition(".")[0]
        rule: Any = getattr(self, f"_{name}", self._usual) if name in _OWN_RULES else self._usual
        if kind is types.FunctionType:
            rule = self._function
        elif kind is types.MethodType:
            rule = _reduce_method
        elif issubclass(kind, BaseException):
            rule = _reduce_exception
        elif kind.__module__ == "__main__" and _pickles_itself(kind):
            rule = self._whole
        elif kind.__module__ == "__main__" and _fills_itself(kind):
            rule = _reduce_filled
        elif rule == self._usual:
            rule = self._rule_of_a_library(obj, kind)
        return rule  # type: ignore[no-any-return]

    def _rule_of_a_library(self, obj: Any, kind: Any) -> Callable[[Any], Any]:
        if hasattr(kind, "__array_finalize__"):
            return self._subclass
        pandas = sys.modules.get("pandas")
        if pandas is not None and isinstance(
            obj, (pandas.DataFrame, pandas.Series)
        ):  # a class made from a frame
            return self._pandas
        if kind.__module__ == "__main__" and _makes_itself(kind):
            return _reduce_made
        if isinstance(kind.__hash__, types.FunctionType):
            return _reduce_hashed
        return self._extension if _is_extension(kind) else self._usual

    def _usual(self, obj: Any) -> Any:
        return NotImplemented

    def _whole(self, obj: Any) -> Any:
        """An object whose class decides what of it is pickled goes with all that it has, as it is in one kernel."""
        state: Any = object.__getstate__(obj)
        if self._can(state):
            return _make_whole, (type(obj),), state, None, None, _fill_whole
        own = obj.__getstate__() if hasattr(obj, "__getstate__") else None
        missing = object()
        if isinstance(own, dict) and all(
            own.get(name, missing) is value or not self._can(value) for name, value in vars(obj).items()
        ):
            return NotImplemented
        raise HandoffError(
            "MLC210", f"a {_type(obj)} leaves out values when it is pickled, which a later stage may read"
        )

    def _can(self, value: Any) -> bool:
        try:
            _Pickler(_Output(), self.everything).dump(value)
        except Exception:  # noqa: BLE001 - any class may raise anything when it is pickled
            return False
        return True

    def _function(self, function: Any) -> Any:
        if function.__module__ != "__main__" and _importable(function):
            return self._imported(function)
        space = function.__globals__
        where: Any = space.get("__name__", "")
        if where not in sys.modules or vars(sys.modules[where]) is not space:
            bare = {name: value for name, value in space.items() if name != "__builtins__"}
            where = self._spaces.setdefault(id(space), bare)  # it lives in no module: its globals go with it
        cells = function.__closure__ or ()
        state = {name: getattr(function, name) for name in _FUNCTION_STATE if getattr(function, name, None)}
        made = (function.__code__, where, function.__name__, cells)
        filled = (state, vars(function), [_contents(cell) for cell in cells])
        return _make_function, made, filled, None, None, _fill_function

    def _imported(self, found: Any) -> Any:
        """A function or class that the other stage imports, too; those of this folder are part of what it gets."""
        file = getattr(sys.modules.get(found.__module__), "__file__", None)
        if file is not None and os.path.dirname(os.path.realpath(file)) == str(HERE):
            self.uses.add(found.__qualname__.partition(".")[0])
        return NotImplemented

    def _class(self, cls: Any) -> Any:
        if cls in _BUILTIN_TYPES:
            return getattr, (types, _BUILTIN_TYPES[cls])
        by_name = _importable(cls)
        rows = issubclass(cls, tuple) and hasattr(cls, "_fields") and not by_name  # as of `itertuples`
        made_here = cls.__module__ == "types" and not by_name  # by `make_dataclass`, `types.new_class`
        if cls.__module__ != "__main__" and "<locals>" not in cls.__qualname__ and not rows and not made_here:
            return self._imported(cls)
        whole = self.everything or id(cls) in self.own
        if by_name and (not whole or type(cls) not in (type, abc.ABCMeta)):
            return NotImplemented
        by_name = by_name or (made_here and vars(sys.modules["__main__"]).get(cls.__name__) is cls)
        if type(cls) not in (type, abc.ABCMeta):
            raise HandoffError(
                "MLC217", f"the class {cls.__qualname__} has a metaclass; define it at the top level"
            )
        found = {name: value for name, value in vars(cls).items() if not isinstance(value, _SLOTS)}
        body = {name: value for name, value in found.items() if name not in _MADE_BY_TYPE}
        if (
            body.pop("__annotate_func__", None) is not None
        ):  # Python 3.14 computes them when they are asked for
            body["__annotations__"] = cls.__annotations__
        head = {name: body.pop(name) for name in ("__module__", "__slots__", "__doc__") if name in body}
        made = (type(cls), cls.__name__, cls.__bases__, {**head, "__qualname__": cls.__qualname__}, by_name)
        return _make_class, made, body, None, None, _fill_class

    def _numpy(self, obj: Any) -> Any:
        numpy, kind = sys.modules["numpy"], type(obj)
        if kind is numpy.ndarray:
            return self._array(obj, numpy)
        if isinstance(obj, numpy.ndarray):
            return self._subclass(obj)
        if isinstance(obj, numpy.void) and obj.dtype.names and obj.base is not None:  # a row, which is a view
            made = self._array(obj, numpy)
            return made if made is NotImplemented else (_make_row, (made[0], *made[1]))
        if kind is numpy.random.RandomState and obj is numpy.random.mtrand._rand:
            return "_rand"  # the global generator, not a copy of it
        return NotImplemented

    def _subclass(self, array: Any) -> Any:
        """An array of another class has its memory as any array; numpy would pickle a copy of that, and no more."""
        numpy, kind = sys.modules["numpy"], type(array)
        if issubclass(kind, numpy.memmap) and array.mode not in ("r", "c", None):
            raise HandoffError("MLC219", "a memmap that writes to its file; open the file in the later stage")
        usual = numpy.ma.MaskedArray if issubclass(kind, numpy.ma.MaskedArray) else numpy.ndarray
        names = ("__reduce__", "__reduce_ex__", "__setstate__")
        if kind in copyreg.dispatch_table:
            return NotImplemented
        if any(getattr(kind, name) is not getattr(usual, name) for name in names):
            reduced = array.__reduce_ex__(5)
            if not any(numpy.may_share_memory(part, array) for part in _arrays_in(reduced, numpy)):
                self.copied.append((array, array))
            return reduced
        made = self._array(array, numpy) if not array.dtype.hasobject and array.nbytes else NotImplemented
        if made is NotImplemented or made[0] is _view_of_objects:
            made = _view_as, (self._plain(array, numpy),)
        return made[0], (*made[1], kind), _closed(object.__getstate__(array)), None, None, _fill_whole

    def _plain(self, array: Any, numpy: Any) -> Any:
        """The same memory as an array of numpy's own class; the same object whenever it is asked for."""
        if type(array) is numpy.ndarray:
            return array
        if id(array) not in self._plains:
            self._plains[id(array)] = array, numpy.ndarray.view(array, numpy.ndarray)
        return self._plains[id(array)][1]

    def _array(self, array: Any, numpy: Any) -> Any:
        """The memory from an array's first to its last byte; how it lies in it is kept, because sums depend on it."""
        if array.dtype.hasobject and array.size:
            return self._objects(array, numpy)
        if array.dtype.hasobject or array.dtype.kind not in "biufcSUVmM" or not array.nbytes:
            return NotImplemented
        owner = array if array.base is None else _owner(array, numpy)
        if isinstance(owner, numpy.ndarray) and owner.dtype.hasobject:  # a field of numbers beside objects
            view = self._view_of_objects(array, numpy)
            if view is not None:
                return view
        below, size = _reach(array)
        start = array.__array_interface__["data"][0] - below
        thin = size > 8 * array.nbytes + (1 << 16)  # one column of a wide table: not the whole table
        if type(owner).__name__ in _BUFFERS and type(owner).__module__ in ("builtins", "array"):
            memory = numpy.frombuffer(owner, "u1")
            thin = memory.nbytes > 8 * array.nbytes + (1 << 16)
            if not self._in_block(array) and (self.whole or not thin):
                offset = start + below - memory.__array_interface__["data"][0]
                made = (owner, array.flags.writeable, array.dtype, array.shape, array.strides, offset)
                return _make_over, made
        elif not isinstance(owner, numpy.ndarray | numpy.generic) and _is_extension(type(owner)):
            self.owned.append((array, owner))
        thin = thin and (not self.whole or self._in_block(array))
        if thin and not self._in_block(array):
            self.parts.append((array, owner))
        source = numpy.array(array, order="C") if thin else array
        start = source.__array_interface__["data"][0] if thin else start
        span = {"version": 3, "typestr": "|u1", "shape": (source.nbytes if thin else size,)}
        span["data"] = (start, not array.flags.writeable)
        memory = numpy.asarray(types.SimpleNamespace(__array_interface__=span, keep=source))
        buffer = pickle.PickleBuffer(memory)
        if self._in_block(array):
            self.memory.alone.add(id(buffer))
        return _make_array, (buffer, array.dtype, array.shape, array.strides, below, size if thin else 0)

    def _objects(self, array: Any, numpy: Any) -> Any:
        """A view of another array stays one; what repeats is written once, strings without pickle's memo."""
        view = self._view_of_objects(array, numpy)
        if view is not None:
            return view
        pandas = sys.modules.get("pandas")
        if pandas is None or array.size < 1000 or array.dtype != object:
            return NotImplemented
        flat = array.ravel()
        made = (array.shape, array.dtype, "F" if array.flags.fnc else "C")
        if array.ndim == 2 and 1 < len(array) < array.shape[1] / 100:  # a frame's columns
            return numpy.empty, made, [row.copy() for row in array], None, None, _fill_rows
        kinds, codes = _codes(flat, numpy)
        if str not in kinds:
            return NotImplemented
        if codes is not None:
            found = flat[numpy.diff(numpy.maximum.accumulate(codes), prepend=-1) > 0]  # the first of each
            codes = codes.astype(numpy.min_scalar_type(len(found)))
            state = (found, codes.dtype.str, codes.tobytes())
            return numpy.empty, made, state, None, None, _fill_objects
        if pandas.api.types.infer_dtype(flat) != "string":  # they may hold objects, even the array itself
            return NotImplemented
        make, empty, (*layout, items) = array.__reduce__()
        return make, empty, (*layout, _Strings(items))

    def _view_of_objects(self, array: Any, numpy: Any) -> Any:
        """How to take the array, or the row, out of the one that has its memory; None where it has it itself."""
        owner: Any = array
        while isinstance(owner.base, numpy.ndarray):
            owner = owner.base
        plain = self._plain(owner, numpy) if isinstance(owner, numpy.ndarray) else array
        if plain is array or self._in_block(array) or not plain.flags.forc:
            return None
        if owner.size > 8 * array.size and not self.whole:
            self.parts.append((array, owner))
            return None
        offset = array.__array_interface__["data"][0] - plain.__array_interface__["data"][0]
        return _view_of_objects, (plain, array.shape, array.strides, offset, array.dtype)

    def tears(self) -> bool:
        """Whether memory of a small view that went apart also went with another one."""
        numpy, arrays = sys.modules.get("numpy"), [array for array, _ in self.parts]
        if not arrays or numpy is None:
            return False
        known = self.memo.copy()
        owners = [owner for array, owner in self.parts if owner is not array]
        if any(id(owner) in known or id(self._plains.get(id(owner), (0, 0))[1]) in known for owner in owners):
            return True
        spans = [(at, at + raw.nbytes) for _, at, raw in self.memory.spans if at]
        bounds = [_bounds(array) for array in arrays]
        if any(
            start < stop and at < end
            for at, end in bounds
            for start, stop in spans
            if start < end and at < stop
        ):
            return True
        siblings: dict[int, list[Any]] = collections.defaultdict(list)
        for array, owner in self.parts:
            siblings[id(owner)].append(array)
        return any(
            len(some) > 200 or any(itertools.starmap(_overlap, itertools.combinations(some, 2)))
            for some in siblings.values()
        )

    def copies_of(self, other: _Pickler) -> Any:
        """An object pickled here that shares memory with what `other` pickled, and would not when it is loaded."""
        mine, theirs = self.memo.copy(), other.memo.copy()
        spans = [(at, at + raw.nbytes) for _, at, raw in other.memory.spans if at]
        for obj, array in self.copied:
            start, stop = _bounds(array)
            rivals = spans + [_bounds(one) for owner, one in other.copied if owner is not obj]
            kept = obj is not array and id(array) in mine
            if not kept and any(at < stop and start < end for at, end in rivals):
                return obj
        owners = (owner for _, owner in self.owned if id(owner) not in mine and id(owner) in theirs)
        return next(owners, None)

    def _extension(self, obj: Any) -> Any:
        """An object of a compiled class may hold an array and pickle a copy of it."""
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            held = (part for part in gc.get_referents(obj) if isinstance(part, numpy.ndarray) and part.nbytes)
            self.copied.extend((obj, part) for part in held)
        return NotImplemented

    def _strings(self, strings: _Strings) -> Any:
        """A list of strings, all different objects: to remember each would cost more than all the rest."""

        def memo(wanted: bool) -> Iterator[Any]:
            self.fast = not wanted
            yield from ()

        return list, (), None, itertools.chain(memo(False), strings.items, memo(True))

    def _in_block(self, array: Any) -> bool:
        return id(array) in self._in_blocks

    def _pandas(self, obj: Any) -> Any:
        """Under copy-on-write frames share memory until one changes; loaded ones must not share it."""
        pandas, block = sys.modules["pandas"], hasattr(obj, "mgr_locs") and hasattr(obj, "values")
        if block or hasattr(obj, "blocks"):  # a series' manager gives away arrays, not blocks
            always = int(pandas.__version__.partition(".")[0]) >= 3
            if always or pandas.options.mode.copy_on_write is True:
                parts = [part.values for part in ([obj] if block else obj.blocks)]
                for part in parts:
                    names = ("_ndarray", "_data", "_mask", "_left", "_right")
                    parts.extend(getattr(part, name) for name in names if hasattr(part, name))
                self._in_blocks.update((id(part), part) for part in parts)
        space = getattr(obj, "__dict__", {})
        if type(obj).__name__ == "StringDtype" and obj.na_value is sys.modules["numpy"].nan:
            return _make_string_dtype, (
                obj.storage,
            )  # the NaN in it would be no reason to look at all objects
        own = {name: value for name, value in space.items() if name[0] != "_"} if "_mgr" in space else {}
        own = {n: v for n, v in own.items() if not hasattr(type(obj), n) and self._can(v)}
        if own:  # `frame.source = "survey"`, which pandas leaves out
            make, made, state = obj.__reduce_ex__(5)[:3]
            return make, made, (state, own), None, None, _fill_frame
        table = space.get("_pa_array")
        return NotImplemented if table is None else self._arrow(obj, table)

    def _arrow(self, obj: Any, table: Any) -> Any:
        """As pandas does it, but for the copy that it makes even of a single chunk."""
        if table.num_chunks != 1 or table.get_total_buffer_size() > table.nbytes + 4096:
            return NotImplemented
        state = {name: {} if name == "_cache" else value for name, value in vars(obj).items()}
        return object.__new__, (type(obj),), {**state, "_pa_array": table.chunk(0)}

    def _matplotlib(self, obj: Any) -> Any:
        """A colour bar follows its image by a callback, which matplotlib does not pickle."""
        if type(obj).__name__ != "Colorbar" or getattr(obj, "mappable", None) is None:
            return NotImplemented
        return object.__new__, (type(obj),), vars(obj), None, None, _fill_colorbar

    def _random(self, obj: Any) -> Any:
        return "_inst" if obj is getattr(random, "_inst", None) else NotImplemented

    def _dataclasses(self, obj: Any) -> Any:
        return obj.name if type(obj).__name__ == "_FIELD_BASE" else NotImplemented


class _NanPickler(_Pickler):
    """Keeps which NaN is which: `x is numpy.nan`, `nan in values` ask for the object."""

    def __init__(self, file: _Output, everything: bool) -> None:
        super().__init__(file, everything)
        self._nans: dict[int, tuple[Any, Any]] = {}

    def persistent_id(self, obj: Any) -> Any:
        """Nothing, but for a NaN of Python: whose it is, or its number and its bits."""
        if type(obj) is not float or obj == obj:
            return None
        for module in _HAVE_NAN:
            if module in sys.modules and obj is sys.modules[module].nan:
                return module
        number = len(self._nans), struct.pack("<d", obj)
        return self._nans.setdefault(id(obj), (number, obj))[0]


_HAVE_NAN = ("numpy", "math")
_NO_ID = 1 << 53  # hashes of texts are larger but for one in 256, numbers that people give are not
_HASHED_AGAIN = {"formulaic.parser.types.term.Term": ("factors", "origin")}
_OWN_RULES = ("class", "numpy", "pandas", "matplotlib", "random", "dataclasses")
_BUILTIN_TYPES = {
    cls: name for name, cls in vars(types).items() if isinstance(cls, type) and cls.__module__ == "builtins"
}
_SLOTS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_MADE_BY_TYPE = ("__dict__", "__weakref__", "_abc_impl", "__annotations_cache__")
_PICKLING = ("__getstate__", "__reduce__", "__reduce_ex__")
_FUNCTION_STATE = """__defaults__ __kwdefaults__ __doc__ __annotations__ __qualname__ __module__
    __type_params__""".split()


def _pickles_itself(cls: type) -> bool:
    """Whether a class whose instances are plain objects says by a method what of them is pickled."""
    plain = all(base is object or base.__module__ == "__main__" for base in cls.__mro__)
    asked = hasattr(cls, "__getattr__")  # pickle would ask a new, empty instance for `__setstate__`
    return plain and (asked or any(getattr(cls, name, None) is not vars(object)[name] for name in _PICKLING))


_FILLED_BY = {dict: "__setitem__ __init__", list: "append extend __init__", set: "__init__ add update"}


def _fills_itself(cls: type) -> bool:
    """Whether pickle would run code of the notebook to fill a list, dictionary or set of this class."""
    names = next((names for base, names in _FILLED_BY.items() if issubclass(cls, base)), "").split()
    asked = bool(names) and hasattr(cls, "__getattr__")  # pickle would ask an instance for `__setstate__`
    own = asked or any(isinstance(getattr(cls, name), types.FunctionType) for name in names)
    return own and not any(isinstance(getattr(cls, name), types.FunctionType) for name in _PICKLING)


def _importable(obj: Any) -> bool:
    """Whether looking up the object by module and qualified name finds this very object."""
    found: Any = sys.modules.get(obj.__module__ or "")
    for part in obj.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is obj


def _contents(cell: types.CellType) -> list[Any]:
    try:
        return [cell.cell_contents]
    except ValueError:  # the variable is not bound yet
        return []


def _reduce_code(code: types.CodeType) -> Any:
    return _make_code, (marshal.dumps(_without_kernel(code)), importlib.util.MAGIC_NUMBER)


def _without_kernel(code: types.CodeType) -> types.CodeType:
    """The code without the kernel's temporary file names, which differ from run to run."""
    consts = [_without_kernel(part) if isinstance(part, types.CodeType) else part for part in code.co_consts]
    name = "<cell>" if "ipykernel_" in code.co_filename else code.co_filename
    return code.replace(co_consts=tuple(consts), co_filename=name)


def _reduce_module(module: types.ModuleType) -> Any:
    if sys.modules.get(module.__name__) is not module:
        raise HandoffError("MLC217", f"the module {module.__name__!r} cannot be imported; make it a file")
    return importlib.import_module, (module.__name__,)


def _reduce_exception(error: BaseException) -> Any:
    """An exception with what it came from; where it was raised is a matter of this process."""
    chain = (error.__cause__, error.__context__, error.__suppress_context__)
    reduced: Any = error.__reduce_ex__(5)
    make, made, state = (*reduced, None)[:3]
    kind = type(error)
    own = isinstance(kind.__init__, types.FunctionType) and kind.__reduce__ is BaseException.__reduce__
    if own:  # what it is made with need not be what its base keeps
        make, made = _make_exception, (kind, *made)
    return make, made, (state, *chain), None, None, _fill_exception


def _make_exception(cls: type[BaseException], *args: Any) -> BaseException:
    error = cls.__new__(cls, *args)
    error.args = args
    return error


def _fill_exception(error: BaseException, filled: Any) -> None:
    state, error.__cause__, error.__context__, suppress = filled
    if state is not None:
        error.__setstate__(state)
    error.__suppress_context__ = suppress


def _fill_frame(frame: Any, filled: Any) -> None:
    state, own = filled
    frame.__setstate__(state)
    vars(frame).update(own)


def _make_string_dtype(storage: str) -> Any:
    missing = {} if storage == "pyarrow_numpy" else {"na_value": sys.modules["numpy"].nan}  # as of pandas 2.2
    return sys.modules["pandas"].StringDtype(storage, **missing)


def _fill_colorbar(bar: Any, state: Any) -> None:
    vars(bar).update(state)
    _TO_CONNECT.append(bar)


def _reduce_cached(cached: Any) -> Any:
    if cached.__module__ != "__main__" and _importable(cached):
        return cached.__qualname__
    made = (cached.cache_parameters(), cached.__wrapped__)
    info = cached.cache_info()
    if info.hits == info.misses == 0:
        return _make_cached, made
    return _make_cached, (*made, True), (_entries(cached), *info), None, None, _fill_cached


def _entries(cached: Any) -> list[tuple[Any, ...]]:
    """What a cached function remembers, oldest first: (arguments, keyword arguments, result).

    The collector visits each key and its result in this order, then the dictionary of them, and after
    it the object that stands in a key before the keyword arguments (CPython's `_functoolsmodule.c`).
    """
    size, typed = cached.cache_info().currsize, cached.cache_parameters()["typed"]
    seen = gc.get_referents(cached)
    end = max((n for n, o in enumerate(seen) if type(o) is dict and o is not vars(cached)), default=0)
    mark = next((o for o in reversed(seen) if type(o) is object), None)
    found = list(seen[end].items()) if size else []
    if size and cached.cache_info().maxsize is not None:
        start = int(seen[0] is type(cached))
        step = (end - start) // size
        found = [(seen[n], seen[n + 1]) for n in range(start, end, step)]
    if len(found) != size or mark is None or (size and not all(key in seen[end] for key, _ in found)):
        raise HandoffError("MLC217", f"what {cached.__name__!r} remembers cannot be read in this Python")
    return [(*_called_with(key, mark, typed), result) for key, result in found]


def _called_with(key: Any, mark: object, typed: bool) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if type(key) in (int, str) and not typed:
        return (key,), {}
    count = next((n for n, part in enumerate(key) if part is mark), -1)
    if count < 0:
        return key[: len(key) // 2 if typed else None], {}
    pairs = (len(key) - 2 * count - 1) // 3 if typed else (len(key) - count - 1) // 2
    named = key[count + 1 : count + 1 + 2 * pairs]
    return key[:count], dict(zip(named[::2], named[1::2], strict=True))


def _reduce_folder(folder: Any) -> NoReturn:
    raise HandoffError("MLC218", "a temporary folder goes away with its stage; make a folder of your own")


def _reduce_view(name: str) -> Callable[[Any], Any]:
    return lambda view: (_make_view, (gc.get_referents(view)[0], name))


def _reduce_count(counter: Any) -> Any:
    """A counter shows where it is; since Python 3.14 it cannot be pickled."""
    if sys.version_info < (3, 14):
        return NotImplemented
    numbers = ast.literal_eval(f"({repr(counter)[6:-1]},)")
    return itertools.count, numbers


_REDUCERS: dict[Any, Callable[[Any], Any]] = {
    types.CodeType: _reduce_code,
    types.CellType: lambda cell: (types.CellType, ()),  # `_fill_function` puts the contents in
    types.ModuleType: _reduce_module,
    types.MappingProxyType: lambda proxy: (types.MappingProxyType, (gc.get_referents(proxy)[0],)),
    **{type(getattr({}, name)()): _reduce_view(name) for name in ("keys", "values", "items")},
    property: lambda prop: (property, (prop.fget, prop.fset, prop.fdel, prop.__doc__)),
    staticmethod: lambda method: (staticmethod, (method.__func__,)),
    classmethod: lambda method: (classmethod, (method.__func__,)),
    type(functools.lru_cache(abs)): _reduce_cached,
    tempfile.TemporaryDirectory: _reduce_folder,
    itertools.count: _reduce_count,
    typing.TypeVar: lambda t: t.__name__ if _is_global(t) else (_make_type_variable, _of_type_variable(t)),
    typing.NewType: lambda t: (
        t.__name__ if _is_global(t) else (typing.NewType, (t.__name__, t.__supertype__))
    ),
}


def _is_global(named: Any) -> bool:
    module = sys.modules.get(named.__module__)
    return (
        module is not None
        and module.__name__ != "__main__"
        and getattr(module, named.__name__, None) is named
    )


def _of_type_variable(t: Any) -> tuple[Any, ...]:
    return t.__name__, t.__constraints__, t.__bound__, t.__covariant__, t.__contravariant__


def _make_type_variable(name: str, constraints: Any, bound: Any, covariant: bool, contravariant: bool) -> Any:
    return typing.TypeVar(name, *constraints, bound=bound, covariant=covariant, contravariant=contravariant)


def _make_function(code: types.CodeType, where: Any, name: str, cells: tuple[types.CellType, ...]) -> Any:
    space = vars(importlib.import_module(where)) if isinstance(where, str) else where
    return types.FunctionType(code, space, name, None, cells)


def _fill_function(function: Any, state: Any) -> None:
    attributes, namespace, contents = state
    for name, value in attributes.items():
        setattr(function, name, value)
    vars(function).update(namespace)
    for cell, content in zip(function.__closure__ or (), contents, strict=True):
        if content:
            cell.cell_contents = content[0]


def _make_class(meta: Any, name: str, bases: tuple[Any, ...], head: dict[str, Any], by_name: bool) -> Any:
    where = sys.modules.get("__main__" if head["__module__"] == "types" else head["__module__"])
    here = getattr(where, name, None)
    return here if by_name and isinstance(here, meta) else meta(name, bases, dict(head))


def _fill_class(cls: Any, body: dict[str, Any]) -> None:
    for name, value in body.items():
        setattr(cls, name, value)
    for name in [n for n in vars(cls) if n[:2] != "__" and n not in _MADE_BY_TYPE]:
        if name not in body and not isinstance(vars(cls)[name], _SLOTS):
            delattr(cls, name)


def _make_code(content: bytes, magic: bytes) -> types.CodeType:
    if magic != importlib.util.MAGIC_NUMBER:
        raise HandoffError(
            "MLC204", "a function was saved by another version of Python: run all stages with one"
        )
    code: types.CodeType = marshal.loads(content)
    return code


class _Remembering:
    """Stands before a cached function, to give its cache the results that it had."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.result: list[Any] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs) if self.result is None else self.result[0]


def _make_cached(options: dict[str, Any], function: Any, used: bool = False) -> Any:
    if not used:
        return functools.lru_cache(**options)(function)
    return functools.update_wrapper(functools.lru_cache(**options)(_Remembering(function)), function)


def _fill_cached(cached: Any, state: Any) -> None:
    entries, hits, misses, _, _ = state
    first = next(o for o in gc.get_referents(cached) if type(o) is _Remembering)
    first.result = []
    for _ in range(misses - len(entries)):  # those that it forgot since, or that failed
        with contextlib.suppress(IndexError):
            cached()
    for args, named, result in entries:
        first.result = [result]
        cached(*args, **named)
    args, named, _ = entries[-1] if entries else ((), {}, None)
    for _ in range(hits if entries else 0):
        cached(*args, **named)
    first.result = None


def _make_view(mapping: dict[Any, Any], name: str) -> Any:
    return getattr(mapping, name)()


def _make_array(
    buffer: Any, dtype: Any, shape: Any, strides: Any, offset: int, spread: int, cls: Any = None
) -> Any:
    numpy = sys.modules["numpy"]
    cls = cls or numpy.ndarray
    if not spread:
        return numpy.ndarray.__new__(cls, shape, dtype, buffer, offset, strides)
    memory = numpy.zeros(spread, "u1")
    numpy.ndarray(shape, dtype, memory, offset, strides)[...] = numpy.ndarray(shape, dtype, buffer)
    return numpy.ndarray.__new__(cls, shape, dtype, memory, offset, strides)


def _make_over(
    owner: Any, writeable: bool, dtype: Any, shape: Any, strides: Any, offset: int, cls: Any = None
) -> Any:
    """An array over the memory of a bytearray or an `array.array`."""
    memory = sys.modules["numpy"].frombuffer(owner, "u1")
    array = _make_array(memory, dtype, shape, strides, offset, 0, cls)
    if not writeable:
        array.flags.writeable = False
    return array


def _make_row(make: Any, *made: Any) -> Any:
    return make(*made)[()]


def _view_as(array: Any, cls: Any) -> Any:
    return sys.modules["numpy"].ndarray.view(array, cls)


def _view_of_objects(base: Any, shape: Any, strides: Any, offset: int, dtype: Any) -> Any:
    numpy = sys.modules["numpy"]
    flat = base.reshape(-1, order="A")  # a view: what owns its memory is contiguous
    items = flat[offset // base.itemsize :]
    if dtype != base.dtype or dtype.type is not base.dtype.type:  # a field, records
        items = items.getfield(dtype, offset % base.itemsize)
    return numpy.lib.stride_tricks.as_strided(items, shape, strides)


_BUFFERS = ("bytearray", "array")


def _reach(array: Any) -> tuple[int, int]:
    """How many bytes lie below an array's first item, and how many there are in all."""
    reach = [(length - 1) * stride for length, stride in zip(array.shape, array.strides, strict=True)]
    return -sum(r for r in reach if r < 0), sum(map(abs, reach)) + array.itemsize


def _bounds(array: Any) -> tuple[int, int]:
    below, size = _reach(array)
    start = array.__array_interface__["data"][0] - below
    return start, start + size


def _overlap(one: Any, other: Any) -> bool:
    numpy = sys.modules["numpy"]
    if not isinstance(one, numpy.ndarray) or not isinstance(other, numpy.ndarray):  # rows
        (start, stop), (at, end) = _bounds(one), _bounds(other)
        return bool(start < end and at < stop)
    try:
        return bool(numpy.shares_memory(one, other, max_work=1000))
    except RuntimeError:  # too hard to tell
        return True


def _owner(array: Any, numpy: Any) -> Any:
    """What the memory of an array belongs to."""
    owner = array
    while owner is not None:
        array = owner
        if isinstance(array, numpy.ndarray | numpy.void):
            owner = array.base
        else:
            owner = array.obj if type(array) is memoryview else None
    return array


def _arrays_in(reduced: Any, numpy: Any) -> Iterator[Any]:
    """The arrays that an object would be made from."""
    for part in reduced if isinstance(reduced, tuple | list) else ():
        if isinstance(part, numpy.ndarray):
            yield part
        else:
            yield from _arrays_in(list(part.values()) if isinstance(part, dict) else part, numpy)


def _closed(state: Any) -> Any:
    """The attributes of an array but for the file that a memmap has open."""
    if not isinstance(state, dict) or not any(isinstance(value, mmap.mmap) for value in state.values()):
        return state
    names = ("_mmap", "filename", "offset", "mode")
    closed = {name: None if name in names else value for name, value in state.items()}
    info = {name: value for name, value in state.get("_optinfo", {}).items() if name not in names}
    return {**closed, **({"_optinfo": info, "_basedict": info} if "_optinfo" in state else {})}


def _is_extension(cls: Any) -> bool:
    """Whether its objects have memory of their own that Python does not see."""
    compiled = (base for base in cls.__mro__ if not base.__flags__ & _HEAP_TYPE)
    return any(f"{base.__module__}".partition(".")[0] not in sys.stdlib_module_names for base in compiled)


_HEAP_TYPE = 1 << 9


def _refuse_copies(value: Any, key: str, pickler: _Pickler) -> None:
    """What is saved together because it shares memory must not be loaded as copies."""
    values = list(value.values()) if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    if "+" not in key or not (pickler.copied or pickler.owned):
        return
    dumped = []
    for part in values:
        dumped.append(_Pickler(_Output(), everything=False))
        dumped[-1].own, dumped[-1].whole = pickler.own, True
        dumped[-1].dump(part)
    for one, other in itertools.permutations(dumped, 2):
        if (culprit := one.copies_of(other)) is not None:
            what = f"a {_type(culprit)} shares memory with another of these values, but pickles a copy"
            raise HandoffError("MLC210", f"{what}: use and change them in one stage, or give it a copy")


def _make_whole(cls: Any, *given: Any) -> Any:
    """A new instance; code of the notebook that makes instances has run where this one was made."""
    return (_new_of(cls) or cls.__new__)(cls, *given)


def _new_of(cls: Any) -> Any:
    """How Python itself makes instances of the class; None where a library has its own way."""
    makers = (base for base in cls.__mro__ if base.__module__ != "__main__" and "__new__" in vars(base))
    new = next(makers).__new__
    return new if isinstance(new, types.BuiltinFunctionType) else None


def _makes_itself(cls: type) -> bool:
    """Whether pickle would run a `__new__` of the notebook to make an instance of this class."""
    own = isinstance(cls.__new__, types.FunctionType) and cls.__new__.__module__ == "__main__"
    return own and _new_of(cls) is not None


def _reduce_made(obj: Any) -> Any:
    cls = type(obj)
    reduced = obj.__reduce_ex__(5)
    if not isinstance(reduced, tuple):
        return NotImplemented
    maker, args, *rest = reduced
    if maker.__name__ == "__newobj__":
        given = getattr(_new_of(cls).__self__, "__getnewargs__", None)
        args = given(obj) if given is not None else ()
    elif maker is not cls or isinstance(cls.__init__, types.FunctionType):
        return NotImplemented
    return _make_whole, (cls, *args), *rest


def _reduce_method(method: Any) -> Any:
    """A method that its class does not have under its name was bound by hand."""
    owner, function = method.__self__, method.__func__
    name = function.__name__
    found = next((vars(cls)[name] for cls in type(owner).__mro__ if name in vars(cls)), None)
    return (
        NotImplemented
        if isinstance(owner, type) or found is function
        else (types.MethodType, (function, owner))
    )


def _reduce_filled(obj: Any) -> Any:
    base = _base(obj)
    items = list(base.items(obj)) if isinstance(obj, dict) else list(base.__iter__(obj))
    factory = obj.default_factory if isinstance(obj, collections.defaultdict) else None
    state = (items, object.__getstate__(obj), factory)
    return _make_whole, (type(obj),), state, None, None, _fill_items


def _base(obj: Any) -> Any:
    """Return the class of Python's own that the object is filled as."""
    return next(cls for cls in type(obj).__mro__ if cls.__module__ in ("builtins", "collections"))


def _fill_items(obj: Any, state: Any) -> None:
    items, own, factory = state
    base = _base(obj)
    if factory is not None:
        obj.default_factory = factory
    if isinstance(obj, dict):
        for key, value in items:
            base.__setitem__(obj, key, value)
    elif isinstance(obj, list):
        base.extend(obj, items)
    else:
        base.update(obj, items)
    _fill_whole(obj, own)


def _fill_whole(obj: Any, state: Any) -> None:
    attributes, slots = _parts(state)
    if attributes:
        vars(obj).update(attributes)
    for name, value in slots.items():
        object.__setattr__(obj, name, value)


def _reduce_hashed(obj: Any) -> Any:
    """An object that remembers its hash computes it again: another process hashes texts to other numbers."""
    name = _remembered_hash(obj)
    reduced = obj.__reduce_ex__(5) if name else None
    if not name or not isinstance(reduced, tuple) or len(reduced) < 3:
        return NotImplemented
    made_of = _HASHED_AGAIN.get(_type(obj))
    if made_of is not None:
        return type(obj), tuple(getattr(obj, part) for part in made_of)
    parts = reduced[2] if isinstance(reduced[2], tuple) else (reduced[2],)
    if not any(isinstance(part, dict) and name in part for part in parts):
        return NotImplemented
    for reset in ({}, {name: None}):
        if _computes_its_hash(obj, name, reset):
            parts = tuple({**_without(p, name), **reset} if name in (p or ()) else p for p in parts)
            return (*reduced[:2], parts if isinstance(reduced[2], tuple) else parts[0], *reduced[3:])
    if "hash" not in name.lower() and "hash" in type(obj).__hash__.__code__.co_names:
        return NotImplemented  # a number that it hashes
    text = f"a {_type(obj)} remembers its hash ({name}), which is another one in another process"
    raise HandoffError("MLC210", f"{text}: nobody would find it there")


def _remembered_hash(obj: Any) -> str | None:
    attributes, slots = _parts(object.__getstate__(obj))
    used = type(obj).__hash__.__code__.co_names
    for name, value in (*attributes.items(), *slots.items()):
        if value.__class__ is int and ("hash" in name.lower() or (name in used and abs(value) > _NO_ID)):
            try:
                return name if hash(obj) == value else None
            except TypeError:  # its class says that it has none
                return None
    return None


def _computes_its_hash(obj: Any, name: str, reset: dict[str, Any]) -> bool:
    attributes, slots = _parts(object.__getstate__(obj))
    try:
        twin = _make_whole(type(obj))
        own = {**_without(attributes, name), **(reset if name in attributes else {})}
        _fill_whole(twin, (own, {**_without(slots, name), **(reset if name in slots else {})}))
        return bool(hash(twin) == hash(obj))
    except Exception:  # noqa: BLE001 - any class may raise anything when it is made or hashed
        return False


def _parts(state: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    return attributes or {}, slots or {}


def _without(attributes: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if key != name}


def _fill_rows(array: Any, rows: list[Any]) -> None:
    for row, content in zip(array, rows, strict=True):
        row[:] = content


def _fill_objects(array: Any, state: tuple[Any, str, bytes]) -> None:
    found, kind, codes = state
    numbers = sys.modules["numpy"].frombuffer(codes, kind).reshape(array.shape)
    found.take(numbers, out=array, mode="clip")


class _Strings:
    """Stands for a list while it is pickled: see `_Pickler._strings`."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items


def _codes(flat: Any, numpy: Any) -> tuple[set[type], Any]:
    """Types in a sample; numbers for the items, the same for one object or out of few equal strings, if any are."""
    sample = flat[:: len(flat) // 1024 + 1].tolist()
    kinds = set(map(type, sample))
    if kinds == {str} and len(set(sample)) <= 64:
        items: list[str] = flat.tolist()
        if set(map(type, items)) == {str}:  # no subclass
            number: dict[str, int] = collections.defaultdict(itertools.count().__next__)
            with contextlib.suppress(ValueError):  # more than a byte can tell apart
                return kinds, numpy.frombuffer(bytearray(map(number.__getitem__, items)), "u1").astype("i2")
    return kinds, _same_objects(flat, numpy) if str in kinds else None


def _same_objects(flat: Any, numpy: Any) -> Any:
    """Numbers for the items, the same for the same object, as they come; None if no object comes twice."""
    where = {"version": 3, "typestr": numpy.dtype("intp").str, "shape": flat.shape}
    where["data"] = flat.__array_interface__["data"]
    address = numpy.asarray(types.SimpleNamespace(__array_interface__=where))
    ordered = numpy.sort(address)
    another = ordered[1:] != ordered[:-1]
    if another.all():
        return None
    starts = numpy.flatnonzero(numpy.concatenate([[True], another]))
    order, is_first, first = (
        numpy.argsort(address),
        numpy.zeros(len(flat), bool),
        numpy.empty(len(flat), "i8"),
    )
    firsts = numpy.minimum.reduceat(order, starts)
    is_first[firsts] = True
    first[order] = numpy.repeat(firsts, numpy.diff(starts, append=len(flat)))
    return (numpy.cumsum(is_first, dtype="i8") - 1)[first]


class _Unpickler(pickle.Unpickler):
    """Loads what `_Pickler` wrote, from whatever place this module was imported."""

    def persistent_load(self, pid: Any) -> Any:
        """The NaN that this stands for: one object each."""
        if isinstance(pid, str):
            return importlib.import_module(pid).nan
        nans = vars(self).setdefault("nans", {})
        return nans.setdefault(pid, struct.unpack("<d", pid[1])[0])

    def find_class(self, module: str, name: str) -> Any:
        if module.rpartition(".")[2] == "mlcode_handoff":
            return globals()[name]
        try:
            return super().find_class(module, name)
        except AttributeError:
            if module != "__main__":
                raise
            raise HandoffError(
                "MLC217", f"{name!r} is not defined in this stage: tag its cell as setup"
            ) from None


# -------------------------------------------------------------------------------------------- refusals

_NEVER = [  # the types it matches | code | what that is | what to do
    row.split(" | ")
    for row in r"""
builtins\.(async_)?generator|builtins\.coroutine | MLC211 | a generator | make it a list, or use it in the same stage
_?io\.|codecs|gzip|zipfile|tarfile|tempfile | MLC212 | an open file | close it, and open it where it is used
_?sqlite3|_?socket|_?ssl|http\.client|psycopg|duckdb|sqlalchemy | MLC213 | a connection | connect where it is used
_thread|threading|subprocess|_?asyncio|concurrent|multiprocessing | MLC214 | a lock, thread, process or task | end it
pandas\.io\.|pandas\._libs\.parsers|_?csv\. | MLC215 | a reader that is still at its file | use it in the same stage
_?weakref|_?contextvars|builtins\.(frame|traceback) | MLC216 | a reference into this process | hand over the object
""".strip().splitlines()
]


def _type(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _cannot_move(key: str, value: Any, culprit: Any, error: Exception) -> HandoffError:
    """The error that names the variable, the type and a way out."""
    inside = f" inside a {_type(value)}" if culprit is not value else ""
    for part in (value, culprit):
        for pattern, code, what, fix in _NEVER:
            if re.match(pattern, _type(part)):
                place = inside if part is culprit else ""
                return HandoffError(
                    code, f"{key}: {what} ({_type(part)}){place} cannot be handed over; {fix}"
                )
    why = (
        "it is nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
    )
    return HandoffError("MLC210", f"{key}: a {_type(culprit)}{inside} cannot be handed over: {why}")


def _why_not(name: str, value: Any) -> str:
    """Why the value cannot be handed over, or nothing."""
    if type(value) is _Missing:
        return str(object.__getattribute__(value, "why"))
    try:
        _dump(value, _Output(), name)
    except HandoffError as error:
        return str(error)
    return ""


def _is_users(name: str, value: Any) -> bool:
    """Whether a global is a variable of the notebook, not one of Python's, IPython's or ours."""
    if re.fullmatch(r"__\w+__|_+|_i+|_i?\d+|_[iod]h|In|Out|exit|quit|get_ipython|_exit_code", name):
        return False
    return value is not Stage and type(value) is not Stage and value is not open


class _Missing:
    """Stands for a variable that could not be handed over: every use says so."""

    __slots__ = ("why",)

    def __init__(self, why: str) -> None:
        object.__setattr__(self, "why", why)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        why: str = object.__getattribute__(self, "why")
        raise HandoffError(why[:6], why[7:])


for (
    _special
) in """getattribute setattr delattr call repr str format bytes hash bool len iter next contains getitem
    setitem delitem eq ne lt le gt ge add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv mod pow and
    or xor neg pos abs invert int float complex index enter exit await aiter dir array reduce_ex""".split():
    setattr(_Missing, f"__{_special}__", _Missing._refuse)


# -------------------------------------------------------------------------------------------- state
# A stage hands over what it changed, not what its machine looks like: environment and path relative to the start.


def _environment() -> dict[str, Any]:
    limit = sys.getrecursionlimit()
    return {"os.environ": dict(os.environ), "sys.path": list(sys.path), "sys.recursionlimit": limit}


_START = _environment()


def _library(name: str) -> Any:
    return sys.modules[name]


def _take_environ() -> dict[str, str | None]:
    before, names = _START["os.environ"], sorted({*_START["os.environ"], *os.environ})
    return {name: os.environ.get(name) for name in names if os.environ.get(name) != before.get(name)}


def _put_environ(changed: dict[str, str | None]) -> None:
    for name, value in changed.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def _take_path() -> list[Any]:
    before = _START["sys.path"]
    return [before.index(entry) if entry in before else entry for entry in sys.path]


def _put_path(entries: list[Any]) -> None:
    before = dict(enumerate(_START["sys.path"]))
    sys.path[:] = [before.get(entry, entry) for entry in entries if entry in before or isinstance(entry, str)]


def _take_cwd() -> str:
    """Relative inside the folder beside the notebook's, so that the pipeline can be moved."""
    folder, near = os.getcwd(), os.path.dirname(_START["folder"])
    return os.path.relpath(folder, _START["folder"]) if folder.startswith(near) else folder


def _take_torch_random() -> Any:
    torch = _library("torch")
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return [state.numpy() for state in (torch.get_rng_state(), *cuda)]


def _put_torch_random(states: list[Any]) -> None:
    torch = _library("torch")
    first, *cuda = [torch.from_numpy(state.copy()) for state in states]
    torch.set_rng_state(first)
    if cuda and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(cuda)


def _take_rcparams() -> Any:
    """All but the front end's own, and the one-letter colors, which seaborn's themes change."""
    params, colors = _library("matplotlib").rcParams, _library("matplotlib.colors").get_named_colors_mapping()
    found = {name: dict.__getitem__(params, name) for name in params if not name.startswith("backend")}
    return found, {letter: colors[letter] for letter in "bgrcmykw"}


def _put_rcparams(state: Any) -> None:
    params = {name: value for name, value in state[0].items() if name != "interactive" or _in_kernel()}
    if params.get("image.cmap") not in _library("matplotlib").colormaps:
        importlib.import_module("seaborn")  # registers its color maps
    dict.update(
        _library("matplotlib").rcParams, params
    )  # no validation, no warnings: these values were in use
    for letter, color in state[1].items():
        _library("matplotlib.colors").get_named_colors_mapping()[letter] = (
            color  # one by one: that clears its cache
        )


def _take_pandas_options() -> dict[str, Any]:
    """Those that are not at their default."""
    pandas, config = _library("pandas"), importlib.import_module("pandas._config.config")
    known = {name: option.defval for name, option in config._registered_options.items()}
    found = {name: pandas.get_option(name) for name in known if name not in config._deprecated_options}
    return {name: value for name, value in found.items() if value is not known[name] and value != known[name]}


def _put_pandas_options(options: dict[str, Any]) -> None:
    pandas = _library("pandas")
    for name in _take_pandas_options().keys() - options.keys():
        pandas.reset_option(name)
    for name, value in options.items():
        pandas.set_option(name, value)


def _put_errstate(state: Any) -> None:
    _library("numpy").seterr(**state[0])
    _library("numpy").seterrcall(state[1])


def _put_filters(filters: list[Any]) -> None:
    _library("warnings").filters[:] = filters
    _library("warnings")._filters_mutated()


_CATEGORIES = [
    name
    for name in ("LC_CTYPE", "LC_COLLATE", "LC_TIME", "LC_MONETARY", "LC_NUMERIC")
    if hasattr(locale, name)
]


def _take_locale() -> dict[str, str]:
    return {name: locale.setlocale(getattr(locale, name)) for name in _CATEGORIES}


def _put_locale(state: dict[str, str]) -> None:
    for name in state.keys() & set(_CATEGORIES):
        locale.setlocale(getattr(locale, name), state[name])


def _take_decimal() -> Any:
    context, names = decimal.getcontext(), ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    return {name: getattr(context, name) for name in names}, dict(context.traps), dict(context.flags)


def _put_decimal(state: Any) -> None:
    context = decimal.getcontext()  # in place: somebody may hold it
    for name, value in state[0].items():
        setattr(context, name, value)
    context.traps.update(state[1])
    context.flags.update(state[2])


def _put_sklearn_config(config: dict[str, Any]) -> None:
    known = _library("sklearn").get_config()
    _library("sklearn").set_config(**{name: value for name, value in config.items() if name in known})


def _take_logging() -> Any:
    """Levels of all loggers, and their handlers that write to stdout, stderr or a file."""
    root, loggers = logging.root, logging.root.manager.loggerDict.items()
    found = {name: logger for name, logger in loggers if isinstance(logger, logging.Logger)}
    levels = {
        name: (logger.level, logger.disabled, logger.propagate, _handlers(logger))
        for name, logger in found.items()
    }
    return root.level, root.manager.disable, levels, _handlers(root)


def _handlers(logger: logging.Logger) -> list[Any]:
    for handler in logger.handlers:
        if type(handler).__module__ in ("__main__", "logging.handlers") or _into_memory(handler):
            raise HandoffError(
                "MLC216", f"{type(handler).__name__}: a handler of logging cannot be handed over"
            )
    return [about for about in map(_handler, logger.handlers) if about]


def _into_memory(handler: Any) -> bool:
    own = type(handler) is logging.StreamHandler and handler.stream not in (sys.stdout, sys.stderr)
    return own and isinstance(handler.stream, io.StringIO)


def _handler(handler: Any) -> Any:
    """Where it writes, its level and its format; None for handlers of other kinds."""
    form = handler.formatter and (handler.formatter._fmt, handler.formatter.datefmt)
    streams = {id(sys.stderr): "stderr", id(sys.stdout): "stdout"}
    if type(handler) is logging.StreamHandler and id(handler.stream) in streams:
        return streams[id(handler.stream)], handler.level, form
    return (handler.baseFilename, handler.level, form) if type(handler) is logging.FileHandler else None


def _put_logging(state: Any) -> None:
    root = logging.root
    level, root.manager.disable, levels, handlers = state
    root.setLevel(level)
    for name, (level, disabled, propagate, own) in levels.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.disabled, logger.propagate = disabled, propagate
        _put_handlers(logger, own)
    _put_handlers(root, handlers)


def _put_handlers(logger: logging.Logger, wanted: list[Any]) -> None:
    for handler in logger.handlers[:]:
        if _handler(handler) not in (None, *wanted):
            logger.removeHandler(handler)
    for about in wanted:
        if about not in map(_handler, logger.handlers):
            where, level, form = about
            stream: Any = getattr(sys, where, None)
            handler = logging.StreamHandler(stream) if stream is not None else logging.FileHandler(where)
            handler.setLevel(level)
            handler.setFormatter(form and logging.Formatter(*form))
            logger.addHandler(handler)


# kind: the module that holds the state (untouched unless imported), how to take it, how to put it back, in this order
_STATES: dict[str, tuple[str, Callable[[], Any], Callable[[Any], Any]]] = {
    "os.environ": ("os", _take_environ, _put_environ),
    "os.cwd": ("os", _take_cwd, lambda folder: os.chdir(os.path.join(_START["folder"], folder))),
    "sys.path": ("sys", _take_path, _put_path),
    "sys.recursionlimit": (
        "sys",
        lambda: None if sys.getrecursionlimit() == _START["sys.recursionlimit"] else sys.getrecursionlimit(),
        sys.setrecursionlimit,
    ),
    "locale": ("locale", _take_locale, _put_locale),
    "decimal.context": ("decimal", _take_decimal, _put_decimal),
    "logging.config": ("logging", _take_logging, _put_logging),
    "matplotlib.rcParams": ("matplotlib.colors", _take_rcparams, _put_rcparams),
    "pandas.options": ("pandas", _take_pandas_options, _put_pandas_options),
    "sklearn.config": ("sklearn", lambda: _library("sklearn").get_config(), _put_sklearn_config),
    "numpy.printoptions": (
        "numpy",
        lambda: _library("numpy").get_printoptions(),
        lambda options: _library("numpy").set_printoptions(**options),
    ),
    "numpy.errstate": (
        "numpy",
        lambda: (_library("numpy").geterr(), _library("numpy").geterrcall()),
        _put_errstate,
    ),
    "warnings.filters": ("warnings", lambda: list(warnings.filters), _put_filters),  # after the last import
    "python.random": ("random", random.getstate, random.setstate),
    "numpy.random": (
        "numpy.random",
        lambda: _library("numpy.random").get_state(legacy=False),
        lambda state: _library("numpy.random").set_state(state),
    ),
    "torch.random": ("torch", _take_torch_random, _put_torch_random),
}


def _state(kind: str) -> Any:
    module, take, _ = _state_kind(kind)
    importlib.import_module(module)
    return take()


def _state_kind(kind: str) -> tuple[str, Callable[[], Any], Callable[[Any], Any]]:
    if kind not in _STATES:
        raise HandoffError("MLC208", f"no kind of state {kind!r}{_did_you_mean(kind, _STATES)}")
    return _STATES[kind]
