"""The code of a stage without its comments and layout."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlcode.runner.local.memo import digest_of

if TYPE_CHECKING:
    from jupyter_mlcode.runner.stage_notebook import StageNotebook

_BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)
_BLANK = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCode:
    """What the code of a stage comes to.

    `cells` are (id, role, digest) in order; `modules` are the modules that the cells import, `names`
    what they import from the definitions module.
    """

    cells: tuple[tuple[str, str, str], ...]
    modules: tuple[str, ...]
    names: tuple[str, ...]


def stage_code(notebook: StageNotebook, definitions: str) -> StageCode:
    """Return what of a stage's notebook can change its result; the values of parameters are not in it."""
    from jupyter_mlcode.notebook.magics import mask

    cells = [cell for cell in notebook.cells if cell.role != "parameters"]
    trees = [tree for cell in cells if (tree := _tree(mask(cell.source).python)) is not None]
    return StageCode(
        cells=tuple(
            (cell.source_id or cell.id, cell.role, digest_of(normalised(cell.source))) for cell in cells
        ),
        modules=tuple(sorted({name for tree in trees for name in imported(tree)})),
        names=tuple(sorted({name for tree in trees for name in _imported_from(tree, definitions)})),
    )


def normalised(source: str) -> str:
    r"""Return a text that is the same for cells that do the same, however they are written.

    Examples:
        >>> normalised("x = f( 1 )  # why") == normalised("x=f(1)")
        True
        >>> normalised("x") == normalised("x;"), normalised("!ls a") == normalised("!ls b")
        (False, False)
    """
    from jupyter_mlcode.notebook.magics import mask  # not needed where the code is known already

    masked = mask(source)
    tree = _tree(masked.python)
    if tree is None:
        return source
    magics = [(m.kind, m.name, m.argument, m.targets, m.body) for m in masked.magics]
    try:
        return f"{ast.dump(tree)}{magics}{_is_quiet(source)}"
    except _BROKEN:
        return source


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a text imports, as it names them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")


def _imported_from(tree: ast.AST, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            yield from (alias.name for alias in node.names)


def _tree(python: str) -> ast.Module | None:
    try:
        return ast.parse(python)
    except _BROKEN:
        return None


def _is_quiet(source: str) -> bool:
    """Tell whether the cell ends with a semicolon: then IPython does not show its last value."""
    if ";" not in source:
        return False
    last = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in _BLANK:
                last = token.string
    except (tokenize.TokenError, SyntaxError):
        return source.rstrip().endswith(";")
    return last == ";"
