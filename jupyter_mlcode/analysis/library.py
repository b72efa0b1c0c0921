"""Library knowledge: what calls, methods and attributes of taught libraries do.

The data are the YAML files of `knowledge/` (and of a user's project); `knowledge/README.md` is
their reference. Everything not listed is answered by a default of its library or family, and
an untaught library by None: the caller must then assume the worst.
"""

from __future__ import annotations

import fnmatch
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml

Raw = Mapping[str, Any]
_CHANGES: Final = frozenset(
    "fixes mutates unsure_mutates mutates_if resets inplace inplace_at out copy_off keeps".split()
)
_STATE: Final = frozenset("draws seeds sets sets_if notices impure figure names_in finding compares".split())
_FILES: Final = frozenset("reads writes opens".split())
_RESULT: Final = frozenset(
    "keeps keeps_calls constructor_draws immovable immovable_if immovable_unless".split()
)
_OTHER: Final = frozenset("calls unknown".split())
_DRAWS_A_FIGURE: Final = re.compile(r"plot|(^|_)(draw|hist|heatmap|visuali[sz]e)(_|$)")
"""What methods and functions are called that draw, where their library says nothing of them one by one."""
_ABBREVIATED: Final = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
}
_EFFECT_KEYS: Final = _CHANGES | _STATE | _FILES | _RESULT | _OTHER


class Entry:
    """What one call or access does. `plain` entries only return something; the rest say which part to look at."""

    __slots__ = ("changes", "completes", "files", "plain", "raw", "returns", "state", "unknown", "view")

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.returns: str = raw.get("returns", "any")
        self.view: Any = raw.get("view", False)
        keys = raw.keys()
        self.plain = not (_EFFECT_KEYS & keys)
        self.changes = bool(_CHANGES & keys)
        self.state = bool(_STATE & keys)
        self.files = bool(_FILES & keys)
        self.completes = bool(_RESULT & keys)
        self.unknown = bool(raw.get("unknown"))

    def __getitem__(self, key: str) -> Any:
        return self.raw.get(key)

    @property
    def shares(self) -> bool:
        """Whether a change of the result may be one of an argument, or of the receiver, itself."""
        return bool(self.view) and self.view not in ("items", "joined")


