"""The probes' text format: `=== title`, or `=== title | code` where the export must refuse.

A program with setup cells is read twice: they are a stage, and they have the role of that name. With
`| code as setup` or `| code as stage` only that variant is refused, `| one or other` names two codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.harness.notebooks import CellText

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Probe:
    """One variant of a program: its name, its cells, and the codes of which one refuses it (or none)."""

    name: str
    cells: tuple[CellText, ...]
    codes: tuple[str, ...] = ()


def read_probes(folder: Path = HERE) -> list[Probe]:
    """Return every probe of the folder's text files, with its setup as a stage and as a role."""
    probes: dict[str, Probe] = {}
    for path in sorted(folder.glob("*.txt")):
        for title, text in programs(path):
            for probe in variants(title, text):
                assert probe.name not in probes, probe.name
                probes[probe.name] = probe
    return list(probes.values())


def programs(path: Path) -> list[tuple[str, str]]:
    """Return the titles and texts of one file."""
    parts = re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [(title, text) for title, _, text in (part.partition("\n") for part in parts)]


def variants(title: str, text: str) -> list[Probe]:
    """Return the program with its setup as a stage and, where it has any, as a role."""
    name, _, expected = title.partition(" | ")
    text_codes, _, only = expected.partition(" as ")
    codes = tuple(text_codes.split(" or ")) if text_codes else ()
    found = [Probe(name, cells(text, role=False), codes if only != "setup" else ())]
    if "# setup\n" in text:
        found.append(Probe(f"{name} (setup)", cells(text, role=True), codes if only != "stage" else ()))
    return found


def cells(text: str, *, role: bool) -> tuple[CellText, ...]:
    """`# name` begins a cell of that stage; `# setup` is a stage too, or the role of that name."""
    parts = re.split(r"^# (\w+)\n", text, flags=re.MULTILINE)[1:]
    return tuple(
        CellText(tag if role and tag in ("setup", "parameters") else f"stage:{tag}", source)
        for tag, source in zip(parts[::2], parts[1::2], strict=True)
    )
