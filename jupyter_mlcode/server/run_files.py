"""What a run of the panel leaves in its folder: the order, the events, the log, the result.

The server keeps nothing in memory that is not here, so that another server tells the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_mlcode.model.json_value import Json

ORDER, EVENTS, LOG, RESULT = "order.json", "events.jsonl", "log.txt", "result.json"


def new_folder(pipeline: Path) -> Path:
    """Return a new folder `runs/<n>` of the pipeline, with the next free number."""
    runs = pipeline / "runs"
    runs.mkdir(exist_ok=True)
    number = max((int(p.name) for p in runs.iterdir() if p.name.isdecimal()), default=0)
    while True:
        number += 1
        try:
            (runs / str(number)).mkdir()
        except FileExistsError:
            continue
        return runs / str(number)


def folders(pipeline: Path) -> list[Path]:
    """Return the folders of the runs that the panel, or the command line, started; newest first."""
    runs = pipeline / "runs"
    found = [p for p in runs.iterdir() if p.name.isdecimal() and p.is_dir()] if runs.is_dir() else []
    return sorted(found, key=lambda p: int(p.name), reverse=True)


def write_json(path: Path, document: Mapping[str, Json]) -> None:
    """Write a document, at once or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8", errors="replace")
    os.replace(part, path)


def read_json(path: Path) -> dict[str, Json]:
    """Return a document; an empty one when there is none that can be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def events(folder: Path) -> Iterator[dict[str, Json]]:
    """Yield the events so far; a line that is still being written is left for the next time."""
    try:
        text = (folder / EVENTS).read_text("utf-8", errors="replace")
    except OSError:
        return
    for line in text.split("\n")[:-1]:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def log(folder: Path, offset: int) -> tuple[str, int]:
    """Return what the run printed from that byte on, and where it ends now."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(offset)
            content = file.read(1 << 20)
    except OSError:
        return "", offset
    return content.decode("utf-8", "replace"), offset + len(content)
