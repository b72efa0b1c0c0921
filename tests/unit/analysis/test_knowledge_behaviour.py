"""What the knowledge files say is so: calls are made for real, and their effects compared with the entry."""

from __future__ import annotations

import contextlib
import inspect
import io
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mlcode.analysis.library import Entry, built_in
from tests.unit.analysis.knowledge_samples import (
    X,
    Y,
    digest,
    drawn,
    frame,
    public_path,
    receivers,
    resolve,
    settings,
)

LIBRARY = built_in()
STATES = ("numpy.random", "python.random")
COLUMN = np.array([4.0, 1.0, 3.0, 2.0])
# Argument lists to try in turn, until a call succeeds; the same for every function and method.
ARGUMENTS: tuple[Callable[[], tuple[Any, ...]], ...] = (
    lambda: (),
    lambda: (0,),
    lambda: (2,),
    lambda: (0.5,),
    lambda: (-1,),
    lambda: ("a",),
    lambda: (["a"],),
    lambda: (COLUMN.copy(),),
    lambda: (np.arange(12.0).reshape(3, 4),),
    lambda: (np.arange(12.0).reshape(3, 4), 1),
    lambda: (X.copy(),),
    lambda: (X.copy(), Y.copy()),
    lambda: (COLUMN.copy(), COLUMN.copy()),
    lambda: ([COLUMN.copy(), COLUMN.copy()],),
    lambda: (np.array([1, 0, 1]),),
    lambda: (np.sum,),
    lambda: (frame(),),
    lambda: (frame(), "a"),
    lambda: ([frame(), frame()],),
    lambda: (frame(), frame()),
    lambda: (frame(), ["a"], ["b"]),
    lambda: (COLUMN.copy(), COLUMN.copy(), COLUMN.copy()),
    lambda: (np.eye(3),),
    lambda: (np.eye(3), np.arange(3.0)),
    lambda: (np.sin, 0.0, 1.0),
    lambda: (lambda v: float(np.sum(np.square(v))), np.array([1.0, 2.0])),
    lambda: (frame().index,),
    lambda: ("a", "b"),
    lambda: (0, 1),
    lambda: ({"a": "c"},),
    lambda: ([1, 2],),
    lambda: (pd.Timestamp("2020-01-02"),),
    lambda: ("UTC",),
    lambda: ("D",),
    lambda: ("10:00",),
    lambda: (1, 2, 3),
    lambda: (2, 0.5),
    lambda: (2, [0.5, 0.5]),
    lambda: ([0.0, 1.0], np.eye(2)),
    lambda: ([0], 0),
    lambda: (frame()["a"], np.add),
    lambda: ("a > 1",),
    lambda: ([1, 0],),
    lambda: ("(a)",),
    lambda: ("utf8",),
    lambda: (COLUMN.copy(), 2, COLUMN.copy()),
)
SLOW = {"info", "to_clipboard", "bootstrap_plot"}


class Observed:
    """What one call did."""

    def __init__(self, call: Callable[..., Any], arguments: tuple[Any, ...], receiver: Any = None) -> None:
        """Make the call; `failed` when it raised or wants other arguments."""
        self.given = arguments
        self.failed = False
        self.result: Any = None
        np.random.seed(3)
        random.seed(3)
        before = digest(receiver), digest(arguments), [drawn(s) for s in STATES], settings()
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            try:
                self.result = call(*arguments)
                if inspect.isgenerator(self.result):
                    self.result = list(self.result)
            except Exception:  # noqa: BLE001 - any call that raises is not a sample
                self.failed = True
        after = digest(receiver), digest(arguments), [drawn(s) for s in STATES], settings()
        self.receiver, self.arguments, self.settings = (
            before[0] != after[0],
            before[1] != after[1],
            before[3] != after[3],
        )
        self.drawn = {s for s, b, a in zip(STATES, before[2], after[2], strict=True) if b != a}


