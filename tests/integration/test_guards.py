"""The run-time guards in real runs: what analysis missed becomes a clear no, until the code has passed."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.runner.run import run
from tests.pipelines.build import StageText, write_pipeline


def changing(tmp_path: Path, changed: list[str]) -> Path:
    """Write a pipeline whose second stage changes what it loaded."""
    stages = {
        "load": StageText(cells=["rows = [1, 2]"], outputs=["rows"]),
        "fit": StageText(
            cells=["rows.append(3)\ntop = rows[-1]"], inputs={"rows": "load"}, more={"changed": changed}
        ),
    }
    return write_pipeline(tmp_path, stages)


def test_an_input_that_changes_unsaid_stops_the_stage(tmp_path: Path) -> None:
    report = run(changing(tmp_path, []))
    failed = report.failed
    assert failed is not None
    assert failed.name == "fit"
    assert failed.error is not None
    assert (failed.error.kind, failed.error.name) == ("guard", "MLC221")
    assert [f.entry for f in failed.findings] == ["rows"]


def test_a_declared_change_passes_and_is_not_looked_at_again(tmp_path: Path) -> None:
    root = changing(tmp_path, ["rows"])
    assert run(root).status == "completed"
    passed = json.loads((root / "artifacts/.guards/@passed.json").read_text())
    assert sorted(passed) == ["fit", "load"]
    assert run(root, reuse=Reuse(everything=True)).status == "completed"
    assert not (root / "artifacts/.guards/fit.json").exists()
    script = root / "stage_fit.py"
    script.write_text(script.read_text().replace("append(3)", "append(4)"))
    assert run(root).status == "completed"
    assert (root / "artifacts/.guards/fit.json").exists()


def test_guards_can_be_left_out(tmp_path: Path) -> None:
    assert run(changing(tmp_path, []), guards=False).status == "completed"
