"""Random numbers: who draws, from which generator, and what an object made without a seed will do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callbacks import NO_ARGUMENTS, Callbacks
from jupyter_mlcode.analysis.conditions import one_of, several
from jupyter_mlcode.analysis.values import FRESH, GENERATOR, HOLDS_GENERATOR, NONE, Value

_ONE_DICTIONARY: Final = "an object whose attributes are those of another one"


class Draws(Callbacks):
    """Records draws, and what fitting and setting attributes changes of them."""

    def _draw(self, draws: Any, args: Arguments) -> None:
        for one in draws if isinstance(draws, list) else [draws]:
            only = one.get("only_if")
            if only and not any(one_of(args.keywords.get(k), values) for k, values in only.items()):
                continue
            source = one.get("as")
            if source is not None:
                for value in self._pick(source, NONE, args):
                    self._held_draws(value, "fit")
                    self._held_changes(value, "fit", NO_ARGUMENTS)
                continue
            off = one.get("unless_false")
            if off and off in args.keywords and args.keywords[off].const is False:
                continue
            given = [g for k in one.get("unless") or () if (g := args.get(k)) is not None]
            given = [g for g in given if g.const is not None]
            if not given:
                self.effect("draws", one["state"], "maybe" if one.get("maybe") else "")
            for generator in given:
                self.mutate(generator)
            for held in _hold_generators(args.rest):
                self.mutate(held, known=False)

    def _held_draws(self, base: Value, method: str) -> None:
        """Draws of an object made without a seed: `RandomForestClassifier().fit(...)`."""
        for trait in base.traits:
            kind, _, rest = trait.partition("=")
            if kind == "draws":
                state, _, methods = rest.partition("|")
                if method in methods.split(","):
                    self.effect("draws", state)

    def iterated(self, base: Value) -> None:
        """Draws of an object that draws when somebody goes through it: `list(ParameterSampler(grid, 3))`."""
        self._held_draws(base, "__iter__")
        self._held_changes(base, "__iter__", NO_ARGUMENTS)

    def _held_changes(self, base: Value, method: str, args: Arguments) -> list[Value]:
        """Note and return what is changed by what was made so: `StandardScaler(copy=False).fit_transform(X)`."""
        changed: list[Value] = []
        for trait in base.traits:
            if trait.startswith("mutates="):
                methods, _, parameters = trait[8:].partition("|")
                if method in methods.split(","):
                    names = [int(p) if p.isdecimal() else p for p in parameters.split(",")]
                    value = args.get(*names)
                    found = [value] if value is not None else args.rest
                    changed += found
                    for which in found:
                        self.mutate(which)
            elif trait.startswith("fits=") and method.startswith(
                ("fit", "partial_fit", "set_params", "set_output")
            ):
                self.known = self.known | {trait[5:]}
            elif trait.startswith("advances=") and method in trait[9:].split(","):
                self.mutate(base, deep=True)  # the generator that it was given is one object for everybody
        return changed

    def attribute_set(self, base: Value, name: str, value: Value) -> None:
        """What `base.name = value` does besides changing the object: its class, a descriptor, a seed."""
        self._run_special("__setattr__", base, [FRESH, value])
        self.read_property(base, name, [value])
        for cls in base.classes:
            shared = cls.shared(name)
            if shared is not None:
                self._run_special("__set__", shared, [base, value])
        if name == "__dict__" and value.tops:
            self.merge([base, value])  # all that have this dictionary are one
            self.absorb(base, Value(None, traits=frozenset((f"immovable={_ONE_DICTIONARY}",))))
        self.reseeded(base, {name: value})

    def reseeded(self, base: Value, settings: Mapping[str, Value]) -> None:
        """`model.random_state = None`: from now on it draws from the shared generator, or from the given one."""
        family = self.library.families.get(base.family) if base.family is not None else None
        rule = family.reseeds if family is not None else None
        if rule is None:
            return
        methods = ",".join(rule["methods"])
        for name, value in settings.items():
            generator = value.tops or value.family == GENERATOR
            if name.rsplit("__", 1)[-1] in rule["parameters"] and (value.const is None or generator):
                trait = f"draws={rule['state']}|{methods}" if value.const is None else f"advances={methods}"
                self.absorb(base, Value(None, traits=frozenset((trait,))))

    def _made_to_change(self, family: str | None, args: Arguments) -> set[str]:
        known = self.library.families.get(family) if family is not None else None
        rule = known.constructor_mutates if known is not None else None
        if not rule or not any(one_of(args.keywords.get(k), v) for k, v in rule["only_if"].items()):
            return set()
        return {f"mutates={','.join(rule['methods'])}|{','.join(map(str, rule['params']))}"}

    def _made_to_draw(
        self, raw: Mapping[str, Any], base: Value, args: Arguments
    ) -> tuple[set[str], list[Value]]:
        """Return how the new object will draw from global random state, and the generators it was given."""
        traits: set[str] = set()
        generators: list[Value] = []
        for one in several(raw.get("constructor_draws")):
            only = one.get("only_if")
            if only and not args.rest and not any(one_of(args.keywords.get(k), v) for k, v in only.items()):
                continue
            made_of = self._pick(one["as"], base, args) if "as" in one else None
            if made_of is not None and not any(t.startswith("draws=") for v in made_of for t in v.traits):
                continue
            given = [g for k in one.get("unless") or () if (g := args.get(k)) is not None]
            if any(g.const is not None for g in given):
                generators += given
                if any(g.tops for g in given):
                    traits.add(f"advances={','.join(one['methods'])}")
            else:
                traits.add(f"draws={one['state']}|{','.join(one['methods'])}")
            held = _hold_generators(args.rest)
            if held:
                generators += held
                traits.add(f"advances={','.join(one['methods'])}")
        return traits, generators


def _hold_generators(rest: list[Value]) -> list[Value]:
    """Return those of `*args` and `**kwargs` that may hold a random generator."""
    return [value for value in rest if HOLDS_GENERATOR in value.traits]
