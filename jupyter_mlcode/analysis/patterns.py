"""Rules in YAML that find what a pattern says best; the patterns are ast-grep's.

A rule file has one rule per YAML document:

    id: reads-environment
    language: python
    metadata:
      code: MLC126
      callee: [getenv]                      the cell is looked at only when it has one of these names
      resolves: {F: [os.getenv]}            what `$F` must stand for once imports are followed (globs)
      builtins: [id]                        these names must still be Python's own
      predefined: [dbutils]                 names that a kernel may bring along without an import
    rule: {pattern: $F($$$ARGS)}

Beside `name.yml` stands `name.cases.yml`: for each rule id, sources that match and sources that do
not. A project's rules give `message`, `severity` and `hint` in the metadata as well.

Patterns are slow next to a parse, so a rule runs only on cells that contain one of its names,
spelled out or as what an imported name stands for.
"""

from __future__ import annotations

import ast
import builtins
import fnmatch
import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from jupyter_mlcode.analysis.parsing import nodes
from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.errors import InputError

Resolve: TypeAlias = Callable[[str], str]
"""A dotted name to what it stands for (`pd.read_csv` to `pandas.read_csv`); empty for a variable."""

_WORD: Final = re.compile(r"[^\W\d]\w*")
_DOTTED: Final = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
_SPACE: Final = re.compile(r"\s+")
_KEYS: Final = frozenset(
    "code callee resolves builtins when unless_made predefined severity message hint".split()
)


class RuleError(InputError):
    """A rule file that cannot be used."""

    code = "MLC331"


class Rule(NamedTuple):
    """One pattern with what a match means."""

    id: str
    code: str
    callee: tuple[str, ...]
    resolves: Mapping[str, tuple[str, ...]]
    builtins: tuple[str, ...]
    metadata: Mapping[str, Any]
    config: str
    """What ast-grep matches, as JSON."""


class Match(NamedTuple):
    """A place where a rule matches; line and column count characters from 1."""

    rule: Rule
    line: int
    column: int
    end_line: int
    text: str


class Rules:
    """Rules by the names that a cell must contain before a pattern is worth running."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self._by_name: dict[str, list[Rule]] = {}
        for rule in self.all:
            for name in rule.callee:
                self._by_name.setdefault(name, []).append(rule)

    def within(self, aliases: Mapping[str, str]) -> Rules:
        """Return the rules that can match in a notebook with these imports."""
        tops = {path.partition(".")[0] for path in aliases.values()} | {"", "*", "builtins"}
        return Rules(
            rule for rule in self.all if all(_imported(rule, globs, tops) for globs in rule.resolves.values())
        )

    def candidates(self, python: str, aliases: Mapping[str, str]) -> list[Rule]:
        """Return the rules whose names stand in this text, as they are or behind an import."""
        found: dict[str, Rule] = {}
        for word in set(_WORD.findall(python)):
            for name in (word, aliases[word].rpartition(".")[2]) if word in aliases else (word,):
                for rule in self._by_name.get(name, ()):
                    found[rule.id] = rule
        return [found[key] for key in sorted(found)]

    def find(self, python: str, aliases: Mapping[str, str], resolve: Resolve) -> list[Match]:
        """Return all matches in a cell's masked source, in the order of the text."""
        rules = self.candidates(python, aliases)
        if not rules:
            return []
        found = []
        for rule in rules:
            if any(resolve(name) != f"builtins.{name}" for name in rule.builtins):
                continue
            wanted = rule.resolves.values()
            for names, line, column, end_line, text in _nodes(python, rule.config, tuple(rule.resolves)):
                if all(_stands_for(n, globs, resolve) for n, globs in zip(names, wanted, strict=True)):
                    found.append(Match(rule, line, column, end_line, text))
        return sorted(found, key=lambda m: (m.line, m.column, m.rule.id))


def _imported(rule: Rule, globs: Sequence[str], tops: set[str]) -> bool:
    predefined = rule.metadata.get("predefined") or ()
    return any("." not in g or (top := g.partition(".")[0]) in tops or top in predefined for g in globs)


