"""What IPython magics and shell commands do, in the terms of the facts."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any, Final, NamedTuple

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.recorder import Frame
from jupyter_mlcode.analysis.scopes import scope_of
from jupyter_mlcode.analysis.trees import walk
from jupyter_mlcode.analysis.values import FRESH
from jupyter_mlcode.notebook.magics import Magic, mask

_HARMLESS: Final = frozenset(
    "time timeit prun autoreload load_ext reload_ext unload_ext who whos who_ls pdb debug pinfo pinfo2 psource "
    "pdoc pfile "
    "history hist notebook lsmagic magic quickref pprint xmode colors doctest_mode memit mprun lprun "
    "logstart logstop capture html markdown latex svg javascript js HTML SVG mermaid config_help lsmagic alias "
    "less more page pycat watermark nbagg tensorboard black conda_env".split()
)
_READ_ONLY: Final = frozenset(
    "ls cat head tail wc pwd echo date du df file grep which nvidia-smi tree find whoami hostname uname".split()
)
_INSTALL: Final = re.compile(
    r"^\s*(?:sudo\s+)?(?:python3? -m\s+)?(?:pip3?|conda|mamba|uv|apt|apt-get|npm|jupyter)\b"
)
_OUTPUT: Final = re.compile(r"(?:-O|--output(?:-document)?|-o|>{1,2})[ =]*([^\s;&|>]+)")
_FOREIGN: Final = frozenset("R sql script perl ruby julia cython fortran octave bigquery spark".split())
_SHELLS: Final = frozenset("bash sh system sx".split())


def run_magic(evaluator: Any, magic: Magic) -> None:
    """Record the effects of one magic on the evaluator."""
    evaluator.line, evaluator.column = magic.line, magic.column + 1
    for name in magic.uses:
        evaluator.load(name)
    if magic.kind == "help":
        return
    if magic.body_is_local and magic.body:
        _run_locally(evaluator, magic.body)
    if magic.kind in ("shell", "assign_shell", "shell_cell") or magic.name in _SHELLS:
        _shell(evaluator, magic.argument if magic.kind != "shell_cell" else f"{magic.argument}\n{magic.body}")
    elif magic.kind == "cell" and magic.name in _FOREIGN:
        evaluator.effect("finding", "language", magic.name)
        evaluator.effect("impure", "process")
    elif not magic.body_visible:
        _line(evaluator, magic)
    for name in magic.targets:
        evaluator.bind(name, FRESH)


def _line(evaluator: Any, magic: Magic) -> None:
    name, argument = magic.name, magic.argument
    if name in ("env", "set_env"):
        evaluator.effect("sets" if "=" in argument or " " in argument.strip() else "notices", "os.environ")
    elif name in ("cd", "pushd", "popd"):
        evaluator.effect("sets", "os.cwd")
    elif name == "precision" or (name == "config" and "InteractiveShell" in argument):
        evaluator.effect("sets", "replay:IPython")
    elif name == "matplotlib" or (name == "config" and "InlineBackend" in argument):
        _plots(evaluator, name, argument)
    elif name in ("pip", "conda", "mamba", "uv"):
        evaluator.effect("finding", "install", argument)
    elif name in ("writefile", "file"):
        words = [w for w in argument.split() if not w.startswith("-")]
        evaluator.effect("writes", words[0] if words else "", "file")
    elif name == "store":
        evaluator.effect("finding", "store")
        evaluator.effect("impure", "process")
    elif name in _FOREIGN:
        evaluator.effect("finding", "language", name)
        evaluator.effect("impure", "process")
    elif name in (
        "run",
        "pylab",
        "load",
        "loadpy",
        "edit",
        "macro",
        "rerun",
        "recall",
        "reset",
        "reset_selective",
        "xdel",
    ):
        if name == "run":
            evaluator.effect("reads", argument.split()[0] if argument.split() else "", "file")
        evaluator.effect("opaque", f"%{name}")
    elif name not in _HARMLESS:
        evaluator.effect("opaque", f"%{name}")
        evaluator.effect("finding", "unknown-magic", name)


def _plots(evaluator: Any, name: str, argument: str) -> None:
    evaluator.effect("sets", "replay:matplotlib")
    if name == "matplotlib":
        evaluator.effect("finding", "backend", argument.strip())


def _shell(evaluator: Any, command: str) -> None:
    if _INSTALL.match(command):
        evaluator.effect("finding", "install", command.strip())
        return
    evaluator.effect("finding", "shell", command.strip().split("\n", 1)[0][:60])
    outputs = _OUTPUT.findall(command)
    words = [part.split() for part in re.split(r"[;&|\n]+", command) if part.split()]
    if all(w[0] in _READ_ONLY for w in words) and not outputs:
        evaluator.effect("reads", "", "file")
        return
    evaluator.effect("impure", "process")
    if words and all(w[0] in ("wget", "curl", "gdown") for w in words) and outputs:
        evaluator.effect("impure", "network")
        for path in outputs:
            evaluator.effect("writes", path.strip("'\""), "file")
        return
    evaluator.effect("reads", "", "file")
    evaluator.effect("writes", "", "file")


def run_call(evaluator: Any, method: str, args: Arguments) -> bool:
    """Record what `get_ipython().run_line_magic("cd", "data")` does: the same as `%cd data`.

    False when the method runs neither magics nor code.
    """
    form = _CALLED.get(method)
    if form is None:
        if method in _RUNS_CODE:
            evaluator.effect("opaque", f"get_ipython().{method}")
        return method in _RUNS_CODE
    given = [args.get(n, name) for n, name in enumerate(form.parameters)]
    texts = [str(v.const) for v in given if v is not None and isinstance(v.const, str)]
    known = len(texts) == len(form.parameters) and not args.rest and not any("*" in t for t in texts)
    masked = mask(form.text.format(*texts)) if known else None
    try:
        tree = ast.parse(masked.python) if masked is not None else None
    except (SyntaxError, ValueError):
        tree = None
    if masked is None or tree is None:
        evaluator.effect("opaque", f"get_ipython().{method}")
        return True
    line, column = evaluator.line, evaluator.column
    for node in walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)):
            node.lineno, node.col_offset = line, column - 1
    evaluator.body(tree.body)
    for magic in masked.magics:
        run_magic(evaluator, replace(magic, line=line, column=column - 1))
    evaluator.line, evaluator.column = line, column
    return True


class _Form(NamedTuple):
    """How a magic is written that a method of `get_ipython()` runs."""

    text: str
    parameters: tuple[str, ...]


_CALLED: Final = {
    "run_line_magic": _Form("%{} {}", ("magic_name", "line")),
    "run_cell_magic": _Form("%%{} {}\n{}", ("magic_name", "line", "cell")),
    "magic": _Form("%{}", ("arg_s",)),
    **dict.fromkeys(("system", "system_raw", "getoutput"), _Form("!{}", ("cmd",))),
}
_RUNS_CODE: Final = frozenset(
    "run_cell run_cell_async run_code ex ev push drop_by_id del_var reset reset_selective safe_execfile "
    "safe_execfile_ipy safe_run_module".split()
)


def _run_locally(evaluator: Any, body: str) -> None:
    """Evaluate the body of `%%timeit`: it has a namespace of its own.

    Raises SyntaxError, at the line in the cell, where the body is not Python.
    """
    try:
        tree = ast.parse(body)
    except SyntaxError as error:
        error.lineno = (error.lineno or 1) + 1
        raise
    except ValueError:
        return
    function = ast.FunctionDef(
        name="timeit",
        args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
        body=tree.body,
        decorator_list=[],
    )
    if not tree.body:
        return
    scope = scope_of(function)
    outer = evaluator.frame
    evaluator.frame = Frame(scope.locals, outer)
    evaluator.branch += 1
    evaluator.body(tree.body)
    evaluator.branch -= 1
    evaluator.frame = outer
