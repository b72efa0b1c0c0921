"""What a call does through the functions, methods and classes that it is given."""

from __future__ import annotations

from typing import Any, Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.conditions import several
from jupyter_mlcode.analysis.expressions import class_of
from jupyter_mlcode.analysis.file_effects import FileEffects
from jupyter_mlcode.analysis.library import Entry
from jupyter_mlcode.analysis.values import CALLS, METHOD_CALLER, Value

REPLAYED: Final = "replay:"
_TYPE_TESTS: Final = ("builtins.isinstance", "builtins.issubclass")
_CALLERS: Final = ("python.function", METHOD_CALLER)
NO_ARGUMENTS: Final = Arguments([], {}, [])


class Callbacks(FileEffects):
    """Runs callbacks, as far as they are known."""

    def _pick(self, which: Any, base: Value, args: Arguments) -> list[Value]:
        if which == "all":
            return args.all
        found: list[Value] = []
        names = which if isinstance(which, list) else [which]
        for name in names:
            if name == "self":
                found.append(base)
            elif name == "all":
                found.extend(args.all)
            else:
                value = args.get(name)
                if value is not None:
                    found.append(value)
        if args.rest and any(n != "self" for n in names):
            found.extend(args.rest)
        return found

    def _made(self, value: Value) -> Value:
        """Return what a class makes when somebody calls it; anything else is itself."""
        return self.instantiate(value, NO_ARGUMENTS) if "class" in value.traits and value.classes else value

    def run_given(self, value: Value) -> None:
        """Whatever holds functions of libraries may call them now."""
        for trait in value.traits:
            if trait.startswith(CALLS):
                self._library_callback(trait[len(CALLS) :])

    def run_named(self, value: Value, name: str) -> None:
        """`libs["np"].seed(1)`: the method may be a function of a module that the value holds."""
        for trait in value.traits:
            if trait.startswith(CALLS):
                self._library_callback(f"{trait[len(CALLS) :]}.{name}")

    def run_hook(self, value: Value) -> None:
        """A library keeps code of the notebook for as long as the process lives, and may call it any time.

        What it reads and changes counts from here on; what it does besides counts where it is called.
        """
        before = self.effects
        self.effects = {}
        self.run_held(value)
        self.effects = {**before, **{e: None for e in self.effects if e.kind in ("draws", "seeds")}}
        self.effect("finding", "hook")

    def _called_later(self, parts: list[Value]) -> set[str]:
        """Return the traits of what keeps these: functions of libraries that draw, or touch files."""
        return {
            f"{CALLS}{p.path}"
            for p in parts
            if p.path is not None
            and (entry := self.library.function(p.path)) is not None
            and (entry.state or entry.files)
        }

    def described(self, descriptor: Value, instance: Value) -> None:
        """An attribute of a class may decide what reading it gives: it gets the instance, and may change it."""
        self._run_special("__get__", descriptor, [instance, class_of(instance)])

    def _run_special(self, name: str, owner: Value, args: list[Value]) -> None:
        self.branch += 1
        for cls in owner.classes:
            method = cls.method(name)
            if method is not None and method not in self.inlined:
                self.run_function(method, [owner, *args], {})
        self.branch -= 1

    def _named_methods(self, args: Arguments) -> None:
        """What `operator.methodcaller("go")` makes calls any method of the instances that are given with it."""
        for value in args.all if any(a.family in _CALLERS for a in args.all) else ():
            self._run_classes(value)

    def _instance_given(self, value: Value, path: str) -> None:
        """A library that gets an instance may call its methods; builtins only the special ones."""
        if path.startswith(("builtins.", "copy.")):
            self._implicit_methods(value)
        else:
            self._run_classes(value)

    def _library_callback(self, path: str) -> None:
        """A function of a library is given away: it may be called, and draw, or touch files."""
        entry = self.library.function(path)
        if entry is None or not (entry.state or entry.files):
            return
        for one in several(entry["draws"]):
            if "state" in one:
                self.effect("draws", one["state"], "maybe")
        if entry["seeds"]:
            self.effect("seeds", entry["seeds"], "?")
        for kind in entry["sets"] or ():
            self.effect("sets", kind)
        for key in ("reads", "writes"):
            if entry[key] or entry["opens"]:
                self.effect("reads" if key == "reads" else "writes", "", "maybe")

    def _callbacks(self, entry: Entry, base: Value, args: Arguments, path: str) -> list[Value]:
        """Run what the call may call; return what that gives back which was not among the arguments."""
        given: list[Value] = []
        for value in args.all:
            if value.path is not None:
                self._library_callback(value.path)
        if path in _TYPE_TESTS:
            self.compare(args.all, only_shared=True)
        calls = entry["calls"]
        called = self._pick(calls, base, args) if calls else []
        for value in called:
            self.called_by_library(value, [base, *(a for a in args.all if a is not value)])
            if value.functions:
                given += self._run_unknown(value, [base, *(a for a in args.all if a is not value)])
        self._named_methods(args)
        if (entry["keeps"] or entry["keeps_calls"]) and not path.startswith("copy."):
            return given
        for value in args.all:
            if value in called:
                continue
            if value.functions:
                given += self._run_unknown(value, [base, *(a for a in args.all if a is not value)])
            if value.classes:
                self._instance_given(value, path)
        return given
