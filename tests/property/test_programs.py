"""The split is invisible: generated programs, cut anywhere, print the same as the whole notebook.

`--programs N` (or MLCODE_PROGRAMS) gives another number of in-process examples; soak.py runs a
hundred thousand with all processors.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.harness.choosers import DrawnChooser, SeededChooser
from tests.harness.notebooks import CellText
from tests.property.judge import Verdict, judge, judge_with_processes, listing, parameter_names, runnable
from tests.property.programs import write_objects, write_program
from tests.property.shrinking import shrink

COUNT = int(os.environ.get("MLCODE_PROGRAMS", "300"))
PROCESSES = 20
ACCEPTED = 0.8
QUIET = settings(
    max_examples=COUNT,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@st.composite
def programs(draw: Any) -> tuple[tuple[CellText, ...], dict[str, int]]:
    """A program that runs, and values for some of its parameters."""
    chooser = DrawnChooser(draw)
    written = write_program(chooser)
    with tempfile.TemporaryDirectory() as folder:
        cells, _ = runnable(written, Path(folder))
    names = [name for name in parameter_names(cells) if chooser.number(0, 1)]
    injected = {name: chooser.number(0, 9) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        given = [
            CellText(c.tag, c.source + _assignments(injected)) if c.tag == "parameters" else c for c in cells
        ]
        _, outcome = runnable(given, Path(folder))
    return cells[: len(outcome.printed)], injected


def _assignments(injected: dict[str, int]) -> str:
    return "".join(f"\n{name} = {value}" for name, value in injected.items())


def test_a_program_cut_into_stages_prints_the_same() -> None:
    seen: Counter[str] = Counter()

    @QUIET
    @given(programs())
    def judged(example: tuple[tuple[CellText, ...], dict[str, int]]) -> None:
        cells, injected = example
        verdict = judge(cells, injected)
        seen["refused" if verdict.refused else "accepted"] += 1
        assert not verdict.wrong, _report(cells, verdict, injected)

    judged()
    assert seen["accepted"] >= ACCEPTED * seen.total(), seen


def _report(cells: tuple[CellText, ...], verdict: Verdict, injected: dict[str, int]) -> str:
    lines = "\n".join(verdict.differences) or verdict.problem
    return f"{lines}\ninjected: {injected}\n{listing(cells)}\n{verdict.said}"


@pytest.mark.parametrize("seed", range(PROCESSES))
def test_real_scripts_print_the_same(seed: int, tmp_path: Path) -> None:
    for attempt in range(10):
        cells, _ = runnable(write_program(SeededChooser(1_000 * seed + attempt)), tmp_path)
        verdict = judge_with_processes(cells)
        if not verdict.refused:
            break
    assert verdict.equal, _report(cells, verdict, {})


def test_the_judge_sees_a_lost_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline that forgets one value must not pass: the property would be empty."""
    cells = (CellText("stage:one", "a = [1]\nb = a"), CellText("stage:two", "a.append(2)\nprint(b)"))
    assert judge(cells).equal
    monkeypatch.setattr("tests.property.judge.run_scripts_here", None)
    wrong = judge(cells, run=lambda scripts, arguments: _broken(scripts))
    assert wrong.wrong


def _broken(scripts: Any) -> Any:
    from tests.harness.runs import run_scripts_here

    for script in scripts:
        text = script.read_text().replace("a.append(2)", "a = [*a, 2]")
        script.write_text(text)
    return run_scripts_here(scripts)


def test_shrinking_keeps_the_failure() -> None:
    cells = (
        CellText("stage:one", "a = 1\nb = 2"),
        CellText("stage:two", "if b:\n    print(a)\n    print(b)"),
    )
    small = shrink(cells, lambda smaller: any("print(b)" in cell.source for cell in smaller))
    assert [cell.source for cell in small] == ["print(b)"]


def test_a_program_of_callables_prints_the_same() -> None:
    """Classes, closures and bound methods, whose calls depend on who is called; soak.py judges more of them."""
    seen: Counter[str] = Counter()
    for seed in range(COUNT // 3):
        with tempfile.TemporaryDirectory() as folder:
            cells, _ = runnable(write_objects(SeededChooser(9_000_000 + seed)), Path(folder))
        verdict = judge(cells)
        seen["refused" if verdict.refused else "accepted"] += 1
        assert not verdict.wrong, _report(cells, verdict, {})
    assert seen["accepted"] >= 0.6 * seen.total(), seen
