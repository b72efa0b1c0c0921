"""The process of one run: `python -m jupyter_mlcode.server.run_child FOLDER`; the order lies in the folder."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from jupyter_mlcode import api
from jupyter_mlcode.errors import MlcodeError, RefusedError
from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.run import OutputText, RunEvent, RunFinished, RunReport
from jupyter_mlcode.model.verify import VerifyReport
from jupyter_mlcode.server import run_files
from jupyter_mlcode.server.verification import clipped, verification

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class _Tell:
    """Writes events and printed text where the server finds them."""

    def __init__(self, folder: Path) -> None:
        self._events = (folder / run_files.EVENTS).open("a", encoding="utf-8", errors="replace")
        self._log = (folder / run_files.LOG).open("a", encoding="utf-8", errors="replace")
        self._stage = ""

    def __call__(self, event: RunEvent) -> None:
        if isinstance(event, OutputText):
            self._print(event)
        elif not isinstance(event, RunFinished):
            self._events.write(
                json.dumps({"type": type(event).__name__, **asdict(event)}, default=str) + "\n"
            )
            self._events.flush()

    def _print(self, event: OutputText) -> None:
        if event.stage != self._stage:
            self._stage = event.stage
            self._log.write(f"--- {event.stage}\n")
        self._log.write(_ESCAPES.sub("", event.text))
        self._log.flush()

    def say(self, text: str) -> None:
        self._log.write(f"{text}\n")
        self._log.flush()


def main() -> None:
    """Run what the order says, and leave the result."""
    folder = Path(sys.argv[1])
    order = run_files.read_json(folder / run_files.ORDER)
    tell = _Tell(folder)
    try:
        result = _verify(order, tell) if order["kind"] == "verify" else _run(order, folder, tell)
    except RefusedError as error:
        result = _failed(f"refused: {error}")
    except MlcodeError as error:
        result = _failed(" ".join([str(error), error.hint]).strip())
    except KeyboardInterrupt:
        result = {**_failed("cancelled"), "state": "cancelled"}
    run_files.write_json(folder / run_files.RESULT, result)


def _failed(outcome: str) -> dict[str, Json]:
    return {"state": "failed", "outcome": outcome, "metrics": {}, "failure": None, "seconds": None}


def _run(order: Mapping[str, Json], folder: Path, tell: _Tell) -> dict[str, Json]:
    pipeline = order["pipeline"]
    texts = [yaml.safe_dump({name: value}) for name, value in order["parameters"].items()]
    report = api.run(
        pipeline,
        api.given_parameters(texts=texts),
        stage=order["stage"],
        from_stage=order["from_stage"],
        runs_dir=folder,
        reuse=Reuse(everything=bool(order.get("anew"))),
        events=tell,
    )
    states = {"completed": "completed", "interrupted": "cancelled"}
    return {
        "state": states.get(report.status, "failed"),
        "outcome": _outcome(report),
        "metrics": _metrics(Path(pipeline), report),
        "failure": _failure(report),
        "seconds": report.seconds,
    }


def _outcome(report: RunReport) -> str:
    failed = report.failed
    if failed is None:
        return f"{sum(s.status == 'completed' for s in report.stages)} stages completed"
    if report.status == "interrupted":
        return f"cancelled in stage {failed.name}"
    return failed.error.text() if failed.error is not None else f"stage {failed.name} failed"


def _failure(report: RunReport) -> dict[str, Json] | None:
    failed = report.failed
    if failed is None or failed.error is None or report.status == "interrupted":
        return None
    error = failed.error
    text = f"{error.name}: {error.message}" if error.message else error.name
    return {
        "stage": failed.name,
        "text": _ESCAPES.sub("", text),
        "cell_id": error.cell_id,
        "cell": error.cell,
        "line": error.line,
    }


def _metrics(pipeline: Path, report: RunReport) -> dict[str, Json]:
    """Return the numbers in the metrics files of the stages that ran."""
    ran = {s.name for s in report.stages if s.status == "completed"}
    return {
        name: value
        for path in api.metrics_files(pipeline, ran)
        for name, value in run_files.read_json(path).items()
        if isinstance(value, (int, float, str, bool)) or value is None
    }


def _verify(order: Mapping[str, Json], tell: _Tell) -> dict[str, Json]:
    report = api.verify(order["notebook"], tolerance=order.get("tolerance"), events=tell, talk=tell.say)
    return {
        "state": "completed" if report.equal else "failed",
        "outcome": report.verdict,
        "metrics": {},
        "failure": _difference(report),
        "seconds": None,
        "verify": verification(report),
    }


def _difference(report: VerifyReport) -> dict[str, Any] | None:
    first = report.first
    if first is None:
        return None
    return {
        "stage": first.stage,
        "text": clipped(first.sentence()),
        "cell_id": first.cell_id,
        "cell": first.cell,
        "line": None,
    }


if __name__ == "__main__":
    main()
