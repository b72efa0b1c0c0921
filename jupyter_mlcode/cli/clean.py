"""`jupyter mlcode clean`: what runs left behind is removed."""

from __future__ import annotations

from dataclasses import asdict

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import format_option, put, put_json, say

EPILOG = """\b
Examples:
  jupyter mlcode clean churn --runs 10
  jupyter mlcode clean churn --all --dry-run
"""


@click.command("clean", epilog=EPILOG)
@click.argument("pipeline", metavar="PIPELINE")
@click.option(
    "--runs", type=click.IntRange(min=0), metavar="N", help="Remove all but the N newest folders of runs."
)
@click.option(
    "--all", "everything", is_flag=True, help="Remove all runs, artifacts, kept results and the history."
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@format_option("json")
def command(pipeline: str, runs: int | None, everything: bool, dry_run: bool, format_: str) -> int:
    """Remove what runs left behind; exported files and a shared cache stay.

    Without options only kept results above the cache's limit go, those that nobody used for longest.
    """
    cleaned = api.clean(pipeline, runs=runs, everything=everything, dry_run=dry_run)
    if format_ == "json":
        put_json(asdict(cleaned))
        return 0
    for path in cleaned.paths:
        put(path)
    say(f"{pipeline}: {cleaned.bytes / 1e6:.1f} MB {'would go' if dry_run else 'removed'}")
    return 0
