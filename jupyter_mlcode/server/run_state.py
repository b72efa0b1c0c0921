"""The message `Run`, from what a run left in its folder."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.server import run_files
from jupyter_mlcode.server.files import Root
from jupyter_mlcode.server.messages import is_message


def run_message(root: Root, key: str, folder: Path) -> dict[str, Json]:
    """Return what is known of the run in this folder; nothing of it is remembered from earlier."""
    order = run_files.read_json(folder / run_files.ORDER)
    result = run_files.read_json(folder / run_files.RESULT)
    report = run_files.read_json(folder / "report.json")
    state = _state(order, result, report)
    stages = _stages(root, folder, state)
    started = str(order.get("started") or report.get("started") or "")
    seconds = result.get("seconds") or report.get("seconds")
    html = folder / "report.html"
    return {
        "id": key,
        "path": str(order.get("path", "")),
        "kind": "verify" if order.get("kind") == "verify" else "run",
        "state": state,
        "started": started,
        "seconds": seconds if isinstance(seconds, (int, float)) else _elapsed(started, folder, state),
        "parameters": order.get("different", {}),
        "metrics": result.get("metrics", {}),
        "stages": stages,
        "folder": root.shown(folder),
        "report": root.shown(html) if html.is_file() else "",
        "outcome": str(result.get("outcome") or _ended(state)),
        "failure": result.get("failure"),
        "tolerance": order.get("tolerance"),
        "verify": _verification(result),
    }


def _verification(result: Mapping[str, Json]) -> Json:
    """Return what a verify found; nothing when another version of us wrote it down in another form."""
    found = result.get("verify")
    return found if is_message("Verification", found) else None


def alive(order: Mapping[str, Json]) -> bool:
    """Whether the run's process is still there, and is not another one of that number."""
    pid = order.get("pid")
    return isinstance(pid, int) and begun(pid) == order.get("begun") is not None


def begun(pid: int) -> str | None:
    """Return when the process of this number began, as the system counts; None when there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except FileNotFoundError:
        return _signalled(pid) if not os.path.isdir("/proc/self") else None
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _signalled(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return "alive"


def _state(order: Mapping[str, Json], result: Mapping[str, Json], report: Mapping[str, Json]) -> str:
    if result:
        return str(result.get("state", "failed"))
    if order and alive(order):
        return "running"
    ends = {"completed": "completed", "interrupted": "cancelled", "failed": "failed"}
    return ends.get(str(report.get("status")), "lost")


def _ended(state: str) -> str:
    return "its process is gone and left no report" if state == "lost" else ""


def _elapsed(started: str, folder: Path, state: str) -> float:
    try:
        begin = datetime.datetime.fromisoformat(started)
        if state == "running":
            end = datetime.datetime.now(datetime.UTC)
        else:
            end = datetime.datetime.fromtimestamp(folder.stat().st_mtime, datetime.UTC)
    except (ValueError, OSError):
        return 0.0
    return max(0.0, round((end - begin).total_seconds(), 1))


def _stages(root: Root, folder: Path, state: str) -> list[Json]:
    found: dict[str, dict[str, Json]] = {}
    for event in run_files.events(folder):
        kind = event.get("type")
        if kind == "RunStarted":
            for name in event["stages"]:
                found[name] = _waiting(name)
        elif kind == "StageStarted":
            found.setdefault(event["stage"], _waiting(event["stage"])).update(
                state="running", cells=event["cells"], done=0
            )
        elif kind == "CellStarted":
            at = event["heading"] or (f"cell {event['number']}" if event["number"] else event["role"])
            found[event["stage"]]["at"] = at
        elif kind == "CellFinished":
            found[event["stage"]]["done"] = event["index"] + 1
        elif kind == "StageFinished":
            run = event["run"]
            stage = found.setdefault(run["name"], _waiting(run["name"]))
            state_ = "unchanged" if run.get("cached") else run["status"]
            stage.update(state=state_, seconds=run["seconds"], at="")
    for name, stage in found.items():
        executed = folder / f"{name}.ipynb"
        stage["notebook"] = root.shown(executed) if executed.is_file() else ""
        if state != "running" and stage["state"] in ("waiting", "running"):
            stage["state"] = "interrupted" if stage["state"] == "running" else "not_run"
    return list(found.values())


def _waiting(name: str) -> dict[str, Json]:
    return {
        "name": name,
        "state": "waiting",
        "done": 0,
        "cells": 0,
        "seconds": 0.0,
        "at": "",
        "notebook": "",
    }