@functools.lru_cache(maxsize=8192)
def _nodes(
    python: str, config: str, captures: tuple[str, ...]
) -> tuple[tuple[tuple[str, ...], int, int, int, str], ...]:
    """Return each match of a pattern: the captured names, its place, its text. It costs more than a parse."""
    found = []
    for node in _tree(python).find_all(json.loads(config)):
        captured = [node.get_match(name) for name in captures]
        names = tuple(_SPACE.sub("", c.text()) if c is not None else "" for c in captured)
        start, end = node.range().start, node.range().end
        found.append((names, start.line + 1, start.column + 1, end.line + 1, node.text()))
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _tree(python: str) -> Any:
    from ast_grep_py import SgRoot  # a native library: loaded when a cell needs it

    return SgRoot(python, "python").root()


def _stands_for(text: str, globs: Sequence[str], resolve: Resolve) -> bool:
    if not _DOTTED.fullmatch(text):
        return False
    meant = resolve(text)
    return bool(meant) and any(fnmatch.fnmatchcase(meant, glob) for glob in globs)


# -- reading ---------------------------------------------------------------------------------
def read_rules(text: str, where: str) -> list[Rule]:
    """Return the rules of one file.

    Raises:
        RuleError: a rule without an id, a code or names, or with an unknown key.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(yaml.load_all(text, Loader=loader))
    except yaml.YAMLError as error:
        raise RuleError(f"{where}: {error}") from error
    return [_rule(document, where) for document in documents if document is not None]


def _rule(document: Any, where: str) -> Rule:
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("metadata"), dict)
        or "rule" not in document
    ):
        raise RuleError(f"{where}: a rule needs `id`, `metadata` and `rule`")
    metadata = document["metadata"]
    name = str(document.get("id", ""))
    unknown = sorted(metadata.keys() - _KEYS)
    if unknown:
        raise RuleError(f"{where}: rule {name!r} has an unknown key {unknown[0]!r}")
    callee, code = metadata.get("callee"), metadata.get("code")
    if not name or not isinstance(code, str) or not isinstance(callee, list) or not callee:
        raise RuleError(f"{where}: rule {name!r} needs an id, a code and `callee`")
    return Rule(
        id=name,
        code=code,
        callee=tuple(str(c) for c in callee),
        resolves={key: tuple(globs) for key, globs in (metadata.get("resolves") or {}).items()},
        builtins=tuple(metadata.get("builtins") or ()),
        metadata=metadata,
        config=json.dumps(
            {key: document[key] for key in ("rule", "constraints", "utils") if key in document}
        ),
    )


@functools.cache
def built_in() -> Rules:
    """Return the rules that ship with the package."""
    folder = resources.files("jupyter_mlcode.analysis") / "rules"
    names = sorted(
        f.name for f in folder.iterdir() if f.name.endswith(".yml") and not f.name.endswith(".cases.yml")
    )
    return Rules(rule for name in names for rule in read_rules((folder / name).read_text("utf-8"), name))


def with_project(paths: Sequence[Path]) -> Rules:
    """Return the built-in rules and those of a project's own files.

    Raises:
        RuleError: a file that cannot be read or used.
    """
    own: list[Rule] = []
    for path in paths:
        try:
            own += read_rules(path.read_text("utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(f"{path.name}: {error}") from error
    return Rules([*built_in().all, *own]) if own else built_in()


# -- a source on its own -----------------------------------------------------------------------
def imported(python: str) -> dict[str, str]:
    r"""Return what the names of a source stand for: imports, and values that an imported call made.

    Examples:
        >>> imported("import os.path as p\nfrom a import b\nc = b.D(1)")
        {'p': 'os.path', 'b': 'a.b', 'c': 'a.b.D()'}
    """
    found: dict[str, str] = {}
    for node in nodes(python):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.partition(".")[0]
                found[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(node, ast.ImportFrom):
            found.update({a.asname or a.name: f"{node.module}.{a.name}" for a in node.names})
    for node in nodes(python):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            made = resolver(found)(text_of(value.func)) if isinstance(value, ast.Call) else ""
            found[node.targets[0].id] = f"{made}()" if "." in made else ""
    return found


def resolver(aliases: Mapping[str, str]) -> Resolve:
    """Return the resolution that follows these names and takes the others as Python's own."""

    def resolve(dotted: str) -> str:
        head, dot, rest = dotted.partition(".")
        path = aliases.get(head)
        if path is None:
            return f"builtins.{dotted}" if not dot and hasattr(builtins, head) else dotted
        return f"{path}{dot}{rest}" if path else ""

    return resolve
