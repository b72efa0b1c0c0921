"""Whether anything grows: `python tests/bench/soak.py [minutes]` exports, runs and cancels again and again.

Every round edits the notebook, exports it, runs it with a new parameter, runs it without work, and every third
round interrupts a run in the middle of a cell. File handles, threads, child processes, temporary files and memory
are noted after each round; what the last third has more than the first is printed. Exit 1 when handles, threads,
processes or temporary files grew, or memory by more than a tenth.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = """# --- [parameters]
n: int = 0
# --- [setup]
import time
# --- [stage:a]
a = [n] * 10_000
# --- [stage:b]
b = sum(a)
if n < 0:
    time.sleep(60)
with open("b.txt", "w") as file:
    file.write(str(b))
# --- [stage:c]
c = max(a)
"""


def noted() -> dict[str, float]:
    """Return what this process and its children have now."""
    me = psutil.Process()
    return {
        "handles": float(len(os.listdir("/proc/self/fd"))),
        "threads": float(threading.active_count()),
        "processes": float(len(me.children(recursive=True))),
        "temporary": float(sum(name.startswith("mlcode-") for name in os.listdir(tempfile.gettempdir()))),
        "memory": me.memory_info().rss / 2**20,
    }


def main() -> int:
    """Go round until the time is over, and say what grew."""
    sys.path.insert(0, str(ROOT))
    from jupyter_mlcode.model.run import CellStarted, RunEvent
    from tests.integration.cache.project import Project

    def interrupting(event: RunEvent) -> None:
        if isinstance(event, CellStarted) and event.stage == "b" and event.role == "own":
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 24
    end = time.monotonic() + 60 * minutes
    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        project = Project(Path(folder) / "project", NOTEBOOK)
        while time.monotonic() < end:
            number = len(rows) + 1
            project.text = NOTEBOOK.replace("10_000", str(10_000 + number))
            project.export()
            assert project.run(("n", str(number)), jobs=1 + number % 2).status == "completed"
            assert project.ran(("n", str(number))) == []
            if number % 3 == 0:
                assert project.run(("n", str(-number)), events=interrupting).status == "interrupted"
            rows.append(noted())
    third = max(1, len(rows) // 3)
    grown = {
        name: median(r[name] for r in rows[-third:]) - median(r[name] for r in rows[:third])
        for name in rows[0]
    }
    start = median(r["memory"] for r in rows[:third])
    print(
        f"{len(rows)} rounds in {minutes:g} minutes; grown: "
        + ", ".join(f"{k} {v:+.1f}" for k, v in grown.items())
    )
    print(f"memory at the start {start:.0f} MB")
    return int(any(grown[k] > 0 for k in grown if k != "memory") or grown["memory"] > start / 10)


if __name__ == "__main__":
    sys.exit(main())
