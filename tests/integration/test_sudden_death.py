"""A run that is killed at any moment leaves whole files and no processes, and the next run completes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from jupyter_mlcode.runner.cache.store import Store
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.memo import Memo
from tests.integration.cache.project import Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL of POSIX")

TIMES = int(os.environ.get("MLCODE_KILLS", "5"))
NOTEBOOK = """# --- [parameters]
n: int = 0
# --- [stage:a]
a = [n] * 50_000
with open("a.txt", "w") as file:
    file.write(str(sum(a)))
# --- [stage:b]
b = [x + 1 for x in a]
# --- [stage:c]
c = [x + 2 for x in a]
# --- [stage:d]
d = sum(b) + sum(c)
with open("d.txt", "w") as file:
    file.write(str(d))
"""


def kernels_of(folder: Path) -> list[int]:
    """Return the processes that work in the project's folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def assert_whole(project: Project) -> None:
    """Everything that counts as finished is what it says it is."""
    for sidecar in project.root.glob("artifacts/*/*.json"):
        if sidecar.parent.name.startswith("."):
            continue
        about = json.loads(sidecar.read_text())
        content = sidecar.with_suffix(".pkl").read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (about["bytes"], about["sha256"])
    for kept in project.root.glob("artifacts/.cache/objects/*/[0-9a-f]*"):
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name
    for entry in project.root.glob("artifacts/.cache/entries/*/*"):
        store = Store(project.root / "artifacts/.cache", Memo(Database(None)))
        assert len(store.find(entry.name)) == len(list(entry.glob("*.json")))
    for report in project.root.glob("runs/*/report.json"):
        json.loads(report.read_text())


def private_folders() -> set[str]:
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("mlcode-")}


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    project = Project(tmp_path / "killed", NOTEBOOK)
    for number in range(TIMES):
        command = [sys.executable, "-m", "jupyter_mlcode.cli.main", "run", str(project.root), "-j", "2"]
        process = subprocess.Popen(
            [*command, "-p", "n", str(number)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.3, 7))
        process.kill()
        process.wait()
        deadline = time.monotonic() + 30
        while kernels_of(project.folder) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert kernels_of(project.folder) == []
        assert_whole(project)
        done = subprocess.run([*command, "-p", "n", str(number)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert (project.folder / "d.txt").read_text() == str((2 * number + 3) * 50_000)
        assert_whole(project)
    assert not [p for p in project.root.rglob("*.part") if p.parent.parent.name != "objects"]


@pytest.mark.slow
def test_folders_of_killed_processes_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    call = "from jupyter_mlcode.runner.kernel import private_folder as p\nwith p() as f: print(f, flush=True); {}"
    killed = subprocess.Popen(
        [sys.executable, "-c", call.format("import time; time.sleep(60)")], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    folder = Path(killed.stdout.readline().strip())
    subprocess.run([sys.executable, "-c", call.format("pass")], check=True, capture_output=True)
    assert folder.is_dir()  # its process lives
    killed.kill()
    killed.wait()
    assert folder.is_dir()
    subprocess.run([sys.executable, "-c", call.format("pass")], check=True, capture_output=True)
    assert list(tmp_path.glob("mlcode-*")) == []
