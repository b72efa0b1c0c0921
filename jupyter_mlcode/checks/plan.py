"""A notebook to its finished pipeline, with every diagnostic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from jupyter_mlcode.analysis.patterns import Rules
from jupyter_mlcode.analysis.session import Session, resting_collector
from jupyter_mlcode.checks import (
    databases,
    figures,
    flow_checks,
    hidden_text,
    hooks,
    interactive,
    leftovers,
    line_numbers,
    local_state,
    lost_parts,
    names,
    open_files,
    pattern_checks,
    random_numbers,
    rewritten_modules,
    secret_literals,
    sessions,
    sets,
    sharing,
    threads,
    untaught,
    world,
)
from jupyter_mlcode.checks.untagged import left_out, setup_cells
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.graph.connect import Connected, connect
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.pipeline import Pipeline

_FAMILIES = (
    names.find,
    sharing.find,
    random_numbers.find,
    interactive.find,
    figures.find,
    figures.find_left,
    hidden_text.find,
    leftovers.find,
    secret_literals.find,
    world.find,
    sessions.find,
    sets.find,
    local_state.find,
    databases.find,
    open_files.find,
    hooks.find,
    line_numbers.find,
    line_numbers.find_printed,
    lost_parts.find,
    rewritten_modules.find,
    threads.find,
    untaught.find,
)


@resting_collector()
def plan(notebook: Notebook, session: Session | None = None, rules: Rules | None = None) -> Pipeline:
    """Return the pipeline of a notebook and what is wrong with it. Nothing of the notebook runs.

    A session and rules of a project's own stand in for the built-in ones.
    """
    return pipeline_of(connect(notebook, session), rules)


def pipeline_of(connected: Connected, rules: Rules | None = None, view: View | None = None) -> Pipeline:
    """Return the pipeline of a connected notebook, with all findings."""
    notebook = connected.notebook
    out = left_out(connected)
    dropped = {item.cell for item in out}
    kept = tuple(
        cell.index
        for cell in notebook.cells
        if cell.index not in dropped and connected.roles.by_cell[cell.index].kind != "skip"
    )
    return Pipeline(
        name=_name(notebook.path),
        notebook=notebook,
        parameters=connected.parameters,
        stages=connected.stages,
        edges=connected.edges,
        definitions=connected.definitions,
        kept=kept,
        left_out=out,
        setup=setup_cells(connected),
        diagnostics=in_order(
            [*whole_findings(connected), *cell_findings(view or View(connected), rules)],
        ),
    )


def whole_findings(connected: Connected) -> list[Diagnostic]:
    """Return the findings about tags, and about what goes from cell to cell."""
    return [*connected.diagnostics, *flow_checks.find(connected)]


def cell_findings(view: View, rules: Rules | None) -> list[Diagnostic]:
    """Return the findings of all families; those about other cells may be missing when one is in focus."""
    found: list[Diagnostic] = []
    for family in _FAMILIES:
        found += family(view)
    found += pattern_checks.find(view, rules)
    return found


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the findings once each, by place."""
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(diagnostic: Diagnostic) -> tuple[int, int, int, str]:
    place = diagnostic.place
    return (place.cell, place.line, place.column, diagnostic.code) if place else (0, 0, 0, diagnostic.code)


def _name(path: str) -> str:
    return re.sub(r"\.ipynb$", "", PurePath(path).name) or "pipeline"
