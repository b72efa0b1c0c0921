"""Libraries that nobody taught, used in several stages: what they keep between calls is not passed on."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlcode.analysis.call_names import CALLED
from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import PERHAPS
from jupyter_mlcode.model.diagnostics import Diagnostic


def find(view: View) -> Iterator[Diagnostic]:
    """Yield for each such library the first use after a call in another stage, if no call is suspected already."""
    told = {p.name.removeprefix(PERHAPS) for p in view.connected.problems if p.name.startswith(PERHAPS)}
    told.update(view.connected.notebook.modules)
    called: dict[str, CellView] = {}
    for cell in view.cells:
        for statement in cell.statements if cell.role.kind == "stage" else ():
            for library in _used(statement.facts) if called else ():
                before = called.get(library)
                if before is None or library in told or before.role.stage == cell.role.stage:
                    continue
                told.add(library)
                number = before.cell.number
                yield make("MLC150", cell.at(statement), name=library, stage=before.role.stage, reader=number)
            for library in _called(statement.facts):
                called.setdefault(library, cell)


def _called(facts: StatementFacts) -> list[str]:
    return [e.what.partition(".")[0] for e in facts.effects if e.detail.startswith(CALLED)]


def _used(facts: StatementFacts) -> list[str]:
    paths = [v.path for v in facts.used_values.values() if v.path is not None]
    return [*_called(facts), *(path.partition(".")[0] for path in paths)]
