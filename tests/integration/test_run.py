"""Pipelines that really run: kernels, files, reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.model.run import CellFinished, OutputText, RunEvent, RunFinished, RunReport, RunStarted
from jupyter_mlcode.runner.parameters import GivenParameters
from jupyter_mlcode.runner.report import SCHEMA_PATH
from jupyter_mlcode.runner.run import run
from tests.pipelines.build import StageText, write_pipeline

Failing = Callable[..., RunReport]

TWO_STAGES = {
    "load": StageText(
        cells=["rows = list(range(size))", "print('rows', len(rows))"],
        outputs=["rows"],
        params=["size"],
        setup="%matplotlib inline\nimport yaml as unused",
    ),
    "total": StageText(
        cells=["%time total = sum(rows) * factor\ntotal", 'open("total.txt", "w").write(str(total))'],
        inputs={"rows": "load"},
        params=["factor"],
        more={"writes": [{"path": "total.txt"}]},
    ),
}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "size": {"type": "int", "default": 4},
    "factor": {"type": "dict", "default": {1: 2}},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunReport, list[RunEvent]]:
    """One run of two stages with an injected parameter; the tests look at what it left."""
    folder = tmp_path_factory.mktemp("space in {braces}")
    two = dict(TWO_STAGES)
    two["total"] = StageText(
        cells=["%time total = sum(rows) * factor[1]\ntotal", 'open("total.txt", "w").write(str(total))'],
        inputs={"rows": "load"},
        params=["factor"],
        more={"writes": [{"path": "total.txt"}]},
    )
    root = write_pipeline(folder, two, PARAMETERS)
    events: list[RunEvent] = []
    report = run(root, GivenParameters(pairs=[("size", "5")]), events=events.append)
    return root, report, events


def test_the_stages_hand_over_their_values(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    root, report, _ = finished
    assert report.status == "completed", report.failed
    assert (root.parent / "total.txt").read_text() == "20"


def test_own_cells_keep_magics_ids_and_metadata(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    root, _, _ = finished
    executed = json.loads((root / "runs/1/total.ipynb").read_text("utf-8"))
    own = next(cell for cell in executed["cells"] if cell["id"] == "total-0")
    assert "".join(own["source"]).startswith("%time ")
    assert own["metadata"]["orig_index"] == 0
    assert own["outputs"][-1]["data"]["text/plain"] in ("20", ["20"])


def test_papermill_injects_what_the_caller_gives(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    root, _, _ = finished
    executed = json.loads((root / "runs/1/load.ipynb").read_text("utf-8"))
    tagged = {tag: c for c in executed["cells"] for tag in c["metadata"].get("tags", [])}
    assert "".join(tagged["parameters"]["source"]) == "size: int = 4"
    assert "size = 5" in "".join(tagged["injected-parameters"]["source"])


def test_number_keys_survive_papermill(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    _, report, _ = finished
    assert report.stages[1].parameters == {"factor": {1: 2}}
    assert report.stages[1].status == "completed"


def test_the_report_says_what_was_left_behind(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    root, report, _ = finished
    load, total = report.stages
    assert [(o.path, o.kind) for o in load.outputs] == [("load/rows", "artifact")]
    assert [(o.path, o.size, o.kind) for o in total.outputs] == [("total.txt", 2, "file")]
    assert load.environment.packages.get("yaml")
    document = json.loads((root / "runs/1/report.json").read_text("utf-8"))
    schema = json.loads(SCHEMA_PATH.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert [e.message for e in Draft202012Validator(schema).iter_errors(document)] == []


def test_events_tell_the_whole_story(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    _, report, events = finished
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    done = [e.cell.id for e in events if isinstance(e, CellFinished) and e.cell.role == "own"]
    assert done == ["load-0", "load-1", "total-0", "total-1"]
    printed = "".join(e.text for e in events if isinstance(e, OutputText) and e.cell_id == "load-1")
    assert printed == "rows 5\n"
    assert [c.status for c in report.stages[0].cells] == ["completed"] * len(report.stages[0].cells)


def test_a_later_stage_runs_alone_on_what_is_there(finished: tuple[Path, RunReport, list[RunEvent]]) -> None:
    root, _, _ = finished
    report = run(root, stage="total", runs_dir=root / "again")
    assert [(s.name, s.status) for s in report.stages] == [("total", "completed")]
    assert (root / "again/total.ipynb").is_file()
    assert (root.parent / "total.txt").read_text() == "20"


@pytest.fixture
def fails(tmp_path: Path) -> Failing:
    """Run a pipeline whose first stage has these cells and outputs; a second stage follows."""

    def go(*cells: str, **about: Any) -> RunReport:
        stages = {"first": StageText(cells=cells, **about), "second": StageText(cells=["1"])}
        report = run(write_pipeline(tmp_path, stages))
        assert report.status == "failed"
        assert [s.status for s in report.stages] == ["failed", "completed"]  # it needs nothing of the first
        return report

    return go


def failure_text(report: RunReport) -> str:
    failed = report.failed
    assert failed is not None
    assert failed.error is not None
    return failed.error.text()


def test_a_failing_cell_is_named_in_notebook_and_script(fails: Failing) -> None:
    wrong = "a['x']"
    report = fails("a = {}", f"b = 1\n\n{wrong}\nb = 2", "c = 1", setup="import os")
    script = (Path(report.folder).parents[1] / "stage_first.py").read_text().splitlines()
    place = f"demo/stage_first.py:{script.index(wrong) + 1}"
    assert failure_text(report) == f"demo.ipynb:cell 4:3  KeyError: 'x'   ({place})"
    assert [c.status for c in report.stages[0].cells if c.role == "own"] == ["completed", "failed", "not_run"]


def test_the_line_of_a_failure_below_a_cell_magic(fails: Failing) -> None:
    assert failure_text(fails("\n%%time\na = 1\nb = 1 / 0")).startswith(
        "demo.ipynb:cell 2:4  ZeroDivisionError"
    )


def test_a_syntax_error_has_its_line(fails: Failing) -> None:
    report = fails("a = 1\n%time b = = 2")
    assert failure_text(report).startswith("demo.ipynb:cell 2:")
    assert "SyntaxError" in failure_text(report)


def test_a_dead_kernel_is_a_failed_stage(fails: Failing) -> None:
    report = fails("import os", "os._exit(0)", "print('never')")
    assert failure_text(report).startswith("demo.ipynb:cell 3  DeadKernelError: the kernel died")
    assert [c.status for c in report.stages[0].cells if c.role == "own"] == ["completed", "failed", "not_run"]


def test_a_crash_says_its_last_words(fails: Failing) -> None:
    failed = fails("import ctypes", "ctypes.string_at(1)").failed
    assert failed is not None
    assert failed.error is not None
    assert failed.error.kind == "dead_kernel"
    assert any("Fatal Python error" in line for line in failed.error.traceback)


def test_sys_exit_in_the_middle_is_a_failed_stage(fails: Failing) -> None:
    report = fails("import sys", "sys.exit(0)", "print('never')")
    assert failure_text(report).startswith(
        "demo.ipynb:cell 3  SystemExit: 0 (the cells after it did not run)"
    )


def test_a_failing_command_is_a_failed_stage(fails: Failing) -> None:
    report = fails("print('before')\n!exit 3\nprint('after')")
    assert failure_text(report).startswith("demo.ipynb:cell 2:2  CalledProcessError: Command 'exit 3'")


def test_a_missing_output_is_a_failed_stage(fails: Failing) -> None:
    report = fails("value = 1", more={"outputs": ["value"], "writes": [{"path": "metrics.json"}]})
    assert "'value'" in failure_text(report)
    assert "'metrics.json'" in failure_text(report)


def test_a_cell_that_may_raise_is_no_failure(tmp_path: Path) -> None:
    root = write_pipeline(tmp_path, {"only": StageText(cells=["1 / 0", "print('after')"])})
    notebook = json.loads((root / "pipeline.ipynb").read_text())
    notebook["cells"][1]["metadata"]["tags"].append("raises-exception")
    (root / "pipeline.ipynb").write_text(json.dumps(notebook))
    assert run(root).status == "completed"


def test_leaving_at_the_very_end_is_no_failure(tmp_path: Path) -> None:
    root = write_pipeline(tmp_path, {"only": StageText(cells=["import sys", "sys.exit()"])})
    assert run(root).status == "completed"


def test_html_of_a_hostile_notebook_runs_nothing(tmp_path: Path) -> None:
    hostile = "from IPython.display import HTML\nHTML('<script>alert(1)</script><b onclick=alert(2)>hi</b>')"
    printed = "print('</script><script>alert(3)</script>')\nraise ValueError('<script>alert(4)</script>')"
    root = write_pipeline(tmp_path, {"only": StageText(cells=[hostile, printed])})
    report = run(root)
    page = (Path(report.folder) / "report.html").read_text("utf-8")
    assert "<script" not in page.lower()
    assert "onclick" not in page.replace("onclick=alert(2)&gt;", "").replace("onclick=alert", "", 1)
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "hi</b>" in page


def test_nothing_starts_when_an_input_is_missing(tmp_path: Path) -> None:
    root = write_pipeline(tmp_path, TWO_STAGES, PARAMETERS)
    with pytest.raises(UsageError, match="'load/rows'") as caught:
        run(root, stage="total")
    assert "--stage load" in caught.value.hint
    assert not (root / "runs").exists()


def test_params_yaml_and_edits_by_hand_count(tmp_path: Path) -> None:
    root = write_pipeline(tmp_path, TWO_STAGES, PARAMETERS)
    (root / "params.yaml").write_text(yaml.safe_dump({"size": 3, "gone": 1}))
    script = root / "stage_load.py"
    script.write_text(script.read_text().replace("'rows', len", "'lines', len"))
    events: list[RunEvent] = []
    report = run(root, stage="load", events=events.append)
    assert report.notes == ("params.yaml: the notebook has no parameter 'gone'",)
    assert "".join(e.text for e in events if isinstance(e, OutputText)) == "lines 3\n"
