"""A cell of a notebook as the text that a script has in its place."""

from __future__ import annotations

import ast
import re

from jupyter_mlcode.codegen.functions import awaits_at_top_level, run_in_loop
from jupyter_mlcode.codegen.magics import Scope, statement, value
from jupyter_mlcode.notebook.magic_arguments import STATEMENT_OPTIONS, statement_start
from jupyter_mlcode.notebook.magics import Magic, mask, may_have_magics
from jupyter_mlcode.notebook.prompts import normalised

_SPELLED_OUT = re.compile(
    r"^([ \t]*)get_ipython\(\)\.(run_line_magic|magic|system)\((.*)\)[ \t]*$", re.MULTILINE
)
_FUTURE = re.compile(r"^from\s+__future__\s", re.MULTILINE)


def to_script(source: str, *, stage: str = "stage", bound: frozenset[str] | None = None) -> str:
    """Return the cell as plain Python; a cell without magics comes back as it is.

    `bound` holds every name the notebook can have bound: IPython leaves a command that needs
    another one alone (`!echo $HOME`).

    Examples:
        >>> to_script("%time x = f()")
        'x = f()'
        >>> to_script("files = !ls {folder}")
        'files = stage.shell_lines(f"ls {folder}")'
    """
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "get_ipython()" in text:
        text = _SPELLED_OUT.sub(_as_magic, text)
    if may_have_magics(text):
        text = _without_magics(text, Scope(stage=stage, bound=bound))
    text = text.rstrip("\n")
    if text.endswith("\\") and "#" not in text.rpartition("\n")[2]:
        text = text.rstrip("\\ \n")  # it would go on with what the script has below
    if "global " in text:
        text = _without_globals(text)
    if "__future__" in text:
        text = _without_futures(text)
    return run_in_loop(text, stage) if awaits_at_top_level(text) else text


def future_features(source: str) -> tuple[str, ...]:
    """Return the names of `from __future__ import ...`; a script has them at its top."""
    if _FUTURE.search(source) is None:
        return ()
    return tuple(alias.name for node in _futures(mask(source).python) for alias in node.names)


def _as_magic(found: re.Match[str]) -> str:
    """Return `get_ipython().run_line_magic('x', 'y')`, as exported notebooks have it, as `%x y`."""
    try:
        arguments = ast.literal_eval(f"({found.group(3)},)")
    except (SyntaxError, ValueError):
        return found.group()
    if not all(isinstance(argument, str) and "\n" not in argument for argument in arguments):
        return found.group()
    mark = "!" if found.group(2) == "system" else "%"
    return f"{found.group(1)}{mark}{' '.join(arguments).strip()}"


def _without_magics(text: str, scope: Scope) -> str:
    """Return the text with the region of each magic replaced."""
    magics = mask(text).magics
    text = normalised(text)
    starts = _line_starts(text)
    pieces: list[str] = []
    position = 0
    for magic in magics:
        start = starts[magic.line - 1] + magic.column
        if start < position:
            continue  # inside the statement of `%time !ls`, which was translated as a whole
        header = magic.kind == "cell" and magic.body_visible
        last = magic.line if header else magic.end_line
        end = starts[last] - 1 if last < len(starts) else len(text)
        if header and magic.argument.strip() and magic.name not in ("time", "capture"):
            pieces += (text[position:start], _header_with_statement(magic, scope))
        elif header and magic.name == "capture" and magic.targets:
            return text[position:start] + _captured(magic, text[end + 1 :], scope)
        else:
            pieces += (text[position:start], _replacement(magic, scope, text[starts[magic.line - 1] : start]))
        position = max(end, start)
    return "".join(pieces) + text[position:]


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n")[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _replacement(magic: Magic, scope: Scope, before: str) -> str:
    """Return what stands in the place of a magic; `before` is the text of its line in front of it."""
    if magic.kind in ("assign_shell", "assign_magic"):
        visible = magic.body_visible
        return to_script(magic.body, stage=scope.stage, bound=scope.bound) if visible else value(magic, scope)
    if magic.kind == "cell" and magic.body_visible:
        return f"# notebook: %%{magic.name} {magic.argument}".rstrip()
    if magic.body_visible:
        return to_script(magic.body, stage=scope.stage, bound=scope.bound)
    made = statement(magic, scope)
    if before.strip():
        return made  # `if x: !ls` never gets here: IPython does not take it for a command either
    if before and made.startswith("#"):
        return f"pass  {made}"
    return made.replace("\n", f"\n{before}") if before and '"""' not in made else made


def _captured(magic: Magic, body: str, scope: Scope) -> str:
    """Return a cell of `%%capture out`: `out` holds what the cell prints and displays.

    A `with` block would change the lines of texts in the cell; the stack ends where the block would.
    """
    options = [
        f"{name}=False" for name in ("stdout", "stderr", "display") if f"--no-{name}" in magic.argument
    ]
    return f"""\
# notebook: %%capture {magic.argument}
from contextlib import ExitStack
from IPython.utils.capture import capture_output
capturing = ExitStack()
{magic.targets[0]} = capturing.enter_context(capture_output({", ".join(options)}))
{to_script(body, stage=scope.stage, bound=scope.bound)}
capturing.close()"""


def _header_with_statement(magic: Magic, scope: Scope) -> str:
    """Return the comment and the statement of a line like `%%prun setup()`."""
    comment = f"# notebook: %%{magic.name} {magic.argument}"
    code = (
        magic.argument[statement_start(magic.name, magic.argument) :]
        if magic.name in STATEMENT_OPTIONS
        else ""
    )
    return f"{comment}\n{to_script(code, stage=scope.stage, bound=scope.bound)}" if code else comment


def _futures(source: str) -> list[ast.ImportFrom]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]


def _without_globals(text: str) -> str:
    """Return the text without `global x` outside of functions: a script is one module, in which x is bound already."""
    try:
        stack: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    found: list[ast.Global] = []
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global):
            found.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            stack.extend(ast.iter_child_nodes(node))
    lines = [line.encode("utf-8", "surrogatepass") for line in text.split("\n")]
    for node in sorted(found, key=lambda n: (n.lineno, n.col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        lines[first : last + 1] = [
            lines[first][: node.col_offset] + b"pass" + lines[last][node.end_col_offset :]
        ]
    return b"\n".join(lines).decode("utf-8", "surrogatepass")


def _without_futures(text: str) -> str:
    """Return the text with its `__future__` imports as comments: Python wants them at the file's top."""
    lines = [line.encode("utf-8", "surrogatepass") for line in text.split("\n")]
    for node in reversed(_futures(text)):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        if before.strip() or after.strip().partition(b"#")[0]:  # `import x; from __future__ ...; y = 1`
            lines[first : last + 1] = [before + b"pass" + after]
        else:
            lines[first : last + 1] = [b"# at the top: " + line for line in lines[first : last + 1]]
    return b"\n".join(lines).decode("utf-8", "surrogatepass")
