"""The environment of a kernel, read from its folders: the interpreter and every installed package.

All packages count, not only those that a stage imports: pandas is another pandas when pyarrow is
there. No kernel is started; an interpreter that is not ours is asked once where its packages are.
"""

from __future__ import annotations

import json
import locale
import os
import platform
import shutil
import site
import subprocess
import sys
import sysconfig
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.local.memo import Memo, digest_of

_ASK = (
    "import json, site, sys, sysconfig;"
    "print(json.dumps([sys.implementation.name, list(sys.version_info[:2]), sorted({sysconfig.get_path('purelib'),"
    " sysconfig.get_path('platlib'), *site.getsitepackages(), site.getusersitepackages()})]))"
)
_SECONDS = 30
VARIABLES = (
    *("PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONUTF8", "PYTHONWARNINGS", "TZ", "MPLBACKEND", "MATPLOTLIBRC"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES"),
)
"""What changes results of code that never asks for it: search path, assertions, the last bit of sums."""


def environment(memo: Memo, kernel: str) -> dict[str, str]:
    """Return the interpreter, the platform, what changes results without being asked, and each package's version.

    Raises:
        UnknownNameError: the kernel is not installed.
    """
    interpreter = _interpreter(memo, kernel)
    name, version, folders = _described(memo, interpreter)
    found = {
        "python": f"{name} {version[0]}.{version[1]}",
        "platform": f"{platform.system()} {platform.machine()}",
        "encoding": locale.getencoding(),
        "startup files": _startup_files(memo),
        **{name: os.environ[name] for name in VARIABLES if name in os.environ},
    }
    for folder in folders:
        found |= _packages(folder, found)
    return found


def _startup_files(memo: Memo) -> str:
    """Return the hash of what IPython runs and matplotlib reads before a notebook's first cell, nothing for none.

    https://ipython.readthedocs.io/en/stable/interactive/tutorial.html#startup-files
    """
    profile = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser() / "profile_default"
    files = [
        *sorted(profile.glob("startup/*.*py")),
        profile / "ipython_config.py",
        profile / "ipython_kernel_config.py",
    ]
    files.append(Path(os.environ.get("MPLCONFIGDIR") or "~/.config/matplotlib").expanduser() / "matplotlibrc")
    found = {file.name: memo.sha256(file) for file in files if file.name != "README" and file.is_file()}
    return digest_of(json.dumps(found)) if found else ""


def _packages(folder: str, known: dict[str, str]) -> dict[str, str]:
    """Return the packages in one folder; the first folder that has one counts, as it does for imports."""
    found: dict[str, str] = {}
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return found
    for entry in names:
        stem, extension = os.path.splitext(entry)
        if extension not in (".dist-info", ".egg-info"):
            continue
        package, _, version = stem.partition("-")
        package = package.lower().replace("_", "-")
        if package not in known:
            found[package] = version + _installed_from(os.path.join(folder, entry))
    return found


def _installed_from(folder: str) -> str:
    """Return a mark for a package of the same version that may hold other code: its list of files, hashed.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    if not os.path.exists(os.path.join(folder, "direct_url.json")):
        return ""
    try:
        with open(os.path.join(folder, "RECORD"), "rb") as file:
            return f"+{digest_of(file.read())[:8]}"
    except OSError:
        return ""


def _interpreter(memo: Memo, kernel: str) -> str:
    """Return the program that the kernel runs."""
    known = memo.recall("kernel", kernel)
    if known is not None and known[1] == _mark(known[0]):
        return str(known[2])
    from jupyter_mlcode.runner.kernelspec import kernel_spec

    spec = kernel_spec(kernel)
    file, program = os.fspath(spec.file), spec.program
    if program in ("python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)):
        program = sys.executable  # as jupyter_client does
    memo.remember("kernel", kernel, [file, _mark(file), program])
    return program


def _mark(path: str) -> list[int]:
    try:
        found = os.stat(path)
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def _described(memo: Memo, program: str) -> tuple[str, list[int], list[str]]:
    """Return the implementation, the version and the package folders of an interpreter."""
    if program == sys.executable:
        folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *_sites()}
        return sys.implementation.name, list(sys.version_info[:2]), sorted(folders)
    path = shutil.which(program) or program
    key = json.dumps([path, _mark(path)])
    known: Json = memo.recall("interpreter", key)
    if known is None:
        known = _asked(path)
        memo.remember("interpreter", key, known)
    return known[0], known[1], known[2]


def _sites() -> list[str]:
    return [*site.getsitepackages(), site.getusersitepackages()]


def _asked(path: str) -> Json:
    try:
        done = subprocess.run(
            [path, "-c", _ASK], capture_output=True, timeout=_SECONDS, check=True, cwd=Path("/")
        )
        return json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return [path, [0, 0], []]
