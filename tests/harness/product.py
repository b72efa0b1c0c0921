"""The two calls into the product that these tests judge: plan a notebook, export it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_mlcode import api
from jupyter_mlcode.exporters.folder import FolderExporter
from jupyter_mlcode.exporters.protocol import default_target
from jupyter_mlcode.model.diagnostics import Diagnostic, Severity
from jupyter_mlcode.model.pipeline import OwnCell, Pipeline, Stage
from jupyter_mlcode.notebook.read import read_notebook
from tests.harness.notebooks import CellText, cell_id, write_notebook


@dataclass(frozen=True, slots=True)
class Exported:
    """A notebook's pipeline: what was said about it and, unless it was refused, the stage scripts in order."""

    pipeline: Pipeline
    scripts: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that refuse the export."""
        return tuple(d for d in self.pipeline.diagnostics if d.severity is Severity.ERROR)

    @property
    def refused(self) -> bool:
        """Whether nothing was exported."""
        return bool(self.errors)

    @property
    def own_cells(self) -> frozenset[str]:
        """The ids of the cells that run in some stage as its own."""
        steps = (step for stage in self.pipeline.stages for step in stage.steps)
        return frozenset(cell_id(step.cell) for step in steps if isinstance(step, OwnCell))

    def latest_first(self) -> tuple[Path, ...]:
        """Return the scripts in the other extreme of the legal orders: of the stages that may run, the last."""
        left = list(zip(self.pipeline.stages, self.scripts, strict=True))
        order: dict[str, Path] = {}
        while left:
            index = max(i for i, (stage, _) in enumerate(left) if _sources(stage) <= order.keys())
            stage, script = left.pop(index)
            order[stage.name] = script
        return tuple(order.values())

    def said(self) -> str:
        """Return all diagnostics as text, for a failing test."""
        return "\n".join(d.line("nb.ipynb") for d in self.pipeline.diagnostics)


def _sources(stage: Stage) -> set[str]:
    """Return the stages that must have run: what the files of a pipeline say, not more."""
    handed = (*stage.inputs, *stage.state_in)
    return {source.split("/")[0] for _, source in handed} | set(stage.needs)


def export(
    cells: Sequence[CellText], folder: Path, name: str = "nb", installed: Collection[str] = ()
) -> Exported:
    """Plan the cells as `<name>.ipynb` in the folder and write the pipeline beside it unless it is refused.

    The modules in the folder that are `installed` stand for packages: they are not the project's own.
    """
    path = write_notebook(folder / f"{name}.ipynb", cells)
    notebook = read_notebook(path)
    own = {module: names for module, names in notebook.modules.items() if module not in installed}
    pipeline = api.plan(replace(notebook, modules=own))
    planned = Exported(pipeline)
    if planned.refused:
        return planned
    bundle = FolderExporter().export(pipeline, default_target(str(path)))
    target = folder / name
    for relative, text in bundle.files.items():
        file = target / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    scripts = tuple(target / f"stage_{stage.name.replace('-', '_')}.py" for stage in pipeline.stages)
    return Exported(pipeline, scripts)
