"""IPython syntax in cells: masked out of the Python at the same positions, and described beside it.

    %time x = f()   ->   0    ;x = f()      the statement stays visible at its position
    files = !ls     ->   files = 0
    %%bash ...      ->   blank              the whole body is no Python

IPython itself is never asked: its transform costs three times the parse and hides what the
commands use. Cells without magics pay for a few substring searches only.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from jupyter_mlcode.notebook import magic_arguments as arguments
from jupyter_mlcode.notebook.logical_lines import end_of_command, logical_line
from jupyter_mlcode.notebook.masking import Masking
from jupyter_mlcode.notebook.prompts import normalised

MagicKind: TypeAlias = Literal["line", "cell", "shell", "shell_cell", "help", "assign_shell", "assign_magic"]

_FIRST = frozenset(["", *"%!?/,;> \t\f\n"])
_PROMPTS = frozenset(["In [", "[nav", "[ins"])
_LINE_START = re.compile(r"\n[ \t]*[%!?]")
_ASSIGNED = re.compile(r"=[ \t]*(?:!(?!=)|%[ \t]*[A-Za-z_][\w ])")
_QUESTION = re.compile(r"\?[ \t]*(?:\n|\Z)")
_BLANK = re.compile(r"[ \t\f]*")
_HELP_END = re.compile(r"(%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*)\?\??\s*$")
_CELL_MAGIC = re.compile(r"%%(?!\w+\?)")
_DEEPEST = 20
_COMPOUND = re.compile(r"(?:for|while|if|with|try|def|class|async|match)\b|@")
_AUTOMAGIC = re.compile(
    r"(?:(?:pip|conda|mamba|uv|cd|ls|ll|cat|cp|mv|rm|mkdir|rmdir|less|more|man|matplotlib|load_ext"
    r"|run|env|time|timeit|store|pylab|autoreload|config|pinfo|psource|reset|who|whos|xdel)[ \t]+\S)"
)
_SHELL_FLAG = re.compile(r"(?:ls|ll|rm|cp|mv|cat|pip|less|mkdir) -[A-Za-z-]+(?:\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Magic:
    """One magic, shell command or help request of a cell.

    `line` counts from 1 and `column` from 0, both as in the source; `end_line` is the last line
    that belongs to it. `uses` may name things that are not bound: IPython then leaves the text.
    `body` is the code under a cell magic or behind `%time`. It stands in `Masked.python` when
    `body_visible`; `body_is_local` means that it runs in a namespace of its own (`%timeit`).
    `body_line` is the line of the source where the body's first line stands.
    """

    kind: MagicKind
    name: str
    argument: str
    line: int
    column: int
    end_line: int
    targets: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    body: str = ""
    body_line: int = 0
    body_visible: bool = False
    body_is_local: bool = False
    automagic: bool = False


class Masked(NamedTuple):
    """A cell as plain Python: same length and positions as the source, unless `shifted`.

    `shifted` cells had prompts or a common indentation that IPython strips; lines stay, columns do not.
    A tuple, because every cell makes one and a frozen dataclass costs more than the search for magics.
    """

    python: str
    magics: tuple[Magic, ...] = ()
    shifted: bool = False


@dataclass(slots=True)
class _Work(Masking):
    """What the masking of one cell has found so far."""

    magics: list[Magic] = field(default_factory=list)
    nesting: int = 0


def mask(source: str) -> Masked:
    """Return the cell's Python, and the magics that were masked out of it.

    Examples:
        >>> mask("%time x = f()").python
        '0    ;x = f()'
        >>> mask("files = !ls {folder}").magics[0].uses
        ('folder',)
    """
    if not may_have_magics(source):
        return Masked(source)
    text = normalised(source)
    work = _Work(text=text)
    if _is_automagic(text):
        start = len(text) - len(text.lstrip())
        _command(work, start, end_of_command(text, start, len(text)), automagic=True)
    else:
        _cell(work, 0)
    return Masked(work.python(), tuple(work.magics), text != source)


def may_have_magics(source: str) -> bool:
    """Tell whether a cell is worth a closer look; never wrong when it says no.

    Plain Python such as `a % b` or `"100%"` must cost nothing: these are substring searches.
    Autocall (`/f x`, `;f x`, `,f x`) is looked for in a cell's first line only; elsewhere it stays a
    syntax error, which is the safe answer.
    """
    if source[:1] in _FIRST:
        return bool(source)
    if ("%" in source or "!" in source or "?" in source) and (
        _LINE_START.search(source) is not None
        or _ASSIGNED.search(source) is not None
        or _QUESTION.search(source) is not None
    ):
        return True
    if ">>>" in source or "...:" in source or source[:4] in _PROMPTS:
        return True
    return "\n" not in source[:-1] and _is_automagic(source)


def _is_automagic(source: str) -> bool:
    """Tell whether the cell is one line like `pip install x` that is no Python."""
    line = source.strip()
    if "\n" in line or _AUTOMAGIC.match(line) is None:
        return False
    if _SHELL_FLAG.match(line) is not None:
        return True
    try:
        ast.parse(line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _cell(work: _Work, start: int) -> None:
    """Mask from a place where a cell magic may stand: the cell's start or below `%%time`."""
    text = work.text
    position = start
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if not text[position:end].strip():
            position = end + 1
        elif _CELL_MAGIC.match(text, position) and work.nesting <= _DEEPEST:
            work.nesting += 1
            position = _cell_magic(work, position)
        else:
            _lines(work, position, len(text))
            return


