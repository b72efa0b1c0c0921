"""Names that another stage deletes: a process that has them does not lose them."""

from __future__ import annotations

from jupyter_mlcode.graph.flow import Version
from jupyter_mlcode.graph.project import Problem, Projection


def not_deleted(projection: Projection) -> list[Problem]:
    """Return where a stage reads a name that another stage deleted, although it still has it."""
    roles = projection.roles
    found: dict[tuple[Version, str], Problem] = {}
    for reader, version in projection.flow.absent:
        role = roles[reader.cell]
        if role.kind == "stage" and roles[version.statement.cell] != role:
            has_it = _has(projection, role.stage, version)
            if has_it:
                problem = Problem("absent", version.name, version.statement, reader, role.stage)
                found.setdefault((version, role.stage), problem)
    return list(found.values())


def _has(projection: Projection, stage: str, deleted: Version) -> bool:
    """Whether the stage binds, makes or loads the name before the place of its deletion."""
    needs = projection.needs[stage]
    own = (s for cell in needs.own for s in projection.flow.cells.get(cell, ()))
    return (
        any(w.name == deleted.name for s in (*own, *needs.replays) for w in s.writes if _before(w, deleted))
        or any(v.name == deleted.name and _before(v, deleted) for v in needs.loads)
        or deleted.name in needs.params
    )


def _before(version: Version, deleted: Version) -> bool:
    return version.kind != "del" and version.statement.position < deleted.statement.position
