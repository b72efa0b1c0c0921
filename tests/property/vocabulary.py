"""What a program can say at a point: names by kind, functions that can be called, expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.choosers import Chooser

NAMES = ("a", "b", "c", "d", "e", "g", "h", "k")
FUNCTIONS = ("f1", "f2", "f3", "f4")
CLASSES = ("K", "L")
KEYS = ("p", "q", "r")


@dataclass(frozen=True, slots=True)
class Statement:
    """Text of one top-level statement; `setup` says it may be replayed, `shows` that it only prints."""

    text: str
    setup: bool = False
    shows: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """What calling a function needs: globals by kind and other functions; what it takes."""

    takes: str
    needs: tuple[tuple[str, str], ...] = ()
    calls: tuple[str, ...] = ()


class Vocabulary:
    """Knows the kind of every name that is surely bound, and writes expressions from them."""

    def __init__(self, choose: Chooser) -> None:
        self.choose = choose
        self.kinds: dict[str, str] = {}
        self.functions: dict[str, Function] = {}
        self.kept: dict[str, tuple[str, Function]] = {}
        self.parameters: dict[str, int] = {}
        self.imports: set[str] = set()
        self.depth = 0

    # --- asking -----------------------------------------------------------------------------

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times (the smallest choice is no)."""
        return self.choose.number(0, one_in - 1) == one_in - 1

    def having(self, *kinds: str) -> list[str]:
        """Return the names surely bound to one of these kinds."""
        return sorted(n for n, k in self.kinds.items() if k.split(":")[0] in kinds)

    def fresh(self) -> str:
        """Return a name to bind, new or used before."""
        return self.choose.pick(NAMES)

    def callable_functions(self, takes: str) -> list[str]:
        """Return the functions that can be called now and take this."""
        return sorted(n for n, f in self.functions.items() if f.takes == takes and self._can_call(n))

    def _can_call(self, name: str) -> bool:
        function = self.functions.get(name)
        return function is not None and self.can_run(function)

    def can_run(self, function: Function) -> bool:
        """Say whether everything the function needs is there now."""
        met = all(self.kinds.get(n) == kind for n, kind in function.needs)
        return met and all(self._can_call(n) for n in function.calls)

    # --- expressions ------------------------------------------------------------------------

    def literal(self) -> str:
        """Return a small number."""
        return str(self.choose.number(0, 9))

    def whole(self) -> str:
        """Return an expression for a number."""
        options: list[Callable[[], str]] = [self.literal]
        pick = self.choose.pick
        if names := self.having("int"):
            options += [lambda: pick(names), lambda: f"({pick(names)} + {self.literal()}) % 97"]
        if lists := self.having("list"):
            options += [lambda: f"len({pick(lists)})", lambda: f"sum({pick(lists)}) % 97"]
            options += [lambda: f"max({pick(lists)}, default=0)"]
        if dicts := self.having("dict"):
            options.append(lambda: f"{pick(dicts)}.get({pick(KEYS)!r}, 0)")
        if objects := self.having("object"):
            options += [lambda: f"{pick(objects)}.v", lambda: f"{pick(objects)}.bump()"]
        if arrays := self.having("array"):
            options.append(lambda: f"int({pick(arrays)}.sum())")
        if strings := self.having("str"):
            options.append(lambda: f"len({pick(strings)})")
        if functions := self.callable_functions("int"):
            options.append(lambda: f"{pick(functions)}({self.literal()})")
        if rngs := self.having("rng"):
            options.append(lambda: f"{pick(rngs)}.randint(0, 99)")
        return pick(options)()

    def listing(self) -> str:
        """Return an expression for a list of numbers, new or an alias."""
        options = [lambda: f"[{self.whole()}, {self.whole()}]", lambda: "[]"]
        pick = self.choose.pick
        if lists := self.having("list"):
            options += [lambda: pick(lists)] * 2
            options += [lambda: f"{pick(lists)} + [{self.whole()}]", lambda: f"list({pick(lists)})"]
            options.append(lambda: f"[x + {self.whole()} for x in {pick(lists)}[:4]]")
            options.append(lambda: f"sorted({pick(lists)})")
        if nests := self.having("nest"):
            options.append(lambda: f"{pick(nests)}['p']")
        if objects := self.having("object"):
            options.append(lambda: f"{pick(objects)}.items")
        if pairs := self.having("pair"):
            options.append(lambda: f"{pick(pairs)}[0]")
        if lists and (same := self.callable_functions("same")):
            options.append(lambda: f"{pick(same)}({pick(lists)})")
        return pick(options)()

    def condition(self) -> str:
        """Return a test."""
        return f"{self.whole()} {self.choose.pick(('>', '<', '==', '!='))} {self.whole()}"
