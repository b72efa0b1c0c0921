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
_opened: dict[str, tuple[str, bool]] = {}
"""How each file was opened first, and whether it was written; the empty name says that we listen."""
_SYSTEM = (
    *(
        prefix + os.sep
        for prefix in {os.path.dirname(os.__file__), sys.prefix, sys.base_prefix}
        if len(prefix) > 4
    ),
    *("/dev/", "/proc/", "/sys/", "/usr/lib/", "/usr/share/", "/usr/bin/", "/lib/", "/lib64/", "<"),
)


def begin(import_folder: str, strict_shell: bool) -> None:
    """Make the pipeline folder importable, last of all, and let failing `!` commands fail."""
    global _loaded_before
    _log_crashes()
    if import_folder and import_folder not in sys.path:
        sys.path.append(import_folder)
    if strict_shell:
        _fail_with_the_command(_shell())
    _publish_everything(_shell())
    _loaded_before = frozenset(sys.modules)
    _watch_files()


def _publish_everything(shell: Any) -> None:
    """Let output wait for who reads it: ZeroMQ throws away what is printed while a thousand messages wait."""
    thread = getattr(getattr(shell, "kernel", None), "iopub_thread", None)
    zmq = sys.modules.get("zmq")
    if thread is not None and zmq is not None:
        thread.schedule(lambda: thread.socket.setsockopt(zmq.SNDHWM, 0))  # in the thread that owns it


def _watch_files() -> None:
    """Note every file that Python code opens from now on: the cache must know what a result depends on."""
    if not _opened:
        _opened[""] = ("", False)
        sys.addaudithook(_audit)


def _audit(
    event: str,
    arguments: tuple[Any, ...],
    opened: dict[str, tuple[str, bool]] = _opened,
    decode: Any = os.fsdecode,
    absolute: Any = os.path.abspath,
) -> None:
    """Take one event of the interpreter (https://peps.python.org/pep-0578/); never raises, never looks at globals."""
    if event not in ("open", "os.rename", "sqlite3.connect"):
        return
    try:
        path = arguments[event == "os.rename"]
        if isinstance(path, (str, bytes, os.PathLike)) and "" in opened:
            how = "w" if event == "os.rename" else "a" if event != "open" else _how(*arguments[1:3])
            name = absolute(decode(path))
            first, written = opened.get(name, (how, False))
            opened[name] = (first, written or how != "r")
    except Exception:  # noqa: BLE001  the notebook's own call goes on and says what is wrong with it
        return


def _how(mode: Any, flags: int) -> str:
    """Return whether a file is read (r), written anew (w), or changed (a)."""
    if isinstance(mode, str):
        return "w" if mode[:1] in "wx" else "a" if "a" in mode or "+" in mode else "r"
    if not flags & (os.O_WRONLY | os.O_RDWR):
        return "r"
    return "w" if flags & (os.O_TRUNC | os.O_EXCL) else "a"


def _files_of_modules() -> list[str]:
    """Return the Python files that were imported since the begin, but for installed packages."""
    files = (getattr(sys.modules[name], "__file__", None) for name in set(sys.modules) - _loaded_before)
    return sorted(
        {os.path.abspath(file) for file in files if isinstance(file, str) and not _is_installed(file)}
    )


def _is_installed(path: str) -> bool:
    """Tell whether the file belongs to an interpreter, a package or the system."""
    return (
        path.startswith(_SYSTEM)
        or f"{os.sep}site-packages{os.sep}" in path
        or f"{os.sep}dist-packages{os.sep}" in path
    )


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
        "modules": _files_of_modules(),
        "opened": [[name, *how] for name, how in sorted(_opened.items()) if name and not _is_installed(name)],
    }
    _opened.pop("", None)
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
