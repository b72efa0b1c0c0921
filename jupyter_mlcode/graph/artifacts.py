"""Which files a stage saves: one per name, one per group of names that must stay one object, versions apart.

Two names that share an object are separate files, unless a stage that loads both changes what they
share: then identity matters there, and they cross in one file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jupyter_mlcode.analysis.callables import Regions
from jupyter_mlcode.analysis.regions import made_in_function, without_classes
from jupyter_mlcode.analysis.values import NO_REGIONS, OBJECTS, WORLD
from jupyter_mlcode.graph.flow import Flow, Statement, Version
from jupyter_mlcode.graph.order import run_order
from jupyter_mlcode.graph.project import Problem, Projection, StageNeeds
from jupyter_mlcode.model.pipeline import Artifact


class Handover:
    """Who saves which versions together, and who loads them from where."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.flow: Flow = projection.flow
        handed = ((self.stage_of(v), n.name) for n in projection.needs.values() for v in n.loads)
        # By data, not by cells: the cells of a stage may stand between those of others.
        order, _ = run_order(projection.needs, handed)
        self._order = {name: place for place, name in enumerate(order)}
        self.groups: dict[str, dict[frozenset[Version], None]] = {name: {} for name in projection.needs}
        self.singles: dict[str, dict[Version, None]] = {name: {} for name in projection.needs}
        self.loads: dict[str, list[tuple[str, frozenset[Version]]]] = {}
        self._passed: dict[str, set[Version]] = {name: set() for name in projection.needs}
        # A stage that only passes a group on must load it as one object: later stages decide first.
        for name in reversed(order):
            self.loads[name] = self._loads(projection.needs[name])

    def _loads(self, needs: StageNeeds) -> list[tuple[str, frozenset[Version]]]:
        classes = self.flow.classes
        time = max((self.flow.ordinals[v.statement.cell] for v in needs.loads), default=0)
        passed = [v.value for v in self._passed[needs.name] if v.value is not None]
        changed = self._changed(needs, time).union(*(classes.of(value, time) for value in passed))
        self._check_own(needs, changed, time)
        found: list[tuple[str, frozenset[Version]]] = []
        idle = self._idle(needs)
        together = {
            version: self._reach(needs, version, time)
            for version in (*needs.loads, *self._made_again(needs, changed, time))
            if version not in idle
        }
        for group in _joined(together, changed):
            loaded = [v for v in group if v in needs.loads]
            if not loaded:
                continue  # made again together, they share what they shared
            maker = None
            names = {v.name for v in group}
            if len(names) == len(group) and not self._interrupted(needs, group):
                maker = self._maker(needs, group)
            elif len(names) > 1:
                # Versions of one name are loaded at their places; other names cannot follow both.
                self._split(needs, group, min(loaded, key=by_place))
            if maker is not None:
                self.groups[maker][group] = None
                found.append((maker, group))
        grouped = {v for _, g in found for v in g}
        found += [self._single(v) for v in needs.loads if v not in grouped]
        return found

    def _made_again(self, needs: StageNeeds, changed: Regions, time: int) -> Iterator[Version]:
        """Yield what the stage would make again although it changes, or compares, what it refers to."""
        for statement in needs.replays:
            names = needs.replayed_names.get(statement, ())
            for version in statement.writes:
                if version.name in names and not changed.isdisjoint(self._reach(needs, version, time)):
                    yield version

    def _reach(self, needs: StageNeeds, version: Version, time: int) -> Regions:
        """Return the regions by which a version shares objects with others.

        A class is found by its name; what its statement reads, it finds when it runs again.
        """
        value, of = version.value, self.flow.classes.of
        if value is None:
            return NO_REGIONS
        again = version not in needs.loads and "class" in value.traits
        if not again or made_in_function(value.tops):
            return of(value, time)
        given = (of(v.value, time) for v in version.statement.reads.values() if v.value is not None)
        return without_classes(of(value, time)).difference(*given)

    def _idle(self, needs: StageNeeds) -> set[Version]:
        """Return what only class statements need, or make, whose classes get their later attributes anyway."""
        names = {v.name for v in needs.loads if v.value is not None and "class" in v.value.traits}
        made = [
            s for s in needs.replays if s.facts.kind == "class" and any(w.name in names for w in s.writes)
        ]
        if not made:
            return set()
        read = {v for s in self._statements(needs) if s.facts.kind != "class" for v in s.reads.values()}
        return {w for s in made for w in (*s.writes, *s.reads.values()) if w not in read and w.name[0] != "@"}

    def _check_own(self, needs: StageNeeds, changed: Regions, time: int) -> None:
        """What the stage made before another one went on would share an object with what it loads afterwards."""
        classes = self.flow.classes
        for version in needs.loads:
            if version.value is None or version.statement.cell < needs.own[0] or version.name[0] == "@":
                continue
            shared = classes.of(version.value, time) & changed
            for cell in needs.own if shared else ():
                if cell > version.statement.cell:
                    break
                for made in (w for s in self.flow.cells.get(cell, ()) for w in s.writes):
                    if (
                        made.name != version.name
                        and made.value is not None
                        and not shared.isdisjoint(classes.of(made.value, time))
                        and self._read_after(made, version.statement)
                    ):
                        self._split(needs, frozenset((version, made)), version)

    def _read_after(self, made: Version, statement: Statement) -> bool:
        for later in self.flow.statements():
            version = later.reads.get(made.name) if later.position > statement.position else None
            while version is not None and version is not made:
                version = version.previous
            if version is not None:
                return True
        return False

    def _single(self, version: Version) -> tuple[str, frozenset[Version]]:
        maker = self.stage_of(version)
        self.singles[maker][version] = None
        return maker, frozenset((version,))

    def stage_of(self, version: Version) -> str:
        """Return the stage whose cell made the version."""
        return self.projection.roles[version.statement.cell].stage

    def _changed(self, needs: StageNeeds, time: int) -> Regions:
        """Return every region that a statement run in this stage may change, or compare by identity."""
        changed: set[str] = set()
        for statement in self._statements(needs):
            facts = statement.facts
            changed.update(facts.known, facts.maybe, facts.compared)
        find_at = self.flow.classes.find_at
        return frozenset(find_at(r, time) for r in changed)

    def _statements(self, needs: StageNeeds) -> Iterable[Statement]:
        for cell in needs.own:
            yield from self.flow.cells.get(cell, ())
        yield from needs.replays

    def _interrupted(self, needs: StageNeeds, group: frozenset[Version]) -> bool:
        """Whether the stage has a cell of its own between the makings: one load cannot stand at both places."""
        made = [v.statement.cell for v in group]
        return any(min(made) < cell < max(made) for cell in needs.own)

    def _maker(self, needs: StageNeeds, group: frozenset[Version]) -> str | None:
        """Return the stage that holds all versions of the group as one object at its end."""
        loaded = sorted((v for v in group if v in needs.loads), key=by_place)
        last = max((self.stage_of(v) for v in loaded), key=self._order.__getitem__)
        held = self.projection.needs[last]
        for version in sorted(group, key=by_place):
            if version not in needs.loads:
                passes = self._makes_again(held, version)
            else:
                passes = self.stage_of(version) == last or self._passes(held, version)
                passes = passes or self._carry(held, version)
            if not passes:
                self._split(needs, group, loaded[0])
                return None
        self._passed[last].update(group)
        return last

    def _passes(self, held: StageNeeds, version: Version) -> bool:
        """Whether a stage still has this loaded version under its name at its end."""
        return version in held.loads and not self._touched_after(held, version)

    def _touched_after(self, held: StageNeeds, version: Version) -> bool:
        return any(
            s.position > version.statement.position and s.touches(version.name)
            for s in self._statements(held)
        )

    def _makes_again(self, held: StageNeeds, version: Version) -> bool:
        """Whether a stage makes a replayed version too, and still has it under its name at its end."""
        own = version.statement.cell in held.own
        if self._touched_after(held, version):
            return False
        if not own and version.name not in held.replayed_names.get(version.statement, ()):
            self.projection.make_again(held, version)
        return own or version.name in held.replayed_names.get(version.statement, ())

    def _carry(self, held: StageNeeds, version: Version) -> bool:
        """Let a stage that does not read a value load it all the same, to hand the whole group on as one."""
        if version.statement.cell > min(held.own) or not held.own:
            return False
        if any(s.touches(version.name) for s in self._statements(held)):
            return False
        first = self.flow.cells.get(held.own[0], ())
        if not first or any(v.name == version.name for v in held.loads):
            return False
        self.projection.carry(held, version, first[0])
        return version in held.loads

    def _split(self, needs: StageNeeds, group: frozenset[Version], version: Version) -> None:
        names = ", ".join(sorted(v.name for v in group))
        reader = needs.loads[version]
        problem = Problem("split-objects", version.name, version.statement, reader, needs.name, names)
        self.projection.problems[problem] = None


