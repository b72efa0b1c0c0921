"""Kernels that are killed, run out of memory, hang, flood or cut their own wires: a clear end, and nothing left."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.harness.command import HERE, MAIN, PATIENCE, processes_in, surroundings
from tests.pipelines.build import StageText, write_pipeline

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.slow,
]

STUBBORN = """
import signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
"""
FLOOD = "import sys\nfor _ in range(640):\n    sys.stdout.write(('x' * 99 + '\\n') * 1000)"
LINES = 20_000
DEATHS: dict[str, tuple[str, list[str], str]] = {
    "killed by itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", [], "the kernel died"),
    "ended": ("import os\nos._exit(0)", [], "the kernel died"),
    "crashed": ("import ctypes\nctypes.string_at(0)", [], "the kernel died"),
    "no memory": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\nx = bytearray(8 << 30)",
        [],
        "MemoryError",
    ),
    "hangs, deaf": (f"{STUBBORN}\nwhile True: time.sleep(1)", ["--timeout", "2"], "longer than 2 s"),
    "hangs, busy": (f"{STUBBORN}\nwhile True: pass", ["--stage-timeout", "6"], "longer than 6 s"),
    "hangs in C": (
        "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
        ["--stage-timeout", "6"],
        "longer than 6 s",
    ),
    "stopped": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        ["--stage-timeout", "6"],
        "longer than 6 s",
    ),
    "closes its files": ("import os\nos.closerange(3, 400)", ["--stage-timeout", "30"], "the kernel died"),
    "closes its mouth": (
        "get_ipython().kernel.iopub_socket.close()",
        ["--stage-timeout", "60"],
        "the kernel cannot be heard any more",
    ),
}


def run(folder: Path, cell: str, *options: str) -> tuple[int, str, dict[str, Any]]:
    """Run a pipeline whose first stage has this cell; return the exit code, what was said, the report."""
    (folder / "tmp").mkdir()
    root = write_pipeline(folder, {"a": StageText(cells=["1", cell, "2"]), "b": StageText(cells=["3"])})
    done = subprocess.run(
        [*MAIN, "run", str(root), *options],
        capture_output=True,
        text=True,
        env=surroundings({"TMPDIR": str(folder / "tmp")}),
        check=False,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    return done.returncode, done.stderr, json.loads((root / "runs/1/report.json").read_text())


def executed(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the cells of the first stage's executed notebook, which is valid, by their ids."""
    import nbformat

    path = folder / "demo/runs/1/a.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call]
    return {cell["id"]: cell for cell in json.loads(path.read_text())["cells"]}


# The others say little more; MLCODE_KILLS=100 has them, too.
ALL = int(os.environ.get("MLCODE_KILLS", "5")) > 5
SELDOM = {"ended", "crashed", "hangs in C", "hangs, deaf"}


