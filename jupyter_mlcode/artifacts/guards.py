"""Run-time guards: they turn what static analysis missed into a clear no.

Run by path in the kernel of a stage; needs the standard library, `fingerprints.py` and `sharing.py` beside it. Two
inserted cells:

    __import__("runpy").run_path(GUARDS)["start"](CONFIG)           after setup and loads, before the first own cell
    __import__("sys").modules["mlcode_guards"].end()                after the last save

CONFIG is a dict, or the path of a JSON file with these keys, all but the first two optional:

    stage      its name
    record     JSON file to write: fingerprints, state and findings; the runner decides what to do with them
    previous   records of the stages before this one, in notebook order
    inputs     names that were loaded
    changed    those inputs that pipeline.yaml says the stage changes
    setup      {name that setup bound: digest of the statement}, compared with those in `previous` of the same statement
    state      kinds of state that pipeline.yaml says the stage changes or draws from
    ignore     kinds of state that this stage cannot notice, or makes itself
    restored   {kind of random numbers: stage that left them}
    outputs    {artifact key: [names]}, saved separately
    exposed    names among the outputs that a later stage changes; without it, all
    files      files the stage must leave behind (globs allowed), relative to `folder`
    folder     the notebook's folder here; without it, the working folder when `start` runs

Findings are {"code", "entry", "message"}: MLC221 an input changed, MLC222 two outputs share an object, MLC223 state is
not what the stages before left, MLC224 the stage changed state undeclared, MLC225 setup differs between stages, MLC226
a declared output is missing. `snapshot` writes fingerprints of all variables, for `verify`.
"""

from __future__ import annotations

