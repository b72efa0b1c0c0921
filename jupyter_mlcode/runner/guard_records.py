"""What the guards of other runs noted: it says nothing of the surroundings in which this run was started."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from jupyter_mlcode.runner.files import write_text_atomically
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry

SURROUNDINGS = ("os.environ", "sys.path", "locale")
"""What a process gets from whoever starts it; that a stage changes it is a finding of that stage."""


def without_surroundings(record: str) -> str:
    """Return the record of a stage's guards without them; nothing for one that cannot be read."""
    try:
        document = json.loads(record)
        for kind in SURROUNDINGS:
            document.get("end", {}).pop(kind, None)
    except (ValueError, AttributeError):
        return ""
    return json.dumps(document, indent=1, sort_keys=True)


def begin_records(folder: PipelineFolder, chosen: Collection[StageEntry], records: Path) -> None:
    """Remove the records of the stages that a run decides on, and what does not count any more of the others."""
    for entry in folder.stages:
        path = records / f"{entry.name}.json"
        if not path.is_file():
            continue
        text = "" if entry in chosen else without_surroundings(path.read_text("utf-8", "replace"))
        if text:
            write_text_atomically(path, text)
        else:
            path.unlink(missing_ok=True)
