"""`jupyter mlcode run`: a pipeline from the command line."""

from __future__ import annotations

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.options import parameter_options
from jupyter_mlcode.cli.output import format_option, put, put_json, say, table
from jupyter_mlcode.cli.progress import progress
from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import RunReport, StageRun

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
@parameter_options
@click.option("--stage", metavar="STAGE", help="Run this stage only.")
@click.option("--from", "from_stage", metavar="STAGE", help="Run this stage and those after it.")
@click.option("--kernel", metavar="NAME", help="The kernel to use instead of the notebook's.")
@click.option(
    "--runs-dir", metavar="DIR", help="Where the run's files go.  [default: PIPELINE/runs/<number>]"
)
@click.option(
    "--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The longest time for one cell."
)
@click.option(
    "--stage-timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="The longest time for a stage."
)
@click.option(
    "--retries", type=click.IntRange(min=0), default=0, metavar="N", help="Try a failed stage again."
)
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Run up to N stages at once."
)
@click.option("--force", is_flag=True, help="Run every stage, even if nothing has changed.")
@click.option(
    "--rerun", "forced", multiple=True, metavar="STAGE", help="Run this stage even if nothing has changed."
)
@click.option(
    "--reuse",
    "reused",
    multiple=True,
    metavar="STAGE",
    help="Use this stage's results again although it reads the clock, the network or the like.",
)
@click.option("--cache/--no-cache", default=True, help="Use and keep results of stages.  [default: cache]")
@click.option(
    "--cache-dir", metavar="DIR", help="Where results are kept.  [default: MLCODE_CACHE, or the artifacts]"
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
    stage_timeout: float | None,
    retries: int,
    jobs: int,
    force: bool,
    forced: tuple[str, ...],
    reused: tuple[str, ...],
    cache: bool,
    cache_dir: str | None,
    format_: str,
) -> int:
    """Run a pipeline, every stage in a fresh kernel through papermill.

    PIPELINE is the folder that export wrote. Parameters are checked before anything starts. A stage
    runs only if something has changed that its results depend on; `jupyter mlcode status` says what.
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
        stage_timeout=stage_timeout,
        retries=retries,
        jobs=jobs,
        reuse=Reuse(cache=cache, everything=force, forced=forced, reused=reused, folder=cache_dir),
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
    for note in report.notes:
        say(note)
    nothing = all(run.cached for run in report.stages)
    say(f"{report.pipeline}: {'nothing to do' if nothing else report.status}, see {report.folder}")
    return EXIT_CODES.get(report.status, STAGE_FAILED)


def _lines(report: RunReport) -> list[str]:
    """Return one line a stage: how it ended, how long it took, what it left behind."""
    rows = [
        {
            "stage": run.name,
            "status": _status(run),
            "seconds": f"{run.seconds:.1f} s" if run.started and not run.cached else "",
            "outputs": run.reason if run.status == "not_run" else ", ".join(o.path for o in run.outputs),
        }
        for run in report.stages
    ]
    return table(rows, ("stage", "status", "seconds", "outputs"))


def _status(run: StageRun) -> str:
    """Return how the stage ended, in the words of this table."""
    if run.cached:
        return "unchanged"
    return "skipped" if run.status == "not_run" else run.status
