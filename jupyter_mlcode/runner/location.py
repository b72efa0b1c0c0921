"""From a traceback to the place a person looks for: cell and line, script and line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jupyter_mlcode.model.run import Failure, FailureKind
from jupyter_mlcode.runner.folder import PipelineFolder
from jupyter_mlcode.runner.session import EngineError
from jupyter_mlcode.runner.stage_notebook import StageCell

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# IPython 8.7 and later; 8.0 to 8.6; before; and what a crash writes.
CELL_LINES = (
    re.compile(r"Cell In\s?\[\d+\], line (\d+)"),
    re.compile(r"Input In \[\d+\], in <cell line: (\d+)>"),
    re.compile(r"<ipython-input-[^>]*> in <module>[^\n]*\n(?:.*\n)*?-+> (\d+)"),
    re.compile(r'File "[^"]*ipykernel_\d+[/\\]\d+\.py", line (\d+) in <module>'),
)
TIMED_LINE = re.compile(r"File <timed exec>:(\d+)|<timed exec> in <module>")


def plain_traceback(traceback: Sequence[str]) -> tuple[str, ...]:
    """Return the traceback's lines without terminal colours."""
    return tuple(ANSI.sub("", "\n".join(traceback)).splitlines())


def line_in_cell(source: str, traceback: Sequence[str]) -> int | None:
    """Return the line of the cell's text on which its code stopped, counted from 1.

    IPython drops empty lines above the code and counts without them.
    """
    text = "\n".join(plain_traceback(traceback))
    above = 0
    while above < source.count("\n") and not source.split("\n")[above].strip():
        above += 1
    timed = TIMED_LINE.search(text)
    if timed is not None and timed[1]:
        return above + 1 + int(timed[1])  # the body of %%time starts below its first line
    for pattern in CELL_LINES:
        found = pattern.search(text)
        if found is not None:
            return above + int(found[1])
    return None


KINDS: Mapping[str, FailureKind] = {
    "exit": "exit",
    "dead_kernel": "dead_kernel",
    "timeout": "timeout",
    "kernel": "kernel",
    "interrupted": "interrupted",
}


def failure_at(folder: PipelineFolder, script: str, cell: StageCell | None, error: EngineError) -> Failure:
    """Return the failure with its place in the notebook and in the stage's script."""
    if cell is None:
        return Failure(
            kind=KINDS.get(error.kind, "error"),
            name=error.name,
            message=error.message,
            script=f"{folder.name}/{script}",
            traceback=plain_traceback(error.traceback),
        )
    line = line_in_cell(cell.source, error.traceback)
    text = "\n".join(cell.source.split("\n")[line - 1 : line]) if line else ""
    shown = cell.number is not None and cell.role in ("own", "setup")
    return Failure(
        kind=KINDS.get(error.kind, "error"),
        name=error.name,
        message=_one_line(error),
        cell_id=cell.source_id or cell.id,
        notebook=folder.notebook_path.name if shown else "",
        cell=cell.number if shown else None,
        line=_source_line(cell, line, text) if shown else None,
        script=f"{folder.name}/{script}",
        script_line=_script_line(cell, line, text),
        traceback=plain_traceback(error.traceback),
    )


def _one_line(error: EngineError) -> str:
    """Return the message's first line; a `sys.exit(0)` says what it did to the stage."""
    if error.kind == "exit":
        code = error.message or "0"
        return f"{code} (the cells after it did not run)"
    return error.message.strip().split("\n")[0]


def _source_line(cell: StageCell, line: int | None, text: str) -> int | None:
    """Return the line in the notebook's cell; setup cells hold only some of its lines."""
    if cell.role == "own" or line is None:
        return line
    lines = cell.original.split("\n")
    return lines.index(text) + 1 if text in lines else None


def _script_line(cell: StageCell, line: int | None, text: str) -> int | None:
    """Return the line in the script's file; a translated magic can be longer than the original."""
    if cell.script_line is None:
        return None
    lines = cell.script_text.split("\n")
    if line is None:
        return cell.script_line
    if line <= len(lines) and lines[line - 1] == text:
        return cell.script_line + line - 1
    return cell.script_line + (lines.index(text) if text in lines else 0)
