"""Titles and purposes of stages, from the markdown above their first cells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.notebook.tags import Roles

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_NO_PROSE = re.compile(r"\s*(?:[-*+>|!]\s|\d+[.)]\s|\||!\[|<|\$\$|---|\*\*\*)| {4}|\t")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"<[^>]+>")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_NUMBER = re.compile(r"^(?:\d+[.):]|\d+(?:\.\d+)+[.):]?|[IVX]+[.)])\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading in the notebook's markdown and the paragraph below it; `level` is 1 to 6, 0 for none."""

    title: str
    purpose: str = ""
    level: int = 0


def headings_in(markdown: str) -> list[Heading]:
    r"""Return the headings of a markdown text; prose above the first is a heading without title.

    Examples:
        >>> [(h.title, h.purpose) for h in headings_in("## Load\nOne row per **customer**.")]
        [('Load', 'One row per customer.')]
    """
    found: list[tuple[str, int, list[str]]] = [("", 0, [])]
    fence = ""
    lines = ["", *markdown.split("\n"), ""]
    for previous, line, following in zip(lines, lines[1:], lines[2:], strict=False):
        if (mark := _FENCE.match(line)) is not None or fence:
            fence = _after_fence(fence, mark.group(1) if mark else "")
            found[-1][2].append("")
            continue
        heading = _HEADING.match(line)
        if heading is not None:
            found.append((heading.group(2) or "", len(heading.group(1)), []))
        elif line.strip() and _UNDERLINE.match(following) and not previous.strip():
            found.append((line, 1 if "=" in following else 2, []))
        elif not (_UNDERLINE.match(line) and previous.strip()):
            found[-1][2].append(line)
    headings = [Heading(title=plain(t), level=n, purpose=_paragraph(text)) for t, n, text in found]
    return [h for h in headings if h.title or h.purpose]


def stage_headings(notebook: Notebook, roles: Roles) -> dict[str, Heading]:
    """Return title and purpose of each stage: the last heading between it and the stage before.

    A stage without one is called by its name.
    """
    result: dict[str, Heading] = {}
    above: list[Heading] = []
    for cell, role in zip(notebook.cells, roles.by_cell, strict=True):
        if cell.kind == "markdown":
            above += headings_in(cell.source)
        elif role.kind == "stage":
            if role.stage not in result:
                result[role.stage] = _merged(role.stage, above)
            above = []
    return result


def _merged(stage: str, above: list[Heading]) -> Heading:
    """Return the last real heading, with the prose below it."""
    title = next((i for i in reversed(range(len(above))) if above[i].title), None)
    if title is None:
        purpose = above[-1].purpose if above else ""
        return Heading(title=_from_name(stage), purpose=purpose)
    purpose = next((h.purpose for h in above[title:] if h.purpose), "")
    return Heading(title=above[title].title, purpose=purpose, level=above[title].level)


def plain(text: str) -> str:
    """Return markdown text on one line, without links, emphasis, HTML and the number in front.

    Examples:
        >>> plain("2.1 Load the [data](x.html) **now**")
        'Load the data now'
    """
    text = _TAG.sub("", _LINK.sub(r"\1", text))
    text = _EMPHASIS.sub(r"\2", text)
    return _NUMBER.sub("", " ".join(text.split()))


def _paragraph(lines: list[str]) -> str:
    """Return the first paragraph of prose, on one line; lists, tables and pictures are none."""
    prose: list[str] = []
    for line in lines:
        if line.strip() and not _NO_PROSE.match(line):
            prose.append(line.strip())
        elif prose:
            break
    text = _EMPHASIS.sub(r"\2", _TAG.sub("", _LINK.sub(r"\1", " ".join(prose))))
    return " ".join(text.split())


def _after_fence(fence: str, mark: str) -> str:
    """Return the fence that is open after a line with this mark."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) else fence


def _from_name(stage: str) -> str:
    return stage.replace("-", " ").replace("_", " ").strip().capitalize()
