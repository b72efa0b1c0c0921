"""Classes of one name: an instance is loaded as one of the class that has the name where the stage loads it."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlcode.analysis.values import classes_of
from jupyter_mlcode.graph.flow import Version
from jupyter_mlcode.graph.project import Problem, Projection, StageNeeds


def namesakes(projection: Projection) -> Iterator[Problem]:
    """Yield each class that a stage defines again above an instance of the earlier one that it loads."""
    for needs in projection.needs.values():
        last = _last_classes(needs)
        for version, reader in needs.loads.items() if last else ():
            for cls in classes_of(version.value) if version.value is not None else ():
                made = last.get(cls.name)
                if made is not None and cls.origin not in _origins(made):
                    yield Problem("namesake", cls.name, made.statement, reader, needs.name, version.name)


def _last_classes(needs: StageNeeds) -> dict[str, Version]:
    """Return the class that has each name when the stage loads, where several class statements bind it."""
    found: dict[str, list[Version]] = {}
    for statement in sorted(needs.replays, key=lambda s: s.position):
        for version in statement.writes if statement.facts.kind == "class" else ():
            found.setdefault(version.name, []).append(version)
    return {name: versions[-1] for name, versions in found.items() if len(versions) > 1}


def _origins(version: Version) -> set[str]:
    return {cls.origin for cls in version.value.classes} if version.value is not None else set()
