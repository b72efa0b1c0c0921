"""The question put to every generated program: do its stages print what the whole program prints?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.harness.notebooks import CellText
from tests.harness.product import Exported, export
from tests.harness.results import Outcome, differences
from tests.harness.runs import run_scripts_here, run_scripts_process, run_whole

PipelineRun = Callable[[Sequence[Path], Sequence[str]], Outcome]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one program: refused with these codes, or its differences (none: equal)."""

    differences: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    said: str = ""
    problem: str = ""

    @property
    def equal(self) -> bool:
        """Whether the pipeline was exported and printed the same."""
        return not self.refused and not self.differences and not self.problem

    @property
    def wrong(self) -> bool:
        """Whether something is broken: refusing is not."""
        return bool(self.differences or self.problem)


def folders(place: Path) -> tuple[Path, Path, Path]:
    """Make three folders: for the whole program, the pipeline in its order, and in another legal order."""
    made = (place / "whole", place / "cut", place / "latest-first")
    for folder in made:
        folder.mkdir()
    return made


def runnable(cells: Sequence[CellText], folder: Path) -> tuple[tuple[CellText, ...], Outcome]:
    """Return the program cut before the first cell that raises, and what it prints."""
    cells = tuple(cells)
    while True:
        _clean(folder)
        outcome = run_whole(cells, folder)
        if not outcome.error:
            return cells, outcome
        cells = cells[: int(outcome.failed_cell[1:])]


def _clean(folder: Path) -> None:
    for file in folder.glob("t*.txt"):
        file.unlink()


def judge(
    cells: Sequence[CellText], injected: dict[str, int] | None = None, run: PipelineRun = run_scripts_here
) -> Verdict:
    """Run a program whole and as a pipeline and say how they compare.

    `injected` are parameters given to every stage; the whole program then has them in its
    parameters cell.
    """
    injected = injected or {}
    with tempfile.TemporaryDirectory(prefix="program") as place:
        whole_folder, cut_folder, other_folder = folders(Path(place))
        given = [_with_values(cell, injected) for cell in cells]
        outcome = run_whole(given, whole_folder)
        if outcome.error:
            return Verdict(problem=f"the program itself raises {outcome.error}")
        exported = export(cells, cut_folder)
        if exported.refused:
            return Verdict(refused=tuple(sorted(d.code for d in exported.errors)), said=exported.said())
        arguments = [text for name, value in injected.items() for text in ("-p", name, str(value))]
        if missing := _missing(cells, exported):
            return Verdict(problem=f"cells {missing} run in no stage", said=exported.said())
        found = differences(outcome, run(exported.scripts, arguments), exported.own_cells)
        if not found and exported.latest_first() != exported.scripts:
            again = run(export(cells, other_folder).latest_first(), arguments)
            found = [f"latest first: {line}" for line in differences(outcome, again, exported.own_cells)]
        return Verdict(differences=tuple(found), said=exported.said())


def _with_values(cell: CellText, injected: dict[str, int]) -> CellText:
    if cell.tag != "parameters" or not injected:
        return cell
    return CellText(
        cell.tag, cell.source + "".join(f"\n{name} = {value}" for name, value in injected.items())
    )


def _missing(cells: Sequence[CellText], exported: Exported) -> list[str]:
    from tests.harness.notebooks import cell_id

    staged = [cell_id(i) for i, cell in enumerate(cells) if (cell.tag or "").startswith("stage:")]
    return [cell for cell in staged if cell not in exported.own_cells]


def judge_with_processes(cells: Sequence[CellText]) -> Verdict:
    """Judge with every stage as `python stage_x.py` in a process of its own."""
    return judge(cells, run=run_scripts_process)


def parameter_names(cells: Sequence[CellText]) -> list[str]:
    """Return the parameters a program has."""
    lines = [line for cell in cells if cell.tag == "parameters" for line in cell.source.splitlines()]
    return [line.split(":")[0] for line in lines]


def listing(cells: Sequence[CellText]) -> str:
    """Return a program as text for a report."""
    return "\n".join(
        f"# --- cell {i + 1} [{cell.tag or 'no tag'}]\n{cell.source}" for i, cell in enumerate(cells)
    )
