"""`POST export`: what an export would change, or the export itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from jupyter_mlcode import api
from jupyter_mlcode.errors import EditedFilesError, RefusedError
from jupyter_mlcode.exporters.protocol import exporter_names
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.server.document import problems
from jupyter_mlcode.server.files import Root


def export(root: Root, request: Mapping[str, Json]) -> dict[str, Json]:
    """Return an `ExportReply`.

    Raises:
        ForbiddenPathError: a path leads out of the server's folder.
        MlcodeError: the notebook or the folder cannot be used.
    """
    notebook = root.notebook(request["path"])
    folder = pipeline_folder(root, notebook, request["folder"])
    reply = {
        "state": "refused",
        "first": not (folder / "pipeline.yaml").is_file(),
        "folder": root.shown(folder),
        "targets": list(exporter_names()),
        "changes": [],
        "scripts": [],
        "command": "",
        "problems": [],
    }
    pipeline = api.plan(notebook)
    reply["problems"] = problems(pipeline.diagnostics)
    try:
        bundle = api.export(
            pipeline,
            output=folder,
            targets=request["targets"] or ["folder"],
            stage_notebooks=request["stage_notebooks"],
        )
    except RefusedError:
        return reply
    reply["command"] = _command(root, notebook, folder, parameters=bool(pipeline.parameters))
    reply["scripts"] = sorted(root.shown(folder / name) for name in bundle.files if name.endswith(".py"))
    seen = api.write(bundle, folder, "diff")
    reply["changes"] = [{"path": c.path, "kind": c.kind, "diff": c.diff} for c in seen.changes]
    if not seen.changes:
        reply["state"] = "up_to_date"
    elif request["mode"] == "diff":
        reply["state"] = "differs"
    else:
        reply["state"] = _written(bundle, folder, force=request["overwrite"])
    return reply


def _written(bundle: Bundle, folder: Path, *, force: bool) -> str:
    try:
        api.write(bundle, folder, force=force)
    except EditedFilesError:
        return "blocked"
    return "written"


def pipeline_folder(root: Root, notebook: Path, folder: str | None) -> Path:
    """Return the folder of the export, which lies below the root too; by default beside the notebook."""
    if folder is None:
        return root.inside(root.shown(api.pipeline_folder(notebook)))
    return root.inside(folder)


def _command(root: Root, notebook: Path, folder: Path, *, parameters: bool) -> str:
    """Return the line that runs the pipeline in CI, from the server's folder."""
    here = shlex.quote(root.shown(folder) or ".")
    work = shlex.quote(root.shown(notebook.parent) or ".")
    values = f" -f {here}/params.yaml" if parameters else ""
    return f"papermill {here}/pipeline.ipynb out.ipynb{values} --cwd {work}"
