"""What analysis, re-analysis and export cost, as ratios to `ast.parse` of the same cells in one process.

    python tests/bench/bench_analysis.py [--cells 1000] [--rounds 7] [--check]

By itself it makes about 1,000 cells from templates of ordinary data-science code and needs nothing else.
Every round runs every subject once, in rotating order; ratios are taken per round and the median is
reported, so that a busy machine cancels. `--check` leaves with 1 when a bar of the project is missed.

It is also a plugin for the shared benchmarks with real cells and peers (see README.md beside this file):

    BENCH_SRC=<checkouts> python bench_analysis.py --plugin tests/bench/bench_analysis.py -s 'ours|ast.parse'
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from jupyter_mlcode import api
from jupyter_mlcode.analysis.session import CellSource, Session
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.notebook import Cell, Notebook

BARS = {"analysis": 4.0, "edit": 10.0, "export": 0.7, "cli": 150.0}
"""Ratio to `ast.parse`; CPU ms of one edit in 1,000 cells; CPU s of an export; CPU ms of `--help`."""

NAMES = (
    "df sales users orders items clean merged daily weekly summary pivot scores rates counts model pipeline "
    "features labels train test valid params grid best history errors table report prices returns signal "
    "noise weights matrix vector result total groups sample"
).split()

TEMPLATES = (Path(__file__).parent / "cell_templates.txt").read_text(encoding="utf-8").split("\n#---\n")


def synthetic_cells(count: int) -> list[str]:
    """Return code cells made from the templates; names repeat, as they do in notebooks."""
    cells = []
    for number in range(count):
        template = (
            TEMPLATES[(number * 7 + number // 20) % len(TEMPLATES)] if number > 1 else TEMPLATES[number]
        )
        a, b = NAMES[(number * 5) % len(NAMES)], NAMES[(number * 11 + 3) % len(NAMES)]
        cells.append(template.format(a=a, A=a.title(), b=b, n=number % 37 + 2))
    return cells


def model(sources: Sequence[str], stages: int = 10) -> Notebook:
    """Return a notebook with these cells, cut into equal stages."""
    size = max(1, math.ceil(len(sources) / stages))
    cells = tuple(
        Cell(index=i, id=f"c{i:05}", kind="code", source=source, tags=(f"stage:part-{i // size + 1}",))
        for i, source in enumerate(sources)
    )
    return Notebook(path="bench.ipynb", cells=cells)


def write_ipynb(path: Path, notebook: Notebook) -> Path:
    """Write the notebook's file."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": cell.id,
            "metadata": {"tags": list(cell.tags)},
            "outputs": [],
            "source": cell.source.splitlines(keepends=True),
        }
        for cell in notebook.cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    value = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return path


def keyed(sources: Sequence[str]) -> list[CellSource]:
    """Return the cells as a session wants them."""
    return [CellSource(f"c{i:05}", source) for i, source in enumerate(sources)]


def parse_all(sources: Sequence[str]) -> int:
    """Parse each cell: the unit of all ratios."""
    return sum(len(ast.parse(source).body) for source in sources)


def analyse(sources: Sequence[str]) -> int:
    """Find the facts of every cell, with all rules, from nothing."""
    return len(Session().analyse(keyed(sources)))


def full_plan(notebook: Notebook) -> int:
    """Analyse, link, cut into stages and check."""
    return len(plan(notebook).edges)


def edited(source: str) -> str:
    """Return the cell after somebody typed two lines."""
    return source + "\nzz_edit = [q for q in range(3)]\nprint(zz_edit)\n"


def analysis_step(sources: Sequence[str]) -> Callable[[], int]:
    """Return a step that edits one cell in the middle, forth and back, and analyses again."""
    session, cells, at = Session(), keyed(sources), len(sources) // 2
    session.analyse(cells)
    versions = [cells[at]._replace(source=edited(cells[at].source)), cells[at]]
    turn = 0

    def step() -> int:
        nonlocal turn
        cells[at] = versions[turn % 2]
        turn += 1
        return len(session.analyse(cells))

    return step


def plan_step(notebook: Notebook) -> Callable[[], int]:
    """Return a step that edits one cell, forth and back, and plans the whole notebook again."""
    session, cells, at = Session(), list(notebook.cells), len(notebook.cells) // 2
    one = cells[at]
    two = Cell(index=one.index, id=one.id, kind="code", source=edited(one.source), tags=one.tags)
    versions = [
        Notebook(path=notebook.path, cells=(*cells[:at], middle, *cells[at + 1 :])) for middle in (two, one)
    ]
    plan(notebook, session)
    turn = 0

    def step() -> int:
        nonlocal turn
        turn += 1
        return len(plan(versions[(turn - 1) % 2], session).edges)

    return step


