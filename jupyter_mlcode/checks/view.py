"""What the checks look at: the cells of a notebook with their trees, and what crosses between stages."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mlcode.analysis.facts import Effect
from jupyter_mlcode.analysis.parsing import masked, nodes, tree
from jupyter_mlcode.analysis.recorder import BUILTINS
from jupyter_mlcode.graph.connect import Connected
from jupyter_mlcode.graph.flow import Statement, Version
from jupyter_mlcode.model.diagnostics import Place
from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.notebook.tags import Role


class Crossing(NamedTuple):
    """A version that stage `stage` loads and reads at `reader`."""

    version: Version
    stage: str
    reader: Statement


class CellView:
    """One code cell that belongs to the run: its statements, and its tree when somebody asks for it."""

    def __init__(self, cell: Cell, role: Role, statements: list[Statement]) -> None:
        self.cell = cell
        self.role = role
        self.statements = statements

    @property
    def python(self) -> str:
        """The source with magics blanked out, at the same positions."""
        return masked(self.cell.source).python

    @property
    def tree(self) -> ast.Module:
        """The tree of the cell; empty for a broken cell."""
        try:
            return tree(self.python)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module(body=[], type_ignores=[])

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree, outer ones first."""
        return nodes(self.python)

    def node(self, statement: Statement) -> ast.stmt | None:
        """Return the tree of one statement; None for a magic."""
        facts = statement.facts
        for node in self.tree.body:
            here = node.lineno <= facts.last and facts.first <= (node.end_lineno or node.lineno)
            if here and (
                facts.columns == (0, -1) or node.col_offset == facts.columns[0] or node.lineno != facts.first
            ):
                return node
        return None

    def place(self, line: int = 1, column: int = 1) -> Place:
        """Return a position given with a column in UTF-8 bytes, as `ast` and effects count."""
        lines = self.cell.source.split("\n")
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        if column > 1 and not text.isascii():
            column = len(text.encode()[: column - 1].decode(errors="ignore")) + 1
        return Place(cell=self.cell.number, cell_id=self.cell.id, line=line, column=column)

    def at(self, thing: Statement | Effect | ast.AST) -> Place:
        """Return where a statement, an effect or a node stands."""
        if isinstance(thing, Statement):
            return self.place(thing.facts.first, thing.facts.columns[0] + 1)
        if isinstance(thing, Effect):
            return self.place(thing.line, thing.column)
        return self.place(getattr(thing, "lineno", 1), getattr(thing, "col_offset", 0) + 1)

    def effects(self, *kinds: str) -> Iterator[tuple[Statement, Effect]]:
        """Yield the effects of these kinds, with their statements."""
        for statement in self.statements:
            for effect in statement.facts.effects:
                if effect.kind in kinds:
                    yield statement, effect

    def calls_at(self, effect: Effect) -> Iterator[ast.Call]:
        """Yield the calls that begin where the effect was recorded."""
        yield from self._calls.get((effect.line, effect.column), ())

    @functools.cached_property
    def _calls(self) -> dict[tuple[int, int], list[ast.Call]]:
        found: dict[tuple[int, int], list[ast.Call]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Call):
                found.setdefault((node.lineno, node.col_offset + 1), []).append(node)
        return found


class View:
    """The notebook as the checks see it."""

    def __init__(self, connected: Connected) -> None:
        self.connected = connected
        self.focus: CellView | None = None
        roles = connected.roles.by_cell
        self.cells = [
            CellView(cell, roles[cell.index], connected.flow.cells.get(cell.index, []))
            for cell in connected.notebook.code_cells
            if cell.index in connected.results
        ]
        self.by_index = {view.cell.index: view for view in self.cells}
        self.aliases: dict[str, str] = {}
        self.bound: set[str] = set()
        for view in self.cells:
            for statement in view.statements:
                self.bound.update(statement.facts.binds)
                for name, value in statement.facts.binds.items():
                    if value.path is not None:
                        self.aliases[name] = value.path

    @functools.cached_property
    def binders(self) -> dict[str, list[Statement]]:
        """The statements that bind or delete each name, in notebook order."""
        found: dict[str, list[Statement]] = {}
        for cell in self.cells:
            for statement in cell.statements:
                facts = statement.facts
                for name in facts.must | facts.may | facts.deleted:
                    found.setdefault(name, []).append(statement)
        return found

    @property
    def checked(self) -> list[CellView]:
        """The cells to report about: the one in focus, or all."""
        return self.cells if self.focus is None else [self.focus]

    def look_again(self, connected: Connected, index: int) -> None:
        """Take over the text of one cell, whose statements do what they did, and look at that cell only."""
        self.connected = connected
        old = self.by_index[index]
        new = CellView(connected.notebook.cells[index], old.role, old.statements)
        self.cells[self.cells.index(old)] = new
        self.by_index[index] = self.focus = new

    @functools.cached_property
    def crossings(self) -> list[Crossing]:
        """Every value that one stage loads from another, sorted by where it was made."""
        found = [
            Crossing(version, needs.name, reader)
            for needs in self.connected.projection.needs.values()
            for version, reader in needs.loads.items()
        ]
        return sorted(found, key=lambda c: (c.version.statement.position, c.version.name, c.stage))

    @functools.cached_property
    def crossing_by_cell(self) -> dict[int, dict[str, Crossing]]:
        """For each cell the names that it leaves for other stages, with the first stage that loads them."""
        found: dict[int, dict[str, Crossing]] = {}
        for crossing in self.crossings:
            found.setdefault(crossing.version.statement.cell, {}).setdefault(crossing.version.name, crossing)
        return found

    def number(self, statement: Statement) -> int:
        """Return the number of a statement's cell, as diagnostics name it."""
        return self.connected.notebook.cells[statement.cell].number

    def origin(self, view: CellView, dotted: str) -> str:
        """Return what a dotted name of a cell stands for: `pd.read_csv` is `pandas.read_csv`.

        What a call of an untaught library made counts as `library.Class()`. The answer for a
        variable of the notebook is empty.
        """
        head, dot, rest = dotted.partition(".")
        path = self._head(view, head)
        return f"{path}{dot}{rest}" if path else ""

    def _head(self, view: CellView, head: str) -> str:
        for statement in view.statements:
            value = statement.facts.used_values.get(head)
            if value is not None:
                if value.path is not None:
                    return value.path
                version = statement.reads.get(head)
                return made_by(version) if version is not None else "" if head in self.bound else head
        if head in self.aliases:
            return self.aliases[head]
        if head in self.bound:
            version = self.connected.flow.last.get(head)
            return made_by(version) if version is not None else ""
        return BUILTINS[head].path or head if head in BUILTINS else head


def made_by(version: Version) -> str:
    """Return the call of an untaught library that made a value, as `library.Class()`; empty when none did."""
    value = version.value
    if value is not None and value.path is not None:
        return value.path
    for effect in version.statement.facts.effects:
        if effect.kind == "foreign":
            return f"{effect.what}()"
    return ""
