"""`jupyter mlcode check`: everything that would make the pipeline differ from the notebook."""

from __future__ import annotations

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import diagnostic_line, format_option, put, put_json, say, say_error, summary
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.json_value import Json

EPILOG = """\b
Examples:
  jupyter mlcode check churn.ipynb
  jupyter mlcode check --strict *.ipynb
  jupyter mlcode check churn.ipynb --format json
"""


@click.command("check", epilog=EPILOG)
@click.argument("notebooks", metavar="NOTEBOOK...", nargs=-1, required=True)
@click.option("--strict", is_flag=True, help="Warnings count as findings too.")
@click.option(
    "--cache/--no-cache", default=True, help="Remember findings of unchanged notebooks.  [default: cache]"
)
@format_option("json")
def command(notebooks: tuple[str, ...], strict: bool, cache: bool, format_: str) -> int:
    """Look for everything that would make a pipeline differ from the notebook.

    Nothing is executed. Exit code 1 when there are errors, 3 when a file is no notebook; the others are checked.
    """
    found: list[tuple[str, Diagnostic]] = []
    broken: list[tuple[str, InputError]] = []
    for path, result in api.check_all(notebooks, remember=cache):
        if isinstance(result, InputError):
            broken.append((path, result))
        else:
            found += ((path, diagnostic) for diagnostic in result)
    _show(found, broken, format_)
    counted = {"error", "warning"} if strict else {"error"}
    if broken:
        return InputError.exit_code
    return int(any(d.severity.value in counted for _, d in found))


def _show(found: list[tuple[str, Diagnostic]], broken: list[tuple[str, InputError]], format_: str) -> None:
    if format_ == "json":
        document: dict[str, Json] = {
            "diagnostics": [{"file": path} | api.diagnostic_document(d) for path, d in found]
        }
        if broken:
            document["errors"] = [
                {"file": path, "code": error.code, "message": error.message} for path, error in broken
            ]
        put_json(document)
    else:
        for path, diagnostic in found:
            put(diagnostic_line(path, diagnostic))
    for _, error in broken:
        say_error(error)
    if found or not broken:
        say(summary(d for _, d in found))
