"""How values and interpreter state cross a stage boundary. Format 1.

Written by jupyter-mlcode beside the scripts it exports, the same text in every pipeline; needs Python and PyYAML.
Yours to read, not to edit.

`Stage(name)` makes this process look like a kernel that runs in the notebook's folder. `save` writes a value to
`artifacts/<stage>/<key>.pkl`, `load` reads it in a later stage; `save_state` and `restore_state` do the same for random
generators, options and other state of the interpreter. What cannot be handed over faithfully raises `HandoffError`.

A .pkl file is a mark, a pickle (protocol 5), the memory of its arrays and a table of where each lies. Loading maps the
file copy-on-write. Arrays keep their strides, and those that overlap in memory still do after loading. Functions of the
notebook travel as code; its classes by name, because the script that loads them has run their `class` statement.
The .json beside it holds size and sha256. The hash is checked when the .pkl is newer than its .json (copied, edited,
half a run) or when MLCODE_VERIFY_HASH=1. It guards against accidents, not against attack: a pickle can run any code,
so load only what this pipeline wrote.

MLCODE_ARTIFACTS: another folder for artifacts. MLCODE_PARAMS: another file instead of params.yaml.
"""

from __future__ import annotations

import abc
import codecs
import decimal
import difflib
import functools
import gc
import hashlib
import importlib
import importlib.util
import json
import locale
import logging
import marshal
import math
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
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

FORMAT = 1
HERE = Path(__file__).resolve().parent
_MARK = b"MLCODE1\n"
_PYTHON = "{}.{}".format(*sys.version_info)


class HandoffError(RuntimeError):
    """The pipeline would not equal the notebook; the message says which value and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code


# ---------------------------------------------------------------------------------------------------- the stage


class Stage:
    """One stage of the pipeline in this process: its parameters, inputs, outputs and interpreter state."""

    def __init__(self, name: str) -> None:
        text = HERE / "pipeline.yaml"
        self._pipeline = yaml.safe_load(text.read_text("utf-8")) or {} if text.exists() else {}
        if self._pipeline.get("format", FORMAT) != FORMAT:
            raise HandoffError(
                "MLC203", f"pipeline.yaml has format {self._pipeline['format']}, not {FORMAT}: export again"
            )
        known = self._pipeline.get("stages") or {name: None}
        if name not in known:
            raise HandoffError("MLC208", f"no stage {name!r} in pipeline.yaml{_did_you_mean(name, known)}")
        self.name = name
        self.folder = (
            HERE / self._pipeline.get("folder", "..")
        ).resolve()  # the notebook's: relative paths start there
        self._state: dict[str, Any] = {}
        self._loop: Any = None
        os.chdir(self.folder)
        _like_a_kernel()
        _START.update(_environment_now(), folder=str(self.folder))
        self._values = _parameters(self._pipeline.get("parameters") or {})
        for sidecar in _path(name, "x").parent.glob(
            "*.json"
        ):  # until this stage has saved again, nobody may load
            sidecar.unlink()

    def params(self, *names: str) -> Any:
        """Values of parameters: pipeline.yaml, then params.yaml, then `-p NAME VALUE`; one name gives one value."""
        for name in names:
            if name not in self._values:
                raise HandoffError(
                    "MLC208", f"no parameter {name!r} in pipeline.yaml{_did_you_mean(name, self._values)}"
                )
        found = tuple(self._values[name] for name in names)
        return found if len(found) != 1 else found[0]

    def load(self, *refs: str) -> Any:
        """What `stage/key` stands for, in order; one reference gives one value, a group `a+b` a tuple."""
        values = tuple(_read(ref, "value") for ref in refs)
        return values if len(values) != 1 else values[0]

    def save(self, /, **values: Any) -> None:
        """Write each value into its own file."""
        for name, value in values.items():
            self._write(name, value)

    def save_as(self, key: str, /, *values: Any) -> None:
        """Write a later version, `df.2`, of a value this stage has saved before, or of the values of a group."""
        self._write(key, values[0] if len(values) == 1 else values)

    def save_shared(self, /, **values: Any) -> None:
        """Write values into one file, so that objects they share are still shared after loading."""
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
        """Bind everything that `save_all` wrote; using a variable that could not be written raises `HandoffError`."""
        values, skipped = _read(f"{stage}/@all", "all")
        namespace.update(values)
        namespace.update({name: _Missing(why) for name, why in skipped.items()})

    def save_state(self, *kinds: str) -> None:
        """Write the interpreter's state of these kinds (`numpy.random`, `warnings.filters`, ...)."""
        for kind in kinds:
            module, capture, _ = _state_kind(kind)
            self._state[kind] = capture() if module in sys.modules else None
        self._write("@state", self._state, "state")

    def restore_state(self, stage: str, *kinds: str) -> None:
        """Go on with the interpreter's state of these kinds where `stage` left it."""
        found = _read(f"{stage}/@state", "state")
        chosen = {kind: _state_kind(kind) for kind in kinds}
        for kind, (module, _, restore) in ((kind, chosen[kind]) for kind in _STATES if kind in chosen):
            if kind not in found:
                raise HandoffError("MLC208", f"stage {stage!r} did not save {kind}: export again")
            if found[kind] is not None:
                importlib.import_module(module)
                restore(found[kind])

    def shell(self, command: str) -> None:
        """Run a command as `!command` does in a notebook; unlike there, one that fails stops the stage."""
        code = _run_shell(command, _print)
        if code:
            raise HandoffError("MLC220", f"the shell command {command!r} ended with exit code {code}")

    def shell_lines(self, command: str) -> list[str]:
        """Run a command as `lines = !command` does: its output as lines, whatever its exit code."""
        chunks: list[str] = []
        _run_shell(command, chunks.append)
        return "".join(chunks).splitlines()

    def run_async(self, awaitable: Any) -> Any:
        """Wait for what a notebook cell awaits at its top level; all such cells of a stage share one event loop."""
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


