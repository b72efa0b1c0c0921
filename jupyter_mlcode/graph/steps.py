"""The steps of a stage in notebook order: replays, loads, own cells, saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jupyter_mlcode.analysis.observed import NOTHING
from jupyter_mlcode.analysis.session import CellResult
from jupyter_mlcode.graph.artifacts import Handover, artifact, keys
from jupyter_mlcode.graph.backends import figures_stay
from jupyter_mlcode.graph.flow import RANDOM, Statement, Version
from jupyter_mlcode.graph.project import Problem, Projection, StageNeeds
from jupyter_mlcode.graph.text import pruned_import, statement_text
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.pipeline import (
    Artifact,
    Confirm,
    Expect,
    ImportDefinitions,
    Load,
    Observe,
    OwnCell,
    Replay,
    RestoreState,
    Save,
    SaveState,
    Step,
)

_AFTER = 1_000_000


class Placed(NamedTuple):
    """A step at a notebook position."""

    position: tuple[int, int, int]
    step: Step


class StageSteps:
    """Builds the steps of one stage."""

    def __init__(
        self,
        notebook: Notebook,
        projection: Projection,
        handover: Handover,
        closed: frozenset[Statement],
        keyed: Mapping[str, Mapping[Version, str]],
        results: Mapping[int, CellResult],
    ) -> None:
        self.notebook = notebook
        self.projection = projection
        self.handover = handover
        self.closed = closed
        self.keyed = keyed
        self.results = results
        self.stay = figures_stay(projection.flow)

    def build(self, needs: StageNeeds) -> tuple[Step, ...]:
        """Return all steps of a stage, in order."""
        placed = [*self._own(needs), *self._replays(needs), *self._loads(needs), *self._states(needs)]
        placed += self._submodules(needs)
        placed += self._observed(needs)
        end = (len(self.notebook.cells), 0, 0)
        placed += self._saves(needs, end)
        placed.sort(key=lambda p: p.position)
        return _coalesced([p.step for p in placed])

    def _own(self, needs: StageNeeds) -> list[Placed]:
        cells = self.projection.flow.cells
        return [
            Placed(
                (cell, -1, 0),
                OwnCell(
                    cell=cell,
                    closes_figures=cell not in self.stay
                    and any(e.kind == "figure" for s in cells.get(cell, ()) for e in s.facts.effects),
                ),
            )
            for cell in needs.own
        ]

    def _observed(self, needs: StageNeeds) -> list[Placed]:
        """Look again, around each own cell, at what the analysis took from a run."""
        placed = []
        for cell in needs.own:
            relied = self.results[cell].relied if cell in self.results else NOTHING
            names = tuple(sorted(relied.unchanged))
            kinds = self.projection.flow.generators if relied.undrawn else ()
            if names or kinds:
                placed.append(Placed((cell, -1, -1), Observe(names=names, kinds=kinds)))
                placed.append(Placed((cell, -1, 1), Confirm(names=names)))
            if relied.types:
                placed.append(Placed((cell, -1, 2), Expect(types=relied.types)))
        return placed

    def _replays(self, needs: StageNeeds) -> list[Placed]:
        placed = []
        for statement in needs.replays.keys() - self._loaded_instead(needs):
            position = (statement.cell, statement.number, 0)
            if statement in self.closed:
                names = tuple(sorted(needs.replayed_names[statement]))
                placed.append(Placed(position, ImportDefinitions(names=names)))
                continue
            siblings = self.projection.flow.cells[statement.cell]
            text, lines = statement_text(self.notebook.cells[statement.cell].source, statement, siblings)
            if statement.facts.kind == "import":
                text = pruned_import(text, needs.replayed_names.get(statement, set()))
            placed.append(Placed(position, Replay(cell=statement.cell, lines=lines, text=text)))
        return placed

    def _loaded_instead(self, needs: StageNeeds) -> set[Statement]:
        """Return the statements that need not run again: what they make comes with what shares it."""
        loads = {v for _, group in self.handover.loads[needs.name] for v in group} - needs.loads.keys()
        names = needs.replayed_names
        found = {
            s
            for s in {v.statement for v in loads}
            if s.facts.kind != "class" and names.get(s, set()) <= {v.name for v in loads if v.statement is s}
        }
        while found:
            rest = (s for s in needs.replays if s not in found)
            needed = {v.statement for s in rest for v in s.reads.values()} & found
            if not needed:
                break
            found -= needed
        return found

    def _submodules(self, needs: StageNeeds) -> list[Placed]:
        """Import `matplotlib.pyplot` where only `import matplotlib` is written: another import had loaded it."""
        own = [s for cell in needs.own for s in self.projection.flow.cells.get(cell, ())]
        found: dict[str, Placed] = {}
        for statement in sorted((*needs.replays, *own), key=lambda s: s.position):
            for effect in statement.facts.effects:
                if effect.kind == "submodule":
                    cell, number = statement.position
                    lines = (effect.line, effect.line)
                    step = Replay(cell=cell, lines=lines, text=f"import {effect.what}")
                    place = (cell, -1, -1) if cell in needs.own else (cell, number, -1)
                    found.setdefault(effect.what, Placed(place, step))
        return list(found.values())

    def _loads(self, needs: StageNeeds) -> list[Placed]:
        placed = []
        for maker, versions in self.handover.loads[needs.name]:
            # Below the statement, not the cell: a replay from further down in it may need the value.
            cell, number = max(v.statement.position for v in versions)
            step = Load(stage=maker, artifacts=(artifact(versions, dict(self.keyed[maker])),))
            placed.append(Placed((cell, number, 1), step))
        return placed

    def _states(self, needs: StageNeeds) -> list[Placed]:
        placed = []
        for version, reader in needs.states.items():
            maker = self.handover.stage_of(version)
            step = RestoreState(stage=maker, kinds=(version.name[1:],))
            position = (*version.statement.position, 2)
            if version.name[1:] in RANDOM and reader.cell in needs.own:
                # Below the setup: importing a library may draw, and in the notebook it was imported long ago.
                position = (min(c for c in needs.own if c > version.statement.cell), -2, 0)
            placed.append(Placed(position, step))
        return placed

    # -- saves -------------------------------------------------------------------------------
    def _saves(self, needs: StageNeeds, end: tuple[int, int, int]) -> list[Placed]:
        named = dict(self.keyed[needs.name])
        placed: list[Placed] = []
        for version in self.handover.singles[needs.name]:
            made = artifact(frozenset((version,)), named)
            early = named[version] != version.name
            position = (version.statement.cell, _AFTER, 3) if early else (end[0], 0, 0)
            placed.append(Placed(position, Save(artifacts=(made,))))
        for group in self.handover.groups[needs.name]:
            made = artifact(group, named)
            early = any(named.get(v, v.name) != v.name for v in group)
            latest = max(v.statement.cell for v in group)
            placed.append(Placed((latest, _AFTER, 3) if early else (end[0], 0, 1), Save(artifacts=(made,))))
        kinds = []
        for version in needs.state_outputs:
            self._check_state(needs, version)
            kinds.append(version.name[1:])
        if kinds:
            placed.append(Placed((end[0], 0, 2), SaveState(kinds=tuple(sorted(set(kinds))))))
        return placed

    def _check_state(self, needs: StageNeeds, version: Version) -> None:
        """State has one file per kind: a stage that changes it again after handing it over is two stages."""
        for cell in needs.own:
            for statement in self.projection.flow.cells.get(cell, ()):
                if cell > version.statement.cell and statement.touches(version.name):
                    problem = Problem("state-version", version.name, version.statement, statement, needs.name)
                    self.projection.problems[problem] = None
                    return


def keyed_versions(
    projection: Projection, handover: Handover, results: Mapping[int, CellResult]
) -> dict[str, dict[Version, str]]:
    """Return the file stem of every version each stage saves."""
    found = {}
    for name, needs in projection.needs.items():
        versions = {*handover.singles[name], *(v for g in handover.groups[name] for v in g)}
        touched = _last_touches(projection, needs)
        final: dict[str, Version] = {}
        for version in versions:
            last = touched.get(version.name, version.statement.position)
            if last <= version.statement.position and not _changed_through_others(
                projection, needs, version, results
            ):
                final[version.name] = version
        found[name] = keys(versions, final)
    return found


def _changed_through_others(
    projection: Projection, needs: StageNeeds, version: Version, results: Mapping[int, CellResult]
) -> bool:
    """Whether a later cell of the stage changes the object by another name, after this one was bound to another."""
    later = [
        c for c in needs.own if c > version.statement.cell and version.name not in results[c].relied.unchanged
    ]
    if not later or version.value is None or not version.value.reach:
        return False
    flow = projection.flow
    reach = flow.classes.of(version.value, flow.ordinals[later[-1]])
    time = flow.ordinals[later[-1]]
    changed = (s.facts.known | s.facts.maybe for cell in later for s in flow.cells.get(cell, ()))
    return any(flow.classes.find_at(r, time) in reach for regions in changed for r in regions)


def _last_touches(projection: Projection, needs: StageNeeds) -> dict[str, tuple[int, int]]:
    """Return where the stage last binds, changes or loads each name."""
    own = (s for cell in needs.own for s in projection.flow.cells.get(cell, ()))
    found: dict[str, tuple[int, int]] = {}
    for statement in sorted((*own, *needs.replays), key=lambda s: s.position):
        found.update(dict.fromkeys(statement.touched(), statement.position))
    for version in needs.loads:
        found[version.name] = max(version.statement.position, found.get(version.name, (0, 0)))
    return found


def _coalesced(steps: list[Step]) -> tuple[Step, ...]:
    """Join neighbouring steps of one kind: loads from one stage, states of one stage, definitions, saves."""
    joined: list[Step] = []
    for step in steps:
        last = joined[-1] if joined else None
        if isinstance(step, Load) and isinstance(last, Load) and step.stage == last.stage:
            merged = sorted({a.key: a for a in (*last.artifacts, *step.artifacts)}.values(), key=_by_key)
            joined[-1] = Load(stage=step.stage, artifacts=tuple(merged))
        elif isinstance(step, RestoreState) and isinstance(last, RestoreState) and step.stage == last.stage:
            joined[-1] = RestoreState(stage=step.stage, kinds=tuple(sorted({*last.kinds, *step.kinds})))
        elif isinstance(step, ImportDefinitions) and isinstance(last, ImportDefinitions):
            joined[-1] = ImportDefinitions(names=tuple(sorted({*last.names, *step.names})))
        elif isinstance(step, Save) and isinstance(last, Save):
            joined[-1] = Save(artifacts=tuple(sorted((*last.artifacts, *step.artifacts), key=_by_key)))
        else:
            joined.append(step)
    return tuple(joined)


def _by_key(artifact: Artifact) -> str:
    return artifact.key