def _cell_magic(work: _Work, start: int) -> int:
    """Record a `%%magic` and mask it; return where its body starts if that is Python run in place, else the end."""
    text = work.text
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    name, _, argument = text[start + 2 : end].rstrip().partition(" ")
    body = text[end + 1 :]
    visible = name in arguments.CELL_BODY
    local = name in arguments.LOCAL_BODY
    line = work.line_of(start)
    body_line = line + 1
    if local and (setup := argument[arguments.statement_start(name, argument) :]):
        body, body_line = f"{setup}\n{body}", line
    work.magics.append(
        Magic(
            kind="shell_cell" if name in arguments.SHELL_CELLS else "cell",
            name=name,
            argument=argument,
            line=line,
            column=work.column_of(start),
            end_line=work.line_of(len(text.rstrip("\n"))),
            targets=arguments.bound_names(name, argument, body),
            uses=arguments.used_names(name, argument, body),
            body=body,
            body_line=body_line,
            body_visible=visible,
            body_is_local=local,
        )
    )
    if not visible:
        work.mask(start, len(text))
        return len(text)
    statement = _statement_offset(text, start + 2, end, name)
    if name in ("time", "capture") or statement >= end:
        work.mask(start, end)
    else:
        _show_statement(work, start, statement, end)
    return end + 1


def _lines(work: _Work, start: int, stop: int) -> None:
    """Mask every command, assigned command and help request of these lines."""
    text = work.text
    position = start
    while position < stop:
        blank = _BLANK.match(text, position, stop)
        first = blank.end() if blank else position
        if text[first : first + 1] in tuple("%!?/,;"):
            end = end_of_command(text, first, stop)
            _command(work, first, end)
            position = end + 1
            continue
        found = logical_line(text, first, stop)
        if found.command >= 0:
            _assigned(work, first, found.command, found.end)
        elif found.question >= 0 and not text[found.question + 1 : found.end].strip():
            _help_end(work, first, found.end)
        position = found.end + 1


def _joined(text: str, start: int, end: int) -> str:
    """Return a command without its backslashes and line ends, as IPython hands it on."""
    parts = text[start:end].split("\n")
    return " ".join([p.rstrip()[:-1] for p in parts[:-1]] + [parts[-1].rstrip()])


def _command(work: _Work, start: int, end: int, *, automagic: bool = False) -> None:
    """Mask a line that starts with `%`, `!`, `?` (or IPython's `/`, `,` and `;`)."""
    whole = _joined(work.text, start, end)
    if not automagic and whole.endswith("?") and _help_end(work, start, end):
        return
    if whole.startswith("?"):
        target = whole.lstrip("?").strip()
        _add(
            work,
            "help",
            whole[:2] if whole[:2] == "??" else "?",
            target,
            start,
            end,
            arguments.root_name(target),
        )
    elif whole.startswith("!"):
        name = whole[:2] if whole[:2] == "!!" else "!"
        command = whole[len(name) :]
        _add(work, "shell", name, command, start, end, arguments.expanded_names(command))
    elif whole.startswith(("/", ",", ";")):
        words = re.findall(r"[^\W\d]\w*", whole[1:] if whole[0] == "/" else whole[1:].split(" ")[0])
        _add(work, "line", whole[0], whole[1:], start, end, tuple(dict.fromkeys(words)))
    else:
        offset = 0 if automagic else len(whole) - len(whole.lstrip("%"))
        _line_magic(work, "line", start, start + min(offset, 1), end, automagic=automagic)
        return
    work.mask(start, end, "0")


