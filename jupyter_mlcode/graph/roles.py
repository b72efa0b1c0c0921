"""Which statements can be run again elsewhere, by what their cell is to the pipeline."""

from __future__ import annotations

from typing import Final

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.graph.flow import DRAWN_BY_IMPORTS, PERHAPS, Statement, Version
from jupyter_mlcode.notebook.tags import Role

_ALWAYS: Final = frozenset({"import", "definition", "class"})
_SETTINGS: Final = _ALWAYS | {"setting"}
_IN_SETUP: Final = _ALWAYS | {"pure", "setting", "seed", "nothing"}
_NOT_REPLAYABLE: Final = frozenset({"reads", "writes", "draws", "impure", "opaque", "figure"})


def replayable(statement: Statement, role: Role, version: Version) -> bool:
    """Whether a stage that needs `version` may run its statement again instead of loading a value.

    Imports and definitions mean the same wherever their names do. In setup, so does everything
    that computes from its inputs alone or sets interpreter state.
    """
    kind = statement.facts.kind
    if version.name.startswith("@replay:") and kind in _SETTINGS:
        return True
    if kind == "setting" and any(w.name.startswith("@replay:") for w in statement.writes):
        return True
    if kind == "import" and version.name == DRAWN_BY_IMPORTS:
        return role.kind != "stage"
    if kind in _ALWAYS:
        if (
            kind == "definition"
            and role.kind == "stage"
            and (statement.changes.known or statement.changes.maybe)
        ):
            return False  # it enters the function into a registry, which must happen once
        # A decorator that enters the function into a registry changes the registry; setup does that everywhere.
        return version.kind != "change" or (role.kind == "setup" and repeatable(statement))
    if version.name.startswith("@replay:") and kind == "setting":
        return True
    if (
        kind == "pure"
        and version.kind == "must"
        and version.value is not None
        and version.value.path is not None
    ):
        return True
    if role.kind == "none":
        return kind in ("setting", "seed") or (kind == "pure" and _literal(version))
    if role.kind == "setup" and version.name.startswith(PERHAPS):
        return not any(e.kind in _NOT_REPLAYABLE and not _feared(e) for e in statement.facts.effects)
    return role.kind == "setup" and (kind in _IN_SETUP or repeatable(statement))


def repeatable(statement: Statement) -> bool:
    """Whether a setup statement computes the same again: no file, clock, network or draw."""
    return not any(e.kind in _NOT_REPLAYABLE for e in statement.facts.effects)


def _feared(effect: Effect) -> bool:
    """Whether it is not known to happen: what an untaught call might do. Generators are restored below it."""
    return effect.what == "any" or effect.detail.startswith("maybe")


def _literal(version: Version) -> bool:
    value = version.value
    return (
        version.kind == "must"
        and value is not None
        and (
            isinstance(value.const, (str, int, float, bool, type(None)))
            or (not value.inner and not version.statement.facts.uses)
        )
    )
