"""One magic or shell command as the Python that does the same in a script.

What only matters at a notebook's front end becomes a comment `# notebook: %matplotlib inline`, which
a stage notebook made from the script turns back. What a script cannot do raises an error that says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from jupyter_mlcode.codegen.expansion import expanded
from jupyter_mlcode.codegen.functions import run_once_aside
from jupyter_mlcode.codegen.literals import literal, printable
from jupyter_mlcode.notebook.magics import Magic

_FRONT_END = frozenset(
    "matplotlib config load_ext reload_ext unload_ext autoreload precision xmode colors pprint pdb automagic"
    " autosave autocall history hist who whos who_ls lsmagic magic quickref pinfo pinfo2 pdoc pdef pfile"
    " psource page doctest_mode alias alias_magic rehashx load loadpy less more man edit save tb dhist"
    " pycat watermark logstart logstop logon logoff logstate code_wrap gui debug tensorboard time timeit".split()
)
_FRONT_END_CELLS = frozenset("html javascript js latex markdown svg".split())
_ALIASES = frozenset("ls ll lf lk ldir lx cat cp mv rm mkdir rmdir".split())
_SCRIPTS = {
    "bash": "bash", "sh": "sh", "zsh": "zsh", "python": "python", "python3": "python3", "python2": "python2",
    "pypy": "pypy", "perl": "perl", "ruby": "ruby", "node": "node",
}  # fmt: skip
_INSTALL = re.compile(
    r"\s*(?:sudo\s+)?(?:\S*python\S*\s+-m\s+)?(?:pip3?|conda|mamba|micromamba|uv|apt|apt-get|brew|poetry)\s+"
    r"(?:pip\s+)?(?:-\S+\s+)*(?:install|uninstall|update|add|sync)\b"
)
_NOTEBOOK_LINE = re.compile(r"^([ \t]*)(?:pass  )?# notebook: (%.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a command stands: the script's stage variable, and the names the notebook can have bound."""

    stage: str = "stage"
    bound: frozenset[str] | None = None

    def text(self, command: str) -> str:
        """Return the expression for a command with IPython's `{x}` and `$x` filled in."""
        return expanded(command, self.bound)


def with_notebook_lines(source: str) -> str:
    """Return a script's cell with its front-end magics as a notebook has them.

    Examples:
        >>> with_notebook_lines("# notebook: %matplotlib inline")
        '%matplotlib inline'
    """
    return _NOTEBOOK_LINE.sub(r"\1\2", source) if "# notebook: %" in source else source


def is_install(magic: Magic) -> bool:
    """Tell whether the command changes the environment: `%pip install x`, `!conda install x`."""
    if magic.kind == "line" and magic.name in ("pip", "pip3", "conda", "mamba", "uv"):
        return True
    return magic.kind in ("shell", "assign_shell") and _INSTALL.match(magic.argument) is not None


def statement(magic: Magic, scope: Scope) -> str:
    """Return the Python statements for a magic that stands as a line or opens its cell."""
    if magic.kind == "help" or is_install(magic):
        return _comment(magic)
    if magic.kind in ("shell", "line") and magic.name in ("!", "!!", "sx", "system", "sc"):
        return _shell(magic, scope)
    if magic.kind in ("cell", "shell_cell"):
        return _cell_statement(magic, scope)
    if magic.body_is_local:
        return (
            run_once_aside(magic.body) if "\n" in magic.body or not _is_expression(magic.body) else magic.body
        )
    if magic.name in _FRONT_END or (magic.name == "env" and not magic.argument.strip()):
        return _comment(magic)
    if magic.name in _ALIASES:
        return f"{scope.stage}.shell({scope.text(f'{magic.name} {magic.argument}'.strip())})"
    writer = _LINES.get(magic.name)
    return writer(magic, scope) if writer is not None else _unknown(magic)


def value(magic: Magic, scope: Scope) -> str:
    """Return the Python expression for what stands behind `=`: `!ls` or `%env HOME`."""
    argument = magic.argument.strip()
    if magic.kind == "assign_shell" or magic.name in ("sx", "system"):
        return f"{scope.stage}.shell_lines({scope.text(magic.argument)})"
    if magic.name == "env" and argument and "=" not in argument and " " not in argument:
        return f'__import__("os").environ[{scope.text(argument)}]'
    if magic.name == "pwd":
        return '__import__("os").getcwd()'
    return f"(_ for _ in ()).throw(NotImplementedError({literal(_no_magic(magic))}))"


def _shell(magic: Magic, scope: Scope) -> str:
    method = "shell" if magic.name == "!" else "shell_lines"
    return f"{scope.stage}.{method}({scope.text(magic.argument)})"


def _shown(magic: Magic) -> str:
    """Return the magic as the user wrote it, on one line."""
    if magic.kind == "help":
        return f"{magic.argument}{magic.name}"
    mark = {"shell": "", "assign_shell": "", "cell": "%%", "shell_cell": "%%"}.get(magic.kind, "%")
    space = "" if mark == "" else " "
    return printable(f"{mark}{magic.name}{space}{magic.argument}".rstrip().replace("\n", " "))


