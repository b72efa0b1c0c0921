"""What a taught call does: the interpreter of knowledge entries."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from typing import Any, Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callbacks import REPLAYED
from jupyter_mlcode.analysis.conditions import (
    immovable,
    is_found,
    is_given,
    listed,
    may_be_false,
    may_be_true,
    returns_if,
)
from jupyter_mlcode.analysis.draws import Draws
from jupyter_mlcode.analysis.library import ANY_VIEW, Entry
from jupyter_mlcode.analysis.operators import rank
from jupyter_mlcode.analysis.paths import path_result
from jupyter_mlcode.analysis.regions import items_of
from jupyter_mlcode.analysis.values import (
    FRESH,
    GENERATOR,
    NO_REGIONS,
    NONE,
    SCALAR,
    Value,
    container,
    iterator_over,
    join,
    part_of,
)

_SEABORN_MAPS: Final = frozenset({"rocket", "mako", "flare", "crest", "icefire", "vlag"})
_WORDS: Final = ("scalar", "none", "self")
_USED_UP: Final = ("python.iterator", "python.generator")


class Effects(Draws):
    """Applies knowledge entries."""

    def apply(
        self, entry: Entry, base: Value, args: Arguments, node: ast.Call, *, path: str = "", method: str = ""
    ) -> Value:
        """Record what the entry says this call does, and return its result."""
        held = self._given(args, path)
        if entry.unknown:
            callee = Value("import", path=path) if path else base
            return self._taught_unknown(callee, args, path or method)
        if entry.plain and not base.traits and not held:
            return self._result_of(entry, base, args, path)
        raw = entry.raw
        given = self._callbacks(entry, base, args, path) if held or "calls" in raw else []
        if entry.changes:
            self._changes(raw, base, args)
        if entry.state:
            self._state(raw, base, args)
        if entry.files:
            self.files(raw, base, args)
        changed = self._held(base, method, args)
        result = self._result_of(entry, base, args, path)
        result = self._with_returned(result, entry, base, args, changed, given)
        if held and any(kind.startswith(REPLAYED) for kind in raw.get("sets") or ()):
            for value in args.all:
                if value.functions or value.classes:
                    self.run_hook(value)
        if raw.get("figure"):
            result = self._on_figure(result)
        return self._completed(result, raw, base, args) if entry.completes else result

    def _with_returned(
        self,
        result: Value,
        entry: Entry,
        base: Value,
        args: Arguments,
        changed: list[Value],
        given: list[Value],
    ) -> Value:
        """Add what may come back besides: arguments that are changed, what callbacks give, what is written into."""
        if changed and result is not base:
            result = functools.reduce(join, changed, result)
        if given and entry.returns not in _WORDS:
            result = _giving(result, given)
        if out := entry.raw.get("out"):
            result = functools.reduce(join, self._outputs(out, base, args), result)
        return result

    def _held(self, base: Value, method: str, args: Arguments) -> list[Value]:
        """Note what the object does by how it was made; return the arguments that it changes, and may return."""
        if not base.traits or not method:
            return []
        self.run_given(base)
        self._held_draws(base, method)
        return self._held_changes(base, method, args)

    def _given(self, args: Arguments, path: str) -> bool:
        """Note what taking these arguments changes, and say whether one of them holds code of the notebook."""
        held = False
        for arg in args.all:
            family = arg.family
            if family in _USED_UP or (family is not None and self._used_up(family)):
                self.mutate(arg)
            if family == "python.defaultdict" and not path.startswith("builtins."):
                self.mutate(arg, known=False)  # looking up may add a key
            held = held or bool(arg.functions or arg.classes or arg.path)
            if arg.traits:
                self.iterated(arg)
            if family == "namespace":
                self.effect("opaque", "eval")  # it may look up any name
        return held

    def _on_figure(self, result: Value) -> Value:
        """What one cell draws may stand on one figure (`fig = plt.figure()`, `ax = plt.axes()`), closed at its end."""
        if result.family is not None and self.library.immutable(result.family):
            return result
        return result.with_regions(result.tops | {f"{self.cell_key}:@figure"}, result.inner)

    def _taught_unknown(self, callee: Value, args: Arguments, name: str) -> Value:
        self.effect("foreign", name)
        if callee.path is not None and callee.path.startswith("sys."):
            self.note_stored(callee.path)
        return self.unknown_call(callee, args, name)

    # -- changes -----------------------------------------------------------------------------
    def _changes(self, raw: Mapping[str, Any], base: Value, args: Arguments) -> None:
        mutates = raw.get("mutates")
        if mutates:
            for which in self._pick(mutates, base, args):
                self.mutate(which)
        if "unsure_mutates" in raw:
            for which in self._pick(raw["unsure_mutates"], base, args):
                self.mutate(which, known=False)
        condition = raw.get("mutates_if")
        if condition and any(is_given(args.get(p)) for p in condition["any_of"]):
            for which in self._pick(condition["params"], base, args):
                self.mutate(which)
        if raw.get("resets"):
            self.reseeded(base, args.keywords)
        inplace = raw.get("inplace")
        if inplace:
            positions = [inplace, *([raw["inplace_at"]] if "inplace_at" in raw else [])]
            if may_be_true(args.get(*positions)) or args.rest:
                self.mutate(base)
        if "fixes" in raw:
            self.absorb(base, Value(traits=frozenset((f"immovable={raw['fixes']}",))))
        self._written(raw, base, args)
        into_first = 0 in listed(mutates or ()) and not base.tops  # `heapq.heappush(heap, item)`
        self._keep(raw.get("keeps"), (args.get(0) or NONE) if into_first else base, args)

    def _written(self, raw: Mapping[str, Any], base: Value, args: Arguments) -> None:
        """`out=` and `copy=False`."""
        for which in self._outputs(raw.get("out"), base, args):
            self.mutate(which)
        off = raw.get("copy_off")
        if off and off in args.keywords and may_be_false(args.keywords[off]):
            for which in (base, *args.positional[:1]):
                self.mutate(which, known=False)

    def _outputs(self, out: Any, base: Value, args: Arguments) -> list[Value]:
        """Return the arrays that are written into, and returned: each of them, or in a tuple."""
        given = [v for v in self._pick(out, base, args) if v.inner or v.tops] if out else []
        return given + [part_of(v) for v in given if v.family in ("python.tuple", "python.list")]

    def _keep(self, keeps: Any, base: Value, args: Arguments) -> None:
        if keeps and base.tops:
            for part in self._pick(keeps, base, args):
                self.absorb(base, part)

    # -- state, draws, figures -----------------------------------------------------------------
    def _state(self, raw: Mapping[str, Any], base: Value, args: Arguments) -> None:
        draws = raw.get("draws")
        if draws:
            self._draw(draws, args)
        if "seeds" in raw:
            self.effect("seeds", raw["seeds"])
        if "impure" in raw and not any(is_given(args.get(p)) for p in raw.get("impure_unless") or ()):
            self.effect("impure", raw["impure"])
        self._asked(raw, base, args)
        for kind in raw.get("sets") or ():
            self.effect("sets", kind)
        condition = raw.get("sets_if")
        for kind in condition["kinds"] if condition and args.gives(condition["parameters"]) else ():
            self.effect("sets", kind)
        for kind in raw.get("notices") or ():
            self.effect("notices", kind)
        if raw.get("figure"):
            self.effect("figure", "")
            self.effect("notices", "matplotlib.rcParams")
            if any(
                isinstance(a.const, str) and a.const.removesuffix("_r") in _SEABORN_MAPS for a in args.all
            ):
                self.effect("notices", "replay:colormaps")
        names = raw.get("names_in")
        if names:
            text = args.get(*listed(names["arg"]))
            if text is not None:
                self._hidden(text, names["syntax"])

    def _asked(self, raw: Mapping[str, Any], base: Value, args: Arguments) -> None:
        compares = raw.get("compares")
        if compares == "key":
            self.look_up(base, args.positional[0] if args.positional else NONE)
        elif compares:
            self.compare(args.positional, only_shared=False, alone=compares == "identity")
        if "finding" in raw and is_found(raw.get("finding_if"), args):
            self.effect("finding", raw["finding"])

    def _used_up(self, family: str) -> bool:
        known = self.library.families.get(family)
        return known is not None and known.consumed

    # -- results -----------------------------------------------------------------------------------
    def _result_of(self, entry: Entry, base: Value, args: Arguments, path: str) -> Value:
        returns = entry.returns
        if returns in _WORDS or returns.startswith(("arg", "item")):
            return self._named_result(returns, base, args)
        family: str | None = returns_if(entry.raw, args)
        like: Value | None = None
        if returns in ("any", "fresh", "unsure"):
            family = None
        elif returns == "likeself":
            family = base.family
        elif returns == "ufunc":
            family = _dispatched(args)
        elif returns.startswith("like"):
            like = args.get(int(returns[4:]))
            family = like.family if like is not None else None
            if like is not None and like.family == GENERATOR and entry.view:
                return like  # a copy of a generator draws from the same bits
            if like is not None and like.classes and not entry.view:
                return Value(family, classes=like.classes, functions=like.functions)
        if family in ("python.str", "python.path"):
            return path_result(family, base, args, entry["path"])
        made = self._shared(entry, family, base, args)
        if not returns.startswith("like") or like is None or not like.traits:
            return made
        kept = frozenset(t for t in like.traits if t.startswith(("draws=", "mutates=", "advances=")))
        return Value(made.family, made.tops, made.inner, traits=made.traits | kept)

    def _named_result(self, returns: str, base: Value, args: Arguments) -> Value:
        if returns in ("scalar", "none"):
            return SCALAR if returns == "scalar" else NONE
        if returns == "self":
            return base
        if returns.startswith("arg"):
            return args.get(int(returns[3:])) or FRESH
        return self._next_of(args)

    def _next_of(self, args: Arguments) -> Value:
        """Return what `next(x)` gives: an item as iterating gives it, or the default."""
        source = args.get(0) or FRESH
        entry = self.library.special(source.family, "iterate")
        if entry is None or entry.shares or entry.returns == "any":
            return self._shared(ANY_VIEW, None, FRESH, args)
        return functools.reduce(join, args.positional[1:], self.returned(entry, source))

    def _shared(self, entry: Entry, family: str | None, base: Value, args: Arguments) -> Value:
        view = entry.view
        if entry["copy_off"] and (kept := args.keywords.get(entry["copy_off"])) and may_be_false(kept):
            view = True
        new = frozenset((self.new_region(),)) if entry["makes"] == "items" else NO_REGIONS
        if not view and entry.returns != "any":
            return Value(family, inner=new)
        sources = self._sources(entry, view, family, base, args)
        made = container("", sources)
        if family == "python.iterator":
            return iterator_over(made, sources)
        items = (self.joined(sources) if view == "joined" else items_of(sources)) | new
        if view in ("items", "joined"):
            return Value(
                family, inner=items, functions=made.functions, classes=made.classes, traits=made.traits
            )
        if not made.inner and not made.functions and not made.classes and not made.traits:
            return Value(family)
        if view == "item":
            own = None if items or made.classes or made.functions else family
            return Value(
                own, items, items, functions=made.functions, classes=made.classes, traits=made.traits
            )
        whole = view != "elements"
        if family == "numpy":  # `np.asarray(m)` is an array, whatever m is
            made = made.with_traits(frozenset(t for t in made.traits if not t.startswith("immovable=")))
        return Value(
            family,
            made.inner if whole else NO_REGIONS,
            items if whole else made.inner,
            functions=made.functions,
            classes=made.classes,
            traits=made.traits | {"parts"} if entry["parts"] else made.traits,
        )

    def _sources(
        self, entry: Entry, view: Any, family: str | None, base: Value, args: Arguments
    ) -> list[Value]:
        """Return what the result shares objects with: a class that is called stands for what it makes."""
        sources = [base, *args.all]
        if isinstance(view, list):
            sources = [v for p in view if (v := args.get(p)) is not None] + args.rest
        if entry["calls"] and not entry["keeps_calls"]:
            called = self._pick(entry["calls"], NONE, args)
            sources = [s for s in sources if not (s.functions and s in called)]
        if entry["calls"] or entry["keeps_calls"]:
            return [self._made(s) for s in sources]
        if family is None:
            return sources
        # `array.view(cls)` is no class
        return [Value(None, classes=s.classes) if "class" in s.traits else s for s in sources]

    def _completed(self, result: Value, raw: Mapping[str, Any], base: Value, args: Arguments) -> Value:
        """Add what the new object holds: kept arguments, callbacks, and how it draws."""
        traits: set[str] = set(result.traits)
        keeps = raw.get("keeps")
        functions, classes = result.functions, result.classes
        inner = result.inner
        if keeps or raw.get("keeps_calls"):
            parts = self._pick(keeps or "all", base, args)
            traits |= self._called_later(parts) if raw.get("keeps_calls") else set()
            kept = container("", [self._made(p) for p in parts] if raw.get("keeps_calls") else parts)
            if not base.tops:
                inner = inner | (kept.inner - result.tops)
            traits |= kept.traits - {"class", "bound", "parameter"}
            if raw.get("fits"):
                traits |= {f"fits={r}" for r in kept.inner - self.plain_objects()}
            functions += tuple(f for f in kept.functions if f not in functions)
            classes += tuple(c for c in kept.classes if c not in classes)
        draws, generators = self._made_to_draw(raw, base, args)
        traits |= draws
        traits |= self._made_to_change(result.family, args)
        inner = inner.union(*(g.reach for g in generators))
        if reason := immovable(raw, args):
            traits.add(f"immovable={reason}")
        if not traits and inner == result.inner and functions == result.functions:
            return result
        return Value(
            result.family,
            result.tops,
            inner,
            path=result.path,
            functions=functions,
            classes=classes,
            traits=frozenset(traits),
            const=result.const,
        )


def _dispatched(args: Arguments) -> str | None:
    """Return the family of what a numpy function makes that lets its arguments' types decide."""
    given = [a for a in args.positional if a.const is None or a.family != "scalar"]
    strongest = max(given, key=rank, default=SCALAR)
    if rank(strongest) == 2:
        return strongest.family
    return None if args.rest or any(a.family is None for a in given) else "numpy"


__all__ = ["Effects", "join"]


def _giving(result: Value, given: list[Value]) -> Value:
    """Return a result that is, or holds, what the functions gave back that the call was given."""
    made = container("", given)
    return Value(
        result.family,
        result.tops | (NO_REGIONS if result.family == "python.iterator" else made.inner),
        result.inner | made.inner,
        functions=result.functions + made.functions,
        classes=result.classes + made.classes,
        traits=result.traits | (made.traits - {"class", "bound", "parameter"}),
    )
