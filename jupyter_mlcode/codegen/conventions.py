"""What all scripts of one pipeline agree on: names that collide with nothing, headings, cell ids."""

from __future__ import annotations

import ast
import hashlib
import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jupyter_mlcode.codegen.functions import bound_names
from jupyter_mlcode.codegen.literals import one_line
from jupyter_mlcode.codegen.translation import future_features
from jupyter_mlcode.model.notebook import Cell, Notebook
from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.notebook.magics import mask

_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_STAGE_NAMES = re.compile(r"\b(?:mlcode_stage\w*|stage|Stage)\b")
_EXPANDS = re.compile(r"^[ \t]*(?:[\w, ]+=)?[ \t]*[!%].*[{$]|^%%(?:!|sx|system)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """The names, headings and ids that the scripts of one pipeline share.

    `bound` holds every name that the kept cells can bind, or None when no command asks for it.
    """

    variable: str
    factory: str
    module: str
    features: tuple[str, ...]
    headings: Mapping[int, str]
    ids: Mapping[int, str]
    bound: frozenset[str] | None


def conventions(pipeline: Pipeline) -> Conventions:
    """Return what the scripts of this pipeline agree on; one pass over the notebook."""
    kept = set(pipeline.kept)
    code = [cell for cell in pipeline.notebook.code_cells if not kept or cell.index in kept]
    taken = _taken_stage_names(code)
    variable = "stage"
    number = 1
    while variable in taken:
        variable = "mlcode_stage" if number == 1 else f"mlcode_stage_{number}"
        number += 1
    return Conventions(
        variable=variable,
        factory="MlcodeStage" if "Stage" in taken else "Stage",
        module=definitions_name(
            pipeline.name, {*_imported(code), *(f"stage_{stage.name}" for stage in pipeline.stages)}
        ),
        features=tuple(sorted({feature for cell in code for feature in future_features(cell.source)})),
        headings=_headings(pipeline.notebook),
        ids=cell_ids(pipeline.notebook),
        bound=names_bound(cell.source for cell in code),
    )


def cell_ids(notebook: Notebook) -> dict[int, str]:
    """Return each cell's id, or a short hash of its source where it has none that can be used."""
    ids: dict[int, str] = {}
    used: set[str] = set()
    for cell in notebook.cells:
        valid = _CELL_ID.fullmatch(cell.id)
        name = unique(cell.id if valid else hashlib.sha256(_bytes(cell.source)).hexdigest()[:8], used)
        used.add(name)
        ids[cell.index] = name
    return ids


def unique(name: str, used: Container[str]) -> str:
    """Return the name, with a number behind it when it is used already."""
    candidate, number = name, 2
    while candidate in used:
        candidate = f"{name[:60]}-{number}"
        number += 1
    return candidate


def definitions_name(stem: str, others: Iterable[str] = ()) -> str:
    """Return the module name for the closed definitions: an identifier that hides no other module.

    Names that differ in case only are one file on macOS and Windows.

    Examples:
        >>> definitions_name("my-notebook 1"), definitions_name("2024 räume")
        ('my_notebook_1_definitions', 'notebook_2024_raume_definitions')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    word = re.sub(r"\W+", "_", plain).strip("_") or "notebook"
    base = f"{word if word.isidentifier() else f'notebook_{word}'}_definitions"
    taken = {name.casefold() for name in (*others, *sys.stdlib_module_names)}
    name, number = base, 2
    while name.casefold() in taken:
        name = f"{base}_{number}"
        number += 1
    return name


def names_bound(sources: Iterable[str]) -> frozenset[str] | None:
    """Return every name that these cells can bind; None when no command of theirs expands a name."""
    return _names_bound(tuple(sources))


@lru_cache(maxsize=4)
def _names_bound(cells: tuple[str, ...]) -> frozenset[str] | None:
    if not any(_EXPANDS.search(source) for source in cells):
        return None
    names: set[str] = set()
    for source in cells:
        masked = mask(source)
        names.update(name for magic in masked.magics for name in magic.targets)
        for node in _nodes(masked.python):
            if isinstance(node, ast.arg):
                names.add(node.arg)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            elif isinstance(node, ast.stmt):
                names |= bound_names(node)
    return frozenset(names)


def _nodes(source: str) -> Iterator[ast.AST]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from ast.walk(tree)


def _taken_stage_names(cells: Iterable[Cell]) -> set[str]:
    """Return which of the names we would like the notebook's code uses itself."""
    taken: set[str] = set()
    for cell in cells:
        if found := set(_STAGE_NAMES.findall(cell.source)):
            taken |= found & _used_names(cell.source)
    return taken


def _used_names(source: str) -> set[str]:
    """Return the names the cell's code uses; every word of it when it cannot be parsed."""
    masked = mask(source)
    try:
        tree = ast.parse(masked.python)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source))
    names = {name for magic in masked.magics for name in (*magic.uses, *magic.targets)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.stmt):
            names |= bound_names(node)
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                names.update(node.names)
    return names


def _imported(cells: Iterable[Cell]) -> set[str]:
    """Return the roots of the modules that the cells may import, by their text."""
    words = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
    return {name for cell in cells for name in words.findall(cell.source)}


def _headings(notebook: Notebook) -> dict[int, str]:
    """Return for each code cell the text of the nearest Markdown heading above it."""
    headings: dict[int, str] = {}
    current = ""
    for cell in notebook.cells:
        if cell.kind == "markdown":
            current = _last_heading(cell.source) or current
        elif current:
            headings[cell.index] = current
    return headings


def _last_heading(markdown: str) -> str:
    heading = ""
    fenced = False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (found := _HEADING.fullmatch(line)) is not None:
            text = _LINK.sub(r"\1", found.group(1)).replace("**", "").replace("`", "")
            heading = one_line(text) or heading
    return heading


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
