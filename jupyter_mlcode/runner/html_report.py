"""The run report for people: a summary table, and every executed stage, in one HTML file.

What a notebook prints is not trusted: its HTML is sanitized by nbconvert, and the page forbids the
browser to run any script and to load anything from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import DictLoader
from nbconvert import HTMLExporter

from jupyter_mlcode.model.run import RunReport, StageRun
from jupyter_mlcode.runner.files import write_text_atomically

TEMPLATE = "mlcode_report.html.j2"
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
SIZES = ("B", "KB", "MB", "GB")
WORDS = {
    "completed": "completed",
    "failed": "failed",
    "interrupted": "interrupted",
    "not_run": "not run",
}

_PAGE = """\
{%- extends 'index.html.j2' -%}
{%- block html_head -%}
<meta http-equiv="Content-Security-Policy" content="POLICY">
{{ super() }}
<style>STYLE</style>
{%- endblock -%}
{%- block html_head_js -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block body_header -%}
{{ super() }}
{{ resources.mlcode_summary }}
{%- endblock -%}
"""
_STYLE = """\
.mlcode-summary { margin: 1em; font-family: var(--jp-content-font-family, sans-serif); }
.mlcode-summary table { border-collapse: collapse; }
.mlcode-summary td, .mlcode-summary th { padding: 0.2em 1em 0.2em 0; text-align: left; vertical-align: top; }
.mlcode-summary .mlcode-number { text-align: right; }
.mlcode-failed, .mlcode-interrupted { color: #b00020; font-weight: bold; }
.mlcode-not_run { color: #666; }
"""


def write_html_report(report: RunReport, folder: Path) -> Path:
    """Write `report.html` beside the executed stage notebooks, at once or not at all."""
    page = _PAGE.replace("POLICY", CONTENT_POLICY).replace("STYLE", _STYLE)
    make: Any = HTMLExporter
    exporter = make(
        extra_loaders=[DictLoader({TEMPLATE: page})],
        template_file=TEMPLATE,
        sanitize_html=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    resources = {
        "metadata": {"name": f"{report.pipeline}: {WORDS[report.status]}"},
        "mlcode_summary": _summary(report),
    }
    body, _ = exporter.from_notebook_node(_joined(report, folder), resources=resources)
    target = folder / "report.html"
    write_text_atomically(target, body)
    return target


def _joined(report: RunReport, folder: Path) -> Any:
    """Return all executed stage notebooks as one, each under its name."""
    v4: Any = nbformat.v4
    cells: list[Any] = []
    for stage in report.stages:
        path = folder / f"{stage.name}.ipynb"
        if stage.status == "not_run" or not path.is_file():
            continue
        cells.append(v4.new_markdown_cell(f"# Stage {stage.name}"))
        cells += v4.reads(path.read_text("utf-8")).cells
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return v4.new_notebook(cells=cells)


def _summary(report: RunReport) -> str:
    rows = "".join(_row(stage) for stage in report.stages)
    parameters = "".join(
        f"<tr><td>{escape(name)}</td><td><code>{escape(repr(value))}</code></td></tr>"
        for name, value in report.parameters.items()
    )
    shown = f"<h2>Parameters</h2><table>{parameters}</table>" if parameters else ""
    return (
        f'<section class="mlcode-summary"><h1>{escape(report.pipeline)}: {WORDS[report.status]}</h1>'
        f"<p>{escape(report.started)}, {report.seconds:.1f} s</p>"
        "<table><thead><tr><th>Stage</th><th>Status</th><th>Cells</th><th>Seconds</th>"
        f"<th>Left behind</th><th>Error</th></tr></thead><tbody>{rows}</tbody></table>{shown}</section>"
    )


def _row(stage: StageRun) -> str:
    done = sum(cell.status == "completed" for cell in stage.cells)
    error = escape(stage.error.text()) if stage.error is not None else ""
    return (
        f"<tr><td>{escape(stage.name)}</td>"
        f'<td class="mlcode-{stage.status}" title="{escape(stage.reason)}">{_word(stage)}</td>'
        f'<td class="mlcode-number">{done}/{len(stage.cells)}</td>'
        f'<td class="mlcode-number">{stage.seconds:.1f}</td>'
        f"<td>{'<br>'.join(_outputs(stage))}</td><td>{error}</td></tr>"
    )


def _word(stage: StageRun) -> str:
    return "unchanged" if stage.cached else WORDS[stage.status]


def _outputs(stage: StageRun) -> Iterator[str]:
    for output in stage.outputs:
        yield f"{escape(output.path)} ({size_text(output.size)})"


def size_text(size: float) -> str:
    """Return the size for people.

    Examples:
        >>> size_text(1536)
        '1.5 KB'
    """
    unit = 0
    while size >= 1024 and unit < len(SIZES) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {SIZES[unit]}" if unit else f"{size:.0f} B"
