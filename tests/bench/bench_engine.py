"""How much CPU the papermill engine `mlcode` costs beside plain nbclient, in one process.

    python tests/bench/bench_engine.py [cells] [rounds]

Every round runs both on the same notebook of trivial cells, in alternating order; the ratio is
taken per round and the median is reported, so that a busy machine cancels. Kernels count: they
are children of this process. Exit 1 when the median is above the limit of 1.2.
"""

from __future__ import annotations

import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
from nbclient import NotebookClient

from jupyter_mlcode.runner.engine import register_engine

LIMIT = 1.2


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def trivial_notebook(path: Path, cells: int) -> None:
    """Write a notebook of `x<i> = <i>` cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code = [nbformat.v4.new_code_cell(f"x{i} = {i}") for i in range(cells)]
    notebook = nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


def run_nbclient(source: Path, target: Path) -> None:
    """Read, execute and write with nbclient alone."""
    notebook = nbformat.read(source, as_version=4)
    NotebookClient(notebook).execute()
    nbformat.write(notebook, target)


def run_engine(source: Path, target: Path) -> None:
    """The same through papermill and our engine."""
    papermill.execute_notebook(str(source), str(target), engine_name=register_engine(), progress_bar=False)


def measured(work: Callable[[Path, Path], None], source: Path, target: Path) -> tuple[float, float]:
    """Return CPU and wall seconds of one execution."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    work(source, target)
    return cpu_seconds() - cpu, time.perf_counter() - wall


def median_ratio(cells: int, rounds: int) -> float:
    """Print the rounds and return the median ratio; a first round warms up."""
    subjects = (run_nbclient, run_engine)
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.ipynb")
        trivial_notebook(source, cells)
        for turn in range(rounds + 1):
            order = subjects if turn % 2 else subjects[::-1]
            taken = {s: measured(s, source, Path(folder, "out.ipynb")) for s in order}
            ratio = taken[run_engine][0] / taken[run_nbclient][0]
            print(
                f"{'warm-up' if not turn else f'round {turn}'}: "
                f"nbclient {taken[run_nbclient][0]:.2f} s CPU, {taken[run_nbclient][1]:.2f} s; "
                f"mlcode {taken[run_engine][0]:.2f} s CPU, {taken[run_engine][1]:.2f} s; "
                f"ratio {ratio:.2f}",
                flush=True,
            )
            if turn:
                ratios.append(ratio)
    return statistics.median(ratios)


def main() -> int:
    """Run with the numbers of the command line."""
    logging.disable(logging.CRITICAL)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    cells = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    ratio = median_ratio(cells, rounds)
    print(f"median ratio at {cells} cells: {ratio:.2f} (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
