"""One cell to the facts of its top-level statements."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from jupyter_mlcode.analysis.classify import statement_kind
from jupyter_mlcode.analysis.facts import StatementFacts, StatementKind, SyntaxProblem
from jupyter_mlcode.analysis.magic_effects import run_magic
from jupyter_mlcode.analysis.observed import NOTHING, bound_once, is_open, of_type, relied_on, without_draws
from jupyter_mlcode.analysis.parsing import masked, nodes, tree
from jupyter_mlcode.analysis.statements import Statements
from jupyter_mlcode.analysis.values import Value
from jupyter_mlcode.model.observed import Observation
from jupyter_mlcode.notebook.magics import Magic

HISTORY = frozenset({"_", "__", "___", "_i", "_ii", "_iii", "In", "Out", "_ih", "_oh", "_dh"})


class Evaluator(Statements):
    """Evaluates the cells of one notebook in order, over one namespace."""

    def cell(
        self, key: str, source: str, observed: Observation | None = None
    ) -> tuple[tuple[StatementFacts, ...], SyntaxProblem | None]:
        """Return the facts of the cell's statements; a broken cell has a problem instead.

        What was observed of it stands in where the source does not tell; `relied` says what of it.
        """
        self.start_cell(key, source)
        plain = masked(source)
        self.relied = NOTHING
        self._seen_types = dict(observed.types) if observed is not None else {}
        self._used_types: dict[str, str] = {}
        if self._seen_types:
            once = bound_once(nodes(plain.python))
            self._seen_types = {n: t for n, t in self._seen_types.items() if n in once}
        try:
            parsed = tree(plain.python)
        except SyntaxError as error:
            return (), SyntaxProblem(error.msg or "invalid syntax", error.lineno or 1, error.offset or 1)
        except (ValueError, RecursionError, MemoryError) as error:
            return (), SyntaxProblem(str(error) or "too deeply nested", 1, 1)
        found = []
        try:
            for node, magics in _with_magics(parsed.body, plain.magics):
                found.append(self._top_level(node, magics))
        except SyntaxError as error:  # below a cell magic
            return (), SyntaxProblem(error.msg or "invalid syntax", error.lineno or 1, error.offset or 1)
        except RecursionError:
            return (), SyntaxProblem("too deeply nested", 1, 1)
        if observed is not None:
            self.relied = relied_on(observed, found, self._used_types)
            if self.relied.undrawn:
                return without_draws(found), None
        return tuple(found), None

    def _see_types(self) -> None:
        """Give what this statement bound the type that it had in the run that was observed."""
        for name in self.binds.keys() & self._seen_types.keys():
            if name in self.bound and is_open(self.binds[name]):
                value = of_type(self.binds[name], self._seen_types[name], self.library)
                if value is not None:
                    self.env[name] = self.binds[name] = value
                    self._used_types[name] = self._seen_types[name]

    def _top_level(self, node: ast.stmt | None, magics: Sequence[Magic]) -> StatementFacts:
        self.start_statement()
        first = last = magics[0].line if magics else 1
        if node is not None:
            first, last = _lines(node)
            self.line, self.column = node.lineno, node.col_offset + 1
            self.body((node,))
        for magic in magics:
            run_magic(self, magic)
            first, last = min(first, magic.line), max(last, magic.end_line)
        if self._seen_types:
            self._see_types()
        kind: StatementKind = "nothing"
        if node is not None or self.effects or self.binds:
            kind = statement_kind(node if node is not None else ast.Pass(), self)
        must = frozenset(self.bound - self.deleted - self.lost)
        return StatementFacts(
            first=first,
            last=last,
            kind=kind,
            uses=self.uses,
            must=must,
            may=frozenset(self.written - must - self.deleted),
            deleted=frozenset(self.deleted),
            lost=frozenset(self.lost),
            compared=self.compared,
            known=self.known,
            maybe=self.maybe - self.known if self.maybe else self.maybe,
            absorbs=tuple(self.absorbs),
            merges=tuple(self.merges),
            binds=self.binds,
            deferred=frozenset(self.deferred),
            effects=tuple(self.effects),
            roots=frozenset(self.roots),
            used_values=self.used_values,
            through={n: frozenset(o) for n, o in self.indirect.items() if n not in self.direct},
            columns=(node.col_offset, node.end_col_offset or -1) if node is not None else (0, -1),
        )


def _lines(node: ast.stmt) -> tuple[int, int]:
    decorators = getattr(node, "decorator_list", ())
    first = min((d.lineno for d in decorators), default=node.lineno)
    return min(first, node.lineno), node.end_lineno or node.lineno


def _with_magics(
    body: list[ast.stmt], magics: tuple[Magic, ...]
) -> list[tuple[ast.stmt | None, list[Magic]]]:
    """Pair each statement with the magics on its lines; magics on lines of their own stand alone."""
    if not magics:
        return [(node, []) for node in body]
    rest = list(magics)
    paired: list[tuple[ast.stmt | None, list[Magic]]] = []
    for node in body:
        first, last = _lines(node)
        while rest and rest[0].line < first:
            paired.append((None, [rest.pop(0)]))
        inside = []
        while rest and rest[0].line <= last:
            inside.append(rest.pop(0))
        paired.append((node, inside))
    paired.extend((None, [magic]) for magic in rest)
    return paired


def parameter_value(name: str, value: Value) -> Value:
    """Return the value of a parameter: its type is known, its literal may be replaced by `-p`."""
    traits = value.traits | {"parameter"}
    if isinstance(value.const, str):
        return Value(value.family, traits=traits, const=f"${{{name}}}")
    return Value(value.family, value.tops, value.inner, traits=traits)
