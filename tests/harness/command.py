"""The real command line in a process of its own, in poor surroundings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.integration.cache.project import notebook_text

MAIN = [sys.executable, "-m", "jupyter_mlcode.cli.main"]
HERE = str(Path(__file__).parents[2])
PATIENCE = 300
"""Seconds after which a command hangs, on however busy a machine."""


def mlcode(
    *arguments: str | Path,
    environment: Mapping[str, str | None] | None = None,
    before: Callable[[], None] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a command; a variable that is None is not set; `before` runs in the new process."""
    return subprocess.run(
        [*MAIN, *map(str, arguments)],
        **{"capture_output": True, **options},
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=PATIENCE,
        env=surroundings(environment),
        preexec_fn=before,
    )


def surroundings(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return our environment with these changes; a variable that is None is not there."""
    found = {**os.environ, "PYTHONPATH": HERE, **(changes or {})}
    return {name: value for name, value in found.items() if value is not None}


def write_notebook(folder: Path, text: str) -> Path:
    """Write `nb.ipynb` of a text in which `# --- [tag]` begins a cell."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "nb.ipynb"
    path.write_text(notebook_text(text), "utf-8")
    return path


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the living processes that work in the folder or below."""
    found = []
    for process in psutil.process_iter():
        try:
            where = Path(process.cwd())
            if process.status() != psutil.STATUS_ZOMBIE and where.is_relative_to(folder):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def assert_one_line(done: subprocess.CompletedProcess[str], code: int, says: str = "") -> None:
    """The command ended with this code and one line about what is wrong; nothing looks like a bug."""
    assert done.returncode == code, done.stderr
    wrong = [line for line in done.stderr.splitlines() if "MLC" in line]
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert len(wrong) == 1, done.stderr
    assert says in wrong[0]