@pytest.mark.parametrize("name", [name for name in DEATHS if ALL or name not in SELDOM])
def test_a_kernel_that_dies_or_hangs_is_a_failed_stage(tmp_path: Path, name: str) -> None:
    cell, options, says = DEATHS[name]
    code, said, report = run(tmp_path, cell, *options)
    assert code == 4
    assert len([line for line in said.splitlines() if says in line]) == 1, said
    assert [stage["status"] for stage in report["stages"]] == ["failed", "completed"]
    own = [c["status"] for c in report["stages"][0]["cells"] if c["role"] == "own"]
    assert own == ["completed", "failed", "not_run"]
    assert "1" in str(executed(tmp_path)["a-0"]["outputs"])
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_kernel_killed_from_outside_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    cell = """
import os, time
with open(f"pid-{os.getpid()}", "w") as file:
    file.write("")
while len([n for n in os.listdir(".") if n.startswith("pid-")]) == 1:
    time.sleep(0.05)
"""
    root = write_pipeline(tmp_path, {"a": StageText(cells=[cell])})
    process = subprocess.Popen(
        [*MAIN, "run", str(root), "--retries", "1"],
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings({"TMPDIR": str(tmp_path / "tmp")}),
    )
    end = time.monotonic() + PATIENCE
    while not (found := list(tmp_path.glob("pid-*"))):
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(int(found[0].name[4:]), signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "a failed and is tried again (1 of 1)" in said
    assert said.count("DeadKernelError: the kernel died") == 1
    assert processes_in(tmp_path) == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_flood_ends_whole_and_within_bounds(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, FLOOD)
    assert code == 0, said
    (output,) = executed(tmp_path)["a-1"]["outputs"]
    assert "".join(output["text"]) == ("x" * 99 + "\n") * 640_000
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> (10 if sys.platform == "linux" else 20)
    assert peak < 1500, f"{peak} MB for 64 MB of output"


def test_a_fast_stream_of_lines_loses_none(tmp_path: Path) -> None:
    cell = f"""
import sys
for n in range({LINES}):
    print("number", n, flush=True)
    if n % 5000 == 0:
        print("between", n, file=sys.stderr, flush=True)
"""
    code, said, _ = run(tmp_path, cell)
    assert code == 0, said
    outputs = executed(tmp_path)["a-1"]["outputs"]
    texts = {
        name: "".join("".join(o["text"]) for o in outputs if o["name"] == name)
        for name in ("stdout", "stderr")
    }
    assert texts["stdout"] == "".join(f"number {n}\n" for n in range(LINES))
    assert texts["stderr"] == "".join(f"between {n}\n" for n in range(0, LINES, 5000))
    assert len(outputs) < 20


def test_outputs_that_are_updated_later_keep_their_places(tmp_path: Path) -> None:
    cell = """
from IPython.display import display
print("one", flush=True)
print("two", flush=True)
handle = display("old", display_id=True)
print("three", flush=True)
"""
    (tmp_path / "tmp").mkdir()
    root = write_pipeline(tmp_path, {"a": StageText(cells=["1", cell, "handle.update('new')"])})
    done = subprocess.run([*MAIN, "run", str(root)], env=surroundings(), capture_output=True, check=False)
    assert done.returncode == 0
    outputs = executed(tmp_path)["a-1"]["outputs"]
    assert ["".join(o["text"]) if "text" in o else o["data"]["text/plain"] for o in outputs] == [
        "one\ntwo\n",
        ["'new'"],
        "three\n",
    ]


def test_what_a_cell_detaches_does_not_hold_the_run(tmp_path: Path) -> None:
    """A child of the cell ends with its kernel; what makes itself independent lives on, as in Jupyter."""
    cell = """
import subprocess
child = subprocess.Popen(["sleep", "300"])
alone = subprocess.Popen(["sleep", "301"], start_new_session=True)
"""
    code, said, _ = run(tmp_path, cell)
    left = processes_in(tmp_path)
    try:
        assert code == 0, said
        assert [process.cmdline() for process in left] == [["sleep", "301"]]
        assert list((tmp_path / "tmp").iterdir()) == []
        again = subprocess.run(
            [*MAIN, "run", str(tmp_path / "demo"), "--force"],
            env=surroundings(),
            capture_output=True,
            check=False,
        )
        assert again.returncode == 0
    finally:
        for process in processes_in(tmp_path):
            process.kill()


WAITS = """
import os, signal, sys
from pathlib import Path
from jupyter_mlcode.model.run import CellFinished
from jupyter_mlcode.runner.run import run
import psutil
def kill_who_waits(event):
    if isinstance(event, CellFinished) and event.stage == "a" and event.cell.role == "own":
        mine = psutil.Process().children()
        newest = max(mine, key=lambda process: process.create_time())
        if len(mine) > 1:
            newest.kill()
            open("killed", "w").close()
sys.exit(0 if run(sys.argv[1], events=kill_who_waits).status == "completed" else 4)
"""


def test_a_kernel_that_dies_while_it_waits_is_started_again(tmp_path: Path) -> None:
    cell = "import time\ntime.sleep(2)"
    root = write_pipeline(tmp_path, {"a": StageText(cells=[cell]), "b": StageText(cells=["3"])})
    done = subprocess.run(
        [sys.executable, "-c", WAITS, str(root)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": HERE},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if not (tmp_path / "killed").exists():
        pytest.skip("no kernel waited: one processor is not enough")
    assert done.returncode == 0, done.stderr
