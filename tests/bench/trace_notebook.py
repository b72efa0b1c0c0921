"""Run one notebook whole, in one traced kernel: `trace_notebook.py NOTEBOOK PLAN OUT TIMEOUT`.

PLAN is JSON: the code cells with their sources, and the cells at whose end values are compared. OUT gets
what `trace_kernel` writes, plus `ok` and the outputs' normalised form when the corpus' scripts are there.
Runs inside the corpus' sandbox with the corpus' own environment.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
STARTUP = """
import sys
sys.path[:0] = [{here!r}, {harness!r}]
try:
    import trace_kernel
    trace_kernel.install(get_ipython())
finally:
    del sys.path[:2]
"""


def write_startup() -> None:
    """Put the startup file where the kernel's IPython looks for it."""
    folder = Path(os.environ["IPYTHONDIR"]) / "profile_default" / "startup"
    folder.mkdir(parents=True, exist_ok=True)
    startup = STARTUP.format(here=str(HERE), harness=str(HERE.parent / "harness"))
    text = f"def _start():\n{_indented(startup)}\n_start()\ndel _start\n"
    (folder / "00-trace.py").write_text(text, encoding="utf-8")


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.strip().splitlines())


def main(notebook: Path, plan: Path, out: Path, timeout: int) -> int:
    """Execute the notebook and write the trace."""
    warnings.filterwarnings("ignore")
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    raw = out.with_suffix(".raw")
    os.environ.update(TRACE_PLAN=str(plan), TRACE_OUT=str(raw))
    write_startup()
    nb = nbformat.read(notebook, as_version=4)
    started, problem = time.time(), None
    folder = {"metadata": {"path": str(notebook.parent)}}
    try:
        NotebookClient(nb, timeout=timeout, kernel_name="python3", resources=folder).execute()
    except CellExecutionError as error:
        problem = f"{error.ename}: {error.evalue}"[:300]
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"[:300]
    report = json.loads(raw.read_text(encoding="utf-8")) if raw.exists() else {"cells": [], "mutated": {}}
    raw.unlink(missing_ok=True)
    report["ok"], report["problem"] = problem is None, problem
    report["run_seconds"] = round(time.time() - started, 1)
    report["outputs"] = {
        str(i): cell.outputs
        for i, cell in enumerate(nb.cells)
        if cell.cell_type == "code" and cell.source.strip()
    }
    out.write_text(json.dumps(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
