"""Reaching definitions: every statement of the notebook, linked to the versions it reads.

A *version* is what one statement left in a name: bound surely (`must`), perhaps (`may`), the same
object changed (`change`), or unbound (`del`). Interpreter state takes part as names that start
with `@` (`@numpy.random`), so that a draw is a change of a version like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, TypeAlias

from jupyter_mlcode.analysis.call_names import ALONE
from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.library import Library
from jupyter_mlcode.analysis.recorder import BUILTINS
from jupyter_mlcode.analysis.regions import Classes
from jupyter_mlcode.analysis.session import CellResult, Changes
from jupyter_mlcode.analysis.values import Value
from jupyter_mlcode.graph.changed_classes import ChangedClasses
from jupyter_mlcode.graph.shown import may_show_tables

WriteKind: TypeAlias = Literal["must", "may", "change", "del", "lost"]
OVER_OLD: Final = ("may", "change", "lost")
"""The writes beneath which a reader may still meet the version before."""
RANDOM: Final = ("numpy.random", "python.random", "torch.random")
ALWAYS_NOTICED: Final = (
    "warnings.filters",
    "os.environ",
    "os.cwd",
    "sys.path",
    "sys.recursionlimit",
    "locale",
    "decimal.context",
    "logging.config",
    "replay:IPython",
    "replay:process",
)
_DISPLAYED: Final = (
    "pandas.options",
    "numpy.printoptions",
    "numpy.errstate",
    "sklearn.config",
    "matplotlib.rcParams",
)


_MAY_HOLD_ANYTHING: Final = (
    "instance",
    "function",
    "python.list",
    "python.dict",
    "python.tuple",
    "python.set",
    "python.iterator",
)
_FEW: Final = 6
FOLDERS: Final = "@replay:folders"
"""The folders that the notebook has made so far: who uses files makes those of the setup again."""
DRAWN_BY_IMPORTS: Final = "@python.random"
PERHAPS: Final = "@perhaps:"
"""Begins the state of a library that nobody taught: a call in a statement of its own may have set it."""


class Version:
    """What one statement left in a name; `previous` is what a reader may still meet beneath it."""

    __slots__ = ("kind", "name", "previous", "statement", "value")

    def __init__(
        self, name: str, statement: Statement, kind: WriteKind, previous: Version | None, value: Value | None
    ) -> None:
        self.name = name
        self.statement = statement
        self.kind = kind
        self.previous = previous
        self.value = value

    @property
    def may_be_absent(self) -> bool:
        """Whether the name may be unbound when this version is read."""
        version: Version | None = self
        while version is not None and version.kind in ("may", "change"):
            version = version.previous
        return version is None or version.kind in ("del", "lost")

    def __repr__(self) -> str:
        return f"<{self.name} {self.kind} by {self.statement.cell}.{self.statement.number}>"


class Statement:
    """One top-level statement in its place: what it reads, from whom, and what it leaves."""

    __slots__ = ("cell", "changes", "facts", "number", "reads", "writes")

    def __init__(self, cell: int, number: int, facts: StatementFacts, changes: Changes) -> None:
        self.cell = cell
        self.number = number
        self.facts = facts
        self.changes = changes
        self.reads: dict[str, Version] = {}
        self.writes: list[Version] = []

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands: cell index, number in the cell."""
        return (self.cell, self.number)

    def touches(self, name: str) -> bool:
        """Whether it binds, unbinds or changes the name."""
        changes = self.changes
        return name in changes.known or name in changes.maybe or any(w.name == name for w in self.writes)

    def touched(self) -> Iterator[str]:
        """Yield the names that it binds, unbinds or changes; some twice."""
        yield from self.changes.known
        yield from self.changes.maybe
        for version in self.writes:
            yield version.name

    def line_of(self, name: str) -> int:
        """Return the first line that reads `name`."""
        return self.facts.uses.get(name, self.facts.first)