def write_into(value: Any) -> bool:
    """Change a value in place through its first element; whether that was possible."""
    try:
        if isinstance(value, np.ndarray) and value.size:
            value.reshape(-1)[:1] if value.base is None else None
            value[(0,) * value.ndim] = value[(0,) * value.ndim] + 41
        elif isinstance(value, pd.DataFrame) and value.size:
            value.iloc[0, 0] = value.iloc[0, 0] + 41
        elif isinstance(value, pd.Series) and value.size:
            value.iloc[0] = value.iloc[0] + 41
        elif isinstance(value, list):
            value.append(41)
        elif isinstance(value, dict):
            value["new"] = 41
        else:
            return False
    except (TypeError, ValueError, IndexError, KeyError, pd.errors.ChainedAssignmentError):
        return False
    return True


def shares(receiver: Any, result: Any) -> bool:
    """Whether a change of one can be seen in the other."""
    if isinstance(result, pd.MultiIndex):  # immutable; and some calls make one that cannot even be printed
        return False
    before = digest(receiver)
    if write_into(result) and digest(receiver) != before:
        return True
    before = digest(result)
    return write_into(receiver) and digest(result) != before


def claims_change(entry: Entry, *, receiver: bool, arguments: int = 0) -> bool:
    """Whether the entry says that the receiver (or one of so many arguments) may change."""
    named = entry["mutates"] or ()
    wanted = [n for n in named if (n in ("self", "all")) == receiver or n == "all"]
    given = [o for o in entry["out"] or () if isinstance(o, int) and o < arguments]
    return bool(wanted or (not receiver and (given or entry["draws"])))


def constructor_draws(receiver: Any) -> dict[str, Any]:
    """Return what the knowledge of the receiver's class says about draws of its methods."""
    entry = LIBRARY.function(public_path(type(receiver)))
    return (entry["constructor_draws"] if entry else None) or {"methods": []}


def states_of(entry: Entry, receiver: Any, name: str) -> set[str]:
    """Return the random states that the knowledge says are drawn from (or set)."""
    made = constructor_draws(receiver)
    if name.rsplit(".", 1)[-1] in made["methods"]:
        return {made["state"]}
    draws = entry["draws"]
    found = {d["state"] for d in (draws if isinstance(draws, list) else [draws] if draws else [])}
    return found | ({entry["seeds"]} if entry["seeds"] else set())


def objections(name: str, entry: Entry, seen: Observed, receiver: Any = None) -> list[str]:
    """Return what the call did and the entry does not say."""
    if entry["unknown"]:
        return []
    found = []
    if seen.receiver and not claims_change(entry, receiver=True):
        found.append(f"{name} changes its receiver")
    if seen.arguments and not claims_change(entry, receiver=False, arguments=len(seen.given)):
        found.append(f"{name} changes an argument")
    if not seen.drawn <= states_of(entry, receiver, name):
        found.append(f"{name} draws from {sorted(seen.drawn)}")
    if seen.settings and not (entry["sets"] or entry["figure"]):
        found.append(f"{name} changes settings or figures")
    holds = entry.shares or entry.returns in ("any", "self") or claims_change(entry, receiver=True)
    if not seen.failed and not holds and receiver is not None and shares(receiver, seen.result):
        found.append(f"{name} shares memory with its receiver")
    return found


def methods_of(family: str, receiver: Any) -> Iterator[str]:
    """Yield the methods that exist and that the family lists, or that its default answers for."""
    described = LIBRARY.families[family]
    for name in dir(type(receiver)):
        if not name.startswith("_") and name not in SLOW and (name in described.methods or described.default):
            entry = LIBRARY.method(family, name)
            quiet = not any(entry[key] for key in ("writes", "figure", "impure")) if entry else False
            if quiet and callable(getattr(type(receiver), name, None)):
                yield name