import decimal
import glob
import importlib.util
import json
import locale
import logging
import os
import random
import re
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _beside(name: str) -> Any:
    """A module from the file beside this one: here no package is importable."""
    spec = importlib.util.spec_from_file_location(f"mlcode_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_fingerprints = _beside("fingerprints")
fingerprint, compare = _fingerprints.fingerprint, _fingerprints.compare
shared = _beside("sharing").shared

# ------------------------------------------------------------------------------------------------ state

_decode = json.JSONDecoder().decode  # ours, whatever a notebook does to `json`
_plainly = json.JSONEncoder(separators=(",", ":")).encode
_encode = json.JSONEncoder(indent=1, sort_keys=True, separators=(",", ": ")).encode
_NOT_COMPARED = re.compile(
    r"_|PWD|OLDPWD|SHLVL|HOME|TMPDIR|COLUMNS|LINES|PYTHONHASHSEED|PYTHONPATH|(MLCODE|PAPERMILL|JUPYTER|JPY|PYDEVD|KMP|KERNEL)_.*"
)
_FRONT_END = re.compile(
    r"backend(_fallback)?|interactive|toolbar|webagg\..*|savefig\.directory|docstring\..*"
)


def _digest(value: Any) -> str:
    return str(fingerprint(value)["firm"])


def _each(values: dict[str, Any]) -> dict[str, str]:
    return {name: _digest(value) for name, value in values.items()}


def _environ() -> dict[str, str]:
    """Digests only: a record must not keep secrets."""
    return _each({name: value for name, value in os.environ.items() if not _NOT_COMPARED.fullmatch(name)})


def _path() -> list[str]:
    return [
        entry for entry in sys.path if not entry.endswith("_vendor")
    ]  # setuptools adds its own when imported


def _filters() -> list[list[Any]]:
    """The filters without those that importing a library adds: they name a text, a module, or its own warnings."""
    found = []
    entries: list[Any] = list(warnings.filters)
    for action, message, category, module, line in entries:
        general = category.__module__ == "builtins" or action in ("ignore", "error")
        if module is None and message is None and general:
            found.append([action, f"{category.__module__}.{category.__qualname__}", line])
    return found


def _rcparams() -> dict[str, str]:
    matplotlib = sys.modules["matplotlib"]
    changed = {
        name: dict.__getitem__(matplotlib.rcParams, name)
        for name in matplotlib.rcParams
        if not _FRONT_END.fullmatch(name)
    }
    colors = sys.modules["matplotlib.colors"].get_named_colors_mapping()
    return _each({**changed, **{f"color {letter}": colors[letter] for letter in "bgrcmyk"}})


def _pandas_options() -> dict[str, str]:
    config = sys.modules["pandas._config.config"]
    names = [name for name in config._registered_options if name not in config._deprecated_options]
    found = {name: sys.modules["pandas"].get_option(name) for name in names}
    return _each(
        {name: value for name, value in found.items() if value != config._registered_options[name].defval}
    )


def _logging() -> dict[str, Any]:
    root = logging.getLogger()
    return {
        "level": root.level,
        "disabled below": root.manager.disable,
        "handlers": sorted(type(handler).__name__ for handler in root.handlers),
    }


def _decimal() -> dict[str, Any]:
    context = decimal.getcontext()
    traps = sorted(signal.__name__ for signal, on in context.traps.items() if on)
    names = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")
    return {**{name: getattr(context, name) for name in names}, "traps": traps}


_RANDOM = ("python.random", "numpy.random", "torch.random")
_STATE: dict[
    str, tuple[str, Callable[[], Any]]
] = {  # the module that must have been imported, and what to compare
    "python.random": ("random", lambda: _digest(random.getstate())),
    "numpy.random": ("numpy.random", lambda: _digest(sys.modules["numpy"].random.get_state(legacy=False))),
    "torch.random": ("torch", lambda: _digest(sys.modules["torch"].get_rng_state())),
    "os.cwd": ("os", os.getcwd),
    "os.environ": ("os", _environ),
    "sys.path": ("sys", _path),
    "sys.recursionlimit": ("sys", sys.getrecursionlimit),
    "locale": ("locale", lambda: locale.setlocale(locale.LC_ALL)),
    "decimal.context": ("decimal", _decimal),
    "logging.config": ("logging", _logging),
    "warnings.filters": ("warnings", _filters),
    "numpy.printoptions": ("numpy", lambda: _each(sys.modules["numpy"].get_printoptions())),
    "numpy.errstate": ("numpy", lambda: sys.modules["numpy"].geterr()),
    "pandas.options": ("pandas", _pandas_options),
    "sklearn.config": ("sklearn", lambda: _each(sys.modules["sklearn"].get_config())),
    "matplotlib.rcParams": ("matplotlib.colors", _rcparams),
    "matplotlib.figures": ("matplotlib.pyplot", lambda: sys.modules["matplotlib.pyplot"].get_fignums()),
}


def state(folder: str) -> dict[str, Any]:
    """The interpreter's state as JSON values, paths relative to the folder; nothing for libraries not imported."""
    if "numpy" in sys.modules:
        importlib.import_module("numpy.random")  # numpy does so at the first draw: too late to compare
    found = {kind: take() for kind, (module, take) in _STATE.items() if module in sys.modules}
    found["os.cwd"] = _relative(found["os.cwd"], folder)
    found["sys.path"] = [_relative(entry, folder) for entry in found["sys.path"]]
    plain: dict[str, Any] = _decode(_plainly(found))
    return plain


def _relative(path: str, folder: str) -> str:
    below = os.path.realpath(path) if path else ""
    return os.path.relpath(below, folder) if below == folder or below.startswith(folder + os.sep) else path


def _difference(kind: str, before: Any, after: Any) -> str:
    """What differs, in words, or nothing."""
    if kind == "warnings.filters":
        before, after = _comparable(before), _comparable(after)
    if before == after:
        return ""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        return f"{', '.join(names[:5])}{' ...' if len(names) > 5 else ''}"
    return "the generator's state" if kind in _RANDOM else f"{before!r} became {after!r}"[:200]


def _comparable(filters: list[list[Any]]) -> Any:
    """General filters in their order; those about a library's warnings only where it is imported, in any order."""
    general = [entry for entry in filters if entry[1].startswith("builtins.")]
    special = [
        entry for entry in filters if entry not in general and entry[1].partition(".")[0] in sys.modules
    ]
    return general, sorted(special, key=repr)


# ------------------------------------------------------------------------------------------------ the hooks


def _namespace() -> dict[str, Any]:
    return vars(sys.modules["__main__"])


def _prints(names: Any) -> dict[str, Any]:
    space = _namespace()
    return {name: fingerprint(space[name]) for name in names if name in space}


class Guard:
    """Watches one stage from its first own cell to its last save."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        self.folder = os.path.realpath(config.get("folder") or os.getcwd())
        self.findings: list[dict[str, str]] = []
        ignored = list(config.get("ignore", ()))
        self.record: dict[str, Any] = {
            "stage": config["stage"],
            "findings": self.findings,
            "ignored": ignored,
        }

    def start(self) -> None:
        """Take fingerprints, and compare setup and state with what the stages before left."""
        space = _namespace()
        found = {name: space[name] for name in self.config.get("inputs", ()) if name in space}
        self.inputs = {name: (value, fingerprint(value)) for name, value in found.items()}
        self.previous = [_decode(Path(path).read_text("utf-8")) for path in self.config.get("previous", ())]
        statements = self.record["statements"] = self.config.get("setup", {})
        self.record["setup"] = _prints(statements)
        for name, mark in self.record["setup"].items():
            for earlier in self.previous:
                same = earlier.get("statements", {}).get(name) == statements[name]
                if same and compare(earlier["setup"].get(name, mark), mark) == "different":
                    self.find(
                        "MLC225",
                        name,
                        f"setup gives another {name!r} than in stage {earlier['stage']!r}; make its cell a stage",
                    )
        self.record["start"] = state(self.folder)
        self._continuity([kind for kind in self.record["start"] if kind not in _RANDOM])
        self.write()

    def end(self) -> list[dict[str, str]]:
        """Look again at the end of the stage, write the record, and return the findings."""
        self.record["end"] = state(self.folder)
        self._inputs_are_unchanged()
        before, after = self.record["start"], self.record["end"]
        touched = {kind: _difference(kind, before[kind], after.get(kind)) for kind in before}
        new = {*_RANDOM} & {*self.config.get("state", ())} & (after.keys() - before.keys())
        touched.update(dict.fromkeys(new, "a generator that was not there"))
        drawn = [kind for kind in _RANDOM if touched.get(kind)]
        self.record["random"] = sorted({*drawn, *({*_RANDOM} & {*self.config.get("state", ())})})
        self._continuity(drawn)
        for kind, what in touched.items():
            said = {*self.config.get("state", ()), *self.config.get("ignore", ()), "matplotlib.figures"}
            if what and kind not in said:
                self.find(
                    "MLC224", kind, f"this stage changes {kind} ({what}), which pipeline.yaml does not say"
                )
        self._outputs_stand_alone()
        for pattern in self.config.get("files", ()):
            if not glob.glob(os.path.join(self.folder, pattern), recursive=True):
                self.find("MLC226", pattern, f"the declared output {pattern!r} was not written")
        self.write()
        return self.findings

    def find(self, code: str, entry: str, message: str) -> None:
        """Add a finding."""
        self.findings.append({"code": code, "entry": entry, "message": message})

    def write(self) -> None:
        """Write the record: the old one or the new one, never half of it."""
        path = Path(self.config["record"])
        part = path.with_name(path.name + ".part")
        part.write_text(_encode(self.record), "utf-8")
        os.replace(part, path)

    def _continuity(self, kinds: list[str]) -> None:
        """Compare the state at the start with what the nearest stage before left that had it, or drew from it."""
        for kind in kinds:
            had = [e for e in self.previous if self._is_before(e, kind)]
            if not had or kind in self.config.get("ignore", ()):
                continue
            left = had[-1]
            what = _difference(kind, left["end"].get(kind), self.record["start"].get(kind))
            if what:
                self.find("MLC223", kind, f"{kind} is not what stage {left['stage']!r} left: {what}")

    def _is_before(self, earlier: dict[str, Any], kind: str) -> bool:
        """Whether an earlier stage may be the one that left this state as the notebook has it here."""
        if kind not in _RANDOM:
            return kind in earlier.get("end", ()) and kind not in earlier["ignored"]
        maker = self.config.get("restored", {}).get(kind)
        return kind in earlier.get("random", ()) and maker in (None, earlier["stage"])

    def _inputs_are_unchanged(self) -> None:
        for name, (value, mark) in self.inputs.items():
            if (
                name not in self.config.get("changed", ())
                and compare(mark, fingerprint(value)) == "different"
            ):
                self.find(
                    "MLC221", name, f"this stage changes its input {name!r}, which pipeline.yaml does not say"
                )

    def _outputs_stand_alone(self) -> None:
        space = _namespace()
        outputs = {
            key: tuple(space[name] for name in names if name in space)
            for key, names in self.config.get("outputs", {}).items()
        }
        exposed = self.config.get("exposed")
        keys = (
            None
            if exposed is None
            else {key for key, names in self.config["outputs"].items() if {*names} & {*exposed}}
        )
        for one, other, kind in shared(outputs, keys):
            self.find(
                "MLC222",
                f"{one}, {other}",
                f"{one!r} and {other!r} share a {kind} but are saved separately; tag both cells with one stage",
            )


_NOT_USERS = re.compile(
    r"__\w+__|_+|_i+|_i?\d+|_[iod]h|In|Out|exit|quit|get_ipython|open|_exit_code|_mlcode_\w+"
)


def snapshot(path: str, folder: str = "") -> None:
    """Write the fingerprints of all variables and the state, for a comparison with another run."""
    names = [name for name in _namespace() if not _NOT_USERS.fullmatch(name)]
    found = {"variables": _prints(names), "state": state(os.path.realpath(folder or os.getcwd()))}
    Path(path).write_text(_encode(found), "utf-8")


def start(config: dict[str, Any] | str) -> Guard:
    """Begin to watch this process; `sys.modules["mlcode_guards"].end()` ends it."""
    guard = Guard(config if isinstance(config, dict) else _decode(Path(config).read_text("utf-8")))
    sys.modules["mlcode_guards"] = types.SimpleNamespace(end=guard.end, guard=guard, snapshot=snapshot)  # type: ignore[assignment]
    guard.start()
    return guard