class Flow:
    """All statements of a notebook, linked; `latest` is what a name holds so far.

    A call of unknown code may change hundreds of names, of which few are ever read again. Such
    changes wait in a list; they become versions of a name when somebody asks for its latest one.
    """

    def __init__(self, library: Library, classes: Classes) -> None:
        self.library = library
        self.classes = classes
        self.cells: dict[int, list[Statement]] = {}
        self.ordinals: dict[int, int] = {}
        self.last: dict[str, Version] = {}
        self.unseeded: list[tuple[Statement, str]] = []
        self.loaded: dict[str, Version] = {}
        self.loaded_before: dict[Statement, tuple[Version, ...]] = {}
        """By import: the first imports before it of all libraries whose import may draw."""
        self.undefined: list[tuple[Statement, str]] = []
        self.absent: list[tuple[Statement, Version]] = []
        """Who reads a name that an earlier statement surely deleted."""
        self.opaque: list[Statement] = []
        """Statements that may bind any name, in order."""
        self.changed: set[str] = set()
        self.changed_classes = ChangedClasses()
        self._kinds: set[str] = set()
        self._replays: list[str] = []
        self._perhaps: list[str] = []
        self._waiting: list[Statement] = []
        self._settled: dict[str, int] = {}

    @property
    def generators(self) -> tuple[str, ...]:
        """The global random generators that the notebook seeds or restores: only their numbers can be repeated."""
        return tuple(kind for kind in RANDOM if "@" + kind in self.last)

    def statements(self) -> Iterable[Statement]:
        """Yield all statements in notebook order."""
        for index in self.cells:
            yield from self.cells[index]

    def add(self, cell: int, result: CellResult) -> None:
        """Link the statements of the next cell."""
        self.ordinals[cell] = len(self.ordinals)
        linked = self.cells[cell] = []
        for number, (facts, changes) in enumerate(zip(result.statements, result.changes, strict=True)):
            statement = Statement(cell, number, facts, changes)
            linked.append(statement)
            self._link(statement, first=number == 0)

    def _link(self, statement: Statement, *, first: bool) -> None:
        changes, last = statement.changes, self.last
        self._read_names(statement)
        self.changed_classes.read(statement.reads, self.latest)
        self._notice(statement, first)
        self._state(statement)
        for name, value in changes.widened.items():
            if name in last:
                last[name].value = value
        if changes.known or changes.maybe:
            self._change(statement)
        self._bind_names(statement)

    def _change(self, statement: Statement) -> None:
        known, maybe = statement.changes.known, statement.changes.maybe
        self.changed |= known
        self.changed |= maybe
        self.changed_classes.note(self.last, (*known, *maybe), statement.facts)
        if len(known) + len(maybe) > _FEW:
            self._waiting.append(statement)
            return
        for name in (*known, *maybe):
            version = self.latest(name)
            if version is not None:
                self._write(statement, name, "change", version.value)

    def latest(self, name: str) -> Version | None:
        """Return the version of the name that a reader meets now."""
        version = self.last.get(name)
        if version is None:
            return None
        start, end = self._settled.get(name, 0), len(self._waiting)
        if start < end:
            self._settled[name] = end
            for statement in self._waiting[start:]:
                changes = statement.changes
                if (name in changes.known or name in changes.maybe) and version.kind != "del":
                    version = Version(name, statement, "change", version, version.value)
                    statement.writes.append(version)
            self.last[name] = version
        return version

    def _read_names(self, statement: Statement) -> None:
        for name in statement.facts.uses:
            version = self.latest(name)
            if version is not None and version.kind != "del":
                statement.reads[name] = version
            elif version is None and self.opaque and name not in BUILTINS:
                statement.reads[name] = self._from_opaque(name)
            else:
                if version is not None:
                    self.absent.append((statement, version))
                if name not in BUILTINS:
                    self.undefined.append((statement, name))

    def _bind_names(self, statement: Statement) -> None:
        facts, last = statement.facts, self.last
        for name, value in facts.binds.items():
            self.changed_classes.leave(name, self.latest, value)
            if name in facts.must:
                self._write(statement, name, "must", value)
            elif name in facts.may:
                self._write(statement, name, "may", value)
            elif name in last and name not in statement.changes.widened:
                last[name].value = value
        for name in facts.deleted:
            self._write(statement, name, "del" if name not in facts.may else "may", None)
        for name in facts.lost:
            if name in last:
                self._write(statement, name, "lost", last[name].value)

    def _write(self, statement: Statement, name: str, kind: WriteKind, value: Value | None) -> None:
        previous = self.latest(name) if kind in OVER_OLD else None
        if statement.writes and previous is not None and previous.statement is statement:
            previous = previous.previous
        version = Version(name, statement, kind, previous, value)
        statement.writes.append(version)
        if name[0] == "@" and name not in self.last and not name.startswith("@import:"):
            if name == FOLDERS:
                pass
            elif name.startswith("@replay:"):
                self._replays.append(name[1:])
            elif name.startswith(PERHAPS):
                self._perhaps.append(name[1:])
            else:
                self._kinds.add(name[1:])
        self.last[name] = version
        self._settled[name] = len(self._waiting)

    def _from_opaque(self, name: str) -> Version:
        version: Version | None = None
        for statement in self.opaque:
            version = Version(name, statement, "may", version, None)
            statement.writes.append(version)
        assert version is not None
        self.last[name] = version
        self._settled[name] = len(self._waiting)
        return version

    # -- interpreter state -------------------------------------------------------------------
    def _notice(self, statement: Statement, first: bool) -> None:
        last, reads = self.last, statement.reads
        if first:
            for kind in ALWAYS_NOTICED:
                version = last.get("@" + kind)
                if version is not None:
                    reads["@" + kind] = version
        for kind in self._noticed(statement):
            version = last.get("@" + kind)
            if version is not None:
                reads["@" + kind] = version

    def _noticed(self, statement: Statement) -> Iterable[str]:
        kinds = [e.what for e in statement.facts.effects if e.kind == "notices"]
        if FOLDERS in self.last and any(e.kind in ("reads", "writes") for e in statement.facts.effects):
            kinds.append(FOLDERS[1:])
        if (self._kinds or self._replays) and statement.facts.used_values:
            tops = set()
            unknown = False
            for value in statement.facts.used_values.values():
                source = value.path or value.family
                top = None if source is None or source in _MAY_HOLD_ANYTHING else source.split(".", 1)[0]
                if top is None or not self.library.taught(top):
                    unknown = True
                else:
                    tops.add(top)
            tables = any(may_show_tables(v) for v in statement.facts.used_values.values())
            kinds += self._by_library(tops, tables, unknown)
            if any(e.kind in ("foreign", "figure") for e in statement.facts.effects):
                kinds += self._replays
        if self._perhaps:
            used = _untaught(statement.facts)
            kinds += (kind for kind in self._perhaps if kind[len(PERHAPS) - 1 :] in used or "" in used)
        return kinds

    def _by_library(self, tops: set[str], tables: bool, unknown: bool) -> list[str]:
        """Return the kinds of state that values of these libraries depend on."""
        noticed = set(_DISPLAYED if unknown else _DISPLAYED[:3] if tables else ())
        for top in tops:
            noticed.update(self.library.notices.get(top, ()))
        found = sorted(noticed & self._kinds)
        for kind in self._replays:
            library = kind[7:]
            if unknown or library in tops or (library == "matplotlib" and "seaborn" in tops):
                found.append(kind)
        return found

    def _state(self, statement: Statement) -> None:
        for effect in statement.facts.effects:
            if effect.kind == "draws":
                for kind in RANDOM if effect.what == "any" else (effect.what,):
                    self._draw(statement, kind, certain=effect.what != "any" and effect.detail != "maybe")
            elif effect.kind == "loads":
                self._load(statement, effect.what)
            elif effect.kind == "sets":
                self._change_state(statement, effect.what)
            elif effect.kind == "foreign" and effect.detail == ALONE:
                self._change_state(statement, PERHAPS[1:] + effect.what.split(".", 1)[0])
            elif effect.kind == "opaque":
                self._be_opaque(statement)
            elif effect.kind == "star":
                self._be_star(statement)
        for effect in statement.facts.effects:
            if effect.kind == "seeds":
                for kind in RANDOM if effect.what == "any" else (effect.what,):
                    sure = effect.what != "any" and not effect.detail.endswith("?")
                    self._write(statement, "@" + kind, "must" if sure else "may", None)

    def _load(self, statement: Statement, library: str) -> None:
        """The first import of a library runs its code, which may draw from Python's generator; later ones do not."""
        if DRAWN_BY_IMPORTS in self.last:
            self.loaded_before[statement] = tuple(self.loaded.values())
        if library not in self.loaded:
            self._draw(statement, DRAWN_BY_IMPORTS[1:], certain=False)
            self._write(statement, f"@import:{library} draws", "must", None)
            self.loaded[library] = statement.writes[-1]

    def _draw(self, statement: Statement, kind: str, *, certain: bool) -> None:
        version = self.last.get("@" + kind)
        if version is None:
            if certain:
                self.unseeded.append((statement, kind))
            return
        statement.reads["@" + kind] = version
        self._write(statement, "@" + kind, "change", None)

    def _change_state(self, statement: Statement, kind: str) -> None:
        version = self.last.get("@" + kind)
        if version is not None:
            statement.reads["@" + kind] = version
        self._write(statement, "@" + kind, "change", None)

    def _all(self) -> list[tuple[str, Version]]:
        return [(name, version) for name in list(self.last) if (version := self.latest(name)) is not None]

    def _be_star(self, statement: Statement) -> None:
        """`from m import *` perhaps binds any name: what stood there before may show through."""
        for name, version in self._all():
            if name[0] != "@" and version.kind != "del":
                self._write(statement, name, "may", version.value)
        self.opaque.append(statement)

    def _be_opaque(self, statement: Statement) -> None:
        """A statement that cannot be understood reads, and perhaps binds and changes, every name."""
        reading = all(e.what in ("eval", "vars") for e in statement.facts.effects if e.kind == "opaque")
        for name, version in self._all():
            if version.statement is not statement and version.kind != "del":
                statement.reads.setdefault(name, version)
                if not reading and name[0] != "@" and not _is_definition(version):
                    self._write(statement, name, "change", version.value)
        if not reading:
            self.opaque.append(statement)


def _untaught(facts: StatementFacts) -> set[str]:
    """Return the libraries that a statement uses, and "" for an object of one that nobody taught."""
    used = {e.what.split(".", 1)[0] for e in facts.effects if e.kind == "foreign"}
    used.update(v.path.split(".", 1)[0] for v in facts.used_values.values() if v.path is not None)
    if any(v.family == "foreign" for v in facts.used_values.values()):
        used.add("")
    return used


def _is_definition(version: Version) -> bool:
    return version.kind == "must" and version.statement.facts.kind in ("import", "definition", "class")
