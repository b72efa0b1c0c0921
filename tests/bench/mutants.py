"""How many mutants of the analysis and the graph the tests notice: `python tests/bench/mutants.py FOLDER`.

mutmut writes the mutants of a clone of the last commit in FOLDER; a sample drawn with `--seed` is judged in
two steps: by the unit tests and idioms (mutmut, first failure counts), and what is left by the probes: their
pipelines are planned again, and only those that came out otherwise are run and judged. FOLDER/report.txt says
for every mutant of the sample what noticed it, or that nothing did. It can be stopped and started again.
Needs `pip install mutmut` in the environment of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    "tests/unit/graph",
    "tests/unit/analysis",
    "tests/unit/checks",
    "tests/unit/codegen",
    "tests/unit/exporters",
    "tests/unit/notebook",
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
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
"""
NOTICED = (1, 3)
"""Exit codes of pytest for a failing test and for an error."""


def prepared(folder: Path) -> Path:
    """Clone the last commit and let mutmut write its mutants; done once."""
    clone = folder / "clone"
    if not clone.is_dir():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        with (clone / "pyproject.toml").open("a") as file:
            file.write(SETTINGS)
    if not (clone / "mutants").is_dir():
        mutmut(clone, ["jupyter_mlcode.graph.suggest.x_suggest__mutmut_1"])
    return clone


def mutmut(clone: Path, names: list[str]) -> None:
    """Judge mutants by the unit tests; their exit codes are kept beside the mutants."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    subprocess.run(command, cwd=clone, check=False, capture_output=True)


def exit_codes(clone: Path) -> dict[str, int | None]:
    """Return the names of all mutants, with what the tests said of those that were run."""
    found: dict[str, int | None] = {}
    for file in sorted((clone / "mutants").rglob("*.meta")):
        found |= json.loads(file.read_text())["exit_code_by_key"]
    return found


def probed(clone: Path, name: str) -> str:
    """Return what the probes say of one mutant."""
    inside = [
        sys.executable,
        "-W",
        "ignore",
        str(Path(__file__).with_name("mutants_inside.py")),
        "../plans.json",
    ]
    environment = {**os.environ, "MUTANT_UNDER_TEST": name}
    try:
        done = subprocess.run(
            inside,
            cwd=clone / "mutants",
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "noticed: it does not end"
    return done.stdout.strip() or f"noticed: {done.stderr.strip()[-200:]}"


def main() -> int:
    """Judge a sample and say how much of it was noticed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    clone = prepared(options.folder.resolve())
    names = sorted(exit_codes(clone))
    random.Random(options.seed).shuffle(names)
    sample = names[: options.sample]
    before = exit_codes(clone)
    mutmut(clone, [name for name in sample if before[name] is None])
    codes = exit_codes(clone)
    report = options.folder / "report.txt"
    said = dict(line.split("\t", 1) for line in report.read_text().splitlines()) if report.exists() else {}
    if not (clone / "plans.json").exists():
        probed(clone, "")
    with report.open("a") as file:
        for name in sample:
            if name not in said:
                said[name] = "noticed: by a test" if codes[name] in NOTICED else probed(clone, name)
                file.write(f"{name}\t{said[name]}\n")
                file.flush()
    counts = Counter(said[name].split(":")[0] for name in sample)
    print(f"{counts['noticed']} of {len(sample)} noticed ({counts['noticed'] / len(sample):.0%})")
    for name in sample:
        if not said[name].startswith("noticed"):
            print(f"  {name}: {said[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
