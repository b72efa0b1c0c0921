"""The run report as JSON: what other tools read."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_mlcode.model.run import RunReport
from jupyter_mlcode.runner.files import write_text_atomically

SCHEMA_PATH = Path(__file__).with_name("report.schema.json")


def report_document(report: RunReport) -> dict[str, Any]:
    """Return the report as JSON values; NaN and infinity become texts, JSON has no word for them."""
    document = _json_value(asdict(report))
    for stage in document["stages"]:
        if stage["error"] is not None:
            failure = next(s.error for s in report.stages if s.name == stage["name"])
            stage["error"]["text"] = failure.text() if failure is not None else ""
    return dict(document)


def write_report(report: RunReport, path: Path) -> None:
    """Write the report, at once or not at all."""
    document = report_document(report)
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    write_text_atomically(path, text + "\n")


def _json_value(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(k): _json_value(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_value(v) for v in value]
    return value
