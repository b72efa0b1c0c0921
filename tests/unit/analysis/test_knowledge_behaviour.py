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
from sklearn.utils import all_estimators

from jupyter_mlcode.analysis.library import Entry, built_in
from tests.unit.analysis.knowledge_samples import X, Y, digest, drawn, frame, receivers, resolve, settings

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
        self.receiver, self.arguments, self.settings = before[0] != after[0], before[1] != after[1], before[3] != after[3]
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
    before = digest(receiver)
    if write_into(result) and digest(receiver) != before:
        return True
    before = digest(result)
    return write_into(receiver) and digest(result) != before


def claims_change(entry: Entry, *, receiver: bool) -> bool:
    """Whether the entry says that the receiver (or an argument) may change."""
    named = entry["mutates"] or ()
    wanted = [n for n in named if (n in ("self", "all")) == receiver or n == "all"]
    return bool(wanted or entry["unknown"] or (not receiver and entry["draws"]))


def constructor_draws(receiver: Any) -> dict[str, Any]:
    """Return what the knowledge of the receiver's class says about draws of its methods."""
    module = ".".join(part for part in type(receiver).__module__.split(".") if not part.startswith("_"))
    entry = LIBRARY.function(f"{module}.{type(receiver).__name__}")
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
    if seen.arguments and not claims_change(entry, receiver=False):
        found.append(f"{name} changes an argument")
    if not seen.drawn <= states_of(entry, receiver, name):
        found.append(f"{name} draws from {sorted(seen.drawn)}")
    if seen.settings and not (entry["sets"] or entry["figure"]):
        found.append(f"{name} changes settings or figures")
    holds = entry.view or entry.returns in ("any", "self") or claims_change(entry, receiver=True)
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


def succeeds(make: Callable[[], Any], name: str, arguments: Callable[[], tuple[Any, ...]]) -> bool:
    """Whether the call does not raise."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            getattr(make(), name)(*arguments())
        except Exception:  # noqa: BLE001 - any call that raises is not a sample
            return False
    return True


@pytest.mark.parametrize("family", dict.fromkeys(family for family, _ in receivers()))
def test_methods_do_what_their_entry_says_and_no_more(family: str) -> None:
    wrong, called = [], set()
    for make in [make for name, make in receivers() if name == family]:
        for name in methods_of(family, make()):
            entry = LIBRARY.method(family, name)
            assert entry is not None
            arguments = next((a for a in ARGUMENTS if succeeds(make, name, a)), None)
            if arguments is not None:
                receiver = make()
                seen = Observed(getattr(receiver, name), arguments(), receiver)
                called.add(name)
                wrong += objections(f"{type(receiver).__name__}.{name}", entry, seen, receiver)
    assert "\n".join(wrong) == ""
    assert len(called) >= MINIMUM[family], sorted(called)


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
