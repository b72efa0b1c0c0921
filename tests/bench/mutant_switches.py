"""Mutants are put in the place of their functions: imported before any module that mutmut has written.

mutmut's own switch looks into the environment at every call of every function, which takes several times as
long as the analysis itself.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mutmut.mutation.trampoline as trampoline

import jupyter_mlcode.analysis
import jupyter_mlcode.graph


@dataclass(frozen=True, slots=True)
class Switch:
    """A function, its mutants by their names, and how another function is put in its place."""

    function: Any
    mutants: dict[str, Any]
    put: Callable[[Any], None]


SWITCHES: list[Switch] = []


def stand_in(mutants: dict[str, Any], is_classmethod: bool = False) -> Callable[[Any], Any]:
    """Return what mutmut decorates functions with."""
    assert not is_classmethod

    def decorate(function: Any) -> Any:
        running = function

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return running(*args, **kwargs)

        def put(other: Any) -> None:
            nonlocal running
            running = other

        SWITCHES.append(Switch(function, mutants, put))
        return call

    return decorate


trampoline.wrap_in_trampoline = stand_in
for room in (jupyter_mlcode.analysis, jupyter_mlcode.graph):
    for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        importlib.import_module(module.name)


def by_name() -> dict[str, Switch]:
    """Return the switches by the names that mutmut gives to functions."""
    found = {}
    for switch in SWITCHES:
        name = next(name for name in switch.mutants if "__mutmut_" in name)
        found[f"{switch.function.__module__}.{name.partition('__mutmut_')[0]}"] = switch
    return found


def activate(name: str) -> None:
    """Put a mutant in the place of its function."""
    switch = by_name()[name.partition("__mutmut_")[0]]
    switch.put(switch.mutants[name.rpartition(".")[2]])


def recorded() -> set[str]:
    """Return a set that from now on grows by the name of every function that is called."""
    hits: set[str] = set()

    def noting(name: str, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            hits.add(name)
            return function(*args, **kwargs)

        return call

    for name, switch in by_name().items():
        switch.put(noting(name, switch.function))
    return hits


def forget() -> None:
    """Empty the caches of the product: what was computed while the tests were collected, no mutant has made."""
    for name, module in list(sys.modules.items()):
        if name.startswith("jupyter_mlcode."):
            for value in vars(module).values():
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


def fill() -> None:
    """Compute what every analysis needs and the product keeps."""
    for module in ("library", "patterns"):
        sys.modules[f"jupyter_mlcode.analysis.{module}"].built_in()