def _like_a_kernel() -> None:
    """Give a script what a kernel in the working folder has: sys.path, no `__file__`, no window for figures."""
    here = str(HERE)
    sys.path[:] = [entry for entry in sys.path if not entry or os.path.realpath(entry) != here]
    if "" not in sys.path:  # where IPython puts it: after the standard library
        site = [
            i
            for i, entry in enumerate(sys.path)
            if os.path.basename(entry) in ("site-packages", "dist-packages")
        ]
        sys.path.insert(site[0] if site else 0, "")
    sys.path.append(here)  # last: nothing of ours hides a module of yours
    main = vars(sys.modules["__main__"])
    if not _in_kernel():
        if main.get("__file__") and os.path.dirname(os.path.realpath(main["__file__"])) == here:
            del main["__file__"]
        os.environ.setdefault("MPLBACKEND", "agg")


def _in_kernel() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _did_you_mean(name: Any, known: Iterable[Any]) -> str:
    names = sorted(map(str, known))
    close = difflib.get_close_matches(str(name), names, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(names) or 'none'}"


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _run_shell(command: str, out: Callable[[str], Any]) -> int:
    """Run a command in the user's shell, both of its outputs going to `out` as they come."""
    line: Any = command if os.name == "nt" else [os.environ.get("SHELL") or "sh", "-c", command]
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with subprocess.Popen(
        line,
        shell=os.name == "nt",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    ) as process:
        assert process.stdout is not None
        for chunk in iter(lambda: process.stdout.read(65536), b""):  # type: ignore[union-attr]
            out(decoder.decode(chunk))
        out(decoder.decode(b"", True))
    return process.returncode


# ---------------------------------------------------------------------------------------------------- parameters

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}


