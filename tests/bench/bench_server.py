"""What one edit in a notebook of 1,000 cells costs the server: CPU of the server and its worker per request.

python tests/bench/bench_server.py [CELLS]
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.bench_analysis import synthetic_cells  # noqa: E402

EDITS = 40
TOKEN = "bench"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _cpu(pid: int) -> float:
    """Return the seconds of CPU of a process and its children that are alive."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    total = (int(fields[11]) + int(fields[12])) / ticks
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        total += _cpu(int(child))
    for task in Path(f"/proc/{pid}/task").iterdir():
        if task.name != str(pid):
            for child in (task / "children").read_text().split():
                total += _cpu(int(child))
    return total


def _post(url: str, document: object) -> dict[str, object]:
    request = urllib.request.Request(
        url,
        data=json.dumps(document).encode(),
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as reply:
        return dict(json.loads(reply.read()))


def _wait(url: str) -> None:
    for _ in range(300):
        try:
            request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})
            urllib.request.urlopen(request, timeout=2).read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not start")


def _cell(source: str, index: int) -> dict[str, object]:
    return {"type": "code", "source": source, "tags": [f"stage:s{index // 100}"]}


def analyse_request(name: str, cells: dict[str, dict[str, object]]) -> dict[str, object]:
    """Return the body of a request that analyses a whole notebook."""
    return {
        "session": name,
        "path": f"{name}.ipynb",
        "revision": 0,
        "base": None,
        "kernel": "python3",
        "language": "python",
        "order": list(cells),
        "cells": cells,
    }


def server_command(port: int) -> list[str]:
    """Return the command that starts a server with our extension alone."""
    return [
        *(sys.executable, "-m", "jupyter_server", "--allow-root"),
        "--ServerApp.open_browser=False",
        f"--ServerApp.port={port}",
        "--ServerApp.token=" + TOKEN,
        "--ServerApp.jpserver_extensions=jupyter_mlcode.server=True",
    ]


def main(count: int) -> None:
    """Print the CPU of the first analysis and of each kind of edit."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            server_command(port), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            base = f"http://127.0.0.1:{port}/mlcode"
            _wait(f"{base}/version")
            _measure(base, server.pid, synthetic_cells(count))
        finally:
            server.terminate()
            server.wait()


def _measure(base: str, pid: int, sources: list[str]) -> None:
    cells = {f"c{n}": _cell(source, n) for n, source in enumerate(sources)}
    request = analyse_request("bench", cells)
    before = _cpu(pid)
    _post(f"{base}/analyse", request)
    print(f"first analysis of {len(sources)} cells: {(_cpu(pid) - before) * 1000:.0f} ms of CPU")
    revision = 0
    for name, edit in (
        ("a literal", lambda s, n: re.sub(r"\d+", str(n + 10), s, count=1)),
        ("a comment above", lambda s, n: f"# {n}\n{s}"),
        ("a statement more", lambda s, n: f"{s}\nprint({n})"),
    ):
        times, kept = [], 0
        for n in range(EDITS if name != "a statement more" else 5):
            index = (n * 23 + 7) % len(sources)
            sources[index] = edit(sources[index], n)
            revision += 1
            delta = {**request, "revision": revision, "base": revision - 1, "order": None}
            delta["cells"] = {f"c{index}": _cell(sources[index], index)}
            before = _cpu(pid)
            reply = _post(f"{base}/analyse", delta)
            times.append((_cpu(pid) - before) * 1000)
            kept += "stages" not in reply
        print(
            f"{name}: mean {statistics.mean(times):.1f} ms, most {max(times):.0f} ms; same graph {kept}/{len(times)}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
