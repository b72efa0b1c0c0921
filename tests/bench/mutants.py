"""How many mutants of the analysis and the graph the tests notice: `python tests/bench/mutants.py FOLDER`.

mutmut writes the mutants of a clone of the last commit in FOLDER; a sample drawn with `--seed` is judged by
`mutants_inside.py` in two steps: by the tests named here that call the mutated function (the first failure
counts), and what is left by the probes: their pipelines are planned again, and only those that came out
otherwise are run and judged. FOLDER/report.txt says for every mutant of the sample what noticed it, or that
nothing did. It can be stopped and started again. With `--again TEST...` those that live are judged by these
tests of the working tree, without the probes; FOLDER/again.txt says the same of them.
Needs `pip install mutmut` in the environment of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/unit/graph",
    "tests/unit/analysis",
    "tests/unit/checks",
    "tests/unit/codegen",
    "tests/unit/exporters",
    "tests/unit/notebook",
    "tests/unit/cli",
    "tests/contract/test_refusals.py",
    "tests/contract/test_idioms.py",
    "tests/property/test_live.py",
    "tests/property/test_live_callables.py",
    "tests/property/test_found.py",
)
BESIDE = "docs examples README.md CHANGELOG.md Makefile package.json lab-src tools install.json jupyter-config".split()
SETTINGS = f"""
[tool.mutmut]
source_paths = ["jupyter_mlcode"]
only_mutate = ["jupyter_mlcode/analysis/*.py", "jupyter_mlcode/graph/*.py"]
also_copy = {json.dumps(BESIDE)}
pytest_add_cli_args = ["-p", "no:cacheprovider", "-q"]
pytest_add_cli_args_test_selection = ["tests/unit/graph/test_suggest.py"]
"""
FIRST = "jupyter_mlcode.graph.suggest.x_suggest__mutmut_1"
"""mutmut only writes mutants when it judges one."""


def prepared(folder: Path) -> Path:
    """Clone the last commit and let mutmut write its mutants; done once."""
    clone = folder / "clone"
    if not clone.is_dir():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with (clone / "pyproject.toml").open("a") as file:
            file.write(SETTINGS)
    if not (clone / "mutants").is_dir():
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", FIRST]
        subprocess.run(command, cwd=clone, check=False, capture_output=True)
    return clone


def names_of(clone: Path) -> list[str]:
    """Return the names of all mutants."""
    return sorted(
        name
        for file in (clone / "mutants").rglob("*.meta")
        for name in json.loads(file.read_text())["exit_code_by_key"]
    )


def said(report: Path) -> dict[str, str]:
    """Return by the names of mutants what was said of them so far."""
    if not report.exists():
        return {}
    return dict(line.split("\t")[:2] for line in report.read_text().splitlines())


def judge(folder: Path, names: list[str], report: Path, tests: Sequence[str], *options: str) -> None:
    """Let the tests say what they notice; with the probes unless the options say otherwise."""
    left = [name for name in names if name not in said(report)]
    if not left:
        return
    (folder / "left.txt").write_text("\n".join(left))
    map_file = folder / f"{report.stem}-map.json"
    place = folder / "clone" / "mutants"
    shutil.copytree(ROOT / "tests" / "bench", place / "tests" / "bench", dirs_exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.mutants_inside", *options]
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    subprocess.run(
        [*command, map_file, folder / "left.txt", report, *tests],
        cwd=place,
        env={**os.environ, **alone},
        check=True,
    )


def main() -> int:
    """Judge a sample and say how much of it was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--again", nargs="+", default=(), metavar="TEST")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    clone = prepared(folder)
    names = names_of(clone)
    random.Random(options.seed).shuffle(names)
    sample = names[: options.sample]
    judge(folder, sample, folder / "report.txt", TESTS)
    found = said(folder / "report.txt")
    if options.again:
        shutil.copytree(ROOT / "tests", clone / "mutants" / "tests", dirs_exist_ok=True)
        for old in ("again.txt", "again-map.json"):
            (folder / old).unlink(missing_ok=True)
        living = [name for name in sample if not found[name].startswith("noticed")]
        judge(folder, living, folder / "again.txt", options.again, "--no-probes")
        again = said(folder / "again.txt")
        found |= {name: text for name, text in again.items() if text.startswith("noticed")}
    noticed = sum(found[name].startswith("noticed") for name in sample)
    print(f"{noticed} of {len(sample)} noticed ({noticed / len(sample):.0%})")
    for name in sample:
        if not found[name].startswith("noticed"):
            print(f"  {name}: {found[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
