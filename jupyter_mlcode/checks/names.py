"""Names that are not what they seem: undefined, bound only perhaps, bound by a call, shadowing a builtin."""

from __future__ import annotations

import ast
import builtins
import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from jupyter_mlcode.analysis.evaluate import HISTORY
from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import CellView, View
from jupyter_mlcode.graph.flow import Statement, Version
from jupyter_mlcode.model.diagnostics import Diagnostic

_AMBIENT: Final = frozenset(
    {"__file__", "__builtin__", "__builtins__", "__IPYTHON__", "__annotations__", "_exit_code"}
)
_SUGGESTED: Final = 12
_BUILTINS: Final = frozenset(n for n in dir(builtins) if n[0] != "_")
_CHOICES: Final = (ast.If, ast.IfExp, ast.Try, ast.While, ast.Match, ast.BoolOp, ast.ExceptHandler)


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the findings about names."""
    yield from _undefined(view)
    some_global = any("global " in cell.cell.source for cell in view.cells)
    for cell in view.checked:
        yield from _shadowed(cell)
        if some_global:
            yield from _bound_by_calls(cell)
        yield from _class_scopes(cell)
        yield from _all_of_a_module(cell)
        yield from _read_then_bound(view, cell)
    yield from _maybe_bound(view)


# -- undefined -------------------------------------------------------------------------------
def _undefined(view: View) -> Iterator[Diagnostic]:
    flow = view.connected.flow
    seen: set[tuple[int, str]] = set()
    broken = _broken_words(view) if flow.undefined else set()
    for statement, name in flow.undefined:
        if name in _AMBIENT or name in HISTORY or is_history(name) or (statement.cell, name) in seen:
            continue
        seen.add((statement.cell, name))
        cell = view.by_index[statement.cell]
        if view.focus not in (None, cell) or name in broken:
            continue
        known = _remedy(view, statement, name, search=len(seen) <= _SUGGESTED)
        code = "MLC022" if _is_conditional(cell, statement, name) else "MLC021"
        yield make(code, cell.place(statement.line_of(name)), name=name, known=known)


def _broken_words(view: View) -> set[str]:
    """Return the words of the cells that are not Python, half typed say: they may define any of these."""
    cells = view.connected.notebook.cells
    texts = (cells[i].source for i, result in view.connected.results.items() if result.problem is not None)
    return {word for text in texts for word in re.findall(r"[^\W\d]\w*", text)}


def _remedy(view: View, statement: Statement, name: str, *, search: bool) -> str:
    for other in view.binders.get(name, ()):
        if other.position > statement.position and name in other.facts.must | other.facts.may:
            return f"Cell {view.number(other)} binds it, below: move that up."
        if other.position < statement.position and name in other.facts.deleted:
            return f"Cell {view.number(other)} deletes it, above."
    near = difflib.get_close_matches(name, view.bound - {name}, 1) if search else []
    return f"Did you mean {near[0]!r}?" if near else "Define it in a cell above."


def is_history(name: str) -> bool:
    """Whether the name is `_3` or `_i3`: an entry of the session's history."""
    return name[0] == "_" and name[1:].removeprefix("i").isdecimal()


def _is_conditional(cell: CellView, statement: Statement, name: str) -> bool:
    """Whether some choice decides if the name is read at all, or what happens when it is not there."""
    node = cell.node(statement)
    if node is None:
        return True
    reads = [path for found, path in _paths(node) if isinstance(found, ast.Name) and found.id == name]
    if not reads:
        return bool(_conditional_calls(node))
    return all(any(_chooses(step) for step in path) for path in reads)


def _conditional_calls(node: ast.stmt) -> bool:
    return any(isinstance(found, _CHOICES) and _chooses(found) for found in ast.walk(node))


def _chooses(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return not (isinstance(node.test, ast.Constant) and node.test.value)
    return isinstance(node, _CHOICES)


def _paths(node: ast.AST, above: tuple[ast.AST, ...] = ()) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    """Yield every node with the nodes above it; the test of an `if` or `while` is not below it."""
    yield node, above
    for field, value in ast.iter_fields(node):
        inside = above if field == "test" and isinstance(node, (ast.If, ast.While)) else (*above, node)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST):
                yield from _paths(child, inside)


# -- builtins, calls, classes ------------------------------------------------------------------
def _shadowed(cell: CellView) -> Iterator[Diagnostic]:
    for statement in cell.statements:
        for name in sorted((statement.facts.must | statement.facts.may) & _BUILTINS):
            if statement.facts.kind != "import":
                yield make("MLC023", cell.at(statement), name=name)


def _bound_by_calls(cell: CellView) -> Iterator[Diagnostic]:
    for statement in cell.statements:
        facts = statement.facts
        names = {n for n in facts.must | facts.may if n[0] != "@"}
        if not names or facts.kind == "import" or facts.columns == (0, -1):
            continue
        functions = {f.node for value in facts.used_values.values() for f in value.functions}
        node = cell.node(statement)
        if node is None or not (
            functions or isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try))
        ):
            continue
        declared = _declared_global([node, *functions])
        for name in sorted((names & declared) - _stored(node, into_functions=False)):
            yield make("MLC026", cell.at(statement), name=name)


def _declared_global(nodes: Iterable[ast.AST]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Global):
                found.update(inner.names)
    return found