def _spread(raw: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    """Yield one (name, entry) pair per name; a key may hold several, separated by blanks."""
    for names, own in (raw or {}).items():
        for name in str(names).split():
            yield name, own


def _words(raw: Any) -> Sequence[str]:
    return raw.split() if isinstance(raw, str) else raw or ()


_USUAL: Final = frozenset({"sklearn", "torch", "python.list", "python.dict", "python.set"})
ANY_VIEW: Final = Entry({"returns": "any", "view": True})
_INHERITED: Final = ("default", "subscript", "iterate", "operator", "call", "enter", "store")


class Family:
    """One abstract type: what its methods, attributes and operators do."""

    __slots__ = (
        "attributes",
        "constructor_mutates",
        "consumed",
        "default",
        "default_attribute",
        "elements",
        "guess",
        "immovable",
        "immutable",
        "methods",
        "name",
        "reseeds",
        "special",
    )

    def __init__(self, name: str, raw: Raw, base: Family | None) -> None:
        self.name = name
        self.immutable: bool = bool(raw.get("immutable", base.immutable if base else False))
        self.elements: bool = bool(raw.get("elements", base.elements if base else False))
        self.guess = bool(raw.get("guess", True))
        self.consumed: bool = bool(raw.get("consumed", base.consumed if base else False))
        own_rule = raw.get("constructor_mutates")
        self.constructor_mutates: Raw | None = own_rule or (base.constructor_mutates if base else None)
        self.reseeds: Raw | None = raw.get("reseeds") or (base.reseeds if base else None)
        movable = raw.get("movable", True)
        self.immovable: str = (
            movable.get("no", "") if isinstance(movable, Mapping) else "" if movable else name
        )
        if base is not None and "movable" not in raw:
            self.immovable = base.immovable
        self.special: dict[str, Entry] = dict(base.special) if base else {}
        for key in _INHERITED:
            if raw.get(key) is not None:
                self.special[key] = Entry(raw[key])
        self.default = self.special.get("default")
        self.methods: dict[str, Entry] = dict(base.methods) if base else {}
        default = self.default.raw if self.default else {"returns": "fresh"}
        pure = Entry({k: v for k, v in default.items() if k in ("returns", "view")})
        self.methods.update((m, pure) for m in _words(raw.get("pure")))
        for method, own in _spread(raw.get("methods")):
            self.methods[method] = Entry(own if "returns" in own else {**pure.raw, **own})
        self.attributes: dict[str, Entry] = dict(base.attributes) if base else {}
        self.default_attribute: Entry = base.default_attribute if base else ANY_VIEW
        for attribute, own in _spread(raw.get("attributes")):
            if attribute == "default":
                self.default_attribute = Entry(own)
            else:
                self.attributes[attribute] = Entry(own)


class Library:
    """All knowledge loaded, indexed by callee."""

    def __init__(self, files: Iterable[Raw]) -> None:
        self.families: dict[str, Family] = {}
        self.by_method: dict[str, Entry] = {}
        self.notices: dict[str, tuple[str, ...]] = {}
        self.draw_on_import: set[str] = set()
        self.types: dict[str, str] = {}
        self.values: dict[str, Entry] = {}
        self.submodules: set[str] = set()
        self._functions: dict[str, Entry] = {}
        self._globs: dict[str, list[tuple[str, Entry]]] = {}
        self._defaults: dict[str, Entry] = {}
        self._resolved: dict[str, Entry | None] = {}
        raws = list(files)
        for raw in raws:
            self._add_functions(raw)
        self._add_families({name: own for raw in raws for name, own in (raw.get("families") or {}).items()})
        self._taught = {*self._defaults, *(name.split(".", 1)[0] for name in self.families)}
        listed: dict[str, list[tuple[str, Entry]]] = {}
        for family in self.families.values():
            if family.guess:
                for method, entry in family.methods.items():
                    listed.setdefault(method, []).append((family.name, entry))
        for method, entries in listed.items():
            sure = any(
                "mutates" in e.raw and (f in _USUAL or f.split(".", 1)[0] in _USUAL) for f, e in entries
            )
            self.by_method[method] = _union([e for _, e in entries], sure=sure)

    def _add_functions(self, raw: Raw) -> None:
        for module in _words(raw.get("modules")):
            self._defaults[module] = Entry(raw.get("default") or {"returns": "fresh"})
            self.submodules.update(_words(raw.get("submodules")))
            if raw.get("import_draws"):
                self.draw_on_import.add(module)
            if raw.get("notices"):
                self.notices[module] = tuple(raw["notices"])
        for path, made in _spread(raw.get("classes")):
            entry = made if isinstance(made, Mapping) else {"returns": made}
            self._put(path, Entry(entry))
            if "*" not in path:
                self.types[path] = entry.get("returns", "any")
        for path, own in _spread(raw.get("functions")):
            self._put(path, Entry(own))
        for path, own in _spread(raw.get("values")):
            self.values[path] = Entry(own if isinstance(own, Mapping) else {"returns": own})

    def _add_families(self, raws: Mapping[str, Raw]) -> None:
        def build(name: str) -> Family:
            if name not in self.families:
                raw = raws[name]
                base = raw.get("base")
                self.families[name] = Family(name, raw, build(str(base)) if base in raws else None)
                for path in _words(raw.get("types")):
                    self.types[path] = name
            return self.families[name]

        for name in raws:
            build(name)

    def _put(self, path: str, entry: Entry) -> None:
        if "*" in path:
            self._globs.setdefault(path.split(".", 1)[0], []).append((path, entry))
        else:
            self._functions[path] = entry

    def taught(self, module: str) -> bool:
        """Whether the top-level module, or the library a family is named after, has a knowledge file."""
        return module.split(".", 1)[0] in self._taught

    def function(self, path: str) -> Entry | None:
        """Return what calling the dotted `path` does; None for an untaught library."""
        try:
            return self._resolved[path]
        except KeyError:
            entry = self._resolved[path] = self._find(path)
            return entry

    def _find(self, path: str) -> Entry | None:
        exact = self._functions.get(path)
        if exact is not None:
            return exact
        top = path.split(".", 1)[0]
        best: tuple[int, Entry] | None = None
        for pattern, entry in self._globs.get(top, ()):
            if fnmatch.fnmatchcase(path, pattern) and (best is None or len(pattern) > best[0]):
                best = (len(pattern), entry)
        found = best[1] if best is not None else self._defaults.get(top)
        return _named(found, path.rpartition(".")[2])

    def method(self, family: str | None, name: str) -> Entry | None:
        """Return what method `name` does on a value of `family`; None when nothing is known.

        For an unknown family the answer is the union over all families that list the method.
        """
        known = self.families.get(family) if family is not None else None
        if known is None:
            return self.by_method.get(name)
        return known.methods.get(name) or _named(known.default, name)

    def attribute(self, family: str | None, name: str) -> Entry:
        """Return what reading attribute `name` gives."""
        known = self.families.get(family) if family is not None else None
        if known is None:
            return ANY_VIEW
        return known.attributes.get(name, known.default_attribute)

    def special(self, family: str | None, what: str) -> Entry | None:
        """Return the entry of `subscript`, `iterate`, `operator`, `call`, `enter` or `store`."""
        known = self.families.get(family) if family is not None else None
        return known.special.get(what) if known is not None else None

    def immutable(self, family: str | None) -> bool:
        """Whether values of the family can never change."""
        if family is None:
            return False
        known = self.families.get(family)
        return family == "scalar" if known is None else known.immutable


def _named(default: Entry | None, name: str) -> Entry | None:
    """Return the default for something of this name: it may say that a figure is drawn."""
    if default is None or _DRAWS_A_FIGURE.search(name) is None or "figure" in default.raw or default.unknown:
        return default
    return _drawing(default)


@functools.cache
def _drawing(default: Entry) -> Entry:
    changed = [*(default.raw.get("mutates") or ()), "ax", "fig", "figure"]
    noticed = [*(default.raw.get("notices") or ()), "matplotlib.rcParams"]
    own = {"returns": "any", "view": True, "figure": True, "mutates": changed, "notices": noticed}
    return Entry({**default.raw, **own})


def original(path: str) -> str:
    """Return the path of the library that another one offers under its usual abbreviation.

    Examples:
        >>> original("seaborn.mpl"), original("numpy.random")
        ('matplotlib', 'numpy.random')
    """
    return _ABBREVIATED.get(path.rpartition(".")[2], path)


def _union(entries: Sequence[Entry], *, sure: bool) -> Entry:
    """Return one entry that does whatever any of `entries` may do; `sure`: changes count as certain."""
    distinct: list[Entry] = []
    for entry in entries:
        if entry not in distinct:
            distinct.append(entry)
    if len(distinct) == 1:
        return distinct[0]
    raw: dict[str, Any] = {}
    for entry in distinct:
        for key, own in entry.raw.items():
            if key in ("returns", "view"):
                continue
            old = raw.get(key)
            if isinstance(own, list) and isinstance(old, list):
                raw[key] = old + [x for x in own if x not in old]
            elif old is None:
                raw[key] = own
    if not sure and "mutates" in raw and any("mutates" not in e.raw for e in distinct):
        raw["unsure_mutates"] = raw.pop("mutates")
    returns = {e.returns for e in distinct}
    raw["returns"] = returns.pop() if len(returns) == 1 else "unsure"
    raw["view"] = any(e.shares or e.returns == "any" for e in distinct) or (
        any(e.view for e in distinct) and "items"
    )
    return Entry(raw)


def _read(text: str) -> Raw:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(text, Loader=loader)
    return content if isinstance(content, Mapping) else {}


@functools.cache
def built_in() -> Library:
    """Return the knowledge that ships with the package."""
    return Library(_built_in_files())


def _built_in_files() -> list[Raw]:
    folder = resources.files("jupyter_mlcode.analysis") / "knowledge"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".yml"))
    return [_read((folder / name).read_text("utf-8")) for name in names]


def with_project(paths: Sequence[Path]) -> Library:
    """Return the built-in knowledge plus a project's own files (later files win)."""
    if not paths:
        return built_in()
    return Library([*_built_in_files(), *(_read(p.read_text("utf-8")) for p in paths)])
