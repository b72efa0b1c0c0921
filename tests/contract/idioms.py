"""The idioms of idioms.yaml and the notebooks cut around them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.harness.notebooks import CellText

HERE = Path(__file__).resolve().parent
RUNS = ("artifact", "replay", "local")
SETTLED_HERE = frozenset("_ Out __name__ __file__ display get_ipython".split())


@dataclass(frozen=True, slots=True)
class Idiom:
    """One entry of idioms.yaml with the notebook parts that make it run."""

    id: str
    code: str
    defines: frozenset[str]
    uses: frozenset[str]
    mutates: frozenset[str]
    treatment: str
    prelude: Mapping[str, Any]

    @property
    def needs(self) -> Mapping[str, str]:
        """Files beside the notebook: data, local modules and stand-ins for packages."""
        return self.prelude.get("files") or {}

    @property
    def installed(self) -> frozenset[str]:
        """The packages among these files: in earnest they stand elsewhere."""
        stands_in = "stand_in" in self.prelude
        return frozenset(name.partition("/")[0].removesuffix(".py") for name in self.needs if stands_in)

    def cells(self, tag: str | None = None) -> tuple[CellText, ...]:
        """Return setup, make, the idiom and show as cells; the idiom is a stage of its own unless tagged otherwise."""
        own = tag or self.prelude.get("tag") or "stage:idiom"
        with_setup = own == "setup" and self.prelude.get("make_as_setup", True)
        make = CellText("setup" if with_setup else "stage:make", self.prelude.get("make", ""))
        idiom = CellText(own, self.code)
        setup = CellText("setup", self.prelude.get("setup", ""))
        show = CellText("stage:show", self.prelude["show"])
        order = [idiom, setup, make, show] if own == "parameters" else [setup, make, idiom, show]
        return tuple(cell for cell in order if cell.source.strip())

    def place(self, cells: tuple[CellText, ...]) -> int:
        """Return which of these cells is the idiom."""
        return next(index for index, cell in enumerate(cells) if cell.source == self.code)

    def write_files(self, folder: Path) -> None:
        """Write the files that the notebook expects beside it."""
        for relative, text in self.needs.items():
            path = folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _read(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


@functools.cache
def idioms() -> tuple[Idiom, ...]:
    """Return all idioms in file order."""
    preludes = _read("idiom_preludes.yaml")
    return tuple(
        Idiom(
            id=raw["id"],
            code=raw["code"],
            defines=frozenset(raw["defines"]),
            uses=frozenset(raw["uses"]),
            mutates=frozenset(raw["mutates"]),
            treatment=raw["treatment"],
            prelude=preludes[raw["id"]],
        )
        for raw in _read("idioms.yaml")
    )


@functools.cache
def argued(part: str) -> Mapping[str, str]:
    """Return the argued differences of one part (`facts`, `treatment`, `variants`): id -> reason."""
    return (_read("idiom_differences.yaml") or {}).get(part) or {}


def is_python(source: str) -> bool:
    """Say whether the source parses without IPython's help."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
