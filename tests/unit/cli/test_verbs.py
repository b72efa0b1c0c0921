"""What each verb prints and writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlcode.api import remembered
from jupyter_mlcode.cli.progress import progress
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.run import CellStarted, RunStarted, StageFinished, StageRun, StageStarted
from tests.unit.cli.conftest import Command, cell


def test_a_sound_notebook_has_no_findings(small: Path, mlcode: Command) -> None:
    done = mlcode("check", small)
    assert (done.code, done.out, done.err) == (0, "", "no findings\n")


def test_findings_as_json(refused: Path, mlcode: Command) -> None:
    done = mlcode("check", refused, "--format", "json")
    first = done.json["diagnostics"][0]
    assert (first["file"], first["code"], first["severity"], first["cell"], first["line"]) == (
        "refused.ipynb",
        "MLC003",
        "error",
        1,
        1,
    )


def test_several_notebooks_are_checked_at_once(small: Path, refused: Path, mlcode: Command) -> None:
    done = mlcode("check", small, refused)
    assert done.code == 1
    assert {line.partition(":")[0] for line in done.out.splitlines()} == {"refused.ipynb"}


def test_warnings_count_when_asked(write: Callable[..., Path], mlcode: Command) -> None:
    path = write("w.ipynb", cell("x = 1", "stage:a"), cell("text", "stage:a", kind="markdown"))
    assert mlcode("check", path).code == 0
    assert mlcode("check", path, "--strict").code == 1


def test_the_graph_as_json(small: Path, mlcode: Command) -> None:
    found = mlcode("graph", small, "--format", "json").json
    assert set(found) >= {"stages", "edges", "diagnostics"}
    assert [s["name"] for s in found["stages"]] == ["make", "use"]
    (edge,) = found["edges"]
    assert (edge["source"], edge["target"]) == ("make", "use")
    assert [(c["kind"], c["name"]) for c in edge["carries"]] == [("variable", "numbers")]


def test_the_graph_as_text_and_as_mermaid(small: Path, mlcode: Command) -> None:
    text = mlcode("graph", small)
    assert "from make: numbers" in text.out
    assert "parameters: factor" in text.out
    assert mlcode("graph", small, "--mermaid").out.startswith("flowchart ")


def test_an_export_lists_its_files_and_is_then_up_to_date(small: Path, folder: Path, mlcode: Command) -> None:
    first = mlcode("export", small)
    assert first.code == 0
    assert "small/stage_make.py" in first.out
    assert (folder / "small" / "stage_use.py").is_file()
    assert mlcode("export", small).out == ""
    assert mlcode("export", small, "--check").code == 0


def test_a_check_of_an_old_export_fails_and_writes_nothing(
    small: Path, folder: Path, mlcode: Command
) -> None:
    mlcode("export", small)
    before = (folder / "small" / "stage_make.py").read_bytes()
    small.write_text(small.read_text().replace("[1, 2, 3]", "[1, 2, 4]"))
    done = mlcode("export", small, "--check")
    assert done.code == 1
    assert "changed  small/stage_make.py" in done.out
    assert (folder / "small" / "stage_make.py").read_bytes() == before


def test_a_diff_shows_the_changed_line(small: Path, mlcode: Command) -> None:
    mlcode("export", small)
    small.write_text(small.read_text().replace("[1, 2, 3]", "[1, 2, 4]"))
    done = mlcode("export", small, "--diff")
    assert done.code == 1
    assert "\n-numbers = [1, 2, 3]\n+numbers = [1, 2, 4]\n" in done.out


def test_an_edited_file_is_kept_until_forced(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small)
    script = folder / "small" / "stage_make.py"
    script.write_text(script.read_text() + "# mine\n")
    done = mlcode("export", small)
    assert done.code == 1
    assert "stage_make.py" in done.err
    assert script.read_text().endswith("# mine\n")
    assert mlcode("export", small, "--force").code == 0
    assert "# mine" not in script.read_text()


def test_an_export_goes_where_it_is_told(small: Path, folder: Path, mlcode: Command) -> None:
    assert mlcode("export", small, "--output", "out/p").code == 0
    assert (folder / "out" / "p" / "pipeline.yaml").is_file()
    assert not (folder / "small").exists()


def test_an_export_as_json(small: Path, mlcode: Command) -> None:
    found = mlcode("export", small, "--format", "json").json
    assert found["written"] is True
    assert {"path": "stage_make.py", "kind": "new", "diff": ""} in found["changes"]


@pytest.mark.parametrize("options", [["--check", "--diff"], ["--check", "--force"], ["--target", "nothing"]])
def test_options_that_make_no_sense(options: list[str], small: Path, folder: Path, mlcode: Command) -> None:
    assert mlcode("export", small, *options).code == 2
    assert [p.name for p in folder.iterdir()] == ["small.ipynb"]


def test_a_second_export_has_the_same_bytes(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small, "--output", "one")
    mlcode("export", small, "--output", "two")
    assert (folder / "one" / "stage_use.py").read_bytes() == (folder / "two" / "stage_use.py").read_bytes()


def test_the_status_follows_the_export(small: Path, mlcode: Command) -> None:
    assert mlcode("status", small).code == 1
    mlcode("export", small)
    done = mlcode("status", small)
    assert done.code == 0
    assert done.out.startswith("export    small is up to date\nlast run  none\n")
    small.write_text(small.read_text().replace("[1, 2, 3]", "[1, 2, 4]"))
    assert mlcode("status", small, "--format", "json").json["export"] == "out_of_date"


def test_the_status_of_a_refused_notebook(refused: Path, mlcode: Command) -> None:
    done = mlcode("status", refused)
    assert done.code == 1
    assert "refused: " in done.out


def test_the_status_tells_how_the_last_run_ended(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small)
    for number, status in ((2, "completed"), (10, "failed")):
        run = folder / "small" / "runs" / str(number)
        run.mkdir(parents=True)
        stages = [{"name": "make", "status": status, "error": {"text": "it broke"}}]
        report = {"status": status, "started": "2026-01-01T00:00:00Z", "seconds": 1.5, "stages": stages}
        (run / "report.json").write_text(json.dumps(report))
    last = mlcode("status", small, "--format", "json").json["last_run"]
    assert (last["folder"], last["status"], last["stage"], last["problem"]) == (
        "small/runs/10",
        "failed",
        "make",
        "it broke",
    )


def test_a_damaged_report_is_an_unfinished_run(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small)
    run = folder / "small" / "runs" / "1"
    run.mkdir(parents=True)
    (run / "report.json").write_text("[")
    assert "small/runs/1: unfinished" in mlcode("status", small).out


def test_a_suggestion_is_shown_and_written_only_when_applied(
    write: Callable[..., Path], mlcode: Command
) -> None:
    path = write(
        "plain.ipynb",
        cell("import math", kind="code"),
        cell("## Load the data", kind="markdown"),
        cell("rows = open('a').read()"),
        cell("## Count", kind="markdown"),
        cell("print(len(rows))"),
    )
    before = path.read_bytes()
    shown = mlcode("suggest", path)
    assert "stage:load-data" in shown.out
    assert path.read_bytes() == before
    assert mlcode("suggest", path, "--apply").code == 0
    tags = [c["metadata"].get("tags") for c in json.loads(path.read_text())["cells"]]
    assert tags == [["setup"], None, ["stage:load-data"], None, ["stage:count"]]
    assert "every code cell has its tag" in mlcode("suggest", path).err


def test_run_parameters_are_checked_before_anything_starts(
    small: Path, folder: Path, mlcode: Command
) -> None:
    mlcode("export", small)
    done = mlcode("run", "small", "-p", "facter", "4")
    assert done.code == 2
    assert "Did you mean 'factor'?" in done.err
    assert mlcode("run", "small", "-p", "factor", "many").code == 2
    assert mlcode("run", "small", "--stage", "mak").code == 2
    assert not (folder / "small" / "runs").exists()


def test_no_colour_where_none_is_wanted(
    refused: Path, mlcode: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in mlcode("check", refused).out


@pytest.mark.slow
def test_a_run_reports_its_stages(small: Path, folder: Path, mlcode: Command) -> None:
    mlcode("export", small)
    done = mlcode("run", "small", "-p", "factor", "5", "--runs-dir", "results", "--format", "json")
    assert done.code == 0
    assert done.json["status"] == "completed"
    assert done.json["parameters"] == {"factor": 5}
    assert "30.0" in (folder / "results" / "use.ipynb").read_text()
    assert "[2/2] use: completed" in done.err


@pytest.mark.slow
def test_a_failing_stage_is_exit_code_4_and_named(write: Callable[..., Path], mlcode: Command) -> None:
    path = write("bad.ipynb", cell("x = 1", "stage:a"), cell("y = x\n1 / 0", "stage:b"))
    mlcode("export", path)
    done = mlcode("run", "bad")
    assert done.code == 4
    assert "bad.ipynb:cell 2:2  ZeroDivisionError" in done.err


def test_progress_is_plain_lines_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    show = progress()
    show(RunStarted(pipeline="p", stages=("a", "b"), folder="f"))
    show(StageStarted(stage="a", cells=2))
    show(CellStarted(stage="a", index=0, cell_id="c", role="own", heading="Load"))
    show(StageFinished(run=StageRun(name="a", status="completed", seconds=1.25)))
    show(StageFinished(run=StageRun(name="b", status="not_run")))
    assert capsys.readouterr().err.splitlines() == ["[1/2] a: 2 cells", "[1/2] a: completed, 1.2 s"]


def test_progress_on_a_terminal_is_one_living_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    show = progress()
    show(RunStarted(pipeline="p", stages=("a",), folder="f"))
    show(StageStarted(stage="a", cells=2))
    show(CellStarted(stage="a", index=1, cell_id="c", role="own", heading="Load"))
    assert capsys.readouterr().err.split("\r")[-1].endswith("[1/1] a cell 2/2 Load")


def test_a_broken_notebook_does_not_hide_the_others(
    small: Path, refused: Path, tmp_path: Path, mlcode: Command
) -> None:
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    done = mlcode("check", broken, refused, small)
    assert done.code == 3
    assert done.out.startswith("refused.ipynb:cell 1")
    assert "MLC301" in done.err
    found = mlcode("check", broken, refused, "--format", "json").json
    assert [e["code"] for e in found["errors"]] == ["MLC301"]
    assert found["diagnostics"]


def test_findings_are_remembered_until_something_changes(
    refused: Path, folder: Path, mlcode: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = remembered.check

    def check(path: str) -> tuple[Diagnostic, ...]:
        asked.append(path)
        return real(path)

    monkeypatch.setattr(remembered, "check", check)

    def checked() -> int:
        remembered._surroundings.cache_clear()
        asked.clear()
        first = mlcode("check", refused)
        assert first.out == mlcode("check", refused, "--no-cache").out
        return len(asked) - 1

    assert [checked(), checked()] == [1, 0]
    (folder / "helper.py").write_text("x = 1\n")
    assert [checked(), checked()] == [1, 0]
    refused.with_suffix(".observed.yml").write_text("format: 1\ncells: []\n")
    assert [checked(), checked()] == [1, 0]
    refused.write_text(refused.read_text() + "\n")
    assert [checked(), checked()] == [1, 0]