def _parameters(declared: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All values, checked; anything wrong ends the process with exit code 2 and one line."""
    values = {name: about.get("default") for name, about in declared.items()}
    source = Path(os.environ.get("MLCODE_PARAMS") or HERE / "params.yaml")
    given = yaml.safe_load(source.read_text("utf-8")) or {} if source.exists() else {}
    if not isinstance(given, dict):
        _stop(f"{source.name} must map names to values")
    for name, value in given.items():
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
    if _in_kernel():
        return
    argv = sys.argv[1:]
    if len(argv) % 3 or any(flag != "-p" for flag in argv[::3]):
        _stop(f"usage: {Path(sys.argv[0]).name} [-p NAME VALUE]...")
    yield from zip(argv[1::3], argv[2::3], strict=True)
    del sys.argv[1:]


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
            pass
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


# ---------------------------------------------------------------------------------------------------- files


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
    """The names in a key: `ax+fig.2` holds `ax` and `fig`."""
    return re.sub(r"\.\d+$", "", key).split("+")


class _Digesting:
    """A binary file that is hashed while it is written."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, content: Any) -> int:
        view = memoryview(content).cast("B")
        for start in range(0, len(view), 1 << 20):  # hashed while still in the processor's cache
            piece = view[start : start + (1 << 20)]
            self.digest.update(piece)
            self._file.write(piece)
        self.size += len(view)
        return len(view)


def _write(path: Path, value: Any, about: dict[str, Any]) -> None:
    """Write the file and its sidecar: each as a whole or not at all, the sidecar last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sidecar, part = path.with_suffix(".json"), path.with_suffix(".part")
    try:
        with open(part, "wb") as file:
            out = _Digesting(file)
            out.write(_MARK)
            _dump(value, out, about["key"])
        os.replace(part, path)
        kind = type(value)
        about |= {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "bytes": out.size,
            "sha256": out.digest.hexdigest(),
        }
        part.write_text(
            json.dumps({**about, "python": _PYTHON}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        os.replace(part, sidecar)
    finally:
        part.unlink(missing_ok=True)


def _dump(value: Any, out: Any, key: str) -> None:
    """Write the pickle, the memory of its arrays, and the table that says where each array lies."""
    pickler = _Pickler(out, everything=key == "@all")
    try:
        pickler.dump(value)
    except HandoffError as error:
        raise HandoffError(error.code, f"{key}: {error.args[0][7:]}") from None
    except Exception as error:  # any class may raise anything when it is pickled
        raise _cannot_move(key, value, pickler.last, error) from error
    table = pickler.memory.write(out)
    start = out.size
    out.write(b"".join(struct.pack("<QQ", *row) for row in table))
    out.write(struct.pack("<QQ", start, len(table)) + _MARK)


def _read(ref: str, kind: str) -> Any:
    stage, _, key = ref.partition("/")
    path = _path(stage, key)
    if not path.exists() or not path.with_suffix(".json").exists():
        raise HandoffError("MLC201", f"{ref} is not there: stage {stage!r} has not run, or has not finished")
    about = json.loads(path.with_suffix(".json").read_text("utf-8"))
    expected = {"format": FORMAT, "stage": stage, "key": key, "kind": kind}
    if any(about.get(field) != wanted for field, wanted in expected.items()):
        raise HandoffError(
            "MLC203", f"{ref} was not written for this use: export and run stage {stage!r} again"
        )
    return read_artifact(path)


def read_artifact(path: Path) -> Any:
    """The value in a file that a stage wrote, after the check that it is the file that was written."""
    about, stat = json.loads(path.with_suffix(".json").read_text("utf-8")), path.stat()
    suspect = (
        stat.st_mtime_ns > path.with_suffix(".json").stat().st_mtime_ns
        or os.environ.get("MLCODE_VERIFY_HASH") == "1"
    )
    if stat.st_size != about["bytes"] or (suspect and _sha256(path) != about["sha256"]):
        raise HandoffError(
            "MLC202", f"{path.parent.name}/{path.stem} is not what its stage wrote: run that stage again"
        )
    with open(path, "rb") as file:
        file.seek(-24, os.SEEK_END)
        start, count, mark = struct.unpack("<QQ8s", file.read())
        if mark != _MARK:
            raise HandoffError("MLC203", f"{path} is not a format {FORMAT} artifact: export and run again")
        file.seek(start)
        table = list(struct.iter_unpack("<QQ", file.read(16 * count)))
        file.seek(0)
        memory = memoryview(
            bytearray(file.read())
            if stat.st_size < 1 << 18
            else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        )
        file.seek(len(_MARK))
        try:
            return _Unpickler(file, buffers=[memory[offset : offset + size] for offset, size in table]).load()
        except HandoffError:
            raise
        except Exception as error:  # any class may raise anything when it is loaded
            why = f"{type(error).__name__}: {error}"
            if about["python"] != _PYTHON:
                why += f" (written by Python {about['python']}, this is {_PYTHON})"
            raise HandoffError(
                "MLC205", f"{path.parent.name}/{path.stem}, a {about['type']}, does not load: {why}"
            ) from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


# ---------------------------------------------------------------------------------------------------- pickling


class _Memory:
    """The memory of pickled arrays: each byte is written once, arrays that overlap share a region of the file."""

    def __init__(self) -> None:
        self.spans: list[tuple[int, Any, bool]] = []  # address, bytes, alone
        self.alone: set[int] = set()

    def add(self, buffer: pickle.PickleBuffer) -> None:
        """Take the next out-of-band buffer of the pickler."""
        raw, numpy = buffer.raw(), sys.modules.get("numpy")
        address = (
            numpy.frombuffer(raw, "u1").__array_interface__["data"][0]
            if numpy is not None and raw.nbytes
            else 0
        )
        self.spans.append((address, raw, not address or id(buffer) in self.alone))

    def write(self, out: Any) -> list[tuple[int, int]]:
        """Write all regions; the offset and size of each buffer, in the order in which they were added."""
        table = [(0, 0)] * len(self.spans)
        region: list[int] = []  # address of its first byte, of its end, and its offset in the file
        for index in sorted(
            range(len(self.spans)),
            key=lambda i: (self.spans[i][2], self.spans[i][0], -self.spans[i][1].nbytes),
        ):
            address, raw, alone = self.spans[index]
            if alone or not region or address >= region[1]:
                out.write(bytes((address - out.size) % 64))
                region = [address, address, out.size]
            new = address + raw.nbytes - region[1]
            if new > 0:  # the spans are sorted, so what is new is at the end
                out.write(raw[raw.nbytes - new :])
                region[1] = address + raw.nbytes
            table[index] = (region[2] + address - region[0], raw.nbytes)
        return table


class _Pickler(pickle.Pickler):
    """Pickles what the standard one refuses or gets wrong between processes."""

    def __init__(self, file: Any, everything: bool = False) -> None:
        self.memory = _Memory()
        super().__init__(file, 5, buffer_callback=self.memory.add)
        self.everything = (
            everything  # classes of the notebook too, for a stage whose code could not be understood
        )
        self.last: Any = None
        self._rules: dict[Any, Callable[[Any], Any]] = {}
        self._spaces: dict[int, Any] = {}
        self._in_blocks: list[Any] = []

    def reducer_override(self, obj: Any) -> Any:
        """How to rebuild `obj`, or NotImplemented for pickle's own way."""
        self.last, kind = obj, type(obj)
        rule = self._rules.get(kind)
        if rule is None:
            rule = self._rules[kind] = self._rule(kind)
        return rule(obj)

    def _rule(self, kind: Any) -> Callable[[Any], Any]:
        if kind in _REDUCERS:
            return _REDUCERS[kind]
        if kind is types.FunctionType:
            return self._function
        if issubclass(kind, type):
            return self._class
        by_name = {
            "numpy": self._numpy,
            "pandas": self._pandas,
            "random": self._random,
            "dataclasses": self._dataclasses,
        }
        return by_name.get(f"{kind.__module__}".partition(".")[0], lambda obj: NotImplemented)

    def _function(self, function: Any) -> Any:
        if function.__module__ != "__main__" and _importable(function):
            return NotImplemented
        space = function.__globals__
        home = sys.modules.get(space.get("__name__", ""))
        where: Any = space["__name__"] if home is not None and vars(home) is space else self._space(space)
        cells = function.__closure__ or ()
        state = {name: getattr(function, name) for name in _FUNCTION_STATE if getattr(function, name, None)}
        made = (function.__code__, where, function.__name__, cells)
        return (
            _make_function,
            made,
            (state, vars(function), [_contents(cell) for cell in cells]),
            None,
            None,
            _fill_function,
        )

    def _space(self, space: dict[str, Any]) -> dict[str, Any]:
        """The globals of a function that lives in no module, without the builtins."""
        if id(space) not in self._spaces:
            self._spaces[id(space)] = {name: value for name, value in space.items() if name != "__builtins__"}
        found: dict[str, Any] = self._spaces[id(space)]
        return found

    def _class(self, cls: Any) -> Any:
        if (cls.__module__ != "__main__" and "<locals>" not in cls.__qualname__) or (
            _importable(cls) and not self.everything
        ):
            return NotImplemented
        if type(cls) not in (type, abc.ABCMeta):
            if _importable(cls):
                return NotImplemented
            raise HandoffError(
                "MLC217", f"the local class {cls.__qualname__!r} has a metaclass; define it at the top level"
            )
        body = {
            name: value
            for name, value in vars(cls).items()
            if name not in _MADE_BY_TYPE and not isinstance(value, _SLOTS)
        }
        head = {
            name: body[name]
            for name in ("__module__", "__qualname__", "__slots__", "__doc__")
            if name in body
        }
        made = (type(cls), cls.__name__, cls.__bases__, head, _importable(cls))
        return (
            _make_class,
            made,
            {name: value for name, value in body.items() if name not in head},
            None,
            None,
            _fill_class,
        )

    def _numpy(self, obj: Any) -> Any:
        numpy, kind = sys.modules["numpy"], type(obj)
        if kind is numpy.memmap and obj.mode not in ("r", "c", None):
            raise HandoffError(
                "MLC219", "a memmap that writes to its file; flush it and open the file in the later stage"
            )
        if kind is numpy.ndarray:
            return self._array(obj, numpy)
        if kind is numpy.random.RandomState and obj is numpy.random.mtrand._rand:
            return "_rand"  # the global generator, not a copy of it
        return NotImplemented

    def _array(self, array: Any, numpy: Any) -> Any:
        if array.dtype.hasobject or array.dtype.kind not in "biufcSUVmM" or not array.nbytes:
            return self._objects(array, array.base, numpy) if array.dtype == object else NotImplemented
        reach = [(length - 1) * stride for length, stride in zip(array.shape, array.strides, strict=True)]
        below, size = -sum(r for r in reach if r < 0), sum(map(abs, reach)) + array.itemsize
        thin = size > 8 * array.nbytes + (1 << 16)  # one column of a wide table: not the whole table
        source = numpy.array(array, order="C") if thin else array
        address = source.__array_interface__["data"][0] - (0 if thin else below)
        interface = {
            "version": 3,
            "data": (address, not array.flags.writeable),
            "shape": (source.nbytes if thin else size,),
            "typestr": "|u1",
        }
        buffer = pickle.PickleBuffer(
            numpy.asarray(types.SimpleNamespace(__array_interface__=interface, keep=source))
        )
        if self._in_block(array):
            self.memory.alone.add(id(buffer))
        return _make_array, (buffer, array.dtype, array.shape, array.strides, below, size if thin else 0)

    def _objects(self, array: Any, base: Any, numpy: Any) -> Any:
        """A view of another array stays one; many strings are written as one text, ten times as fast."""
        if type(base) is numpy.ndarray and base.size <= 8 * array.size and not self._in_block(array):
            offset = array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
            return _view_of_objects, (base, array.shape, array.strides, offset)
        order = "F" if array.flags.fnc else "C"
        parts = _joined(array.ravel(order)) if array.size >= 1000 else None
        return NotImplemented if parts is None else (_make_strings, (parts, array.shape, order))

    def _in_block(self, array: Any) -> bool:
        return any(array is part for part in self._in_blocks)

    def _pandas(self, obj: Any) -> Any:
        """Under copy-on-write frames share memory until one of them changes; loaded ones must not share it."""
        if hasattr(obj, "mgr_locs") and hasattr(obj, "values"):
            pandas = sys.modules["pandas"]
            parts = (
                [obj.values] if pandas.__version__ >= "3" or pandas.options.mode.copy_on_write is True else []
            )
            for part in parts:
                parts.extend(
                    getattr(part, name)
                    for name in ("_ndarray", "_data", "_mask", "_left", "_right")
                    if hasattr(part, name)
                )
            self._in_blocks = parts
        return NotImplemented

    def _random(self, obj: Any) -> Any:
        return "_inst" if obj is getattr(random, "_inst", None) else NotImplemented

    def _dataclasses(self, obj: Any) -> Any:
        return obj.name if type(obj).__name__ == "_FIELD_BASE" else NotImplemented


_SLOTS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_MADE_BY_TYPE = ("__dict__", "__weakref__", "_abc_impl")
_FUNCTION_STATE = (
    "__defaults__",
    "__kwdefaults__",
    "__doc__",
    "__annotations__",
    "__qualname__",
    "__module__",
    "__type_params__",
)


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
    consts = tuple(
        _without_kernel(const) if isinstance(const, types.CodeType) else const for const in code.co_consts
    )
    return code.replace(
        co_consts=consts, co_filename="<cell>" if "ipykernel_" in code.co_filename else code.co_filename
    )


def _reduce_module(module: types.ModuleType) -> Any:
    if sys.modules.get(module.__name__) is not module:
        raise HandoffError("MLC217", f"the module {module.__name__!r} cannot be imported; make it a file")
    return importlib.import_module, (module.__name__,)


def _reduce_refused(code: str, message: str) -> Callable[[Any], Any]:
    def refuse(obj: Any) -> Any:
        raise HandoffError(code, message)

    return refuse


_REDUCERS: dict[Any, Callable[[Any], Any]] = {
    types.CodeType: _reduce_code,
    types.CellType: lambda cell: (_make_cell, ()),  # `_fill_function` puts the contents in
    types.ModuleType: _reduce_module,
    types.MappingProxyType: lambda proxy: (types.MappingProxyType, tuple(gc.get_referents(proxy)[:1])),
    type({}.keys()): lambda view: (_make_dict_view, (gc.get_referents(view)[0], "keys")),
    type({}.values()): lambda view: (_make_dict_view, (gc.get_referents(view)[0], "values")),
    type({}.items()): lambda view: (_make_dict_view, (gc.get_referents(view)[0], "items")),
    property: lambda prop: (property, (prop.fget, prop.fset, prop.fdel, prop.__doc__)),
    staticmethod: lambda method: (staticmethod, (method.__func__,)),
    classmethod: lambda method: (classmethod, (method.__func__,)),
    type(functools.lru_cache(abs)): lambda cached: (
        cached.__qualname__
        if _importable(cached) and cached.__module__ != "__main__"
        else (_make_cached, (cached.cache_parameters(), cached.__wrapped__))
    ),
    tempfile.TemporaryDirectory: _reduce_refused(
        "MLC218", "a temporary folder goes away with its stage; make a folder in the working folder"
    ),
}


def _make_cell() -> types.CellType:
    return types.CellType()


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


def _make_class(meta: Any, name: str, bases: tuple[Any, ...], head: dict[str, Any], top_level: bool) -> Any:
    here = getattr(sys.modules[head["__module__"]], name, None)
    return here if top_level and isinstance(here, meta) else meta(name, bases, dict(head))


def _fill_class(cls: Any, body: dict[str, Any]) -> None:
    for name, value in body.items():
        setattr(cls, name, value)


def _make_code(content: bytes, magic: bytes) -> types.CodeType:
    if magic != importlib.util.MAGIC_NUMBER:
        raise HandoffError(
            "MLC204",
            "a function of the notebook was saved by another version of Python: run all stages with one",
        )
    code: types.CodeType = marshal.loads(content)
    return code


def _make_cached(options: dict[str, Any], function: Any) -> Any:
    return functools.lru_cache(**options)(function)


def _make_dict_view(mapping: dict[Any, Any], view: str) -> Any:
    return getattr(mapping, view)()


def _make_array(buffer: Any, dtype: Any, shape: Any, strides: Any, offset: int, spread: int) -> Any:
    numpy = sys.modules["numpy"]
    if not spread:
        return numpy.ndarray(shape, dtype, buffer, offset, strides)
    array = numpy.ndarray(
        shape, dtype, numpy.zeros(spread, "u1"), offset, strides
    )  # same strides, same rounding
    array[...] = numpy.ndarray(shape, dtype, buffer)
    return array


_SEPARATOR = "\x1f"


def _joined(flat: Any) -> list[tuple[bytes, dict[int, Any]]] | None:
    """The strings as texts, and what else is among them; None if they are shared, too few, or hold the separator."""
    parts = []
    for start in range(0, len(flat), 1 << 15):
        items = flat[start : start + (1 << 15)].tolist()
        kinds, sample = set(map(type, items)), items[:: len(items) // 128 + 1]
        if not {str} <= kinds <= {str, float, type(None)}:
            return None
        if sum(sys.getrefcount(item) > 5 for item in sample) > len(sample) / 8:
            return None  # one object many times: pickle is better at that
        others: dict[int, Any] = {}
        if kinds != {str}:
            others = {index: item for index, item in enumerate(items) if type(item) is not str}
            items = [item if type(item) is str else "" for item in items]
        text = _SEPARATOR.join(items)
        if text.count(_SEPARATOR) != len(items) - 1:
            return None
        parts.append((text.encode("utf-8", "surrogatepass"), others))
    return parts


def _make_strings(parts: list[tuple[bytes, dict[int, Any]]], shape: Any, order: str) -> Any:
    numpy = sys.modules["numpy"]
    flat, start = numpy.empty(math.prod(shape), object), 0
    for content, others in parts:
        items: list[Any] = content.decode("utf-8", "surrogatepass").split(_SEPARATOR)
        for index, item in others.items():
            items[index] = item
        flat[start : start + len(items)] = items
        start += len(items)
    return flat.reshape(shape, order=order)


def _view_of_objects(base: Any, shape: Any, strides: Any, offset: int) -> Any:
    numpy = sys.modules["numpy"]
    flat = base.reshape(-1, order="A")  # a view: what owns its memory is contiguous
    return numpy.lib.stride_tricks.as_strided(flat[offset // base.itemsize :], shape, strides)


class _Unpickler(pickle.Unpickler):
    """Loads what `_Pickler` wrote, from whatever place this module was imported."""

    def find_class(self, module: str, name: str) -> Any:
        if module.rpartition(".")[2] == "mlcode_handoff":
            return globals()[name]
        try:
            return super().find_class(module, name)
        except AttributeError:
            if module != "__main__":
                raise
            raise HandoffError(
                "MLC217", f"{name!r} is not defined in this stage: tag the cell that defines it as setup"
            ) from None


_NEVER = (  # what can never move: where such types come from, code, what it is, what to do
    (
        r"builtins\.(async_)?generator|builtins\.coroutine",
        "MLC211",
        "a generator",
        "make it a list, or make and use it in one stage",
    ),
    (
        r"_io\.|io\.|codecs\.|gzip\.|zipfile\.|tarfile\.|tempfile\.",
        "MLC212",
        "an open file",
        "close it, and open it in the stage that uses it",
    ),
    (
        r"pandas\.io\.|pandas\._libs\.parsers|_?csv\.",
        "MLC215",
        "a reader that is still at its file",
        "read and use it in one stage",
    ),
    (
        r"_?sqlite3|_?socket|_?ssl|http\.client|psycopg|pymysql|duckdb|sqlalchemy|.*\.(Connection|Cursor)$",
        "MLC213",
        "a connection",
        "connect in every stage that uses it",
    ),
    (
        r"_thread|threading|subprocess|_?asyncio|concurrent|multiprocessing",
        "MLC214",
        "a lock, thread, process or task",
        "make, use and end it in one stage",
    ),
    (
        r"weakref|_weakref|_?contextvars|builtins\.(frame|traceback)",
        "MLC216",
        "a reference into this process",
        "hand over the object itself",
    ),
)


def _cannot_move(key: str, value: Any, culprit: Any, error: Exception) -> HandoffError:
    """The error that names the variable, the type and a way out."""
    kinds = [f"{type(obj).__module__}.{type(obj).__qualname__}" for obj in (value, culprit)]
    inside = "" if culprit is value else f" inside a {kinds[0]}"
    for kind in kinds:
        for pattern, code, what, fix in _NEVER:
            if re.match(pattern, kind):
                return HandoffError(
                    code,
                    f"{key}: {what} ({kind}){'' if kind == kinds[0] else inside} cannot be handed to another stage; {fix}",
                )
    why = (
        "it is nested too deeply" if isinstance(error, RecursionError) else f"{type(error).__name__}: {error}"
    )
    return HandoffError(
        "MLC210",
        f"{key}: a {kinds[1]}{inside} cannot be handed to another stage ({why}); make and use it in one stage",
    )


class _Nowhere:
    """Counts and forgets what is written to it."""

    size = 0

    def write(self, content: Any) -> int:
        self.size += len(content)
        return len(content)


def _why_not(name: str, value: Any) -> str:
    """Why the value cannot be handed over, or nothing."""
    if type(value) is _Missing:
        return str(object.__getattribute__(value, "why"))
    try:
        _dump(value, _Nowhere(), name)
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


for _name in """getattribute setattr delattr call repr str format bytes hash bool len iter next contains getitem setitem delitem eq ne lt
    le gt ge add radd sub rsub mul rmul matmul truediv rtruediv floordiv mod pow and or xor neg pos abs invert int float complex index
    enter exit await aiter dir array reduce_ex copy deepcopy""".split():
    setattr(_Missing, f"__{_name}__", _Missing._refuse)


# ---------------------------------------------------------------------------------------------------- state
# Each kind: the module that holds the state (untouched unless imported), how to take it, how to put it back.


def _environment_now() -> dict[str, Any]:
    return {
        "os.environ": dict(os.environ),
        "sys.path": list(sys.path),
        "sys.recursionlimit": sys.getrecursionlimit(),
    }


_START = _environment_now()  # a stage hands over what it changed, not what its machine looks like


def _take_environ() -> dict[str, str | None]:
    before = _START["os.environ"]
    return {
        name: os.environ.get(name)
        for name in sorted({*before, *os.environ})
        if os.environ.get(name) != before.get(name)
    }


def _put_environ(changed: dict[str, str | None]) -> None:
    for name, value in changed.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _take_path() -> list[Any]:
    before = _START["sys.path"]
    return [before.index(entry) if entry in before else entry for entry in sys.path]


def _put_path(entries: list[Any]) -> None:
    before = _START["sys.path"]
    sys.path[:] = [
        before[entry] if isinstance(entry, int) else entry
        for entry in entries
        if not isinstance(entry, int) or entry < len(before)
    ]


def _take_cwd() -> str:
    folder = os.getcwd()  # relative where that is short, so that the pipeline can be moved
    near = os.path.dirname(_START.get("folder", folder))
    return (
        os.path.relpath(folder, _START["folder"])
        if "folder" in _START and os.path.commonpath([folder, near]) == near
        else folder
    )


def _put_cwd(folder: str) -> None:
    os.chdir(os.path.join(_START.get("folder", ""), folder))


def _take_recursionlimit() -> int | None:
    return sys.getrecursionlimit() if sys.getrecursionlimit() != _START["sys.recursionlimit"] else None


def _take_numpy_random() -> Any:
    return sys.modules["numpy"].random.get_state(legacy=False)


def _put_numpy_random(state: Any) -> None:
    sys.modules["numpy"].random.set_state(state)


def _take_torch_random() -> Any:
    torch = sys.modules["torch"]
    return torch.get_rng_state().numpy(), [
        state.numpy() for state in torch.cuda.get_rng_state_all()
    ] if torch.cuda.is_available() else []


def _put_torch_random(state: Any) -> None:
    torch = sys.modules["torch"]
    torch.set_rng_state(torch.from_numpy(state[0].copy()))
    if state[1] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all([torch.from_numpy(part.copy()) for part in state[1]])


def _take_rcparams() -> Any:
    matplotlib = sys.modules["matplotlib"]
    left_out = {"backend", "backend_fallback", *([] if _in_kernel() else ["interactive"])}
    colors = matplotlib.colors.get_named_colors_mapping()  # seaborn's color codes change what "b" means
    params = {
        name: dict.__getitem__(matplotlib.rcParams, name)
        for name in matplotlib.rcParams
        if name not in left_out
    }
    return params, {letter: colors[letter] for letter in "bgrcmykw"}


def _put_rcparams(state: Any) -> None:
    matplotlib = sys.modules["matplotlib"]
    params = {name: value for name, value in state[0].items() if name != "interactive" or _in_kernel()}
    dict.update(matplotlib.rcParams, params)  # no validation: these values were in use
    matplotlib.colors.get_named_colors_mapping().update(state[1])


def _option_defaults() -> dict[str, Any]:
    config = importlib.import_module("pandas._config.config")
    return {
        name: option.defval
        for name, option in config._registered_options.items()
        if name not in config._deprecated_options
    }


def _take_pandas_options() -> dict[str, Any]:
    pandas = sys.modules["pandas"]
    found = {name: (pandas.get_option(name), default) for name, default in _option_defaults().items()}
    return {
        name: value for name, (value, default) in found.items() if value is not default and value != default
    }


def _put_pandas_options(options: dict[str, Any]) -> None:
    pandas = sys.modules["pandas"]
    for name, value in {**dict.fromkeys(_take_pandas_options()), **options}.items():
        if name in options:
            pandas.set_option(name, value)
        else:
            pandas.reset_option(name)


def _take_numpy_errstate() -> Any:
    return sys.modules["numpy"].geterr(), sys.modules["numpy"].geterrcall()


def _put_numpy_errstate(state: Any) -> None:
    sys.modules["numpy"].seterr(**state[0])
    sys.modules["numpy"].seterrcall(state[1])


def _put_warnings_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


_CATEGORIES = ("LC_CTYPE", "LC_COLLATE", "LC_TIME", "LC_MONETARY", "LC_NUMERIC", "LC_MESSAGES")


def _take_locale() -> dict[str, str]:
    return {name: locale.setlocale(getattr(locale, name)) for name in _CATEGORIES if hasattr(locale, name)}


def _put_locale(state: dict[str, str]) -> None:
    for name, value in state.items():
        if hasattr(locale, name):
            locale.setlocale(getattr(locale, name), value)


_DECIMAL = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")


def _take_decimal() -> Any:
    context = decimal.getcontext()
    return {name: getattr(context, name) for name in _DECIMAL}, dict(context.traps), dict(context.flags)


def _put_decimal(state: Any) -> None:
    context = decimal.getcontext()  # in place: somebody may hold it
    for name, value in state[0].items():
        setattr(context, name, value)
    context.traps.update(state[1])
    context.flags.update(state[2])


def _put_sklearn_config(config: dict[str, Any]) -> None:
    sklearn: Any = sys.modules["sklearn"]
    known = sklearn.get_config()
    sklearn.set_config(**{name: value for name, value in config.items() if name in known})


def _take_logging() -> Any:
    """Levels of all loggers, and the root's handlers that write to stdout, stderr or a file."""
    root = logging.getLogger()
    levels = {
        name: (logger.level, logger.disabled, logger.propagate)
        for name, logger in root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    return (
        root.level,
        root.manager.disable,
        levels,
        [about for about in map(_about_handler, root.handlers) if about],
    )


def _about_handler(handler: Any) -> Any:
    formatter = handler.formatter and (handler.formatter._fmt, handler.formatter.datefmt)
    if type(handler) is logging.StreamHandler and handler.stream in (sys.stderr, sys.stdout):
        return "stderr" if handler.stream is sys.stderr else "stdout", handler.level, formatter
    return (handler.baseFilename, handler.level, formatter) if type(handler) is logging.FileHandler else None


def _put_logging(state: Any) -> None:
    root = logging.getLogger()
    level, root.manager.disable, levels, handlers = state
    root.setLevel(level)
    for name, (level, disabled, propagate) in levels.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.disabled, logger.propagate = disabled, propagate
    for handler in [handler for handler in root.handlers if _about_handler(handler) not in [None, *handlers]]:
        root.removeHandler(handler)
    for about in handlers:
        if about not in map(_about_handler, root.handlers):
            where, level, formatter = about
            handler = (
                logging.StreamHandler(getattr(sys, where))
                if where in ("stderr", "stdout")
                else logging.FileHandler(where)
            )
            handler.setLevel(level)
            handler.setFormatter(formatter and logging.Formatter(*formatter))
            root.addHandler(handler)


_STATES: dict[str, tuple[str, Callable[[], Any], Callable[[Any], Any]]] = {
    "os.environ": ("os", _take_environ, _put_environ),
    "os.cwd": ("os", _take_cwd, _put_cwd),
    "sys.path": ("sys", _take_path, _put_path),
    "sys.recursionlimit": ("sys", _take_recursionlimit, sys.setrecursionlimit),
    "locale": ("locale", _take_locale, _put_locale),
    "decimal.context": ("decimal", _take_decimal, _put_decimal),
    "logging.config": ("logging", _take_logging, _put_logging),
    "matplotlib.rcParams": ("matplotlib.colors", _take_rcparams, _put_rcparams),
    "pandas.options": ("pandas", _take_pandas_options, _put_pandas_options),
    "sklearn.config": ("sklearn", lambda: sys.modules["sklearn"].get_config(), _put_sklearn_config),
    "numpy.printoptions": (
        "numpy",
        lambda: sys.modules["numpy"].get_printoptions(),
        lambda state: sys.modules["numpy"].set_printoptions(**state),
    ),
    "numpy.errstate": ("numpy", _take_numpy_errstate, _put_numpy_errstate),
    "warnings.filters": (
        "warnings",
        lambda: list(warnings.filters),
        _put_warnings_filters,
    ),  # after the last import
    "python.random": ("random", random.getstate, random.setstate),
    "numpy.random": ("numpy.random", _take_numpy_random, _put_numpy_random),
    "torch.random": ("torch", _take_torch_random, _put_torch_random),
}


def _state_kind(kind: str) -> tuple[str, Callable[[], Any], Callable[[Any], Any]]:
    if kind not in _STATES:
        raise HandoffError("MLC208", f"no kind of state {kind!r}{_did_you_mean(kind, _STATES)}")
    return _STATES[kind]
