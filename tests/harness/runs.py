"""Run a notebook whole, its exported scripts in this process, or as real processes."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from tests.harness.isolate import fresh_main
from tests.harness.notebooks import CellText, cell_id
from tests.harness.results import Outcome

MARKER = re.compile(r"^# %% (?P<heading>.*?)(?: \[(?P<cell>[^\]]+)\])?$", re.MULTILINE)
SPLIT = "\x1e"


class _Recorder:
    """Collects what each cell prints until one raises."""

    def __init__(self) -> None:
        self.printed: dict[str, str] = {}
        self.error = ""
        self.failed = ""

    def run(self, cell: str, work: Callable[[], object]) -> bool:
        """Do the work with its output kept; False when it raised."""
        text = io.StringIO()
        try:
            with contextlib.redirect_stdout(text):
                work()
        except BaseException as error:  # noqa: BLE001 - what a cell raises is a result
            self.error, self.failed = f"{type(error).__name__}: {error}", cell
        self.printed[cell] = self.printed.get(cell, "") + text.getvalue()
        return not self.error

    def outcome(self) -> Outcome:
        """Return what was seen so far."""
        return Outcome(self.printed, self.error, self.failed)


@functools.lru_cache(maxsize=512)
def _compiled(source: str, name: str) -> CodeType:
    return compile(source, name, "exec", dont_inherit=True)


def _execute(source: str, name: str, names: dict[str, Any]) -> None:
    exec(_compiled(source, name), names)


def run_whole(cells: Sequence[CellText], folder: Path) -> Outcome:
    """Restart & Run All for plain Python: every cell not tagged skip, in one fresh namespace."""
    record = _Recorder()
    with fresh_main(folder) as names:
        for index, cell in enumerate(cells):
            if cell.tag == "skip" or not cell.source.strip():
                continue
            run = functools.partial(_execute, cell.source, cell_id(index), names)
            if not record.run(cell_id(index), run):
                break
    return record.outcome()


def run_whole_ipython(cells: Sequence[CellText], folder: Path) -> Outcome:
    """Restart & Run All with IPython's syntax and magics; call it in a child process only."""
    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):  # type: ignore[misc]
        def enable_gui(self, gui: str | None = None) -> None:
            """A kernel has an event loop; here there is nothing to start."""

    record = _Recorder()
    with fresh_main(folder):
        shell = Shell(user_module=sys.modules["__main__"])
        shell.ast_node_interactivity = "none"
        shell.history_manager.enabled = False
        for index, cell in enumerate(cells):
            if cell.tag == "skip" or not cell.source.strip():
                continue
            run = functools.partial(_run_cell, shell, cell.source)
            if not record.run(cell_id(index), run):
                break
    return record.outcome()


def _run_cell(shell: Any, source: str) -> None:
    close_figures = sys.modules.get("matplotlib.pyplot")
    result = shell.run_cell(source, store_history=True)
    if close_figures is not None:
        close_figures.close("all")
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise error


def script_parts(text: str) -> list[tuple[str, str]]:
    """Split a stage script at its markers into (cell id or heading, source); line numbers are kept.

    The header before the first marker belongs to the first part.
    """
    marks = list(MARKER.finditer(text))
    parts = []
    for number, mark in enumerate(marks):
        start = mark.start() if number else 0
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        source = "\n" * text.count("\n", 0, start) + text[start:end]
        heading, cell = mark.group("heading"), mark.group("cell")
        own = cell is not None and heading != "setup"
        parts.append((cell if own else heading, source))
    return parts


def run_script_here(script: Path, arguments: Sequence[str] = ()) -> Outcome:
    """Run one stage script in this process, in a namespace of its own, cell by cell."""
    record = _Recorder()
    text = script.read_text(encoding="utf-8")
    with fresh_main(Path(os.sep), script) as names:
        sys.argv[:] = [str(script), *arguments]
        _load_handoff(script.with_name("mlcode_handoff.py"))
        for cell, source in script_parts(text):
            code = _compile_part(source, str(script), text)
            if not record.run(cell, functools.partial(exec, code, names)):
                break
    return record.outcome()


def _load_handoff(file: Path) -> None:
    """Load the hand-over module from its folder, compiled once for all programs."""
    module = types.ModuleType("mlcode_handoff")
    module.__file__ = str(file)
    sys.modules["mlcode_handoff"] = module
    exec(_compiled(file.read_text(encoding="utf-8"), "mlcode_handoff.py"), module.__dict__)


def _compile_part(source: str, name: str, text: str) -> CodeType:
    future = "from __future__ import annotations" in text
    flags = 0x1000000 if future else 0
    return compile(source, name, "exec", flags=flags, dont_inherit=True)


def join(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what a pipeline's stages printed together; the first error counts."""
    printed: dict[str, str] = {}
    for outcome in outcomes:
        printed.update(outcome.printed)
        if outcome.error:
            return Outcome(printed, outcome.error, outcome.failed_cell)
    return Outcome(printed)


def run_scripts_here(scripts: Sequence[Path], arguments: Sequence[str] = ()) -> Outcome:
    """Run the stages one after the other in this process, each in its own namespace."""
    outcomes = []
    for script in scripts:
        outcomes.append(run_script_here(script, arguments))
        if outcomes[-1].error:
            break
    return join(outcomes)


def new_environment(home: Path, hash_seed: str) -> dict[str, str]:
    """Return what a process of its own sees: an empty home, and no window."""
    home.mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "LC_ALL", "MPLCONFIGDIR")}
    return {**kept, "HOME": str(home), "PYTHONHASHSEED": hash_seed, "MPLBACKEND": "Agg"}


def run_script_process(script: Path, arguments: Sequence[str] = (), hash_seed: str = "7") -> Outcome:
    """Run one stage script as `python stage_x.py` in a new process with an empty home."""
    environment = new_environment(script.parent / ".home", hash_seed)
    marked = _with_separators(script)
    done = subprocess.run(
        [sys.executable, str(marked), *arguments],
        cwd=os.sep, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    printed: dict[str, str] = {}
    for chunk in done.stdout.split(SPLIT)[1:]:
        cell, _, text = chunk.partition("\n")
        printed[cell] = printed.get(cell, "") + text
    error = ""
    if done.returncode:
        error = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
    return Outcome(printed, error, next(reversed(printed), ""))


def _with_separators(script: Path) -> Path:
    """Write the script again beside itself with a line printed before each part, to tell outputs apart."""
    parts = script_parts(script.read_text(encoding="utf-8"))
    text = []
    for number, (cell, source) in enumerate(parts):
        mark = f"print({SPLIT + cell!r}, flush=True)\n"
        text.append(source.lstrip("\n") + "\n" if number == 0 else mark + source.lstrip("\n") + "\n")
    target = script.with_name("marked_" + script.name)
    target.write_text("".join(text), encoding="utf-8")
    return target


def run_scripts_process(scripts: Sequence[Path], arguments: Sequence[str] = ()) -> Outcome:
    """Run the stages as real processes, each with another hash seed."""
    outcomes = []
    for number, script in enumerate(scripts):
        outcomes.append(run_script_process(script, arguments, hash_seed=str(number + 1)))
        if outcomes[-1].error:
            break
    return join(outcomes)
