"""Cells that nobody would write: probes and idioms, cut up and put together again.

Half of the mutants are trees spliced into other trees, which still parse and go deep; the other half are
damaged token by token, as an editor's half-typed cell is. Every one is decided by its random generator.
"""

from __future__ import annotations

import ast
import copy
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from jupyter_mlcode.checks.live import LivePlan
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.exporters.folder import FolderExporter
from jupyter_mlcode.exporters.protocol import default_target
from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.notebook.read import parse_notebook
from tests.harness.notebooks import CellText, notebook_json
from tests.probes.reading import read_probes

IDIOMS = Path(__file__).parents[1] / "contract" / "idioms.yaml"
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_ODD = (
    "\t", "\\\n", "(", ")", "[", "{", "'", '"""', "f'{", "lambda ", "async ", "await ", "yield ", "*", "**", ":=",
    "@", "%", "%%", "!", "?", "é", "\u00aa", "\u2028", "\x0c", "match x:\n case ", "global x\n", "nonlocal x\n",
    "del ", "import ", "from . import ", "class x(x): ", "__", "\N{PILE OF POO}", "9" * 50, "0o", "1e999", "\\N{",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """Programs to change, and the expressions and statements to put into them, as texts."""

    programs: tuple[tuple[CellText, ...], ...]
    expressions: tuple[str, ...]
    statements: tuple[str, ...]


def read_material() -> Material:
    """Return the probes and the idioms as material; what they are made of in the order of the files."""
    programs = [probe.cells for probe in read_probes()]
    idioms = yaml.safe_load(IDIOMS.read_text("utf-8"))
    texts = [str(i.get("code", "")) for i in (idioms if isinstance(idioms, list) else idioms["idioms"])]
    programs += [
        (CellText("stage:one", a), CellText("stage:two", b))
        for a, b in zip(texts[::2], texts[1::2], strict=False)
    ]
    expressions: dict[str, None] = {}
    statements: dict[str, None] = {}
    for program in programs:
        for cell in program:
            for node in _nodes(cell.source):
                if isinstance(node, ast.stmt):
                    statements[ast.unparse(node)] = None
                elif isinstance(node, ast.expr) and _stands_alone(text := ast.unparse(node)):
                    expressions[text] = None
    return Material(tuple(programs), tuple(expressions), tuple(statements))


def _stands_alone(text: str) -> bool:
    """Whether a part of an expression is one by itself: a slice, the format of a text and `*x` are not."""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def _nodes(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return []


def mutant(material: Material, seed: int) -> tuple[list[CellText], list[CellText]]:
    """Return the program of a seed, before and after one to four changes in any of its cells."""
    rng = random.Random(seed)
    before = rng.choice(material.programs)
    cells = list(before)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(cells))
        change = rng.choice((_spliced, _spliced, _damaged))
        cells[at] = CellText(cells[at].tag, change(cells[at].source, material, rng))
    if rng.random() < 0.1:
        rng.shuffle(cells)
    return list(before), cells


def complaints(before: list[CellText], after: list[CellText]) -> list[str]:
    """Return what is wrong with the plan of a mutant: no plan, another one after an edit, scripts that do not parse.

    What the product raises comes through.
    """
    first, then = (parse_notebook("nb.ipynb", notebook_json(cells)) for cells in (before, after))
    pipeline = plan(then)
    live = LivePlan()
    live.update(first)
    found = []
    if _shown(live.update(then)) != _shown(pipeline):
        found.append("the live plan differs")
    if not any(d.severity is Severity.ERROR for d in pipeline.diagnostics):
        for path, text in FolderExporter().export(pipeline, default_target("nb.ipynb")).files.items():
            found += [f"{path}: {problem}" for problem in (_unreadable(path, text),) if problem]
    return found


def _shown(pipeline: Pipeline) -> tuple[object, ...]:
    """What a live plan promises; the texts of steps are made anew for an export."""
    stages = [replace(stage, steps=()) for stage in pipeline.stages]
    return (
        stages,
        pipeline.edges,
        pipeline.parameters,
        pipeline.left_out,
        pipeline.setup,
        pipeline.diagnostics,
    )


def _unreadable(path: str, text: str) -> str:
    try:
        if path.endswith(".py"):
            compile(text, path, "exec", dont_inherit=True)
        elif path.endswith((".ipynb", ".json")):
            json.loads(text)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return ""


def _damaged(source: str, material: Material, rng: random.Random) -> str:
    tokens = _TOKEN.findall(source)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(tokens) + 1)
        act = rng.randrange(5)
        if act == 0:
            del tokens[at : at + rng.randint(1, 4)]
        elif act == 1:
            tokens.insert(at, rng.choice(_ODD))
        elif act == 2 and tokens:
            tokens.insert(at, rng.choice(tokens))
        elif act == 3:
            tokens.insert(at, rng.choice(material.expressions))
        else:
            tokens[at:at] = tokens[at : at + rng.randint(1, 30)] * rng.choice((1, 1, 2, 40))
    return "".join(tokens)


def _spliced(source: str, material: Material, rng: random.Random) -> str:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return _damaged(source, material, rng)
    act = rng.randrange(4)
    if act == 0:
        rng.choice(_bodies(tree)).insert(0, ast.parse(rng.choice(material.statements)).body[0])
    elif act == 1:
        body = rng.choice(_bodies(tree))
        body.insert(rng.randrange(len(body) + 1), _around(rng.choice(material.statements), rng))
    else:
        _replace(tree, ast.parse(rng.choice(material.expressions), mode="eval").body, rng)
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    except (ValueError, RecursionError):
        return source


def _bodies(tree: ast.Module) -> list[list[ast.stmt]]:
    return [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]  # type: ignore[attr-defined]


def _around(text: str, rng: random.Random) -> ast.stmt:
    """Return the statement inside another one."""
    frame = rng.choice((
        "if x:\n pass", "for x in y:\n pass", "while x:\n pass", "def x():\n pass", "class x:\n pass",
        "with x as y:\n pass", "try:\n pass\nexcept x as y:\n pass", "async def x():\n pass",
        "match x:\n case y:\n  pass",
    ))  # fmt: skip
    outer = ast.parse(frame).body[0]
    inner = outer.cases[0] if isinstance(outer, ast.Match) else outer
    inner.body = [ast.parse(text).body[0]]  # type: ignore[attr-defined]
    return outer


def _replace(tree: ast.Module, new: ast.expr, rng: random.Random) -> None:
    """Put an expression in the place of another one that is read."""
    places: list[tuple[ast.AST, str, int | None]] = []
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            items: Sequence[object] = value if isinstance(value, list) else [value]
            for number, item in enumerate(items):
                if isinstance(item, ast.expr) and isinstance(getattr(item, "ctx", ast.Load()), ast.Load):
                    places.append((node, name, number if isinstance(value, list) else None))
    if places:
        node, name, number = rng.choice(places)
        if number is None:
            setattr(node, name, copy.deepcopy(new))
        else:
            getattr(node, name)[number] = copy.deepcopy(new)
