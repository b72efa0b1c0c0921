"""The functions that everything else calls: the command line, the server, other programs.

Each one connects rooms and adds nothing of its own. Heavy rooms are imported when they are needed:
papermill and a kernel's client cost a second that `check` must not pay.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlcode.model.notebook import Json, Notebook
from jupyter_mlcode.model.pipeline import Pipeline

if TYPE_CHECKING:
    from jupyter_mlcode.graph.suggest import Suggestion
    from jupyter_mlcode.model.diagnostics import Diagnostic

Source: TypeAlias = str | os.PathLike[str] | Notebook | Pipeline
"""A notebook: the path of its file, or what an earlier step made of it."""


def read(path: str | os.PathLike[str]) -> Notebook:
    """Return the notebook in this file; nothing of it is executed.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.notebook.read import read_notebook

    return read_notebook(path)


def plan(source: Source) -> Pipeline:
    """Return the stage graph of a notebook with everything that is wrong with it.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    if isinstance(source, Pipeline):
        return source
    from jupyter_mlcode.checks.plan import plan as plan_notebook

    return plan_notebook(source if isinstance(source, Notebook) else read(source))


def check(source: Source) -> tuple[Diagnostic, ...]:
    """Return all findings: errors refuse an export, warnings and notes do not.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    return plan(source).diagnostics


def suggest(source: Source) -> tuple[Suggestion, ...]:
    """Return a tag for each code cell that has none of ours, with the reason.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.graph.suggest import suggest as suggest_tags

    if isinstance(source, Pipeline):
        return suggest_tags(source.notebook)
    return suggest_tags(source if isinstance(source, Notebook) else read(source))


def apply_suggestions(path: str | os.PathLike[str], suggestions: tuple[Suggestion, ...]) -> int:
    """Write the suggested tags into the notebook's file and return how many cells changed.

    Everything else in the file stays byte for byte.

    Raises:
        InputError: the file cannot be read or written.
    """
    from jupyter_mlcode.notebook.edit import write_tags

    return write_tags(os.fspath(path), {s.cell: s.tag for s in suggestions})


def graph(source: Source) -> dict[str, Json]:
    """Return stages, edges and findings as a JSON object.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.graph.document import graph_document

    return graph_document(plan(source))


def diagnostic_document(diagnostic: Diagnostic) -> dict[str, Json]:
    """Return a finding as a JSON object; cell, line and column count from 1."""
    from jupyter_mlcode.graph.document import diagnostic_document as document

    return document(diagnostic)


def mermaid(source: Source) -> str:
    """Return the stage graph as a Mermaid flowchart.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
    """
    from jupyter_mlcode.exporters.readme import mermaid as flowchart

    return flowchart(plan(source))
