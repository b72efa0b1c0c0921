"""Export, draw and run one tagged notebook; the part of `corpus.py` that runs inside the sandbox.

`corpus_inside.py NOTEBOOK RESULTS TIMEOUT`: RESULTS is a folder outside the sandbox' overlay. It gets
`steps.json` (command, exit code, seconds, last output per step), `graph.json`, the exported files without
artifacts, and `runs/` with the executed stage notebooks. With PROBE_PLAN in the environment a startup
file makes the stage kernels write fingerprints of their variables at the end of each stage. STAGES_AT_ONCE
is the number of stages that run side by side.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TAIL = 12_000
MEMORY = {"export": 4 << 30, "graph": 4 << 30, "run": 14 << 30}
"""Address space per process of a step, in bytes: a runaway shall fail alone, not take the machine along."""
STARTUP = """
def _start():
    import json, os, runpy
    with open(os.environ["PROBE_PLAN"], encoding="utf-8") as file:
        plan = json.load(file)
    shell = get_ipython()
    def after(result):
        for index in plan["ends"].get(result.info.raw_cell.strip(), ()):
            out = os.path.join(plan["out"], f"{index}.json")
            space = {"_NS": shell.user_ns, "_OUT": out}
            try:
                runpy.run_path(plan["fingerprint"], init_globals=space)
            except Exception as error:
                with open(out, "w", encoding="utf-8") as file:
                    json.dump({"error": repr(error)}, file)
    shell.events.register("post_run_cell", after)
_start()
del _start
"""


def step(name: str, arguments: list[str], limit: float) -> dict[str, Any]:
    """Run the command line once and describe how it ended."""
    command = [sys.executable, "-m", "jupyter_mlcode.cli.main", *arguments]
    started = time.monotonic()
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=max(5.0, limit),
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY[name], MEMORY[name])),
        )
        code, out, err = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, out, err = "timeout", _text(late.stdout), _text(late.stderr)
    return {
        "step": name,
        "arguments": arguments,
        "exit": code,
        "seconds": round(time.monotonic() - started, 2),
        "stdout": out[-TAIL:] if name != "graph" else out,
        "stderr": err[-TAIL:],
    }


def _text(data: bytes | str | None) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data or ""


def sizes(artifacts: Path) -> dict[str, dict[str, int]]:
    """Return `{stage: {key: bytes}}` of what the stages handed over; a key joins names that share objects by `+`."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(artifacts.glob("*/*.json")):
        about = json.loads(path.read_text(encoding="utf-8"))
        if path.parent.name != ".guards" and isinstance(about.get("bytes"), int):
            found.setdefault(about["stage"], {})[about["key"]] = about["bytes"]
    return found


def keep(folder: Path, runs: Path, results: Path) -> None:
    """Copy what a reader of the results may want to see; of the artifacts only how large they are."""
    if folder.is_dir():
        (results / "sizes.json").write_text(json.dumps(sizes(folder / "artifacts")), encoding="utf-8")
        ignore = shutil.ignore_patterns("artifacts", "runs", "__pycache__")
        shutil.copytree(folder, results / "export", ignore=ignore, dirs_exist_ok=True)
    for path in sorted(runs.rglob("*")) if runs.is_dir() else ():
        if path.suffix in {".ipynb", ".json"} and path.is_file() and "artifacts" not in path.parts:
            target = results / "runs" / path.relative_to(runs)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def main(notebook: Path, results: Path, timeout: float) -> int:
    """Run the steps one after the other; stop at the first that fails."""
    until = time.monotonic() + timeout
    folder, runs = notebook.with_suffix(""), notebook.parent / "mlcode_runs"
    at_once = os.environ.get("STAGES_AT_ONCE", "1")
    startup = Path(os.environ["IPYTHONDIR"]) / "profile_default" / "startup"
    if os.environ.get("PROBE_PLAN"):
        startup.mkdir(parents=True, exist_ok=True)
        (startup / "00-probe.py").write_text(STARTUP, encoding="utf-8")
    done = [
        step("export", ["export", notebook.name], 120),
        step("graph", ["graph", notebook.name, "--format", "json"], 120),
    ]
    if done[0]["exit"] == 0 and not os.environ.get("EXPORT_ONLY"):
        limit = until - time.monotonic() - 5
        options = ["--kernel", "python3", "--runs-dir", runs.name, "--jobs", at_once]
        done.append(step("run", ["run", folder.name, *options], limit))
    graph = done[1]["stdout"]
    done[1]["stdout"] = "" if done[1]["exit"] == 0 else graph[-TAIL:]
    (results / "graph.json").write_text(graph, encoding="utf-8")
    keep(folder, runs, results)
    (results / "steps.json").write_text(json.dumps(done, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
