"""`jupyter mlcode status`: is the export up to date, how did the last run end, what would a run do."""

from __future__ import annotations

from dataclasses import asdict

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.options import parameter_options
from jupyter_mlcode.cli.output import format_option, put, put_json, table
from jupyter_mlcode.model.cache import Decision, Reuse
from jupyter_mlcode.model.status import LastRun, Status

EPILOG = """\b
Examples:
  jupyter mlcode status churn.ipynb
  jupyter mlcode status churn.ipynb -p threshold 0.3
  jupyter mlcode status churn.ipynb --format json
"""


@click.command("status", epilog=EPILOG)
@click.argument("notebook", metavar="NOTEBOOK")
@parameter_options
@click.option("--reuse", "reused", multiple=True, metavar="STAGE", help="As `run --reuse`.")
@click.option("--output", metavar="DIR", help="The pipeline folder.  [default: <stem>/ beside the notebook]")
@format_option("json")
def command(
    notebook: str,
    pairs: tuple[tuple[str, str], ...],
    files: tuple[str, ...],
    texts: tuple[str, ...],
    reused: tuple[str, ...],
    output: str | None,
    format_: str,
) -> int:
    """Tell whether the export is up to date, how its last run ended, and what a run would do and why.

    Nothing is executed. Exit code 1 when the export is missing, out of date or refused.
    """
    given = api.given_parameters(files=files, texts=texts, pairs=pairs)
    status = api.status(notebook, output=output, parameters=given, reuse=Reuse(reused=reused))
    if format_ == "json":
        put_json(asdict(status))
    else:
        put(f"export    {_export(status)}")
        put(f"last run  {_run(status.last_run)}")
        for line in _stages(status.stages):
            put(line)
    return int(status.export != "up_to_date")


def _export(status: Status) -> str:
    if status.export == "out_of_date":
        names = ", ".join(status.changes[:4]) + (", ..." if len(status.changes) > 4 else "")
        return f"{status.folder} is out of date: {names}"
    if status.export == "refused":
        return f"refused: {status.errors} errors, see `jupyter mlcode check {status.notebook}`"
    return f"{status.folder} {'is up to date' if status.export == 'up_to_date' else 'does not exist yet'}"


def _stages(stages: tuple[Decision, ...]) -> list[str]:
    rows = [{"stage": s.stage, "verdict": s.verdict, "why": "; ".join(s.reasons)} for s in stages]
    return [f"  {line}" for line in table(rows, ("stage", "verdict", "why"))]


def _run(run: LastRun | None) -> str:
    if run is None:
        return "none"
    if not run.started:
        return f"{run.folder}: {run.status}"
    text = f"{run.folder}: {run.status} ({run.started}, {run.seconds:.1f} s)"
    return f"{text}, stage {run.stage}: {run.problem}" if run.stage else text
