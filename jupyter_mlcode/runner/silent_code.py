"""The silent requests around a stage's cells: code that leaves no trace in the notebook."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlcode.runner import kernel_side
from jupyter_mlcode.runner.session import Silent

_INSTALL = """\
def _mlcode_install():
    import sys, types
    module = types.ModuleType({name!r})
    sys.modules[{name!r}] = module
    exec(compile({text!r}, {file!r}, "exec"), vars(module))
_mlcode_install()
del _mlcode_install"""


def install(name: str, source: Path) -> str:
    """Return code that makes the file's text a module of that name in the kernel."""
    return _INSTALL.format(name=name, text=source.read_text("utf-8"), file=f"<{name}>")


def call(module: str, function: str, *arguments: object) -> str:
    """Return code that calls a function of an installed module; a statement, so nothing is shown."""
    values = ", ".join(map(repr, arguments))
    return f"if __import__({module!r}).{function}({values}): pass"


def around_the_stage(
    import_folder: Path | None, environment_file: Path, *, strict_shell: bool = True
) -> tuple[Silent, ...]:
    """Return what every stage's kernel runs before its first and after its last cell."""
    name, folder = kernel_side.NAME, str(import_folder or "")
    return (
        Silent(code=install(name, Path(kernel_side.__file__)), after=-1),
        Silent(code=call(name, "begin", folder, strict_shell), after=-1),
        Silent(code=call(name, "write_environment", str(environment_file)), after=None),
    )
