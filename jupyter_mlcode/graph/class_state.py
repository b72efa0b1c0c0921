"""Classes that a stage changes: no file carries a class, so another stage may not go on with the change."""

from __future__ import annotations

from jupyter_mlcode.analysis.values import classes_of
from jupyter_mlcode.graph.flow import Flow, Statement, Version
from jupyter_mlcode.graph.project import Problem, Projection


def lost_changes(projection: Projection) -> list[Problem]:
    """Return where a stage uses an instance of a class that another stage changed before.

    The projection finds those that name the class; an instance knows its class without its name.
    """
    flow, roles = projection.flow, projection.roles
    if not _settle_classes(flow):
        return []
    said = {(p.name, p.stage) for p in projection.problems if p.kind == "class-state"}
    changed: dict[str, tuple[Version, str]] = {}
    found: dict[tuple[str, str], Problem] = {}
    for statement in flow.statements():
        role = roles[statement.cell]
        if role.kind != "stage":
            continue
        for name in _classes_used(statement):
            version, stage = changed.get(name, (None, ""))
            if version is not None and stage != role.stage and (version.name, role.stage) not in said:
                problem = Problem("class-state", version.name, version.statement, statement, role.stage)
                found.setdefault((name, role.stage), problem)
        for version in statement.writes:
            if version.kind == "change" and version.value is not None and "class" in version.value.traits:
                for cls in version.value.classes:
                    changed[cls.origin] = (version, role.stage)
    return list(found.values())


def _settle_classes(flow: Flow) -> bool:
    """Make the versions of all changed classes, and say whether there are any."""
    names = [
        n
        for n in flow.changed
        if (version := flow.latest(n)) is not None
        and version.value is not None
        and "class" in version.value.traits
    ]
    return bool(names)


def _classes_used(statement: Statement) -> set[str]:
    values = [v.value for v in statement.reads.values() if v.value is not None]
    return {c.origin for v in values for c in classes_of(v) if "class" not in v.traits}