def _comment(magic: Magic) -> str:
    return f"# notebook: {_shown(magic)}"


def _unknown(magic: Magic) -> str:
    return f"raise NotImplementedError({literal(_no_magic(magic))})"


def _no_magic(magic: Magic) -> str:
    return f"{_shown(magic)}: a script has no such magic; run this stage's notebook instead"


def _is_expression(code: str) -> bool:
    try:
        compile(code.strip(), "", "eval", dont_inherit=True, flags=0x400)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _set_variable(magic: Magic, scope: Scope) -> str:
    """Return what `%env A=1` does; IPython fills `{x}` in before it cuts name from value."""
    argument = magic.argument.strip()
    name, separator, text = argument.partition("=" if "=" in argument else " ")
    name = name.strip()
    if not separator or not name or any(c.isspace() for c in name):
        return _unknown(magic)
    return f'__import__("os").environ[{scope.text(name)}] = {scope.text(text.strip())}'


def _change_folder(magic: Magic, scope: Scope) -> str:
    """Return what `%cd` does, but for its history (`%cd -`) and bookmarks."""
    words = magic.argument.split()
    if words and words[0] == "-q":
        words = words[1:]
    folder = " ".join(words).strip("\"'") or "~"
    if folder.startswith("-"):
        return _unknown(magic)
    target = scope.text(folder)
    if folder.startswith("~"):
        target = f'__import__("os").path.expanduser({target})'
    return f'__import__("os").chdir({target})'


def _delete(magic: Magic, scope: Scope) -> str:
    """Return what `%xdel name` does to the notebook's own namespace."""
    name = magic.argument.strip()
    return f"del {name}" if name.isidentifier() else _unknown(magic)


def _run_file(magic: Magic, scope: Scope) -> str:
    """Return what `%run file.py` does: the file runs as a program, its names become ours."""
    path = magic.argument.strip().strip("\"'")
    if not path.endswith(".py") or path.startswith("-") or " " in path:
        return _unknown(magic)
    run = f'__import__("runpy").run_path({scope.text(path)}, run_name="__main__")'
    return f"globals().update({{k: v for k, v in {run}.items() if k[:2] != '__'}})"


def _cell_statement(magic: Magic, scope: Scope) -> str:
    name = magic.name
    if name in _FRONT_END_CELLS:
        body = "".join(f"\n# {printable(line)}".rstrip() for line in magic.body.rstrip("\n").split("\n"))
        return f"# notebook only, {_shown(magic)}{body}"
    if magic.body_is_local:
        return run_once_aside(magic.body)
    if name in ("writefile", "file"):
        return _write_file(magic, scope)
    if name in ("!", "sx", "system"):
        return f"{scope.stage}.shell_lines({scope.text(magic.body.rstrip(chr(10)))})"
    program = _SCRIPTS.get(name, magic.argument if name == "script" else "")
    if not program or magic.targets or (magic.argument.strip() and name != "script"):
        return _unknown(magic)
    return _heredoc(program, magic.body, scope)


def _heredoc(program: str, body: str, scope: Scope) -> str:
    """Return a shell command that hands the body to the program's standard input, as IPython does."""
    end = "EOF"
    while end in body.split("\n"):
        end += "_"
    lines = body if body.endswith("\n") else f"{body}\n"
    return (
        f"{scope.stage}.shell({block_literal(f'{program} <<{chr(39)}{end}{chr(39)}{chr(10)}{lines}{end}')})"
    )


def _write_file(magic: Magic, scope: Scope) -> str:
    words = magic.argument.split()
    append = bool(words) and words[0] in ("-a", "--append")
    path = " ".join(words[1:] if append else words).strip("\"'")
    if not path:
        return _unknown(magic)
    body = magic.body if magic.body.endswith("\n") else f"{magic.body}\n"
    target = f'__import__("pathlib").Path({scope.text(path)})'
    if path.startswith("~"):
        target += ".expanduser()"
    text = block_literal(body)
    if append:
        return f'{target}.open("a", encoding="utf-8").write({text})'
    return f'{target}.write_text({text}, encoding="utf-8")'


def block_literal(text: str) -> str:
    """Return a literal that shows its lines as lines, and only its odd characters as escapes."""
    parts = text.replace("\\", "\\\\").split("\t")
    escaped = "\\t".join(printable(part) for part in parts).replace('"""', '\\"\\"\\"')
    return f'"""\\\n{escaped}"""' if "\n" in escaped else literal(text)


_LINES: dict[str, Callable[[Magic, Scope], str]] = {
    "env": _set_variable,
    "set_env": _set_variable,
    "cd": _change_folder,
    "run": _run_file,
    "xdel": _delete,
    "pwd": lambda magic, scope: _comment(magic),
}
