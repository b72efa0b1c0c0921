"""What the notebook takes from the world around it: files by unknown or absolute path, network, clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import Statement
from jupyter_mlcode.model.diagnostics import Diagnostic

_ABSOLUTE: Final = re.compile(r"^(?:/(?!dev/null|dev/std)|~|[A-Za-z]:[\\/]|\\\\|file://)")
_ADDRESS: Final = re.compile(
    r"^(?:https?|ftp|s3a?|gs|gcs|hdfs|abfss?|wasbs?|az|adl|dbfs|sftp)://", re.IGNORECASE
)


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about files, network and clock."""
    for cell in view.checked:
        yield from _paths(cell)
        yield from _network(cell)
        yield from _clock(view, cell)
        for _, effect in cell.effects("sets"):
            if effect.what == "os.cwd":
                yield make("MLC135", cell.at(effect))
                break


def _paths(cell: CellView) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for statement, effect in cell.effects("reads", "writes"):
        if effect.detail in ("maybe", "table") or (effect.kind, effect.what) in told:
            continue
        told.add((effect.kind, effect.what))
        if _ABSOLUTE.match(effect.what):
            yield make("MLC121", cell.at(effect), path=effect.what)
        elif not effect.what and _names_a_path(cell, statement, effect):
            yield make("MLC127", cell.at(effect), verb=effect.kind)
        elif effect.what and _is_composed(cell, effect):
            yield make("MLC128", cell.at(effect), verb=effect.kind, path=effect.what)


def _names_a_path(cell: CellView, statement: Statement, effect: Effect) -> bool:
    """Whether Python code gives the path: a shell command or a child process has a finding of its own."""
    if any(
        e.kind == "finding" or (e.kind == "impure" and e.what == "process") for e in statement.facts.effects
    ):
        return False
    return any(True for _ in cell.calls_at(effect))


def _is_composed(cell: CellView, effect: Effect) -> bool:
    """Whether an argument of the call is an f-string with variables in it."""
    for call in cell.calls_at(effect):
        for argument in (*call.args, *(k.value for k in call.keywords)):
            for node in ast.walk(argument):
                if isinstance(node, ast.JoinedStr) and any(
                    isinstance(v, ast.FormattedValue) for v in node.values
                ):
                    return True
    return False


def _network(cell: CellView) -> Iterator[Diagnostic]:
    for _, effect in cell.effects("reads", "writes", "impure"):
        address = effect.kind != "impure" and _ADDRESS.match(effect.what)
        if address or (effect.kind == "impure" and effect.what == "network"):
            yield make("MLC122", cell.at(effect))
            return


def _clock(view: View, cell: CellView) -> Iterator[Diagnostic]:
    left = view.crossing_by_cell.get(cell.cell.index, {})
    for statement, effect in cell.effects("impure"):
        if effect.what not in ("clock", "entropy") or cell.role.kind not in ("stage", "none"):
            continue
        kept = sorted(n for n in statement.facts.must | statement.facts.may if n in left)
        writes = any(e.kind == "writes" for e in statement.facts.effects)
        source = "the clock" if effect.what == "clock" else "the system's random source"
        if kept:
            yield make("MLC124", cell.at(effect), name=kept[0], source=source, stage=left[kept[0]].stage)
        elif writes:
            yield make("MLC125", cell.at(effect), source=source)
