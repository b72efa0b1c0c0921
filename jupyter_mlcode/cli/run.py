"""`jupyter mlcode run`: a pipeline from the command line."""

from __future__ import annotations

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import format_option, put, put_json, say, table
from jupyter_mlcode.cli.progress import progress
from jupyter_mlcode.model.run import RunReport

EPILOG = """\b
Examples:
  jupyter mlcode run churn
  jupyter mlcode run churn -p threshold 0.3 -p n_estimators 200
  jupyter mlcode run churn -f quick.yaml --from train
  jupyter mlcode run churn --runs-dir results
"""
EXIT_CODES = {"completed": 0, "interrupted": 130}
STAGE_FAILED = 4


@click.command("run", epilog=EPILOG)
@click.argument("pipeline", metavar="PIPELINE")
@click.option(
    "-p",
    "--parameter",
    "pairs",
    type=(str, str),
    multiple=True,
    metavar="NAME VALUE",
    help="A parameter's value; may be given several times.",
)
@click.option("-f", "--file", "files", multiple=True, metavar="FILE", help="A YAML file of parameters.")
@click.option("-y", "--yaml", "texts", multiple=True, metavar="YAML", help="Parameters as YAML text.")
@click.option("--stage", metavar="STAGE", help="Run this stage only.")
@click.option("--from", "from_stage", metavar="STAGE", help="Run this stage and those after it.")
@click.option("--kernel", metavar="NAME", help="The kernel to use instead of the notebook's.")
@click.option(
    "--runs-dir", metavar="DIR", help="Where the run's files go.  [default: PIPELINE/runs/<number>]"
)
@click.option(
    "--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The longest time for one cell."
)
@format_option("json")
def command(
    pipeline: str,
    pairs: tuple[tuple[str, str], ...],
    files: tuple[str, ...],
    texts: tuple[str, ...],
    stage: str | None,
    from_stage: str | None,
    kernel: str | None,
    runs_dir: str | None,
    timeout: int | None,
    format_: str,
) -> int:
    """Run a pipeline, every stage in a fresh kernel through papermill.

    PIPELINE is the folder that export wrote. Parameters are checked before anything starts.
    Exit code 4 when a stage fails.
    """
    report = api.run(
        pipeline,
        api.given_parameters(files=files, texts=texts, pairs=pairs),
        stage=stage,
        from_stage=from_stage,
        kernel=kernel,
        runs_dir=runs_dir,
        timeout=timeout,
        events=progress(),
    )
    if format_ == "json":
        put_json(api.report_document(report))
    else:
        for line in _lines(report):
            put(line)
    failed = report.failed
    if failed is not None and failed.error is not None:
        say(" ".join(failed.error.text().splitlines()))
    say(f"{report.pipeline}: {report.status}, see {report.folder}")
    return EXIT_CODES.get(report.status, STAGE_FAILED)


def _lines(report: RunReport) -> list[str]:
    """Return one line a stage: how it ended, how long it took, what it left behind."""
    rows = [
        {
            "stage": run.name,
            "status": run.status,
            "seconds": f"{run.seconds:.1f} s" if run.started else "",
            "outputs": ", ".join(output.path for output in run.outputs),
        }
        for run in report.stages
    ]
    return table(rows, ("stage", "status", "seconds", "outputs"))
