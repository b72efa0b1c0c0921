"""The projection of the notebook onto each stage: what it replays, loads, restores and saves.

Demand-driven: a stage needs what its own statements read. A version made by a replayable
statement is made again, with what that statement needs; one made by another stage is loaded, and
that stage must save it; anything else is a problem. Nothing else is carried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from jupyter_mlcode.analysis.values import classes_of
from jupyter_mlcode.graph.class_state import Definitions
from jupyter_mlcode.graph.flow import DRAWN_BY_IMPORTS, FOLDERS, OVER_OLD, PERHAPS, Flow, Statement, Version
from jupyter_mlcode.graph.roles import replayable
from jupyter_mlcode.notebook.tags import Role

ProblemKind: TypeAlias = Literal[
    "no-stage",
    "skipped",
    "setup",
    "immovable",
    "class-state",
    "namesake",
    "split-objects",
    "state-version",
    "cycle",
    "hidden-state",
    "middle",
    "lost-state",
    "absent",
]


class Problem(NamedTuple):
    """Something that keeps a stage from getting what it needs; `statement` is where it was made."""

    kind: ProblemKind
    name: str
    statement: Statement
    reader: Statement | None = None
    stage: str = ""
    detail: str = ""


class Demand(NamedTuple):
    """Stage `stage` reads `version` at `reader`."""

    version: Version
    reader: Statement


class StageNeeds:
    """What one stage needs and gives, collected by the projection."""

    __slots__ = (
        "loads",
        "name",
        "outputs",
        "own",
        "params",
        "replayed_names",
        "replays",
        "state_outputs",
        "states",
    )

    def __init__(self, name: str, own: list[int]) -> None:
        self.name = name
        self.own = own
        self.replays: dict[Statement, None] = {}
        self.loads: dict[Version, Statement] = {}
        self.states: dict[Version, Statement] = {}
        self.outputs: dict[Version, None] = {}
        self.state_outputs: dict[Version, None] = {}
        self.params: dict[str, None] = {}
        self.replayed_names: dict[Statement, set[str]] = {}


class Projection:
    """The needs of all stages; `problems` says what cannot be had."""

    def __init__(
        self,
        flow: Flow,
        roles: Mapping[int, Role],
        stages: Mapping[str, list[int]],
        parameters: frozenset[str],
        closed: Mapping[str, Statement],
    ) -> None:
        self.flow = flow
        self.closed = closed
        self._closed_statements = frozenset(closed.values())
        self.roles = roles
        self.parameters = parameters
        self.problems: dict[Problem, None] = {}
        self.needs = {name: StageNeeds(name, own) for name, own in stages.items()}
        self._definitions = Definitions(flow, roles)
        self._queue: list[tuple[StageNeeds, Version, Statement]] = []
        self._seen: set[tuple[str, Version]] = set()
        for needs in self.needs.values():
            for cell in needs.own:
                for statement in flow.cells.get(cell, ()):
                    self._demand_all(needs, statement)
            self._demand_earlier_imports(needs)
        self._run()

    def _demand_all(self, needs: StageNeeds, statement: Statement) -> None:
        through = statement.facts.through
        for name, version in statement.reads.items():
            # The definitions module brings along what its functions read.
            if name in through and all(self._comes_along(needs, o, statement) for o in through[name]):
                continue
            if (
                name == DRAWN_BY_IMPORTS
                and statement.facts.kind == "import"
                and statement.cell not in needs.own
            ):
                continue  # run again for its names, above what restores the generator
            self._demand(needs, version, statement)

    def _demand_earlier_imports(self, needs: StageNeeds) -> None:
        """What was imported before draws nothing when a stage of these random numbers imports it again."""
        own = [s for cell in needs.own for s in self.flow.cells.get(cell, ())]
        if any(DRAWN_BY_IMPORTS in s.reads or any(w.name == DRAWN_BY_IMPORTS for w in s.writes) for s in own):
            for statement in own:
                for version in self.flow.loaded_before.get(statement, ()):
                    self._demand(needs, version, statement)

    def _comes_along(self, needs: StageNeeds, origin: str, statement: Statement) -> bool:
        """Whether the function of this origin is called from the definitions module.

        It is not when an own cell defines it, nor when it arrives in a value of the stage whose cell does.
        """
        definition = self.closed.get(origin)
        if definition is None or definition.cell in needs.own:
            return False
        role = self.roles[definition.cell]
        return role.kind != "stage" or not any(
            v.statement is not definition and self.roles[v.statement.cell] == role
            for v in statement.reads.values()
            if v.value is not None and any(f.origin == origin for f in v.value.functions)
        )

    def _demand(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        key = (needs.name, version)
        if key not in self._seen:
            self._seen.add(key)
            self._queue.append((needs, version, reader))

    def _run(self) -> None:
        while self._queue:
            needs, version, reader = self._queue.pop()
            self._satisfy(needs, version, reader)

    def _satisfy(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        statement = version.statement
        role = self.roles[statement.cell]
        if role.kind == "stage" and (
            role.stage == needs.name or version.name == FOLDERS
        ):  # on the disk by then
            if version.kind in OVER_OLD and version.previous is not None:
                self._demand(needs, version.previous, reader)
        elif role.kind == "parameters":
            if version.name in self.parameters:
                needs.params[version.name] = None
        elif role.kind in ("stage", "setup", "none") and (opened := _opening(version)) is not None:
            self._replay(needs, opened.statement)
            needs.replayed_names.setdefault(opened.statement, set()).add(opened.name)
        elif replayable(statement, role, version):
            self._replay(needs, statement)
            needs.replayed_names.setdefault(statement, set()).add(version.name)
            if version.kind in OVER_OLD and version.previous is not None:
                self._demand(needs, version.previous, reader)
        elif role.kind == "stage":
            self._load(needs, self.needs[role.stage], version, reader)
        elif version.name.startswith(PERHAPS):
            self._lost(needs, version, reader)
        else:
            kind: ProblemKind = {"setup": "setup", "skip": "skipped"}.get(role.kind, "no-stage")  # type: ignore[assignment]
            self._problem(kind, version, reader, needs.name)

    def _replay(self, needs: StageNeeds, statement: Statement) -> None:
        if statement not in needs.replays:
            needs.replays[statement] = None
            if statement not in self._closed_statements:
                self._demand_all(needs, statement)

    def _load(self, needs: StageNeeds, maker: StageNeeds, version: Version, reader: Statement) -> None:
        if version.name.startswith(("@replay:", PERHAPS)):
            self._lost(needs, version, reader)
            return
        if version.name[0] == "@":
            needs.states[version] = reader
            maker.state_outputs[version] = None
            if version.previous is not None:
                self._demand(maker, version.previous, version.statement)
            return
        if version.name not in reader.facts.uses and reader.cell in needs.own and self._immovable(version):
            return  # a cell that cannot be understood gets all that can move
        if self._in_the_middle(version):
            self._problem("middle", version, reader, needs.name)
            return
        needs.loads[version] = reader
        maker.outputs[version] = None
        if version.kind in OVER_OLD and version.previous is not None:
            self._demand(maker, version.previous, version.statement)
        self._check_movable(needs, version, reader)
        self._need_classes(needs, version, reader)

    def _lost(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        """Nobody can carry what the statement does to a library; what was set before it may be set again."""
        self._problem("lost-state", version, reader, needs.name)
        if version.previous is not None:
            self._demand(needs, version.previous, reader)

    def _in_the_middle(self, version: Version) -> bool:
        """Whether the cell that made the version goes on to change the name: nothing can be saved between."""
        number = version.statement.number
        cell = self.flow.cells[version.statement.cell]
        return any(s.touches(version.name) for s in cell[number + 1 :])

    def _need_classes(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        """An instance is pickled by its class's name: the class must stand there before the load."""
        if version.value is None:
            return
        for cls in classes_of(version.value):
            made = self._definitions.get(cls.origin)
            if made is not None:
                self._demand(needs, made, reader)

    def _check_movable(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        of_class = version.value is not None and "class" in version.value.traits
        if of_class and not self._definitions.below(version):
            self._problem("class-state", version, reader, needs.name)
        elif reason := self._immovable(version):
            self._problem("immovable", version, reader, needs.name, reason)

    def _immovable(self, version: Version) -> str:
        """Return why the value cannot be saved and loaded; empty when nothing is known against it."""
        value = version.value
        if value is None:
            return ""
        reasons = [t.removeprefix("immovable=") for t in value.traits if t.startswith("immovable=")]
        if reasons:
            return min(reasons)
        family = self.flow.library.families.get(value.family or "")
        return family.immovable if family is not None else ""

    def _problem(
        self, kind: ProblemKind, version: Version, reader: Statement, stage: str, detail: str = ""
    ) -> None:
        self.problems[Problem(kind, version.name, version.statement, reader, stage, detail)] = None

    def carry(self, needs: StageNeeds, version: Version, reader: Statement) -> None:
        """Make a stage load a version it does not read itself."""
        maker = self.needs[self.roles[version.statement.cell].stage]
        self._load(needs, maker, version, reader)
        self._run()

    def make_again(self, needs: StageNeeds, version: Version) -> None:
        """Make a stage run a replayable statement that it does not need itself."""
        first = next((s for cell in needs.own for s in self.flow.cells.get(cell, ())), None)
        if first is not None and replayable(version.statement, self.roles[version.statement.cell], version):
            self._demand(needs, version, first)
            self._run()


def _opening(version: Version) -> Version | None:
    """Return what opened this connection: it is opened again where it is needed, its data are in its file."""
    if version.value is None or version.value.family != "python.connection":
        return None
    first: Version | None = version
    while first is not None and first.kind == "change":
        first = first.previous
    if (
        first is None
        or first.kind != "must"
        or first.value is None
        or first.value.family != "python.connection"
    ):
        return None
    effects = first.statement.facts.effects
    named = all(e.what and e.what != ":memory:" for e in effects if e.kind in ("reads", "writes"))
    return first if named and len(first.statement.writes) == 1 else None
