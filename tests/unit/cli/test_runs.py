"""What `status`, `history` and `clean` say of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_mlcode.model.run import RunReport, StageRun
from jupyter_mlcode.runner.folder import read_folder
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.history import note_run
from jupyter_mlcode.runner.locks import one_at_a_time
from tests.unit.cli.conftest import Command


def noted(folder: Path, number: int, value: float, **more: object) -> None:
    """Note a run with a parameter and a metric."""
    database = Database.of(folder)
    stages = (StageRun(name="make", status="completed"), StageRun(name="fit", status="failed"))
    report = RunReport(
        pipeline="p",
        status="failed",
        started="2026-01-01T00:00:00.000+00:00",
        finished="",
        seconds=1.5,
        folder=str(folder / "runs" / str(number)),
        stages=stages if number > 1 else stages[:1],
        parameters={"n": number, "kind": "x|y", **more},
    )
    note_run(database, report, {"make": str(number)}, read_folder(folder))
    database.write(
        "UPDATE runs SET metrics = ? WHERE number = ?", json.dumps({"auc": value, "bad": "nan"}), number
    )
    database.close()


@pytest.fixture
def exported(small: Path, folder: Path, mlcode: Command) -> Path:
    """An export with two noted runs."""
    assert mlcode("export", small).code == 0
    noted(folder / "small", 1, 0.5)
    noted(folder / "small", 2, 0.75, late=True)
    return folder / "small"


def test_the_status_says_what_a_run_would_do(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small)
    done = mlcode("status", small)
    assert "runs" in done.out
    assert "has not run here yet" in done.out
    stages = mlcode("status", small, "--format", "json").json["stages"]
    assert {stage["verdict"] for stage in stages} == {"runs"}


def test_a_comparison_has_only_what_differs(exported: Path, mlcode: Command) -> None:
    found = mlcode("history", exported, "1", "2", "--format", "json").json
    assert [(d["kind"], d["name"], d["before"], d["after"]) for d in found["differences"]] == [
        ("parameter", "n", 1, 2),
        ("parameter", "late", None, True),
        ("metric", "auc", 0.5, 0.75),
        ("stage", "fit", None, "failed"),
    ]
    text = mlcode("history", exported, "1", "2").out.splitlines()
    assert text[3].split() == ["metric", "auc", "0.5", "0.75", "+0.25"]
    assert (
        "| metric | auc | 0.5 | 0.75 | +0.25 |"
        in mlcode("history", exported, "1", "2", "--format", "markdown").out
    )
    assert mlcode("history", exported, "2", "2").out == "runs 2 and 2 do not differ\n"


def test_runs_are_listed_newest_first(exported: Path, mlcode: Command) -> None:
    lines = mlcode("history", exported).out.splitlines()
    assert [line.split()[0] for line in lines] == ["run", "2", "1"]
    assert "auc 0.75" in lines[1]
    assert len(mlcode("history", exported, "--limit", "1", "--format", "json").json) == 1


@pytest.mark.parametrize("numbers", [("1",), ("1", "9"), ("0", "x")])
def test_runs_that_are_not_there(exported: Path, mlcode: Command, numbers: tuple[str, ...]) -> None:
    assert mlcode("history", exported, *numbers).code == 2


def test_clean_keeps_the_newest_runs(exported: Path, mlcode: Command) -> None:
    for number in (1, 2, 10):
        (exported / "runs" / str(number)).mkdir(parents=True)
        (exported / "runs" / str(number) / "report.json").write_text("{}")
    assert mlcode("clean", exported, "--runs", "1", "--dry-run").out.split() == ["runs/1", "runs/2"]
    assert (exported / "runs/1").is_dir()
    assert mlcode("clean", exported, "--runs", "1").code == 0
    assert [p.name for p in (exported / "runs").iterdir()] == ["10"]


def test_clean_all_leaves_what_was_exported(exported: Path, mlcode: Command) -> None:
    before = {p.name for p in exported.iterdir()} - {"artifacts", "runs"}
    (exported / "artifacts").mkdir()
    assert mlcode("clean", exported, "--all").code == 0
    assert {p.name for p in exported.iterdir()} - {"runs"} == before
    assert mlcode("history", exported).out == ""


def test_clean_waits_for_no_run(exported: Path, mlcode: Command) -> None:
    with one_at_a_time(exported / ".mlcode", lambda: None):
        done = mlcode("clean", exported, "--all")
    assert done.code == 2
    assert "MLC414" in done.err


def test_no_pipeline_is_touched_by_a_typing_error(tmp_path: Path, mlcode: Command) -> None:
    assert mlcode("history", tmp_path / "nothing").code == 3
    assert mlcode("run", tmp_path / "nothing").code == 3
    assert list(tmp_path.iterdir()) == []
