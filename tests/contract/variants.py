"""Other ways to write an idiom: other names, deeper blocks, inside a function that is called.

What a cell defines, uses and changes follows from its meaning, so it must follow these rewritings.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable
from textwrap import indent

from tests.contract.idioms import Idiom, is_python

KEPT = frozenset(dir(builtins)) | frozenset(
    """np pd plt sns os sys json random time torch pickle subprocess threading weakref sqlite3 warnings logging
    smf ne duckdb mlflow tqdm pickle osp sklearn lgb xp display get_ipython interact Path datetime namedtuple
    dataclass lru_cache LogisticRegression train_test_split set_config getcontext SparkSession Parallel delayed
    Pool fetch_openml __file__ __name__ _ Out In drive annotations build""".split()
)
NOT_PLAIN = ("import *", "from __future__", "locals()", "globals()", "exec(", "Out[", "= _")


def renamed(idiom: Idiom) -> tuple[str, Callable[[frozenset[str]], frozenset[str]]] | None:
    """Return the code with every variable renamed, in strings too, and the same renaming for sets of names."""
    names = {n for n in idiom.defines | idiom.uses | idiom.mutates if n.isidentifier()} - KEPT
    if not is_python(idiom.code) or not names or any(text in idiom.code for text in NOT_PLAIN):
        return None
    tree = _Renamer(names).visit(ast.parse(idiom.code))
    return ast.unparse(ast.fix_missing_locations(tree)), lambda found: frozenset(
        _new(n, names) for n in found
    )


def _new(name: str, names: set[str]) -> str:
    return f"zz_{name}" if name in names else name


class _Renamer(ast.NodeTransformer):
    """Renames variables wherever a name can stand; attributes, keywords and imported modules stay."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "name", "rest", "asname"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not (field == "name" and isinstance(node, ast.alias)):
                setattr(node, field, _new(value, self.names))
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            node.names = [_new(n, self.names) for n in node.names]
        if isinstance(node, ast.alias) and node.asname is None and node.name in self.names:
            node.asname = _new(node.name, self.names)
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Rename inside strings that hold code for somebody else: `@min_age`, a formula, a query."""
        if isinstance(node.value, str):
            pattern = "|".join(rf"\b{re.escape(n)}\b" for n in sorted(self.names))
            text = re.sub(pattern, lambda m: _new(m.group(), self.names), node.value)
            if re.search(r"[@(]| from |\*", node.value):
                node.value = text
        return node


def _nestable(idiom: Idiom) -> bool:
    plain = is_python(idiom.code) and not any(text in idiom.code for text in NOT_PLAIN)
    return plain and bool(ast.parse(idiom.code).body)


def in_if(idiom: Idiom) -> str | None:
    """Return the code under `if True:`."""
    return f"if True:\n{_block(idiom)}" if _nestable(idiom) else None


def in_loop(idiom: Idiom) -> str | None:
    """Return the code in a loop that turns once."""
    return f"for _turn in range(1):\n{_block(idiom)}" if _nestable(idiom) else None


def in_function(idiom: Idiom) -> str | None:
    """Return the code in a function that is called at once; what the idiom binds stays global."""
    if not _nestable(idiom) or "await" in idiom.code or "async for" in idiom.code:
        return None
    bound = idiom.defines | (_stored(idiom.code) & (idiom.uses | idiom.defines))
    names = sorted(bound - {"*"})
    head = f"    global {', '.join(names)}\n" if names else ""
    code = f"def _around():\n{head}{_block(idiom)}\n_around()"
    return code if _compiles(code) else None


def _compiles(code: str) -> bool:
    try:
        compile(code, "variant", "exec")
    except SyntaxError:
        return False
    return True


def _stored(code: str) -> set[str]:
    nodes = ast.walk(ast.parse(code))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, (ast.Store, ast.Del))}


def _block(idiom: Idiom) -> str:
    return indent(ast.unparse(ast.parse(idiom.code)), "    ")
