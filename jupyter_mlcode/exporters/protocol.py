"""What an exporter is, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, cast

from jupyter_mlcode.errors import MlcodeError, UnknownNameError
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.pipeline import Pipeline

GROUP = "jupyter_mlcode.exporters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the files will lie: both paths are relative and POSIX, so no file names a machine.

    `location` leads from the notebook's folder to the pipeline folder, `folder` leads back.
    """

    location: str
    folder: str = ".."


class Exporter(Protocol):
    """Turn a pipeline into files. Pure: no clock, no network, no disk."""

    def export(self, pipeline: Pipeline, target: Target) -> Bundle:
        """Return the files that belong into the target's folder."""


class BrokenExporterError(MlcodeError):
    """An installed exporter cannot be loaded: the plugin is at fault, not the notebook."""

    code = "MLC501"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(
            f"exporter {name!r} cannot be loaded: {problem}",
            hint="Repair or remove the package that brings it.",
        )
        self.name = name


def default_target(notebook_path: str) -> Target:
    """Return the folder `<stem>/` beside the notebook.

    Examples:
        >>> default_target("work/churn.ipynb").location
        'churn'
    """
    return Target(location=Path(notebook_path).stem)


def exporter_names() -> tuple[str, ...]:
    """Return the names of all installed exporters; none of them is loaded for it."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)} | {"folder"}))


def exporter(name: str) -> Exporter:
    """Return the exporter of that name; only this one's code is imported.

    Raises:
        UnknownNameError: no installed package offers the name.
        BrokenExporterError: the plugin cannot be imported or has no `export`.
    """
    points = [*entry_points(group=GROUP), _BUILT_IN]
    point = next((point for point in points if point.name == name), None)
    if point is None:
        raise UnknownNameError("exporter", name, {p.name for p in points})
    return _loaded(point)


def exporters(names: Iterable[str]) -> tuple[Exporter, ...]:
    """Return the exporters of these names, in order."""
    return tuple(exporter(name) for name in names)


def _loaded(point: EntryPoint) -> Exporter:
    """Return an instance of what the entry point names."""
    try:
        made = point.load()()
    except Exception as error:  # a stranger's module may raise anything while it is imported
        raise BrokenExporterError(point.name, f"{type(error).__name__}: {error}") from error
    if not callable(getattr(made, "export", None)):
        raise BrokenExporterError(point.name, f"{point.value} has no method `export`")
    return cast(Exporter, made)


_BUILT_IN = EntryPoint(name="folder", value="jupyter_mlcode.exporters.folder:FolderExporter", group=GROUP)
