"""How long the server's event loop is held up while 50 analyses of whole notebooks are asked for at once.

python tests/bench/bench_event_loop.py [REQUESTS] [CELLS]

asyncio's debug mode says of each callback that takes 100 ms or more how long it took.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.bench_analysis import synthetic_cells  # noqa: E402
from tests.bench.bench_server import (  # noqa: E402
    _cell,
    _free_port,
    _post,
    _wait,
    analyse_request,
    server_command,
)

_TOOK = re.compile(r"took ([\d.]+) seconds")


def main(requests: int, count: int) -> None:
    """Print how many were answered, and the longest gap of the event loop."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}/mlcode"
    cells = {f"c{n}": _cell(source, n) for n, source in enumerate(synthetic_cells(count))}

    def ask(number: int) -> bool:
        return "stages" in _post(f"{base}/analyse", analyse_request(f"bench{number}", cells))

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            server = subprocess.Popen(
                server_command(port),
                cwd=folder,
                stdout=out,
                stderr=out,
                env={**os.environ, "PYTHONASYNCIODEBUG": "1"},
            )
            try:
                _wait(f"{base}/version")
                begin = log.stat().st_size
                started = time.monotonic()
                with ThreadPoolExecutor(requests) as pool:
                    answered = sum(pool.map(ask, range(requests)))
                took = time.monotonic() - started
            finally:
                server.terminate()
                server.wait()
        said = log.read_text("utf-8", "replace")[begin:]
    if os.environ.get("MLCODE_BENCH_LOG"):
        print("\n".join(line[:400] for line in said.splitlines() if _TOOK.search(line)))
    gaps = sorted(float(seconds) * 1000 for seconds in _TOOK.findall(said))
    longest = f"{gaps[-1]:.0f} ms" if gaps else "below 100 ms"
    print(f"{answered} of {requests} requests about {count} cells answered in {took:.1f} s")
    print(f"longest gap of the event loop: {longest}; {len(gaps)} of 100 ms or more")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, int(sys.argv[2]) if len(sys.argv) > 2 else 100)
