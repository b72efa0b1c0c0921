"""Runs inside the other interpreter: programs and their stages, with the harness of the tests."""

from __future__ import annotations

import json
import pickle
import shutil
import warnings
from pathlib import Path
from typing import Any

from tests.harness.notebooks import CellText
from tests.harness.results import Outcome, differences
from tests.harness.runs import join, run_script_here, run_whole

WORK = Path("/work")
PLACE = WORK / "place"
warnings.simplefilter("ignore")


def judge_all() -> None:
    """Judge every program in this interpreter."""
    for program in _programs():
        _begin(program)
        outcome = run_whole(_cells(program), PLACE / "whole")
        outcomes = []
        for script in program["scripts"]:
            outcomes.append(run_script_here(PLACE / "cut" / script))
            if outcomes[-1].error:
                break
        _answer(program, outcome, join(outcomes))


def whole(number: int) -> None:
    """Run one program whole in this new interpreter."""
    program = _programs()[number]
    _begin(program)
    _keep("whole", run_whole(_cells(program), PLACE / "whole"))


def stage(number: int, index: int) -> None:
    """Run one stage in this new interpreter."""
    _keep(str(index), run_script_here(PLACE / "cut" / _programs()[number]["scripts"][index]))


def verdict(number: int) -> None:
    """Compare what the other interpreters have run."""
    program = _programs()[number]
    stages = [_kept(str(index)) for index in range(len(program["scripts"]))]
    _answer(program, _kept("whole"), join(stages))


def _programs() -> list[dict[str, Any]]:
    return json.loads((WORK / "programs.json").read_text())


def _cells(program: dict[str, Any]) -> list[CellText]:
    return [CellText(tag, source) for tag, source in program["cells"]]


def _begin(program: dict[str, Any]) -> None:
    shutil.rmtree(PLACE, ignore_errors=True)
    (PLACE / "whole").mkdir(parents=True)
    for name, text in program["files"].items():
        file = PLACE / "cut" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _keep(name: str, outcome: Outcome) -> None:
    (PLACE / name).with_suffix(".outcome").write_bytes(
        pickle.dumps((dict(outcome.printed), outcome.error, outcome.failed_cell))
    )


def _kept(name: str) -> Outcome:
    return Outcome(*pickle.loads((PLACE / name).with_suffix(".outcome").read_bytes()))


def _answer(program: dict[str, Any], outcome: Outcome, pipeline: Outcome) -> None:
    problem = f"raises {outcome.error}" if outcome.error else ""
    found = [] if problem else differences(outcome, pipeline, program["own"])
    with (WORK / "results.txt").open("a") as file:
        file.write(repr({"name": program["name"], "problem": problem, "differences": found}) + "\n")
