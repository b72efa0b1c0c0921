"""`jupyter mlcode verify`: does the pipeline give what the notebook gives."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import format_option, put, put_json, say
from jupyter_mlcode.cli.progress import progress
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.verify import Difference, VerifyReport

EPILOG = """\b
Examples:
  jupyter mlcode verify churn.ipynb
  jupyter mlcode verify churn.ipynb --format json > verdict.json
  jupyter mlcode verify churn.ipynb --close 1e-9
  jupyter mlcode verify churn.ipynb --observe
"""


@click.command("verify", epilog=EPILOG)
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--kernel", metavar="NAME", help="The kernel to use instead of the notebook's.")
@click.option(
    "--timeout", type=click.IntRange(min=1), metavar="SECONDS", help="The longest time for one cell."
)
@click.option(
    "--close",
    type=click.FloatRange(min=0, max=0.1, min_open=True),
    metavar="TOLERANCE",
    help="Take numbers as equal that differ by no more, relatively; the result says so.",
)
@click.option(
    "--observe",
    "observing",
    is_flag=True,
    help="Also write what a run shows of calls that the analysis does not know to NOTEBOOK's .observed.yml.",
)
@format_option("json")
def command(
    notebook: str,
    kernel: str | None,
    timeout: int | None,
    close: float | None,
    observing: bool,
    format_: str,
) -> int:
    """Compare the pipeline's results with the notebook's own.

    The notebook runs twice in one kernel, the pipeline stage by stage in fresh ones, all in copies
    of the folder. Exit code 1 when anything differs.
    """
    source: api.Source = notebook
    if observing:
        say("running the notebook, to observe it")
        source = api.observe(notebook, kernel=kernel, timeout=timeout)
    report = api.verify(source, kernel=kernel, timeout=timeout, tolerance=close, events=progress(), talk=say)
    if format_ == "json":
        put_json({**asdict(report), "differences": [_described(d) for d in report.differences]})
    else:
        for difference in report.differences:
            put(f"{difference.line(notebook)}  hint: {difference.hint}")
    for note in _notes(report, notebook):
        say(note)
    if isinstance(source, Notebook):
        say(_observed(source, report))
    return int(not report.equal)


def _observed(notebook: Notebook, report: VerifyReport) -> str:
    """Write what was observed, unless the pipeline made with it differs, and return what to tell."""
    if not report.equal:
        return "nothing observed is kept: the pipeline made with it differs"
    path = api.write_observed(notebook)
    if path is None:
        return "nothing to observe: the source of every cell tells enough"
    count = len(notebook.observed)
    cells = f"{count} cell{'s' if count != 1 else ''}"
    return f"{path}: what was observed of {cells}; review it, commit it, and export again"


def _described(difference: Difference) -> dict[str, Any]:
    return {**asdict(difference), "hint": difference.hint}


def _notes(report: VerifyReport, notebook: str) -> list[str]:
    """Return what was compared, what was not judged, and the verdict."""
    notes = [stage.line() for stage in report.compared]
    notes += [f"note: {note}" for note in report.notes]
    notes += [
        f"not judged, the notebook itself varies: {d.line(notebook, 'second run')}" for d in report.unstable
    ]
    if report.reference_failure:
        notes.append(f"the notebook itself fails: {' '.join(report.reference_failure.split())}")
    notes += [f"close, within {report.tolerance}: {d.line(notebook)}" for d in report.close]
    return [*notes, f"{notebook}: {report.verdict}"]
