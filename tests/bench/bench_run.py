"""What a run costs besides the stages' own code: `python tests/bench/bench_run.py [rounds]`.

    nothing     20 stages without work, CPU of the whole command; beside `dvc repro` without work where dvc is installed
    papermill   the stage notebooks of the example: `jupyter mlcode run --force` against papermill, CPU with kernels
    branches    two independent branches that compute for 20 s each: wall time with --jobs 2 against --jobs 1
    stages      what a stage costs besides its code: ten of one line, kernels ahead of time or not
    array       an array of 1 GB handed over: the largest memory of the stage that saves and of the one that loads

Ratios are taken per round, the median is reported. Figures in docs/measurements/runs.md.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "churn"
SWITCH = "MLCODE_KERNELS_AHEAD"
MLCODE = [sys.executable, "-m", "jupyter_mlcode.cli.main"]
BRANCHES = """# --- [stage:left]
import time
end = time.process_time() + 20
n = 0
while time.process_time() < end:
    n += 1
left = 1
# --- [stage:right]
import time
end = time.process_time() + 20
n = 0
while time.process_time() < end:
    n += 1
right = 2
"""
ARRAY = """# --- [setup]
import resource
import numpy as np
# --- [stage:make]
big = np.arange(2**27, dtype="float64")
# --- [stage:use]
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, float(big[::4096].sum()))
"""


def cost(command: list[str], folder: Path, **environment: str) -> tuple[float, float]:
    """Return the CPU seconds of a command with its children, and its wall time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, **environment})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - began


def project(folder: Path, text: str) -> Path:
    """Write and export a notebook; the tests know how."""
    from tests.integration.cache.project import Project

    return Project(folder, text).root


def nothing(folder: Path, rounds: int) -> str:
    """Measure a run without work."""
    stages = ["# --- [stage:s0]\nx0 = [1]\n"]
    stages += [
        f"# --- [stage:s{i}]\nx{i} = [*x{i - 1}, {i}]\nwith open('o{i}.txt', 'w') as f:\n    f.write(str(x{i}))\n"
        for i in range(1, 20)
    ]
    root = project(folder / "nothing", "".join(stages))
    for _ in range(2):
        cost([*MLCODE, "run", str(root)], folder)
    ours = [cost([*MLCODE, "run", str(root)], folder)[0] for _ in range(rounds)]
    start = [cost([sys.executable, "-c", "pass"], folder)[0] for _ in range(rounds)]
    found = {"ours": statistics.median(ours), "Python alone": statistics.median(start)}
    if shutil.which("dvc"):
        found["dvc repro"] = statistics.median(_dvc(folder / "dvc", rounds))
    return "nothing, CPU: " + ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in found.items())


def _dvc(folder: Path, rounds: int) -> list[float]:
    folder.mkdir()
    stages = {
        f"s{i}": {"cmd": f"echo {i} > o{i}", "outs": [f"o{i}"], **({"deps": [f"o{i - 1}"]} if i else {})}
        for i in range(20)
    }
    (folder / "dvc.yaml").write_text(json.dumps({"stages": stages}))
    cost(["dvc", "init", "--no-scm"], folder)
    cost(["dvc", "repro"], folder)
    return [cost(["dvc", "repro"], folder)[0] for _ in range(rounds)]


def papermill(folder: Path, rounds: int) -> str:
    """Measure a run of the example against papermill on the same notebooks."""
    shutil.copytree(EXAMPLE, folder / "example", ignore=shutil.ignore_patterns("runs", "artifacts", "churn"))
    place = folder / "example"
    cost([*MLCODE, "export", "churn.ipynb"], place)
    cost([*MLCODE, "run", "churn"], place)
    each, together = [], []
    for _ in range(rounds):
        ours = cost([*MLCODE, "run", "churn", "--force"], place)[0]
        notebooks = sorted(map(str, (place / "churn/runs/1").glob("*.ipynb")))
        path = {"PYTHONPATH": f"{place / 'churn'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
        call = "import papermill as p, sys\nfor n in sys.argv[1:]: p.execute_notebook(n, None, progress_bar=False)"
        together.append(ours / cost([sys.executable, "-c", call, *notebooks], place, **path)[0])
        one = [
            ["papermill", n, str(folder / "out.ipynb"), "--no-progress-bar", "--cwd", "."] for n in notebooks
        ]
        each.append(ours / sum(cost(command, place, **path)[0] for command in one))
    return (
        f"papermill: {statistics.median(each):.2f}x the CPU of one papermill each,"
        f" {statistics.median(together):.2f}x that of one process for all"
    )


def branches(folder: Path, rounds: int) -> str:
    """Measure two branches side by side."""
    root = project(folder / "branches", BRANCHES)
    ratios = []
    for _ in range(rounds):
        serial = cost([*MLCODE, "run", str(root), "--force"], folder)[1]
        ratios.append(cost([*MLCODE, "run", str(root), "--force", "--jobs", "2"], folder)[1] / serial)
    return f"branches: {statistics.median(ratios):.2f}x the serial wall time"


def stages(folder: Path, rounds: int) -> str:
    """Measure what a stage costs that does nothing."""
    text = "# --- [stage:s0]\nx0 = [1]\n"
    text += "".join(f"# --- [stage:s{i}]\nx{i} = [*x{i - 1}, {i}]\n" for i in range(1, 11))
    root, one = project(folder / "ten", text), project(folder / "one", "# --- [stage:s0]\nx0 = [1]\n")
    found = {}
    for switch, name in (("0", "each started when it is needed"), ("1", "started ahead of time")):
        several = [
            cost([*MLCODE, "run", str(root), "--force"], folder, **{SWITCH: switch}) for _ in range(rounds)
        ]
        alone = [
            cost([*MLCODE, "run", str(one), "--force"], folder, **{SWITCH: switch}) for _ in range(rounds)
        ]
        pairs = list(zip(several, alone, strict=True))
        found[name] = [statistics.median((a[k] - b[k]) / 10 for a, b in pairs) * 1000 for k in (0, 1)]
    return "one more stage: " + "; ".join(
        f"kernel {n} {wall:.0f} ms, CPU {cpu:.0f} ms" for n, (cpu, wall) in found.items()
    )


def array(folder: Path, _: int) -> str:
    """Measure the memory of handing over an array."""
    root = project(folder / "array", ARRAY)
    peaks = {}
    for name in ("make", "use"):
        process = subprocess.Popen(
            [sys.executable, str(root / f"stage_{name}.py")], stdout=subprocess.DEVNULL
        )
        peaks[name] = os.wait4(process.pid, 0)[2].ru_maxrss / 2**20
    return f"array of 1 GB: {peaks['make']:.2f} GB at most where it is saved, {peaks['use']:.2f} GB where it is loaded"


def main() -> int:
    """Print a line for each measurement."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    sys.path.insert(0, str(EXAMPLE.parents[1]))
    with tempfile.TemporaryDirectory() as folder:
        for measure, times in (
            (nothing, rounds),
            (stages, rounds),
            (array, 1),
            (papermill, rounds),
            (branches, 1),
        ):
            print(measure(Path(folder), times), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
