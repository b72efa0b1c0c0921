"""`jupyter mlcode suggest`: a first tagging, from headings and from what cells hold."""

from __future__ import annotations

from dataclasses import asdict

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import format_option, put, put_json, say, table

EPILOG = """\b
Examples:
  jupyter mlcode suggest churn.ipynb
  jupyter mlcode suggest churn.ipynb --apply
"""
_SHOWN = 48


@click.command("suggest", epilog=EPILOG)
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--apply", "apply_", is_flag=True, help="Write the tags into the notebook.")
@format_option("json")
def command(notebook: str, apply_: bool, format_: str) -> int:
    """Propose a tag for each code cell that has none of ours.

    Nothing is executed. With --apply only the tags in the file change; all else stays as it is.
    """
    source = api.read(notebook)
    suggestions = api.suggest(source)
    if format_ == "json":
        put_json({"suggestions": [asdict(s) | {"cell": s.cell + 1} for s in suggestions]})
    else:
        rows = [
            {
                "cell": f"cell {s.cell + 1}",
                "tag": s.tag,
                "code": source.cells[s.cell].source.strip().partition("\n")[0][:_SHOWN],
                "why": f"({s.reason})",
            }
            for s in suggestions
        ]
        for line in table(rows, ("cell", "tag", "code", "why")):
            put(line)
    if not suggestions:
        say("every code cell has its tag")
    elif apply_:
        say(f"{api.apply_suggestions(notebook, suggestions)} cells tagged in {notebook}")
    else:
        say("nothing written; --apply writes these tags")
    return 0
