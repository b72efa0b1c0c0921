"""The module that holds a notebook's closed functions and classes."""

from __future__ import annotations

import ast
from itertools import groupby
from pathlib import Path

from jupyter_mlcode.codegen.conventions import Conventions, conventions
from jupyter_mlcode.codegen.literals import one_line
from jupyter_mlcode.codegen.statements import imported
from jupyter_mlcode.model.pipeline import Definition, Pipeline


def definitions_module(pipeline: Pipeline, shared: Conventions | None = None) -> str:
    """Return the text of the module: imports first, then the definitions in notebook order, or nothing."""
    if not pipeline.definitions:
        return ""
    shared = shared or conventions(pipeline)
    notebook = one_line(Path(pipeline.notebook.path).name).replace('"', "'")
    intro = f"Functions and classes of {notebook} that read nothing but their arguments and imports."
    parts = [f'"""{intro.replace(chr(92), "/")}"""']
    if shared.features:
        parts.append(imported("__future__", shared.features))
    if imports := _imports(pipeline.definitions):
        parts.append("\n".join(imports))
    head = "\n\n".join(parts)
    cells = groupby((d for d in pipeline.definitions if not d.is_import), key=lambda d: d.cell)
    blocks = [
        f"# %% {shared.ids[cell]}\n" + "\n\n\n".join(_text(definition) for definition in definitions)
        for cell, definitions in cells
    ]
    return "\n\n\n".join([head, *blocks]) + "\n"


def _text(definition: Definition) -> str:
    return definition.text.replace("\r\n", "\n").strip("\n")


def _imports(definitions: tuple[Definition, ...]) -> list[str]:
    """Return the import statements, each name once, in notebook order."""
    lines = [_text(d) for d in definitions if d.is_import and "__future__" not in d.text]
    if any(_calls_display(d.text) for d in definitions if not d.is_import):
        lines.append("from IPython.display import display")
    return list(dict.fromkeys(lines))


def _calls_display(text: str) -> bool:
    if "display" not in text:
        return False
    return any(isinstance(node, ast.Name) and node.id == "display" for node in ast.walk(ast.parse(text)))