def interleaved(
    subjects: dict[str, Callable[[], object]], unit: str, rounds: int
) -> dict[str, tuple[float, float]]:
    """Return (median CPU seconds, median ratio to the unit) of each subject."""
    spent: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for turn in range(rounds + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            gc.collect()
            started = time.process_time()
            subjects[name]()
            if turn:
                spent[name].append(time.process_time() - started)
    ratios = {
        name: statistics.median(t / u for t, u in zip(times, spent[unit], strict=True))
        for name, times in spent.items()
    }
    return {name: (statistics.median(times), ratios[name]) for name, times in spent.items()}


def children_cpu() -> float:
    """Return the CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def command_line(arguments: Sequence[str], rounds: int) -> float:
    """Return the median CPU ms of a whole process of the command line."""
    spent = []
    for _ in range(rounds + 1):
        before = children_cpu()
        command = [sys.executable, "-m", "jupyter_mlcode.cli.main", *arguments]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        spent.append((children_cpu() - before) * 1e3)
    return statistics.median(spent[1:])


def exported(path: Path, folder: Path) -> None:
    """Read, plan, render and write, as the command does; made-up code may have findings, they are dropped."""
    api.write(api.export(replace(api.plan(path), diagnostics=())), folder, force=True)


def exponent(sources: Sequence[str], rounds: int) -> float:
    """Return how the cost of a full plan grows between half the cells and all of them; 1.0 is linear."""
    half, whole = model(sources[: len(sources) // 2]), model(sources)
    subjects = {"half": lambda: full_plan(half), "whole": lambda: full_plan(whole)}
    times = interleaved(subjects, "half", rounds)
    return math.log2(times["whole"][0] / times["half"][0])


def main() -> int:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="exit 1 when a bar is missed")
    options = parser.parse_args()
    sources = synthetic_cells(options.cells)
    notebook, rounds = model(sources), options.rounds
    with tempfile.TemporaryDirectory() as scratch:
        path = write_ipynb(Path(scratch) / "bench.ipynb", notebook)
        subjects: dict[str, Callable[[], object]] = {
            "ast.parse of each cell": lambda: parse_all(sources),
            "analysis, all rules": lambda: analyse(sources),
            "plan: analysis, graph, checks": lambda: full_plan(notebook),
            "read, plan, render, write": lambda: exported(path, Path(scratch) / "bench"),
            "analysis after one edit": analysis_step(sources),
            "plan after one edit": plan_step(notebook),
        }
        times = interleaved(subjects, "ast.parse of each cell", rounds)
    lines = sum(s.count("\n") for s in sources)
    print(f"{len(sources)} synthetic cells, {lines} lines, 10 stages; median of {rounds} rounds\n")
    print("| subject | CPU ms | x ast.parse |\n|---|---:|---:|")
    for name, (seconds, ratio) in times.items():
        print(f"| {name} | {seconds * 1e3:.1f} | {ratio:.2f} |")
    growth = exponent(sources, max(3, rounds // 2))
    helps = {name: command_line([name], rounds) for name in ("--help", "--version")}
    print(f"\ngrowth of a plan from {len(sources) // 2} to {len(sources)} cells: exponent {growth:.2f}")
    print("whole process, CPU ms: " + ", ".join(f"{k} {v:.0f}" for k, v in helps.items()))
    missed = [
        *(["analysis"] if times["analysis, all rules"][1] > BARS["analysis"] else []),
        *(["edit"] if times["analysis after one edit"][0] * 1e3 > BARS["edit"] else []),
        *(["export"] if times["read, plan, render, write"][0] > BARS["export"] else []),
        *(["cli"] if max(helps.values()) > BARS["cli"] else []),
        *(["linear"] if growth > 1.2 else []),
    ]
    print("bars missed: " + (", ".join(missed) or "none"))
    return int(options.check and bool(missed))


def register(shared: object) -> None:
    """Add our subjects to the shared benchmarks."""
    subject, incremental = shared.subject, shared.incremental  # type: ignore[attr-defined]

    @subject("ours: analysis, all rules", scaling=True)
    def _(workload: object) -> int:
        return sum(analyse(cells) for cells in workload.cells)  # type: ignore[attr-defined]

    @subject("ours: plan (analysis, graph, checks), 10 stages", scaling=True)
    def _(workload: object) -> int:
        return sum(full_plan(model(cells)) for cells in workload.cells)  # type: ignore[attr-defined]

    @subject("ours: plan from raw cells (with magics), 10 stages")
    def _(workload: object) -> int:
        return sum(full_plan(model(cells)) for cells in workload.raw)  # type: ignore[attr-defined]

    @incremental("ours: analysis after one edit")
    def _(workload: object) -> Callable[[], int]:
        return analysis_step(workload.cells[0])  # type: ignore[attr-defined]

    @incremental("ours: plan after one edit")
    def _(workload: object) -> Callable[[], int]:
        return plan_step(model(workload.cells[0]))  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
if hasattr(sys.modules.get("bench_analysis"), "incremental"):
    register(sys.modules["bench_analysis"])
