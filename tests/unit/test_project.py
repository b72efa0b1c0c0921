"""What holds for the project as a whole: one version, small modules, no import of JupyterLab."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import jupyter_mlcode

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "jupyter_mlcode"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
# One file each, because they run where the package is not installed (ADR 0007).
ALONE = {"artifacts/mlcode_handoff.py", "artifacts/fingerprints.py"}


def test_front_end_and_package_have_one_version():
    assert json.loads((ROOT / "package.json").read_text())["version"] == jupyter_mlcode.__version__


def test_the_lock_file_names_no_registry():
    assert "://" not in (ROOT / "yarn.lock").read_text()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_and_functions_are_small(path):
    source = path.read_text(encoding="utf-8")
    if str(path.relative_to(PACKAGE)) not in ALONE:
        assert source.count("\n") <= LONGEST_MODULE
    functions = (
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = {function.name: lines for function in functions if (lines := _lines(function)) > LONGEST_FUNCTION}
    assert not long


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of the function's own statements: its docstring may take the room it needs."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_exporters_are_found_by_their_entry_points():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    for name in declared["jupyter_mlcode.exporters"]:
        (entry,) = entry_points(group="jupyter_mlcode.exporters", name=name)
        assert callable(entry.load().export)


@pytest.mark.parametrize("first", ["papermill", "jupyter_mlcode.runner.engine"])
def test_the_engine_can_be_imported_before_papermill_and_after(first):
    """papermill loads the engines it finds while it is imported, and our engine imports papermill."""
    program = f"import {first}; from papermill.engines import papermill_engines as e; "
    program += "print(type(e.get_engine('mlcode')))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "jupyter_mlcode" in run.stdout


def test_papermill_runs_a_notebook_with_our_engine(tmp_path):
    cell = {
        "cell_type": "code",
        "metadata": {},
        "source": "print(6 * 7)",
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "in.ipynb").write_text(json.dumps(notebook))
    command = [sys.executable, "-m", "papermill", "--engine", "mlcode", "in.ipynb", "out.ipynb"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    (cell,) = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    assert "".join(cell["outputs"][0]["text"]) == "42\n"


def test_the_command_line_imports_no_front_end():
    """`import jupyter_mlcode.cli.main` must work where neither JupyterLab nor its server is installed."""
    program = (
        "import sys; import jupyter_mlcode.cli.main;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'jupyter_server', 'jupyterlab', 'tornado'}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
