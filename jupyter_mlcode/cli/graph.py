"""`jupyter mlcode graph`: the stages and what flows between them."""

from __future__ import annotations

import click

from jupyter_mlcode import api
from jupyter_mlcode.cli.output import diagnostic_line, format_option, put, put_json, put_text, say
from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.model.pipeline import Pipeline

EPILOG = """\b
Examples:
  jupyter mlcode graph churn.ipynb
  jupyter mlcode graph churn.ipynb --mermaid > graph.mmd
  jupyter mlcode graph churn.ipynb --format json
"""


@click.command("graph", epilog=EPILOG)
@click.argument("notebook", metavar="NOTEBOOK")
@click.option("--mermaid", is_flag=True, help="Print a Mermaid flowchart.")
@format_option("json")
def command(notebook: str, mermaid: bool, format_: str) -> int:
    """Show the stages and what flows between them.

    Nothing is executed. Exit code 1 when the notebook has errors; the graph is what could be found.
    """
    pipeline = api.plan(notebook)
    if format_ == "json":
        put_json(api.graph(pipeline))
    elif mermaid:
        put_text(api.mermaid(pipeline))
    else:
        for line in _lines(pipeline):
            put(line)
    errors = [d for d in pipeline.diagnostics if d.severity is Severity.ERROR]
    if format_ != "json":
        for diagnostic in errors:
            say(diagnostic_line(notebook, diagnostic))
    return int(bool(errors))


def _lines(pipeline: Pipeline) -> list[str]:
    """Return one paragraph a stage: its cells, and what comes in from where."""
    lines: list[str] = []
    for stage in pipeline.stages:
        numbers = ", ".join(str(index + 1) for index in stage.cells)
        title = f"  {stage.title}" if stage.title and stage.title.lower() != stage.name else ""
        lines.append(f"{stage.name}{title}  (cells {numbers})")
        for edge in pipeline.edges:
            if edge.target == stage.name:
                names = [c.name if c.kind == "variable" else f"{c.kind} {c.name}" for c in edge.carries]
                carried = ", ".join(dict.fromkeys(names))
                lines.append(f"    from {edge.source}: {carried}")
        if stage.params:
            lines.append(f"    parameters: {', '.join(stage.params)}")
    return lines
