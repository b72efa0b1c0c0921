"""Ending a run from outside leaves no kernel, and nothing that a kernel started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.pipelines.build import StageText, write_pipeline

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

CALL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from jupyter_mlcode.runner.run import run
sys.exit(0 if run(sys.argv[1]).status == "completed" else 77)
"""
SLEEPS = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "300"])
open("pids", "w").write(f"{os.getpid()} {child.pid}")
os.rename("pids", "running")
time.sleep(300)
"""
STUBBORN = """
import os, signal, subprocess, time
signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "300"])
open("pids", "w").write(f"{os.getpid()} {child.pid}")
os.rename("pids", "running")
while True: pass
"""


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(happened: object, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize(("number", "cell"), [(signal.SIGINT, SLEEPS), (signal.SIGTERM, STUBBORN)])
def test_no_orphans_after_a_signal(tmp_path: Path, number: signal.Signals, cell: str) -> None:
    root = write_pipeline(tmp_path, {"first": StageText(cells=["1", cell]), "second": StageText(cells=["2"])})
    process = subprocess.Popen(
        [sys.executable, "-c", CALL, str(root)],
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    try:
        wait_until((tmp_path / "running").exists)
        pids = [int(pid) for pid in (tmp_path / "running").read_text().split()]
        assert all(map(alive, pids))
        process.send_signal(number)
        assert process.wait(120) == 77
        wait_until(lambda: not any(map(alive, pids)), 30)
    finally:
        process.kill()
        process.wait()
    report = json.loads((root / "runs/1/report.json").read_text())
    assert report["status"] == "interrupted"
    assert [s["status"] for s in report["stages"]] == ["interrupted", "not_run"]
    own = [c["status"] for c in report["stages"][0]["cells"] if c["role"] == "own"]
    assert own == ["completed", "interrupted"]
    executed = json.loads((root / "runs/1/first.ipynb").read_text())
    assert [c["metadata"]["papermill"]["status"] for c in executed["cells"] if c["id"] == "first-1"] == [
        "failed"
    ]
