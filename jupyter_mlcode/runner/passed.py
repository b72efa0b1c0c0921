"""Which stages have passed their run-time guards with the code that they have now."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from jupyter_mlcode.runner.files import write_text_atomically
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry

PASSED = "@passed.json"  # no stage has such a name


def code_hash(folder: PipelineFolder, entry: StageEntry) -> str:
    """Return the hash of all code that the stage can run: its script, and the modules beside it."""
    hashed = hashlib.sha256()
    modules = sorted(path for path in folder.root.glob("*.py") if not path.name.startswith("stage_"))
    for path in (folder.root / entry.script, *modules, folder.root / "pipeline.yaml"):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()


def all_passed(folder: PipelineFolder, entries: tuple[StageEntry, ...], records: Path) -> bool:
    """Tell whether every stage has passed its guards with the code that it has now."""
    passed = _read_passed(records)
    return all(passed.get(entry.name) == code_hash(folder, entry) for entry in entries)


def note_passed(folder: PipelineFolder, entries: tuple[StageEntry, ...], records: Path) -> None:
    """Remember that these stages passed."""
    passed = _read_passed(records)
    passed |= {entry.name: code_hash(folder, entry) for entry in entries}
    write_text_atomically(records / PASSED, json.dumps(passed, indent=1, sort_keys=True) + "\n")


def _read_passed(records: Path) -> dict[str, str]:
    try:
        found = json.loads((records / PASSED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
