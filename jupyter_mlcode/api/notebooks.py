"""From a notebook to its export: read, check, suggest, show, write."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from jupyter_mlcode.errors import InputError, RefusedError, UsageError
from jupyter_mlcode.model.json_value import Json

if TYPE_CHECKING:
    from jupyter_mlcode.analysis.patterns import Rules
    from jupyter_mlcode.analysis.session import Session
    from jupyter_mlcode.checks.live import LivePlan
    from jupyter_mlcode.exporters.protocol import Target
    from jupyter_mlcode.exporters.writing import Mode, WriteResult
    from jupyter_mlcode.graph.suggest import Suggestion
    from jupyter_mlcode.model.bundle import Bundle
    from jupyter_mlcode.model.diagnostics import Diagnostic
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline

Source: TypeAlias = "str | os.PathLike[str] | Notebook | Pipeline"
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
    from jupyter_mlcode.checks.plan import plan as plan_notebook
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline

    if isinstance(source, Pipeline):
        return source

    notebook = source if isinstance(source, Notebook) else read(source)
    return plan_notebook(notebook, *taught(notebook.path))


def taught(path: str | os.PathLike[str]) -> tuple[Session | None, Rules | None]:
    """Return the analysis and the rules of the project that a notebook belongs to; None for the built-in ones."""
    from jupyter_mlcode.notebook.settings import read_settings

    settings = read_settings(Path(path).resolve().parent)
    if not settings.knowledge and not settings.rules:
        return None, None
    from jupyter_mlcode.analysis import library, patterns
    from jupyter_mlcode.analysis.session import Session

    return Session(library.with_project(settings.knowledge)), patterns.with_project(settings.rules)


def live_plan(path: str | os.PathLike[str]) -> LivePlan:
    """Return what plans the notebook of this path again and again while it is edited.

    Raises:
        InputError: the project's settings cannot be read.
    """
    from jupyter_mlcode.checks.live import LivePlan

    return LivePlan(*taught(path))


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
    from jupyter_mlcode.model.notebook import Notebook
    from jupyter_mlcode.model.pipeline import Pipeline

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


def pipeline_folder(notebook: str | os.PathLike[str], output: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that an export writes: `output`, or `<stem>/` beside the notebook.

    Raises:
        UsageError: the notebook's name without its ending is no name for a folder beside it.
    """
    path = Path(notebook)
    if output is not None:
        return Path(output)
    if path.stem in ("", ".", ".."):  # of `...ipynb` that is the folder above
        raise UsageError(f"the name {path.name!r} leads to no folder", hint="Choose a folder with --output.")
    return path.with_name(path.stem)


def export(
    source: Source,
    *,
    output: str | os.PathLike[str] | None = None,
    targets: Sequence[str] = ("folder",),
    stage_notebooks: bool = False,
) -> Bundle:
    """Return the files of the export, in memory; nothing is written.

    Raises:
        InputError: the file is not a notebook for a Python kernel.
        RefusedError: the notebook has errors.
        UnknownNameError: there is no such target.
    """
    from jupyter_mlcode.exporters.folder import FolderExporter
    from jupyter_mlcode.exporters.protocol import exporter
    from jupyter_mlcode.exporters.writing import merged

    pipeline = plan(source)
    from jupyter_mlcode.model.diagnostics import Severity

    if errors := [d for d in pipeline.diagnostics if d.severity is Severity.ERROR]:
        raise RefusedError(pipeline.notebook.path, errors)
    place = target_of(pipeline.notebook.path, output)
    _check_names(pipeline.notebook.path, place)
    made = [
        (
            FolderExporter(stage_notebooks=True) if stage_notebooks and name == "folder" else exporter(name)
        ).export(pipeline, place)
        for name in dict.fromkeys(targets)
    ]
    return merged(made)


def _check_names(notebook: str, place: Target) -> None:
    """Refuse names that the exported files, which are UTF-8, could not hold."""
    for name in (os.path.basename(notebook), place.location, place.folder):
        try:
            name.encode()
        except UnicodeEncodeError as error:
            hint = "Rename it: the exported files have to name it."
            raise InputError(f"the name {name!r} is not UTF-8", hint=hint) from error


def target_of(notebook: str, output: str | os.PathLike[str] | None = None) -> Target:
    """Return how the notebook's folder and the pipeline folder lead to each other."""
    from jupyter_mlcode.exporters.protocol import Target, default_target

    if output is None:
        return default_target(notebook)
    here, there = Path(notebook).resolve().parent, Path(output).resolve()
    return Target(location=_relative(there, here), folder=_relative(here, there))


def _relative(path: Path, start: Path) -> str:
    """Return the POSIX path that leads from one folder to another."""
    return Path(os.path.relpath(path, start)).as_posix()


def write(
    bundle: Bundle,
    folder: str | os.PathLike[str],
    mode: Mode = "write",
    *,
    force: bool = False,
) -> WriteResult:
    """Bring the folder up to date, or (`check`, `diff`) tell what that would change.

    Raises:
        EditedFilesError: files edited by hand are in the way; nothing was written.
        UsageError: the folder is somebody else's, or cannot be written.
    """
    from jupyter_mlcode.exporters.writing import write as write_bundle

    return write_bundle(bundle, Path(folder), mode, force=force)


def params_findings(source: Source, folder: str | os.PathLike[str]) -> tuple[Diagnostic, ...]:
    """Return warnings where the folder's params.yaml and the notebook's parameters differ.

    Raises:
        InputError: the notebook or the params.yaml cannot be read.
    """
    from jupyter_mlcode.exporters.params_yaml import PARAMS
    from jupyter_mlcode.exporters.params_yaml import params_findings as findings

    file = Path(folder) / PARAMS
    if not file.is_file():
        return ()
    return findings(plan(source).parameters, file.read_text("utf-8", errors="replace"))