def _stored(node: ast.AST, *, into_functions: bool = True) -> set[str]:
    """Return the names that a statement's text binds."""
    found: set[str] = set()
    for child in _walk(node, into_functions):
        if isinstance(child, ast.Name) and isinstance(child.ctx, (ast.Store, ast.Del)):
            found.add(child.id)
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(child.name)
        elif isinstance(child, ast.alias):
            found.add((child.asname or child.name).partition(".")[0])
        elif isinstance(child, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)) and child.name:
            found.add(child.name)
        elif isinstance(child, ast.MatchMapping) and child.rest:
            found.add(child.rest)
    return found


def _walk(node: ast.AST, into_functions: bool) -> Iterator[ast.AST]:
    yield node
    if not into_functions and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, into_functions)


def _all_of_a_module(cell: CellView) -> Iterator[Diagnostic]:
    """`from module import *` of a module that could be read; the others are opaque."""
    if "*" not in cell.cell.source or "import" not in cell.cell.source:
        return
    opaque = {effect.line for _, effect in cell.effects("opaque")}
    for node in cell.nodes:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*" and node.lineno not in opaque:
            yield make("MLC037", cell.at(node), module=f"{'.' * node.level}{node.module or ''}")


def _class_scopes(cell: CellView) -> Iterator[Diagnostic]:
    """A comprehension in a class body does not see the class's names: it reads globals."""
    if "class " not in cell.cell.source:
        return
    for node in cell.nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        own = {
            n.id
            for s in node.body
            for n in ast.walk(s)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for statement in node.body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            for name in _seen_past_the_class(statement, own):
                yield make("MLC029", cell.at(name), name=name.id, owner=node.name)


def _seen_past_the_class(statement: ast.stmt, own: set[str]) -> Iterator[ast.Name]:
    for found in ast.walk(statement):
        if isinstance(found, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = {n.id for g in found.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
            for part in _inside(found):
                for name in ast.walk(part):
                    if isinstance(name, ast.Name) and name.id in own - targets:
                        yield name


def _inside(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Iterable[ast.expr]:
    first, *others = node.generators
    made = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    return [*made, *first.ifs, *(e for g in others for e in (g.iter, *g.ifs))]


# -- order ---------------------------------------------------------------------------------------
def _read_then_bound(view: View, cell: CellView) -> Iterator[Diagnostic]:
    """A cell that reads an earlier stage's value and binds the name again gives something else when run twice."""
    if cell.role.kind != "stage":
        return
    bound = {n for s in cell.statements for n in s.facts.must | s.facts.may}
    read: dict[str, Version] = {}
    for statement in cell.statements:
        for name in bound & statement.reads.keys():
            earlier = statement.reads[name].statement
            if earlier.cell != cell.cell.index and earlier.facts.kind in ("pure", "other"):
                role = view.by_index[earlier.cell].role
                if role.kind != "stage" or role.stage != cell.role.stage:
                    read.setdefault(name, statement.reads[name])
    for name, version in sorted(read.items()):
        node = _first_reader(cell.tree, name)
        if node is not None:
            yield make("MLC036", cell.at(node), name=name, made=view.number(version.statement))


def _first_reader(tree: ast.Module, name: str) -> ast.stmt | None:
    """Return the statement that reads the name, when it, or a later one that does not read it, binds it."""
    first: ast.stmt | None = None
    for node in _simple(tree.body):
        loads = any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in ast.walk(node)
        )
        if name in _stored(node) or _increments(node, name):
            if _increments(node, name):
                return node
            return first if not loads else None
        if loads and first is None:
            first = node
    return None


def _simple(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that are no blocks, in the order of the text; functions and classes are left out."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        blocks = [
            v
            for f, v in ast.iter_fields(node)
            if f in ("body", "orelse", "finalbody") and isinstance(v, list)
        ]
        if not blocks:
            yield node
        for block in blocks:
            yield from _simple(block)


def _increments(node: ast.stmt | None, name: str) -> bool:
    """Whether the statement computes the name from itself: `n = n + 1`, `n += 1`, under a block too."""
    for found in ast.walk(node) if node is not None else ():
        if (
            isinstance(found, ast.AugAssign)
            and isinstance(found.target, ast.Name)
            and found.target.id == name
        ):
            return True
        if not (isinstance(found, ast.Assign) and isinstance(found.value, ast.BinOp)):
            continue
        if any(isinstance(t, ast.Name) and t.id == name for t in found.targets):
            sides = (found.value.left, found.value.right)
            return any(isinstance(s, ast.Name) and s.id == name for s in sides)
    return False


# -- perhaps bound -----------------------------------------------------------------------------
def _maybe_bound(view: View) -> Iterator[Diagnostic]:
    for crossing in view.crossings:
        version = crossing.version
        if version.kind != "may" or version.name[0] == "@":
            continue
        cell = view.by_index[version.statement.cell]
        if not _under_a_choice(view, cell, version):
            continue
        code = "MLC024" if version.may_be_absent else "MLC025"
        reader = view.number(crossing.reader)
        yield make(code, cell.at(version.statement), name=version.name, stage=crossing.stage, reader=reader)


def _under_a_choice(view: View, cell: CellView, version: Version) -> bool:
    """Whether the name is bound under a condition, and not merely in a loop or by an opaque cell."""
    if any(e.kind == "opaque" for e in version.statement.facts.effects):
        return False
    node = cell.node(version.statement)
    if node is None:
        return False
    if version.name in _stored(node):
        return any(
            any(_chooses(step) for step in path)
            for found, path in _paths(node)
            if isinstance(found, ast.Name) and found.id == version.name and isinstance(found.ctx, ast.Store)
        )
    return not isinstance(node, (ast.For, ast.AsyncFor))
