"""Run the probes on Python versions that are not installed: `python -m tests.bench.other_pythons`.

CPython compiled to WebAssembly comes as an npm package (pyodide), so 3.12, 3.13 and 3.14 can be had wherever
Node is. This Python exports every probe that imports nothing but the standard library; the other one runs
the whole program and its stages and compares what they print. First all programs in one interpreter (with a
new `__main__` each), then what differed again with a new interpreter for every process. Exit 1 when something
differs there. Needs Node and npm; packages go to FOLDER.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.harness.notebooks import CellText
from tests.harness.product import export
from tests.probes.reading import Probe, read_probes

HERE = Path(__file__).resolve().parent
VERSIONS = {"3.12": "0.27.7", "3.13": "0.29.5", "3.14": "314.0.7"}
ABSENT = {
    "concurrent",
    "ctypes",
    "fcntl",
    "multiprocessing",
    "resource",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
}
"""Modules that a WebAssembly build lacks, or that start what it cannot."""


def imported(cells: Iterable[CellText]) -> set[str]:
    """Return the top-level modules that cells import; all of them when one is no plain Python."""
    found = set()
    for cell in cells:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            return {"?"}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").split(".")[0])
    return found


def bundled(probe: Probe) -> dict[str, Any] | None:
    """Return a program and its exported files, or nothing when it is refused or wants what is not there."""
    modules = imported(probe.cells)
    if not modules <= sys.stdlib_module_names or modules & ABSENT:
        return None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        exported = export(probe.cells, folder)
        if exported.refused:
            return None
        files = {str(f.relative_to(folder)): f.read_text("utf-8") for f in folder.rglob("*") if f.is_file()}
        return {
            "name": probe.name,
            "cells": [[cell.tag, cell.source] for cell in probe.cells],
            "files": files,
            "scripts": [str(script.relative_to(folder)) for script in exported.scripts],
            "own": sorted(exported.own_cells),
        }


def run(version: str, programs: list[dict[str, Any]], place: Path, *, alone: bool) -> list[dict[str, Any]]:
    """Judge programs on another version; a program that ends the interpreter counts as a crash.

    Raises:
        RuntimeError: When the interpreter cannot even begin.
    """
    package, work = _installed(version, place), _prepared(place / f"work-{version}")
    results = work / "results.txt"
    while len(done := _read(results)) < len(programs):
        (work / "programs.json").write_text(json.dumps(programs[len(done) :]))
        call = [
            "node",
            str(HERE / "other_pythons.mjs"),
            str(package),
            str(work),
            "alone" if alone else "together",
        ]
        ended = subprocess.run(call, capture_output=True, text=True, timeout=3600, check=False)
        after = _read(results)
        if not after:
            raise RuntimeError(ended.stderr[-2000:])
        if len(after) < len(programs):
            problem = f"crash: {ended.stderr[-300:]}"
            crash = {"name": programs[len(after)]["name"], "problem": problem, "differences": []}
            with results.open("a") as file:
                file.write(repr(crash) + "\n")
    return done


def _installed(version: str, place: Path) -> Path:
    package = place / f"pyodide-{VERSIONS[version]}"
    if not (package / "node_modules" / "pyodide").is_dir():
        package.mkdir(parents=True, exist_ok=True)
        what = ["--prefix", str(package), f"pyodide@{VERSIONS[version]}"]
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", *what], check=True, capture_output=True)
    return package


def _prepared(work: Path) -> Path:
    """Make the folder that the other interpreter sees: the harness, and PyYAML without its compiled part."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE.parents[1] / "tests" / "harness", work / "tests" / "harness")
    shutil.copytree(
        Path(yaml.__file__).parent, work / "yaml", ignore=shutil.ignore_patterns("*.so", "__pycache__")
    )
    shutil.copy(HERE / "other_pythons_inside.py", work)
    (work / "results.txt").touch()
    return work


def _read(results: Path) -> list[dict[str, Any]]:
    return [ast.literal_eval(line) for line in results.read_text().splitlines()]


def judge(version: str, programs: list[dict[str, Any]], place: Path) -> int:
    """Print how many programs are equal on a version and which differ; return how many do."""
    first = run(version, programs, place, alone=False)
    suspects = {r["name"] for r in first if r["differences"] or r["problem"]}
    suspicious = [p for p in programs if p["name"] in suspects]
    again = run(version, suspicious, place, alone=True) if suspicious else []
    raising = [r for r in again if r["problem"].startswith("raises")]
    wrong = [r for r in again if r["differences"] or r["problem"].startswith("crash")]
    equal = len(programs) - len(wrong) - len(raising)
    print(f"{version}: {equal} equal, {len(wrong)} not, {len(raising)} raise there by themselves")
    for result in wrong:
        print(f"  {result['name']}: {result['problem']}{' / '.join(result['differences'])[:400]}")
    for result in raising:
        print(f"  ({result['name']}: {result['problem'][:160]})")
    return len(wrong)


def main() -> int:
    """Judge all probes that can run there, on every version."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("versions", nargs="*", default=list(VERSIONS), help="3.12, 3.13, 3.14")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "other-pythons"))
    parser.add_argument("--only", default="", help="programs with this text in their name")
    options = parser.parse_args()
    found = [bundled(probe) for probe in read_probes() if options.only in probe.name]
    programs = [program for program in found if program is not None]
    print(f"{len(programs)} of {len(found)} programs need nothing but the standard library and are exported")
    return 1 if sum(judge(version, programs, options.folder) for version in options.versions) else 0


if __name__ == "__main__":
    sys.exit(main())
