"""`jupyter mlcode export`: the notebook's pipeline as files."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import diagnostic_line, format_option, put, put_json, put_text, say
from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.model.diagnostics import Severity

EPILOG = """\b
Examples:
  jupyter mlcode export churn.ipynb
  jupyter mlcode export churn.ipynb --output pipelines/churn
  jupyter mlcode export churn.ipynb --check      # in CI: exit code 1 when out of date
  jupyter mlcode export churn.ipynb --diff
"""


@click.command("export", epilog=EPILOG)
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--output", metavar="DIR", help="The pipeline folder.  [default: <stem>/ beside the notebook]")
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 when files are out of date.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, exit code 1 if anything.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited by hand.")
@click.option("--stage-notebooks", is_flag=True, help="Write a notebook for each stage too.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    default=["folder"],
    show_default=True,
    metavar="NAME",
    help="What to export for; may be given several times.",
)
@format_option("json")
def command(
    notebook: str,
    output: str | None,
    check: bool,
    diff: bool,
    force: bool,
    stage_notebooks: bool,
    targets: tuple[str, ...],
    format_: str,
) -> int:
    """Write the pipeline folder: scripts, graph, parameters.

    Nothing is executed. A notebook with errors is refused; generated files that were edited by
    hand are not overwritten without --force; params.yaml is yours.
    """
    if check + diff + force > 1:
        raise UsageError("--check, --diff and --force exclude each other")
    began = _mark(notebook)
    pipeline = api.plan(notebook)
    bundle = api.export(pipeline, output=output, targets=targets, stage_notebooks=stage_notebooks)
    folder = api.pipeline_folder(notebook, output)
    result = api.write(bundle, folder, "check" if check else "diff" if diff else "write", force=force)
    findings = [d for d in pipeline.diagnostics if d.severity is Severity.WARNING]
    findings += api.params_findings(pipeline, folder)
    if format_ == "json":
        changes = [asdict(change) for change in result.changes]
        shown = [api.diagnostic_document(d) for d in findings]
        put_json({"folder": str(folder), "written": result.written, "changes": changes, "diagnostics": shown})
    else:
        for change in result.changes:
            if diff:
                put_text(change.diff.rstrip("\n"))
            else:
                put(f"{change.kind:8} {Path(folder, change.path)}")
    for diagnostic in findings:
        say(diagnostic_line(notebook, diagnostic))
    if _mark(notebook) != began:
        say(f"{notebook} changed while it was exported: this is what it was before; export it again")
    say(_outcome(str(folder), len(bundle.files), len(result.changes), result.written))
    return int((check or diff) and not result.up_to_date)


def _mark(path: str) -> tuple[int, ...]:
    """Return what differs when a file is another than before."""
    try:
        found = os.stat(path)
    except OSError:  # gone, or never there: the reader says so
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _outcome(folder: str, files: int, changes: int, written: bool) -> str:
    if not changes:
        return f"{folder}: {files} files, up to date"
    return f"{folder}: {changes} of {files} files {'written' if written else 'out of date'}"
