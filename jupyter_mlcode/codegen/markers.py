"""The `# %%` markers of a script: written between its cells, and parsed back.

    # %% begin          # %% inputs        # %% outputs       # %% end
    # %% setup [id]     statements of another cell, run again here
    # %% Heading [id]   a cell of this stage

A line of the user that looks exactly like a marker cannot be told from one, so the script then uses
a longer fence (`# %%% begin`), as a Markdown fence grows when its text holds one. The first marker
says which fence the file uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias, cast

from jupyter_mlcode.errors import InputError

CellRole: TypeAlias = Literal["header", "begin", "setup", "inputs", "own", "outputs", "end"]

_BARE = "begin|inputs|outputs|end"
_MARKER = re.compile(rf"# (%%+) (?:({_BARE})|(\S.*) \[([\w-]{{1,64}})\])", re.ASCII)
_BEGIN = re.compile(r"^# (%%+) begin$", re.MULTILINE)
_DEFINITION = re.compile(r"(?:async def|def|class)\b|@")
_CLOSING_QUOTES = re.compile(r'\\.|"""', re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCell:
    """One cell of a script: what stands between two markers, without the blank lines around it.

    `header` is the docstring and the `__future__` imports above the first marker. `line` is where
    the source starts in a file that was read, counted from 1.
    """

    kind: CellRole
    heading: str = ""
    cell_id: str = ""
    source: str
    line: int = field(default=1, compare=False)


def join_cells(cells: Sequence[ScriptCell]) -> str:
    """Return the script's text; the first cell is its header."""
    fence = _fence(cell.source for cell in cells[1:])
    text = cells[0].source
    spaced = "\n\n" in text.rpartition('"""')[2]
    for previous, cell in pairwise(cells):
        gap = "\n\n\n" if _ends_in_definition(previous.source) or _starts_definition(cell.source) else "\n\n"
        if previous.kind == "header" and not spaced:
            gap = "\n"
        text += f"{gap}# {fence} {_title(cell)}\n{cell.source}"
    return text + "\n"


def script_cells(text: str) -> tuple[ScriptCell, ...]:
    r"""Return the cells of a generated script, hand-edited or not, in order.

    Raises:
        InputError: when the text has no `# %% begin` line: it is no script of ours.

    Examples:
        >>> cells = script_cells('# %% begin\nx = 1\n\n# %% Load [a1]\ny = 2\n')
        >>> [(cell.kind, cell.cell_id, cell.source) for cell in cells[1:]]
        [('begin', '', 'x = 1'), ('own', 'a1', 'y = 2')]
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    begin = _BEGIN.search(text, _docstring_end(text))
    if begin is None:
        raise InputError("not a stage script: it has no line `# %% begin`")
    fence = begin.group(1)
    cells: list[ScriptCell] = []
    marker: re.Match[str] | None = None
    lines: list[str] = []
    first = text.count("\n", 0, begin.start()) + 1
    start = first
    for number, line in enumerate(text[begin.start() :].split("\n"), first + 1):
        found = _MARKER.fullmatch(line)
        if found is None or found.group(1) != fence:
            lines.append(line)
            continue
        if marker is not None:
            cells.append(_cell(marker, lines, start))
        marker, lines, start = found, [], number
    if marker is not None:
        cells.append(_cell(marker, lines, start))
    return (ScriptCell(kind="header", source=text[: begin.start()].rstrip("\n")), *cells)


def _cell(marker: re.Match[str], lines: list[str], line: int) -> ScriptCell:
    """Return the cell between a marker and the next one."""
    source = "\n".join(lines).rstrip("\n")
    if marker.group(2):
        return ScriptCell(kind=cast(CellRole, marker.group(2)), source=source, line=line)
    heading = marker.group(3)
    kind: CellRole = "setup" if heading == "setup" else "own"
    return ScriptCell(kind=kind, heading=heading, cell_id=marker.group(4), source=source, line=line)


def _title(cell: ScriptCell) -> str:
    """Return what stands behind the fence; a user's heading never reads as our word `setup`."""
    if cell.kind == "setup":
        return f"setup [{cell.cell_id}]"
    if cell.kind == "own":
        heading = cell.heading or "cell"
        return f"{'Setup' if heading == 'setup' else heading} [{cell.cell_id}]"
    return cell.kind


def _fence(sources: Iterable[str]) -> str:
    """Return the shortest fence that no line of the sources uses in a marker."""
    taken = {
        found.group(1)
        for source in sources
        if "# %%" in source
        for line in source.split("\n")
        if (found := _MARKER.fullmatch(line)) is not None
    }
    fence = "%%"
    while fence in taken:
        fence += "%"
    return fence


def _docstring_end(text: str) -> int:
    """Return the offset behind the module's docstring, 0 when there is none."""
    if not text.startswith('"""'):
        return 0
    for found in _CLOSING_QUOTES.finditer(text, 3):
        if found.group() == '"""':
            return found.end()
    return 0


def _starts_definition(source: str) -> bool:
    """Tell whether the first line of code opens a function or class."""
    for line in source.split("\n"):
        if line and not line.startswith("#"):
            return _DEFINITION.match(line) is not None
    return False


def _ends_in_definition(source: str) -> bool:
    """Tell whether the last statement is a function or class."""
    for line in reversed(source.split("\n")):
        if line and not line[0].isspace() and line[0] not in "#)]}":
            return _DEFINITION.match(line) is not None
    return False
