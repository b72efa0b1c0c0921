"""The pipeline folder: everything that `python` and `papermill` need, and what a reviewer reads."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlcode.artifacts import handoff_source
from jupyter_mlcode.codegen.conventions import conventions
from jupyter_mlcode.codegen.definitions import definitions_module
from jupyter_mlcode.codegen.notebooks import notebook_text, pipeline_notebook, stage_notebook
from jupyter_mlcode.codegen.script import stage_script
from jupyter_mlcode.exporters.params_yaml import PARAMS, params_yaml
from jupyter_mlcode.exporters.pipeline_yaml import pipeline_yaml
from jupyter_mlcode.exporters.protocol import Target
from jupyter_mlcode.exporters.readme import readme
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.pipeline import Pipeline

GITIGNORE = "artifacts/\nruns/\n__pycache__/\n"
GITATTRIBUTES = """\
* text=auto eol=lf
mlcode_handoff.py linguist-generated
pipeline.ipynb linguist-generated
stage_*.ipynb linguist-generated
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderExporter:
    """The built-in exporter; `stage_notebooks` adds a notebook for each stage, for targets that need them."""

    stage_notebooks: bool = False

    def export(self, pipeline: Pipeline, target: Target) -> Bundle:
        """Return the files of the pipeline folder."""
        shared = conventions(pipeline)
        whole = pipeline_notebook(pipeline)
        files = {
            "README.md": readme(pipeline, target, shared),
            "pipeline.yaml": pipeline_yaml(pipeline, target, shared),
            "pipeline.ipynb": notebook_text(whole),
            "mlcode_handoff.py": handoff_source(),
            ".gitignore": GITIGNORE,
            ".gitattributes": GITATTRIBUTES,
        }
        if pipeline.parameters:
            files[PARAMS] = params_yaml(pipeline.parameters)
        if module := definitions_module(pipeline, shared):
            files[f"{shared.module}.py"] = module
        for stage in pipeline.stages:
            script = stage_script(pipeline, stage, shared)
            files[f"stage_{stage.name}.py"] = script
            if self.stage_notebooks:
                made = stage_notebook(
                    script, whole["cells"], pipeline.parameters, whole["metadata"], location=target.location
                )
                files[f"stage_{stage.name}.ipynb"] = notebook_text(made)
        return Bundle(files=dict(sorted(files.items())), keep=frozenset({PARAMS} & files.keys()))
