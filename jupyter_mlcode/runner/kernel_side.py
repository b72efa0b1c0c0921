"""What the runner needs inside a stage's kernel. Sent there as text: standard library only.

The kernel may belong to another environment, so nothing of jupyter_mlcode is imported. The text
becomes a module of its own: the notebook's namespace, history and `_` stay as they were.
"""

from __future__ import annotations

import builtins
import faulthandler
import json
import os
import platform
import subprocess
import sys
from types import ModuleType
from typing import Any

NAME = "_mlcode_kernel"
_encode = json.JSONEncoder(separators=(", ", ": ")).encode  # ours, whatever a notebook does to `json`
_loaded_before: frozenset[str] = frozenset()


def begin(import_folder: str, strict_shell: bool) -> None:
    """Make the pipeline folder importable, last of all, and let failing `!` commands fail."""
    global _loaded_before
    _log_crashes()
    if import_folder and import_folder not in sys.path:
        sys.path.append(import_folder)
    if strict_shell:
        _fail_with_the_command(_shell())
    _loaded_before = frozenset(sys.modules)


def _log_crashes() -> None:
    """Let a crash leave its place in the kernel's log: the raw stream below ipykernel's own."""
    try:
        faulthandler.enable(sys.stderr, all_threads=False)
    except OSError:  # ipykernel has not taken the stream over, so it is the raw one
        faulthandler.enable(all_threads=False)


def _shell() -> Any:
    """Return IPython's shell; `get_ipython` is a builtin of every kernel."""
    return vars(builtins)["get_ipython"]()


def _fail_with_the_command(shell: Any) -> None:
    """Raise where `!cmd` ends with another code than 0; Jupyter goes on as if nothing happened."""
    run = shell.system

    def system(cmd: str) -> None:
        run(cmd)
        code = shell.user_ns.get("_exit_code", 0)
        if code:
            raise subprocess.CalledProcessError(code, cmd)

    shell.system = system


def write_environment(path: str) -> None:
    """Write the interpreter's version and the packages that the notebook's code imported."""
    names = {n.split(".")[0] for n in set(sys.modules) - _loaded_before}
    versions = {n: _version(n) for n in names if not n.startswith("_")}
    found = {
        "python": platform.python_version(),
        "platform": sys.platform,
        "packages": {n: v for n, v in sorted(versions.items()) if v},
    }
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(_encode(found))
    os.replace(f"{path}.part", path)


def _version(name: str) -> str:
    """Return the module's version; what pytz or `__getattr__` tricks answer is no version."""
    module = sys.modules.get(name)
    if not isinstance(module, ModuleType) or name in sys.stdlib_module_names:
        return ""
    version = vars(module).get("__version__", "")
    return version if isinstance(version, str) else ""
