"""`README.md` of an export: the graph, how to run it, its parameters, and what the notebook had more."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from jupyter_mlcode.codegen.conventions import Conventions
from jupyter_mlcode.codegen.literals import one_line
from jupyter_mlcode.codegen.magics import is_install
from jupyter_mlcode.exporters.params_yaml import PARAMS
from jupyter_mlcode.exporters.protocol import Target
from jupyter_mlcode.model.pipeline import Carried, Edge, Pipeline
from jupyter_mlcode.notebook.magics import mask

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")
_MERMAID = re.compile(r"[^\w .,:+/-]")
_SHOWN = 6


def readme(pipeline: Pipeline, target: Target, shared: Conventions) -> str:
    """Return the text of the README."""
    notebook = Path(pipeline.notebook.path).name
    parts = [
        f"# {_plain(pipeline.name)}",
        f"Generated from `{_code(notebook)}` by jupyter-mlcode: change the notebook and export again. "
        f"`{PARAMS}` is yours.",
        f"```mermaid\n{mermaid(pipeline)}\n```",
        _how_to_run(pipeline, target),
        _parameters(pipeline),
        _left_out(pipeline, shared),
        _manual_steps(pipeline),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def mermaid(pipeline: Pipeline) -> str:
    """Return the stage graph as a Mermaid flowchart; every label is escaped."""
    numbers = {stage.name: f"s{number}" for number, stage in enumerate(pipeline.stages, 1)}
    lines = ["flowchart LR"]
    lines += [f'    {numbers[stage.name]}["{_label(stage.name)}"]' for stage in pipeline.stages]
    lines += [_arrow(e, numbers) for e in pipeline.edges if e.source in numbers and e.target in numbers]
    return "\n".join(lines)


def _arrow(edge: Edge, numbers: dict[str, str]) -> str:
    names = list(dict.fromkeys(_carried(item) for item in edge.carries))
    shown = names if len(names) <= _SHOWN else [*names[: _SHOWN - 1], f"{len(names) - _SHOWN + 1} more"]
    label = f'|"{_label(", ".join(shown))}"|' if shown else ""
    return f"    {numbers[edge.source]} -->{label} {numbers[edge.target]}"


def _carried(item: Carried) -> str:
    return f"random: {item.name.removesuffix('.random')}" if item.kind == "random" else item.name


def _label(text: str) -> str:
    """Return the text as it may stand in a quoted Mermaid label: anything odd as a character code."""
    return _MERMAID.sub(lambda found: f"#{ord(found.group())};", one_line(text, 80))


def _how_to_run(pipeline: Pipeline, target: Target) -> str:
    """Return the three ways to run the pipeline, as typed in the notebook's folder."""
    place = target.location.rstrip("/")
    values = f" -f {_quoted(place, PARAMS)}" if pipeline.parameters else ""
    lines = [
        f"papermill {_quoted(place, 'pipeline.ipynb')} out.ipynb{values} --cwd .  # the whole, in one kernel"
    ]
    lines += [f"python {_quoted(place, f'stage_{stage.name}.py')}" for stage in pipeline.stages]
    lines.append(f"jupyter mlcode run {_quoted(place)}  # each stage in a kernel of its own, with a report")
    return "In the notebook's folder, any of:\n\n" + "\n".join(f"    {line}" for line in lines)


def _quoted(*parts: str) -> str:
    """Return a path as a shell takes it for a path, on one line: a folder may be called `-f`, or hold a line end."""
    path = "/".join(parts)
    path = f"./{path}" if path.startswith("-") else path
    if path.isprintable():
        return shlex.quote(path)
    escaped = path.encode("unicode_escape").decode("ascii").replace("'", r"\'")
    return f"$'{escaped}'"


def _parameters(pipeline: Pipeline) -> str:
    """Return the table of parameters; their values stand in `params.yaml` alone."""
    if not pipeline.parameters:
        return ""
    users = {p.name: [s.name for s in pipeline.stages if p.name in s.params] for p in pipeline.parameters}
    rows = [
        f"| `{parameter.name}` | {parameter.type} | {', '.join(users[parameter.name])} | {_plain(parameter.help)} |"
        for parameter in pipeline.parameters
    ]
    head = "| parameter | type | stages | |\n| --- | --- | --- | --- |"
    intro = f"## Parameters\n\nValues: `{PARAMS}`, then `-p NAME VALUE` on the command line."
    return "\n".join([intro, "", head, *rows])


def _left_out(pipeline: Pipeline, shared: Conventions) -> str:
    rows = [f"- `{shared.ids[entry.cell]}` {_plain(entry.reason)}" for entry in pipeline.left_out]
    return _section("Cells left out", rows)


def _manual_steps(pipeline: Pipeline) -> str:
    """Return what the notebook does and a pipeline does not: installing packages."""
    rows = []
    for cell in pipeline.notebook.code_cells:
        if "install" not in cell.source and "conda" not in cell.source:
            continue
        for magic in mask(cell.source).magics:
            if is_install(magic):
                program = f"{magic.name} " if magic.kind == "line" else ""
                command = f"{program}{magic.argument}"
                rows.append(f"- `{_code(command.strip())}`")
    return _section("Before the first run", list(dict.fromkeys(rows)))


def _section(title: str, rows: Iterable[str]) -> str:
    lines = list(rows)
    return "\n".join([f"## {title}", "", *lines]) if lines else ""


def _plain(text: str) -> str:
    """Return the text on one line, as it may stand in Markdown and in a table."""
    return _MARKDOWN.sub(r"\\\1", one_line(text, 200))


def _code(text: str) -> str:
    return one_line(text, 200).replace("`", "'")
