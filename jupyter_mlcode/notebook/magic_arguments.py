"""What the text of a magic or shell command says about names: the ones it reads and binds."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Iterator
from string import Formatter

STATEMENT_OPTIONS = {
    "time": "",
    "timeit": "n:r:tcp:qov:",
    "prun": "D:l:rs:T:q",
    "memit": "r:t:i:coh",
    "lprun": "f:m:D:T:u:z:rsS",
    "mprun": "f:T:rsc",
    "snakeviz": "tf:p:",
    "debug": "b:",
}
"""Magics whose argument is a Python statement, with the letters of their options as getopt writes them."""

LOCAL_BODY = frozenset({"timeit"})
"""Magics whose statement runs in a function of its own: what it assigns is lost."""

CELL_BODY = frozenset({"time", "prun", "capture", "memit", "snakeviz", "lprun", "mprun", "debug", "heat"})
"""Cell magics whose body is Python that runs in the notebook's own namespace."""

SHELL_CELLS = frozenset({"bash", "sh", "script", "!", "sx", "system", "cmd", "zsh", "powershell"})
_EXPANDED_BODY = frozenset({"!", "sx", "system"})
_NOT_EXPANDED = frozenset({"time", "timeit", "prun", "debug"})
_SCRIPTS = SHELL_CELLS | {"python", "python2", "python3", "pypy", "perl", "ruby", "node", "deno"}
_INSPECT = frozenset(
    {"pinfo", "pinfo2", "pdoc", "pdef", "pfile", "psource", "xdel", "store", "lprun", "mprun", "who_ls"}
)
_SQL = frozenset({"sql", "duckdb", "sparksql", "bigquery"})
_WORDS = re.compile(r"\"[^\"]*\"|'[^']*'|\S+")
_NAME = re.compile(r"[^\W\d]\w*")
_ROOT = re.compile(r"[^\W\d]\w*(?!\w*\*)")
_DOLLAR = re.compile(r"(\$\$)|\$([^\W\d]\w*)")
_SQL_NAME = re.compile(r"(?<![:\w]):([^\W\d]\w*)|\{\{\s*([^\W\d]\w*)")
_SQL_TARGET = re.compile(r"\s*([^\W\d]\w*)\s*=?\s*<<")
_CYTHON_NAME = re.compile(r"^(?:cp?def|def|class)\b[^(\n:]*?([^\W\d]\w*)\s*[(:]", re.MULTILINE)


def names_of(code: str) -> Iterator[str]:
    """Yield the names that an expression loads; nothing when it is not an expression."""
    try:
        tree = ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield `(literal text, expression)` pairs as IPython's expansion of `{...}` cuts them."""
    try:
        for literal, field, spec, _ in Formatter().parse(text):
            yield literal, f"{field}:{spec}" if field and spec else field or ""
    except ValueError:
        yield text, ""


def expanded_names(text: str) -> tuple[str, ...]:
    """Return the names that IPython puts into this command: `{x}`, `{f(y)}`, `$z`, not `$$z`.

    A name that is not bound stays as text, so each of them is a use that may be none.

    Examples:
        >>> expanded_names("cp {src} $dst $$HOME {{plain}}")
        ('src', 'dst')
    """
    found: list[str] = []
    for literal, expression in _fields(text):
        dollars = (m.group(2) for m in _DOLLAR.finditer(literal) if m.group(2))
        found.extend(unicodedata.normalize("NFKC", name) for name in dollars)
        names = list(names_of(expression))
        found.extend(names or names_of(expression.partition(":")[0]))
    return _unique(found)


def assigned_names(left: str) -> Iterator[str]:
    """Yield the plain names on the left side of an assignment that ends in `=`."""
    try:
        tree = ast.parse(left.strip() + "0")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def root_name(target: str) -> tuple[str, ...]:
    """Return the first name of a dotted target like `df.head`, if it is one."""
    root = _ROOT.match(target)
    return (root.group(),) if root else ()


def statement_start(name: str, argument: str) -> int:
    """Return the offset of the Python statement behind the options of `%timeit -n 3 f()` and the like."""
    letters = STATEMENT_OPTIONS[name]
    position = 0
    while True:
        while argument[position : position + 1].isspace():
            position += 1
        word = re.compile(r"\S+").match(argument, position)
        if word is None or not re.match(r"-(-|[A-Za-z])", word.group()):
            return position
        position = word.end()
        if word.group() == "--":
            continue
        last = letters.find(word.group()[-1]) if not word.group().startswith("--") else -1
        if last >= 0 and len(word.group()) == 2 and letters[last + 1 : last + 2] == ":":
            value = re.compile(r"\s*(\S+)").match(argument, position)
            position = value.end() if value else position


def used_names(name: str, argument: str, body: str) -> tuple[str, ...]:
    """Return the names that this magic reads, apart from those in a body that is Python."""
    found: list[str] = []
    if name not in _NOT_EXPANDED:
        found.extend(expanded_names(argument))
    if name in _EXPANDED_BODY:
        found.extend(expanded_names(body))
    if name in _SQL:
        found.extend(a or b for a, b in _SQL_NAME.findall(argument + "\n" + body))
        found.extend(expanded_names(body))
    words = _WORDS.findall(argument)
    if name in _INSPECT:
        if name != "store" or not {"-r", "-d", "-z"} & set(words):
            found.extend(m.group() for w in words if (m := _NAME.match(w)))
    elif name not in STATEMENT_OPTIONS and name != "run":
        found.extend(_option_names(words, "-i", "--input"))
    return _unique(found)


def bound_names(name: str, argument: str, body: str) -> tuple[str, ...]:
    """Return the names that this magic binds in the notebook's namespace.

    Examples:
        >>> bound_names("capture", "--no-stderr out", "")
        ('out',)
        >>> bound_names("R", "-i df -o fit,res", "")
        ('fit', 'res')
    """
    words = _WORDS.findall(argument)
    plain = [w for w in words if not w.startswith("-")]
    if name in ("capture", "macro", "bigquery"):
        return _unique(w for w in plain[:1] if w.isidentifier())
    if name in _SCRIPTS:
        return _unique([*_option_names(words, "--out"), *_option_names(words, "--err", "--proc")])
    if name == "store":
        return _unique(w for w in plain if w.isidentifier()) if "-r" in words else ()
    if name in _SQL and (target := _SQL_TARGET.match(argument)):
        return (target.group(1),)
    if name == "cython":
        return _unique(_CYTHON_NAME.findall(body))
    if name == "sc":
        return _unique(w.partition("=")[0] for w in plain[:1] if "=" in w)
    if name in STATEMENT_OPTIONS or name in ("run", "writefile", "file"):
        return ()
    return _unique(_option_names(words, "-o", "--output"))


def _option_names(words: list[str], *options: str) -> Iterator[str]:
    """Yield the names given to an option: `-o a,b`, `--out x`, `--out=x`."""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        option, equals, value = word.partition("=")
        if option in options:
            yield from (v for v in (value if equals else following).split(",") if v.isidentifier())


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
