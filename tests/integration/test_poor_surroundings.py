"""No home, no locale, no streams, no rights, few files: the command does its work, or says in one line why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.command import (
    MAIN,
    PATIENCE,
    assert_one_line,
    mlcode,
    processes_in,
    surroundings,
    write_notebook,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams, limits and rights of POSIX")

NAMES = """# --- [parameters]
größe: int = 2
# --- [stage:a]
strasse = ["ä"] * größe
with open("groesse.txt", "w", encoding="utf-8") as file:
    file.write("".join(strasse))
print("grün ✔")
# --- [stage:b]
print(len(strasse))
"""
PLAIN = """# --- [parameters]
n: int = 1
# --- [stage:a]
a = [n, 2]
with open("a.txt", "w") as file:
    file.write(str(a))
print("said")
# --- [stage:b]
print(sum(a))
"""
SURROUNDINGS: dict[str, dict[str, str | None]] = {
    "no HOME": {"HOME": None, "LOGNAME": None, "USER": None},
    "HOME that is not there": {"HOME": "/nonexistent", "XDG_CACHE_HOME": None},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"},
    "no TMPDIR there, no terminal": {"TMPDIR": "/nonexistent", "TERM": None, "PYTHONDONTWRITEBYTECODE": "1"},
    "a tiny terminal, an empty HOME": {
        "HOME": "",
        "COLUMNS": "1",
        "LINES": "1",
        "TERM": "dumb",
        "NO_COLOR": "1",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_everything_works_in_these_surroundings(tmp_path: Path, name: str) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    changes: dict[str, str | None] = {"TMPDIR": str(temporary), "IPYTHONDIR": None, **SURROUNDINGS[name]}
    notebook = write_notebook(tmp_path / "räume", NAMES)
    for arguments in (["check", notebook], ["export", notebook], ["run", notebook.with_suffix("")]):
        done = mlcode(*arguments, environment=changes)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
    assert (tmp_path / "räume/groesse.txt").read_text("utf-8") == "ää"
    executed = json.loads((notebook.with_suffix("") / "runs/1/a.ipynb").read_text("utf-8"))
    assert "grün ✔" in str(executed["cells"])
    done = mlcode("run", notebook.with_suffix(""), environment=changes)
    assert "nothing to do" in done.stderr
    assert list(temporary.iterdir()) == []


STREAMS = [">&-", "<&- >&- 2>&-", "2>/dev/full", "2>&1 | true"]


@pytest.mark.slow
@pytest.mark.parametrize("redirection", STREAMS)
def test_a_run_goes_on_where_nobody_listens(tmp_path: Path, redirection: str) -> None:
    notebook = write_notebook(tmp_path, PLAIN)
    root = notebook.with_suffix("")
    for verb, path in (("export", notebook), ("run", root)):
        line = f'"$@" {redirection}; exit ${{PIPESTATUS[0]:-0}}'
        command = ["bash", "-c", line, "sh", *MAIN, verb, str(path)]
        done = subprocess.run(
            command, capture_output=True, text=True, env=surroundings(), check=False, timeout=PATIENCE
        )
        assert done.returncode in ((0, 1) if "|" in redirection else (0,)), done.stderr
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr
    assert json.loads((root / "runs/1/report.json").read_text())["status"] == "completed"
    assert (tmp_path / "a.txt").read_text() == "[1, 2]"  # and nothing that was meant for stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_disk_behind_stdout_is_one_line(tmp_path: Path) -> None:
    notebook = write_notebook(tmp_path, PLAIN)
    with open("/dev/full", "w") as full:
        done = mlcode("graph", notebook, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert_one_line(done, 3, "No space left on device")
    assert done.stderr.count("\n") == 1


def _at_most(files: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


@pytest.mark.slow
@pytest.mark.parametrize("files", [8, 24, 90])
def test_too_many_open_files(tmp_path: Path, files: int) -> None:
    (tmp_path / "tmp").mkdir()
    notebook = write_notebook(tmp_path / "here", PLAIN)
    few = {"environment": {"TMPDIR": str(tmp_path / "tmp")}, "before": lambda: _at_most(files)}
    assert mlcode("check", notebook, **few).returncode == 0
    assert mlcode("export", notebook, **few).returncode == 0
    done = mlcode("run", notebook.with_suffix(""), "-j", "2", **few)
    assert_one_line(done, 3, f"at most {files} files may be open at once")
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
def test_a_low_limit_of_open_files_is_raised(tmp_path: Path) -> None:
    def soft() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (30, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    notebook = write_notebook(tmp_path, PLAIN)
    assert mlcode("export", notebook).returncode == 0
    done = mlcode("run", notebook.with_suffix(""), before=soft)
    assert done.returncode == 0, done.stderr