def by_place(version: Version) -> tuple[tuple[int, int], str]:
    """Sort versions as the notebook makes them; sets of them are in another order in every process."""
    return version.statement.position, version.name


def _joined(versions: Mapping[Version, Regions], changed: Regions) -> list[frozenset[Version]]:
    """Return groups of two or more versions connected by regions they share and somebody changes."""
    by_region: dict[str, list[Version]] = {}
    for version, reach in versions.items():
        shared = reach if changed & {WORLD, OBJECTS} else reach & changed
        if WORLD in reach and changed:
            shared = shared | {WORLD}
        for region in shared:
            by_region.setdefault(region, []).append(version)
    parent: dict[Version, Version] = {}

    def root(v: Version) -> Version:
        while parent.get(v, v) is not v:
            v = parent[v]
        return v

    for together in by_region.values():
        first = root(together[0])
        for other in together[1:]:
            parent[root(other)] = first
    groups: dict[Version, list[Version]] = {}
    for version in versions:
        groups.setdefault(root(version), []).append(version)
    return [frozenset(g) for g in groups.values() if len(g) > 1]


def keys(versions: Iterable[Version], final: dict[str, Version]) -> dict[Version, str]:
    """Return the file stem of each version: the name, or `name.1`, `name.2` for those changed again later.

    `X` and `x` would be one file on macOS and Windows: the one that is made later is `x.1`.
    """
    counts: dict[str, int] = {}
    plain: dict[str, str] = {}
    found = {}
    for version in sorted(versions, key=by_place):
        folded = version.name.casefold()
        if final.get(version.name) is version and plain.setdefault(folded, version.name) == version.name:
            found[version] = version.name
        else:
            counts[folded] = counts.get(folded, 0) + 1
            found[version] = f"{version.name}.{counts[folded]}"
    return found


def artifact(versions: frozenset[Version], named: dict[Version, str]) -> Artifact:
    """Return the file for one version or a group."""
    ordered = sorted(versions, key=lambda v: v.name)
    return Artifact(
        key="+".join(named.get(v, v.name) for v in ordered),
        names=tuple(v.name for v in ordered),
        maybe=any(v.may_be_absent for v in ordered),
    )
