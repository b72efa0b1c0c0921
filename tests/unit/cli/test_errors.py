"""Exit codes, and one line on stderr for each thing that is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_mlcode import api
from jupyter_mlcode.cli.group import VERBS
from tests.unit.cli.conftest import Command

MAIN = [sys.executable, "-m", "jupyter_mlcode.cli.main"]
CODE = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "x = 1"}


def text(*cells: object, **more: object) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **more}).encode()


HOSTILE = {
    "empty": b"",
    "not json": b"hello",
    "truncated": text(CODE)[:-20],
    "merge markers": b"{\n<<<<<<< HEAD\n}",
    "a list": b"[]",
    "any object": b"{}",
    "cells as object": b'{"nbformat": 4, "cells": {}}',
    "unknown cell type": text({**CODE, "cell_type": "heading"}),
    "source as number": text({**CODE, "source": 1}),
    "format 3": b'{"nbformat": 3, "worksheets": [{"cells": []}]}',
    "format 5": b'{"nbformat": 5, "cells": []}',
    "latin-1": '{"é": 1}'.encode("latin-1"),
    "utf-16": text(CODE).decode().encode("utf-16"),
    "nul byte": b'{"nbformat": \x00}',
    "nul in a cell": text({**CODE, "source": "x = '\0'"}),
    "half a character": text({**CODE, "source": "'\ud800'"}),
    "r kernel": text(CODE, metadata={"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}),
    "deep": b"[" * 100_000,
    "binary": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("verb", ["check", "graph", "export", "suggest", "status"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_broken_file_is_one_line_and_exit_code_3(
    name: str, verb: str, folder: Path, mlcode: Command
) -> None:
    (folder / "nb.ipynb").write_bytes(HOSTILE[name])
    done = mlcode(verb, "nb.ipynb")
    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert "nb.ipynb" in done.err
    assert "Traceback" not in done.err
    assert [p.name for p in folder.iterdir()] == ["nb.ipynb"]


@pytest.mark.parametrize("verb", ["check", "graph", "export", "suggest", "status"])
def test_a_folder_or_nothing_instead_of_a_file(verb: str, folder: Path, mlcode: Command) -> None:
    (folder / "dir").mkdir()
    assert "is a folder" in mlcode(verb, "dir").err
    assert mlcode(verb, "dir").code == 3
    assert "no such file" in mlcode(verb, "none.ipynb").err
    assert mlcode(verb, "none.ipynb").code == 3


def test_running_what_is_no_pipeline_is_exit_code_3(folder: Path, mlcode: Command) -> None:
    assert mlcode("run", "nowhere").code == 3


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "a.ipynb", "--format", "xml"], ["chek", "a.ipynb"], ["export", "--no", "a"]],
)
def test_a_wrong_call_is_exit_code_2(arguments: list[str], mlcode: Command) -> None:
    done = mlcode(*arguments)
    assert (done.code, done.out) == (2, "")


def test_a_mistyped_command_is_guessed(mlcode: Command) -> None:
    assert "Did you mean 'check'?" in mlcode("chek", "x").err


def test_findings_are_exit_code_1_and_one_line_each(refused: Path, mlcode: Command) -> None:
    done = mlcode("check", refused)
    assert done.code == 1
    assert done.out.startswith(
        "refused.ipynb:cell 1:1:1 MLC003 the cell has the tags 'stage:a' and 'stage:b'"
    )


def test_a_refused_export_names_the_findings_and_writes_nothing(
    refused: Path, folder: Path, mlcode: Command
) -> None:
    done = mlcode("export", refused)
    assert (done.code, done.out) == (1, "")
    assert "refused.ipynb:cell 1:1:1 MLC003" in done.err
    assert [p.name for p in folder.iterdir()] == ["refused.ipynb"]


def test_a_bug_is_exit_code_5_and_one_line(mlcode: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("over\nlines")

    monkeypatch.setattr(api, "check_all", broken)
    done = mlcode("check", "a.ipynb")
    assert (done.code, done.err.count("\n")) == (5, 1)
    assert "internal error: ZeroDivisionError: over lines" in done.err
    assert "MLCODE_DEBUG=1" in done.err


def test_a_bug_shows_its_traceback_when_asked(mlcode: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(api, "check_all", broken)
    monkeypatch.setenv("MLCODE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        mlcode("check", "a.ipynb")


def test_an_interrupt_is_exit_code_130(mlcode: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "check_all", interrupted)
    done = mlcode("check", "a.ipynb")
    assert (done.code, done.err.strip()) == (130, "interrupted")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_has_examples(verb: str, mlcode: Command) -> None:
    done = mlcode(verb, "--help")
    assert done.code == 0
    assert f"jupyter mlcode {verb} " in done.out.partition("Examples:")[2]


def test_the_process_ends_with_the_exit_code(folder: Path) -> None:
    done = subprocess.run([*MAIN, "check", "none.ipynb"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1


def test_a_closed_pipe_is_no_traceback(small: Path) -> None:
    command = f"{' '.join(MAIN)} graph {small} --format json | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_answer_at_once(option: str) -> None:
    code = (
        "import sys, time; from jupyter_mlcode.cli.main import call; code = call(sys.argv[1:]);"
        "heavy = {'yaml', 'nbformat', 'papermill', 'ast_grep_py', 'IPython', 'jsonschema', 'jupyter_mlcode.api'};"
        "print(sorted(heavy & set(sys.modules)), round(time.process_time() * 1000), file=sys.stderr); sys.exit(code)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    heavy, _, milliseconds = min(
        (run.stderr.rpartition(" ") for run in runs), key=lambda parts: int(parts[2])
    )
    assert heavy == "[]"
    assert int(milliseconds) < 150
