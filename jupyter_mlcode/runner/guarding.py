"""The run-time guards around a stage: what they are told, what they found, and when they are on."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_mlcode.artifacts import guards_path
from jupyter_mlcode.model.run import Failure, GuardFinding
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry
from jupyter_mlcode.runner.session import Silent
from jupyter_mlcode.runner.stage_notebook import StageNotebook, before_cell

_RANDOM = frozenset({"python.random", "numpy.random", "torch.random"})
# A stage that changes state undeclared harms only where a later stage starts with another one (MLC223).
# Outputs may share an object as long as no stage that loads both changes it: the analysis decides that.
NOTED_ONLY = frozenset({"MLC222", "MLC224"})
# Libraries add filters when they are imported, and not every stage imports the same ones.
NOTED_STATE = frozenset({"warnings.filters"})


def guard_orders(
    folder: PipelineFolder, entry: StageEntry, notebook: StageNotebook, records: Path
) -> tuple[Silent, ...]:
    """Return the silent code that starts the guards before the first own cell and ends them after the last."""
    config = guard_config(folder, entry, notebook, records)
    started = f"if __import__('runpy').run_path({str(guards_path())!r})['start']({config!r}): pass"
    ended = "if __import__('sys').modules['mlcode_guards'].end(): pass"
    return (
        Silent(code=started, after=_before_own_cells(notebook), optional=True),
        Silent(code=ended, after=None, optional=True),
    )


def guard_config(
    folder: PipelineFolder, entry: StageEntry, notebook: StageNotebook, records: Path
) -> dict[str, Any]:
    """Return what `artifacts/guards.py` asks for, as JSON values."""
    place = folder.stages.index(entry)
    earlier, later = folder.stages[:place], folder.stages[place + 1 :]
    # A stage that restores no settings cannot notice them. Drawing is found out afterwards, so that
    # generators are never ignored for that: a draw that nobody foresaw is what the guard is for.
    handed_on = {kind for stage in earlier for kind in stage.kinds} - _RANDOM
    # Nobody seeded them before this stage: they differ in every run of the notebook too, or it seeds them itself.
    free = {*(_RANDOM - {kind for stage in earlier for kind in stage.seeded}), *entry.seeded} & _RANDOM
    taken_from = {ref for stage in later for name, ref in stage.inputs.items() if name in stage.changed}
    return {
        "stage": entry.name,
        "record": str(records / f"{entry.name}.json"),
        "previous": [str(path) for s in earlier if (path := records / f"{s.name}.json").is_file()],
        "inputs": sorted(entry.inputs),
        "changed": list(entry.changed),
        "setup": dict(sorted(_setup_names(notebook))),
        "state": list(entry.kinds),
        "ignore": sorted((handed_on | free) - set(entry.state)),
        "restored": {kind: stage for kind, stage in entry.state.items() if kind in _RANDOM},
        "outputs": {key: _names(key) for key in entry.outputs},
        "exposed": sorted(
            {name for key in entry.outputs for name in _names(key) if _ref(entry, key) in taken_from}
        ),
        "folder": str(folder.working_folder),
    }


def _ref(entry: StageEntry, key: str) -> str:
    return f"{entry.name}/{key}"


def _names(key: str) -> list[str]:
    """Return the variables in an artifact: `ax+fig.2` and `ax.2+fig` hold `ax` and `fig`."""
    return [re.sub(r"\.\d+$", "", part) for part in key.split("+")]


def _before_own_cells(notebook: StageNotebook) -> int:
    """Return the index of the code cell above the first own one, as the engine counts them."""
    return before_cell(notebook, next(cell.id for cell in notebook.cells if cell.role == "own"))


def _setup_names(notebook: StageNotebook) -> Iterator[tuple[str, str]]:
    """Yield the names that setup binds above the first own cell, but for imports, with what binds them.

    A name that the notebook binds twice means the one in one stage and the other in another.
    """
    for cell in notebook.cells:
        if cell.role == "own":
            return
        if cell.role != "setup":
            continue
        try:
            nodes = ast.parse(cell.source).body
        except SyntaxError:  # a line magic
            continue
        for node in nodes:
            digest = hashlib.sha256(ast.dump(node).encode()).hexdigest()[:16]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name, digest
            elif isinstance(node, ast.Assign):
                yield from ((t.id, digest) for t in node.targets if isinstance(t, ast.Name))


def read_findings(record: Path) -> tuple[GuardFinding, ...]:
    """Return what the guards of a stage found; nothing when they did not get to their end."""
    if not record.is_file():
        return ()
    found = json.loads(record.read_text("utf-8"))["findings"]
    return tuple(GuardFinding(code=f["code"], entry=f["entry"], message=f["message"]) for f in found)


def is_grave(finding: GuardFinding) -> bool:
    """Tell whether the finding means that results can differ."""
    return finding.code not in NOTED_ONLY and finding.entry not in NOTED_STATE


def guard_failure(
    folder: PipelineFolder, entry: StageEntry, findings: tuple[GuardFinding, ...]
) -> Failure | None:
    """Return the failure that the first grave finding makes of the stage."""
    for finding in findings:
        if is_grave(finding):
            return Failure(
                kind="guard",
                name=finding.code,
                message=finding.message,
                script=f"{folder.name}/{entry.script}",
            )
    return None
