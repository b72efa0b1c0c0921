"""`jupyter mlcode history`: past runs, and where two of them differ."""

from __future__ import annotations

from dataclasses import asdict

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import format_option, markdown_table, put, put_json, table
from jupyter_mlcode.model.history import Difference, PastRun, RunComparison

EPILOG = """\b
Examples:
  jupyter mlcode history churn
  jupyter mlcode history churn 3 7
  jupyter mlcode history churn 3 7 --format markdown
"""


@click.command("history", epilog=EPILOG)
@click.argument("pipeline", metavar="PIPELINE")
@click.argument("numbers", type=int, nargs=-1, metavar="[BEFORE AFTER]")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many runs to list."
)
@format_option("json", "markdown")
def command(pipeline: str, numbers: tuple[int, ...], limit: int, format_: str) -> int:
    """List the newest runs of a pipeline, or show where two of them differ.

    A comparison has parameters, metrics and how stages ended, and only what is not the same.
    """
    if len(numbers) not in (0, 2):
        raise click.UsageError("give no run, or two to compare")
    if numbers:
        _comparison(api.compare_runs(pipeline, *numbers), format_)
    else:
        _list(api.history(pipeline, limit=limit), format_)
    return 0


def _list(runs: tuple[PastRun, ...], format_: str) -> None:
    rows = [
        {
            "run": str(run.number),
            "started": run.started[:19].replace("T", " "),
            "status": run.status,
            "seconds": f"{run.seconds:.1f} s",
            "ran": f"{sum(not stage['cached'] for stage in run.stages)}/{len(run.stages)} stages",
            "metrics": ", ".join(f"{name} {_short(value)}" for name, value in list(run.metrics.items())[:4]),
        }
        for run in runs
    ]
    _put(rows, ("run", "started", "status", "seconds", "ran", "metrics"), format_, [asdict(r) for r in runs])


def _comparison(found: RunComparison, format_: str) -> None:
    names = (f"run {found.before}", f"run {found.after}")
    rows = [
        {
            "kind": d.kind,
            "name": d.name,
            names[0]: _short(d.before),
            names[1]: _short(d.after),
            "change": _change(d),
        }
        for d in found.differences
    ]
    if not rows and format_ != "json":
        put(f"runs {found.before} and {found.after} do not differ")
        return
    _put(rows, ("kind", "name", *names, "change"), format_, asdict(found))


def _put(rows: list[dict[str, str]], columns: tuple[str, ...], format_: str, document: object) -> None:
    if format_ == "json":
        put_json(document)
    elif format_ == "markdown":
        for line in markdown_table(rows, columns):
            put(line)
    else:
        for line in table([{c: c for c in columns}, *rows] if rows else [], columns):
            put(line)


def _short(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else " ".join(str(value).split())[:60]


def _change(difference: Difference) -> str:
    before, after = difference.before, difference.after
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (before, after))
    return f"{after - before:+.6g}" if numbers else ""
