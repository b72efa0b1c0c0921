"""`jupyter mlcode check`: everything that would make the pipeline differ from the notebook."""

from __future__ import annotations

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import diagnostic_line, format_option, put, put_json, say, summary

EPILOG = """\b
Examples:
  jupyter mlcode check churn.ipynb
  jupyter mlcode check --strict *.ipynb
  jupyter mlcode check churn.ipynb --format json
"""


@click.command("check", epilog=EPILOG)
@click.argument("notebooks", metavar="NOTEBOOK...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Warnings count as findings too.")
@format_option("json")
def command(notebooks: tuple[str, ...], strict: bool, format_: str) -> int:
    """Look for everything that would make a pipeline differ from the notebook.

    Nothing is executed. Exit code 1 when there are errors.
    """
    found = [(path, diagnostic) for path in notebooks for diagnostic in api.check(path)]
    if format_ == "json":
        put_json({"diagnostics": [{"file": path} | api.diagnostic_document(d) for path, d in found]})
    else:
        for path, diagnostic in found:
            put(diagnostic_line(path, diagnostic))
    say(summary(d for _, d in found))
    counted = {"error", "warning"} if strict else {"error"}
    return int(any(d.severity.value in counted for _, d in found))
