"""Which functions are closed: they mean the same in a module of their own.

A function is closed when all it reads is its arguments, builtins, imports, other closed functions
and names bound once to a literal that is no parameter; it has no decorators, its defaults never
change, and nothing binds its name again. Classes stay in the scripts: their module shows in what
they print (ADR 0005).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Final

from jupyter_mlcode.analysis.callables import Function
from jupyter_mlcode.analysis.recorder import BUILTINS
from jupyter_mlcode.analysis.scopes import free_globals
from jupyter_mlcode.graph.flow import Flow, Statement, Version
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.notebook.tags import Role

_NEEDS_NOTEBOOK: Final = frozenset(
    {"display", "get_ipython", "globals", "locals", "vars", "eval", "exec", "dir"}
)
_ASKS_FOR_MODULE: Final = re.compile(r"__module__|__globals__|\bgetmodule\b|\bhelp\(")
"""Text that may show in which module a function stands: then all of them stay in the scripts."""
_LITERALS: Final = (str, int, float, bool, bytes, type(None))


class ClosedDefinitions:
    """The closed functions of a notebook, and the imports and constants they read."""

    def __init__(self, flow: Flow, roles: Mapping[int, Role], notebook: Notebook) -> None:
        self._roles = roles
        self._versions: dict[str, list[Version]] = {}
        self._changed = flow.changed
        for statement in flow.statements():
            for version in statement.writes:
                self._versions.setdefault(version.name, []).append(version)
        self.functions: dict[str, Statement] = {}
        self._names: dict[str, Statement] = {}
        if not any(_ASKS_FOR_MODULE.search(cell.source) for cell in notebook.code_cells):
            self._decide()

    def _decide(self) -> None:
        """Start from every candidate and strike out those that read something open, until none is left."""
        candidates: dict[str, tuple[Statement, Function]] = {}
        for name, versions in self._versions.items():
            function = _only_function(versions)
            if function is not None and name not in self._changed:
                candidates[name] = (versions[0].statement, function)
        readers: dict[str, list[str]] = {}
        for name, (_, function) in candidates.items():
            for read in free_globals(function.node)[0]:
                readers.setdefault(read, []).append(name)
        doubtful = dict.fromkeys(candidates)
        while doubtful:
            struck = [n for n in doubtful if not self._all_closed(*candidates[n], candidates)]
            for name in struck:
                del candidates[name]
            reading = (reader for name in struck for reader in readers.get(name, ()))
            doubtful = dict.fromkeys(reader for reader in reading if reader in candidates)
        for name, (statement, function) in candidates.items():
            self.functions[function.origin] = statement
            self._names[name] = statement

    def _all_closed(
        self, statement: Statement, function: Function, candidates: Mapping[str, tuple[Statement, Function]]
    ) -> bool:
        reads, writes = free_globals(function.node)
        if writes:
            return False
        return all(
            name in candidates or self._constant_or_import(name, statement) is not None or self._builtin(name)
            for name in reads
        )

    def _builtin(self, name: str) -> bool:
        return (
            name in BUILTINS
            and name not in self._versions
            and name not in _NEEDS_NOTEBOOK
            and name[:2] != "__"
        )

    def _constant_or_import(self, name: str, reader: Statement) -> Statement | None:
        versions = self._versions.get(name, ())
        if not versions or name in self._changed or any(v.kind != "must" for v in versions):
            return None
        statement = versions[0].statement
        if statement.position > reader.position or self._roles[statement.cell].kind in ("parameters", "skip"):
            return None
        if statement.facts.kind == "import":
            paths = {v.value.path if v.value is not None else None for v in versions}
            simple = all(v.statement.facts.kind == "import" and not v.statement.facts.uses for v in versions)
            return statement if simple and len(paths) == 1 and None not in paths else None
        if (
            len(versions) == 1
            and statement.facts.kind == "pure"
            and len(statement.writes) == 1
            and not statement.facts.uses
        ):
            value = versions[0].value
            return statement if value is not None and isinstance(value.const, _LITERALS) else None
        return None

    def module(self, wanted: set[Statement]) -> list[tuple[Statement, str]]:
        """Return statements and names the definitions module needs, in notebook order."""
        found: dict[tuple[Statement, str], None] = {}
        names = [name for name, statement in self._names.items() if statement in wanted]
        seen: set[str] = set()
        while names:
            name = names.pop()
            if name in seen:
                continue
            seen.add(name)
            statement = self._names[name]
            found[(statement, name)] = None
            function = _only_function(self._versions[name])
            assert function is not None
            for read in free_globals(function.node)[0]:
                if read in self._names:
                    names.append(read)
                    continue
                needed = self._constant_or_import(read, statement)
                if needed is not None:
                    found[(needed, read)] = None
        return sorted(found, key=lambda item: (item[0].position, item[1]))


def _only_function(versions: list[Version]) -> Function | None:
    if len(versions) != 1 or versions[0].kind != "must":
        return None
    value = versions[0].value
    statement = versions[0].statement
    if (
        value is None
        or len(value.functions) != 1
        or statement.facts.kind != "definition"
        or value.family != "function"
    ):
        return None
    function = value.functions[0]
    node = function.node
    if isinstance(node, ast.Lambda) or node.decorator_list or statement.facts.uses:
        return None
    if (
        any(not isinstance(d.const, _LITERALS) for d in function.defaults.values())
        or function.closure is not None
    ):
        return None
    return function
