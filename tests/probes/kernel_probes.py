"""Judge programs in real kernels: the whole notebook by nbclient, the pipeline by `export` and `run`.

    PYTHONPATH=. python tests/probes/kernel_probes.py [FILE.txt ...] [-k PART_OF_TITLE]

Without files it reads the folder `kernel` beside it. Not collected by pytest: a program takes many seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.harness.notebooks import CellText, write_notebook
from tests.probes.reading import HERE, Probe, programs, variants

ROOT = Path(__file__).resolve().parents[2]
EXPORT_REFUSED = 1
TIMES = re.compile(r"^(CPU times|Wall time): .*\n", re.MULTILINE)


def texts(cells: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each cell printed and showed as text, by cell id."""
    shown = {cell["id"]: "".join(map(_text, cell["outputs"])) for cell in cells if cell.get("outputs")}
    return {cell: TIMES.sub("", text) for cell, text in shown.items()}


def _text(output: Mapping[str, Any]) -> str:
    if output["output_type"] == "stream":
        return "".join(output["text"]) if output["name"] == "stdout" else ""
    return "".join(output.get("data", {}).get("text/plain", "")) + "\n"


def run_whole(cells: Sequence[CellText], folder: Path) -> dict[str, str]:
    """Restart & Run All; raises CellExecutionError."""
    notebook = nbformat.read(write_notebook(folder / "nb.ipynb", cells), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return texts(notebook.cells)


def mlcode(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the command line of the code beside this file."""
    code = "import sys; from jupyter_mlcode.cli.main import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def judge(cells: Sequence[CellText]) -> tuple[str, list[str]]:
    """Return `equal`, `refused`, `different`, `failed` or `invalid`, and the lines that say how."""
    with tempfile.TemporaryDirectory(prefix="kernel_probe") as place:
        whole, cut = Path(place, "whole"), Path(place, "cut")
        whole.mkdir()
        cut.mkdir()
        try:
            expected = run_whole(cells, whole)
        except CellExecutionError as error:
            return "invalid", [str(error)]
        write_notebook(cut / "nb.ipynb", cells)
        exported = mlcode(cut, "export", "nb.ipynb")
        if exported.returncode == EXPORT_REFUSED:
            return "refused", exported.stderr.splitlines() + exported.stdout.splitlines()
        done = mlcode(cut, "run", "nb")
        if exported.returncode or done.returncode:
            return "failed", (exported.stderr + done.stderr + done.stdout).splitlines()[-12:]
        got: dict[str, str] = {}
        for file in sorted((cut / "nb" / "runs" / "1").glob("*.ipynb")):
            got.update(texts(json.loads(file.read_text("utf-8"))["cells"]))
        ids = [f"c{index:03d}" for index, cell in enumerate(cells) if (cell.tag or "").startswith("stage:")]
        found = [(i, expected.get(i, ""), got.get(i, "")) for i in ids]
        lines = [f"{i}: whole {a!r}, pipeline {b!r}" for i, a, b in found if a != b]
        return ("different" if lines else "equal"), lines


def report(probe: Probe) -> bool:
    """Judge one program, print what came of it, and return whether it is as its title says."""
    verdict, lines = judge(probe.cells)
    refused = verdict == "refused" and any(code in line for code in probe.codes for line in lines)
    fine = refused if probe.codes else verdict == "equal"
    print("ok  " if fine else "BAD ", f"{verdict:9}", probe.name, flush=True)  # noqa: T201
    if not fine:
        print("".join(f"       {line}\n" for line in lines), end="", flush=True)  # noqa: T201
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted((HERE / "kernel").glob("*.txt")))
    parser.add_argument("-k", dest="part", default="")
    options = parser.parse_args()
    probes = [p for file in options.files for title, text in programs(file) for p in variants(title, text)]
    return sum(not report(probe) for probe in probes if options.part in probe.name) and 1


if __name__ == "__main__":
    sys.exit(main())