def _add(
    work: _Work,
    kind: MagicKind,
    name: str,
    argument: str,
    start: int,
    end: int,
    uses: tuple[str, ...],
    targets: tuple[str, ...] = (),
) -> None:
    work.magics.append(
        Magic(
            kind=kind,
            name=name,
            argument=argument,
            line=work.line_of(start),
            column=work.column_of(start),
            end_line=work.line_of(end),
            uses=uses,
            targets=targets,
        )
    )


def _line_magic(
    work: _Work,
    kind: MagicKind,
    start: int,
    name_start: int,
    end: int,
    *,
    targets: tuple[str, ...] = (),
    automagic: bool = False,
) -> None:
    """Record `%name argument` and mask it, but for the statement that it runs in place."""
    text = work.text
    name, _, argument = _joined(text, name_start, end).lstrip().partition(" ")
    argument = argument.lstrip(" ")
    statement, body, local = end, "", name in arguments.LOCAL_BODY
    if name in arguments.STATEMENT_OPTIONS:
        statement = _statement_offset(text, text.index(name, name_start), end, name)
        body = text[statement:end]
    visible = bool(body) and not local
    work.magics.append(
        Magic(
            kind=kind,
            name=name,
            argument=argument,
            line=work.line_of(start),
            column=work.column_of(start),
            end_line=work.line_of(end),
            targets=targets + arguments.bound_names(name, argument, ""),
            uses=arguments.used_names(name, argument, ""),
            body=body,
            body_line=work.line_of(statement) if body else 0,
            body_visible=visible,
            body_is_local=bool(body) and local,
            automagic=automagic,
        )
    )
    if not visible:
        work.mask(start, end, "0")
    elif kind == "assign_magic":
        work.mask(start, statement)
    else:
        _show_statement(work, start, statement, end)


def _statement_offset(text: str, name_start: int, end: int, name: str) -> int:
    """Return where the statement behind `%time` and its options starts in the text."""
    if name not in arguments.STATEMENT_OPTIONS:
        return end
    argument_start = name_start + len(name)
    return argument_start + arguments.statement_start(name, text[argument_start:end])


def _show_statement(work: _Work, start: int, statement: int, end: int) -> None:
    """Leave the statement in sight: `0   ;statement`, or moved left when it is a block."""
    text = work.text
    inner = text[statement : statement + 1] in ("%", "!")
    if inner and work.nesting > _DEEPEST:
        work.mask(start, end, "0")
        return
    if _COMPOUND.match(text, statement, end):
        work.edits.append((start, end, text[statement:end] + " " * (statement - start)))
        return
    work.mask(start, statement - 1, "0")
    work.edits.append((statement - 1, statement, ";"))
    if inner:
        work.nesting += 1
        _command(work, statement, end)
        work.nesting -= 1


def _assigned(work: _Work, start: int, command: int, end: int) -> None:
    """Mask the right side of `name = !command` or `name = %magic`."""
    text = work.text
    targets = tuple(arguments.assigned_names(text[start:command]))
    if text[command] == "!":
        whole = _joined(text, command + 1, end)
        uses = arguments.expanded_names(whole)
        _add(work, "assign_shell", "!", whole, command, end, uses, targets)
        work.mask(command, end, "0")
    else:
        _line_magic(work, "assign_magic", command, command + 1, end, targets=targets)


def _help_end(work: _Work, start: int, end: int) -> bool:
    """Mask `name?`, `name??` or `%magic?`; False when the line is none of them."""
    found = _HELP_END.search(work.text, start, end)
    if found is None or "#" in work.text[start:end]:
        return False
    target = found.group(1)
    marks = "??" if found.group().rstrip().endswith("??") else "?"
    uses = () if target.startswith("%") else arguments.root_name(target)
    _add(work, "help", marks, target, start, end, uses)
    work.mask(start, end, "0")
    return True