def samples(call: Callable[..., Any], most: int) -> list[Callable[[], tuple[Any, ...]]]:
    """Return the first argument lists with which the call does not raise."""
    found: list[Callable[[], tuple[Any, ...]]] = []
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for arguments in ARGUMENTS:
            with contextlib.suppress(Exception):
                call(*arguments())
                found.append(arguments)
            if len(found) == most:
                break
    return found


@pytest.mark.parametrize("family", dict.fromkeys(family for family, _ in receivers()))
def test_methods_do_what_their_entry_says_and_no_more(family: str) -> None:
    wrong, called = [], set()
    for make in [make for name, make in receivers() if name == family]:
        for name in methods_of(family, make()):
            if (type(make()), name) in called:
                continue
            entry = LIBRARY.method(family, name)
            assert entry is not None
            for arguments in samples(lambda *given, m=make, n=name: getattr(m(), n)(*given), 1):
                receiver = make()
                seen = Observed(getattr(receiver, name), arguments(), receiver)
                called.add((type(receiver), name))
                wrong += objections(f"{type(receiver).__name__}.{name}", entry, seen, receiver)
    assert "\n".join(wrong) == ""
    assert len({name for _, name in called}) >= MINIMUM[family], sorted(name for _, name in called)


FUNCTIONS = {
    "numpy": 340,
    "numpy.linalg": 20,
    "numpy.fft": 15,
    "numpy.ma": 150,
    "pandas": 25,
    "scipy.stats": 200,
    "scipy.spatial.distance": 20,
    "scipy.fft": 25,
    "sklearn.metrics": 40,
    "sklearn.preprocessing": 6,
    "sklearn.datasets": 15,
    "sklearn.utils": 8,
    "sklearn.feature_selection": 4,
    "math": 40,
    "statistics": 12,
    "operator": 45,
    "random": 18,
    "copy": 2,
    "bisect": 4,
    "heapq": 6,
    "textwrap": 3,
}
UNWANTED = {
    "test",
    "show_config",
    "show_versions",
    "show_runtime",
    "info",
    "get_include",
    "multiscale_graphcorr",
    "setstate",
}
KINDS = ("writes", "reads", "opens", "impure", "sets")


def functions_of(module: str) -> Iterator[tuple[str, Callable[..., Any], Entry]]:
    """Yield the public functions of a module that touch neither files nor the process."""
    namespace = resolve(module)
    for name in sorted(getattr(namespace, "__all__", dir(namespace))):
        if name.startswith(("_", "fetch_")) or name in UNWANTED:
            continue
        function = getattr(namespace, name, None)
        entry = LIBRARY.function(f"{module}.{name}")
        if (
            callable(function)
            and not inspect.isclass(function)
            and entry
            and not any(entry[kind] for kind in KINDS)
        ):
            yield name, function, entry


def shared_arguments(seen: Observed) -> bool:
    """Whether the result shares memory with one of the first arguments."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return any(shares(argument, seen.result) for argument in seen.given[:2] if not callable(argument))


@pytest.mark.parametrize("module", FUNCTIONS)
def test_functions_do_what_their_entry_says_and_no_more(module: str) -> None:
    wrong, called = [], set()
    for name, function, entry in functions_of(module):
        holds = entry.shares or entry["keeps"] or entry["mutates"] or entry.returns == "any"
        for arguments in samples(function, 2):
            seen = Observed(function, arguments())
            called.add(name)
            wrong += objections(name, entry, seen)
            if not holds and not entry.returns.startswith("arg") and shared_arguments(seen):
                wrong.append(f"{name} returns something that shares memory with an argument")
    assert "\n".join(dict.fromkeys(wrong)) == ""
    assert len(called) >= FUNCTIONS[module], sorted(called)


MINIMUM = {
    "pandas": 250,
    "numpy": 40,
    "python.list": 10,
    "python.dict": 10,
    "python.set": 12,
    "python.random": 12,
    "numpy.generator": 20,
    "sklearn": 15,
}
