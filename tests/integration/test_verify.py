"""The judge: a notebook against its own export, sound and spoiled."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode import api
from jupyter_mlcode.model.bundle import Bundle
from jupyter_mlcode.model.verify import VerifyReport
from jupyter_mlcode.runner.verify import verify
from tests.pipelines.build import tagged_notebook

Spoil = Callable[[Bundle], Bundle]

DRAWS = [
    ("setup", "import random\nimport json"),
    ("stage:load", "random.seed(7)\nrows = [random.random() for _ in range(3)]"),
    ("stage:fit", "best = max(rows) + random.random()\nprint('best', best)"),
    ("stage:fit", "with open('best.json', 'w') as file:\n    json.dump(best, file)"),
    ("stage:show", "best"),
]


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., VerifyReport]:
    """Verify the export of these cells, changed by `spoil` on its way."""

    def go(
        cells: list[tuple[str, str]],
        spoil: Spoil | None = None,
        *,
        forget_reads: bool = False,
        tolerance: float | None = None,
    ) -> VerifyReport:
        path = tagged_notebook(tmp_path / "work" / "demo.ipynb", cells)
        before = sorted(p.name for p in path.parent.iterdir())
        pipeline = api.plan(path)
        bundle = api.export(pipeline)
        if forget_reads:
            pipeline = replace(pipeline, stages=tuple(replace(s, reads=()) for s in pipeline.stages))
        exported = spoil(bundle) if spoil else bundle
        report = verify(pipeline, exported, location="demo", tolerance=tolerance)
        assert sorted(p.name for p in path.parent.iterdir()) == before, "verify wrote into the user's folder"
        return report

    return go


def spoiled(path: str, old: str, new: str) -> Spoil:
    def spoil(bundle: Bundle) -> Bundle:
        assert old in bundle.files[path], bundle.files[path]
        return replace(bundle, files={**bundle.files, path: bundle.files[path].replace(old, new)})

    return spoil


def lines(report: VerifyReport) -> list[str]:
    return [d.line(report.notebook) for d in report.differences]


def test_a_sound_export_is_equal(judged: Callable[..., VerifyReport]) -> None:
    report = judged(DRAWS)
    assert lines(report) == []
    assert report.equal
    assert report.judged >= 5
    assert report.unstable == ()
    assert [(c.stage, c.judged == c.equal > 0) for c in report.compared] == [
        ("load", True),
        ("fit", True),
        ("show", True),
    ]
    assert [v.name for v in report.compared[0].variables] == ["rows"]
    assert [s.status for s in report.stages] == ["completed"] * 3


def test_random_numbers_that_do_not_go_on_are_found(judged: Callable[..., VerifyReport]) -> None:
    report = judged(DRAWS, spoiled("stage_fit.py", 'stage.restore_state("load", "python.random")', "pass"))
    assert not report.equal
    assert report.first is not None
    assert (report.first.kind, report.first.cell) in {("printed", 3), ("guard", 4)}
    kinds = {d.kind for d in report.differences}
    assert {"printed", "variable", "file"} <= kinds
    (file,) = [d for d in report.differences if d.kind == "file"]
    assert (file.stage, file.cell) == ("fit", 4), "the cell that names the file"


def test_a_file_that_no_stage_declares_is_named(judged: Callable[..., VerifyReport], tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work/a.txt").write_text("1")
    cells = [("stage:load", "text = open('a.txt').read()"), ("stage:show", "print(text)")]
    assert judged(cells).equal
    report = judged(cells, forget_reads=True)
    assert [d.kind for d in report.differences] == ["undeclared"]
    assert "reads 'a.txt'" in lines(report)[0]


def test_what_the_notebook_itself_changes_from_run_to_run_is_not_judged(
    judged: Callable[..., VerifyReport],
) -> None:
    cells = [
        ("stage:load", "import time\nmoment = time.time_ns()\nsize = 3"),
        ("stage:show", "print(moment)\nsize"),
    ]
    report = judged(cells)
    assert report.equal, lines(report)
    assert {(d.kind, d.name) for d in report.unstable} == {("printed", ""), ("variable", "moment")}
    assert [(c.stage, c.unstable, c.different) for c in report.compared] == [("load", 1, 0), ("show", 1, 0)]


def test_a_notebook_that_fails_must_fail_in_the_same_cell(judged: Callable[..., VerifyReport]) -> None:
    cells = [("stage:load", "x = 1"), ("stage:fit", "x / 0"), ("stage:show", "print(x)")]
    report = judged(cells)
    assert report.equal, lines(report)
    assert report.reference_failure == "cell 2: ZeroDivisionError: division by zero"


def test_a_failing_command_is_where_the_two_part(judged: Callable[..., VerifyReport]) -> None:
    report = judged([("stage:load", "x = 1"), ("stage:fit", "!exit 3\nprint(x)")])
    assert [d.kind for d in report.differences] == ["stage"]
    assert "CalledProcessError" in report.differences[0].found
    assert report.differences[0].cell == 2


def test_local_modules_and_folders_of_written_files_are_there(
    judged: Callable[..., VerifyReport], tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work/local_help.py").write_text("def double(x):\n    return 2 * x\n")
    cells: list[tuple[str, str]] = [
        ("setup", "import os\nfrom local_help import double"),
        ("stage:load", "os.makedirs('out', exist_ok=True)\nopen('out/a.txt', 'w').write('1')"),
        ("stage:show", "open('out/b.txt', 'w').write(str(double(4)))"),
    ]
    report = judged(cells)
    assert report.equal, lines(report)


def test_the_report_is_a_value_that_can_be_written(judged: Callable[..., VerifyReport]) -> None:
    from dataclasses import asdict

    document: dict[str, Any] = asdict(judged([("stage:load", "x = 1"), ("stage:show", "print(x)")]))
    assert json.loads(json.dumps(document))["equal"] is True


CHANGED = [
    ("stage:load", "rows = [3, 4]"),
    ("stage:fit", "rows.append(5)"),
    ("stage:fit", "rows = [row * 2 for row in rows]"),
    ("stage:fit", "rows.append(len(rows))"),
    ("stage:show", "print(rows)"),
]


def test_a_variable_that_differs_is_followed_to_the_cell_that_makes_the_difference(
    judged: Callable[..., VerifyReport],
) -> None:
    report = judged(CHANGED, spoiled("stage_fit.py", "row * 2", "row * 3"))
    (variable,) = [d for d in report.differences if d.kind == "variable"]
    assert (variable.name, variable.cell, variable.since) == ("rows", 3, "cell")
    assert "differs from this cell on in stage 'fit'" in variable.line(report.notebook)


def test_a_variable_that_is_not_loaded_as_it_was_is_said_to_be_so(
    judged: Callable[..., VerifyReport],
) -> None:
    load = 'rows = stage.load("load/rows")'
    report = judged(CHANGED, spoiled("stage_fit.py", load, f"{load}[:1]"))
    (variable,) = [d for d in report.differences if d.kind == "variable"]
    assert (variable.cell, variable.since) == (2, "load")
    assert "differs as it is loaded in stage 'fit'" in variable.line(report.notebook)
    assert "handed over" in variable.hint


NUMBERS = [
    ("setup", "import pandas as pd\nimport numpy as np"),
    ("stage:load", "df = pd.DataFrame({'a': [1.0, 2.0], 'n': ['x', 'y']})"),
    (
        "stage:fit",
        "df['a'] = df['a'] * 3.0\nparts = {'mean': df['a'].mean(), 'grid': np.linspace(0, 1, 4), 'k': 2}",
    ),
    ("stage:fit", "print('mean', parts['mean'])\ndf.to_csv('out.csv')"),
    ("stage:show", "print(len(parts), df.shape)"),
]


def test_numbers_that_are_close_count_as_equal_only_when_asked_for(
    judged: Callable[..., VerifyReport],
) -> None:
    slightly = spoiled("stage_fit.py", "df['a'] * 3.0", "df['a'] * 3.0000000000003")
    strict = judged(NUMBERS, slightly)
    assert {(d.kind, d.name) for d in strict.differences} == {
        *(("variable", "df"), ("variable", "parts"), ("printed", ""), ("file", "out.csv"))
    }
    kind = judged(NUMBERS, slightly, tolerance=1e-9)
    assert kind.equal, lines(kind)
    assert len(kind.close) == len(strict.differences)
    assert [(c.stage, c.close, c.different) for c in kind.compared] == [
        ("load", 0, 0),
        ("fit", 4, 0),
        ("show", 0, 0),
    ]
    assert not judged(NUMBERS, spoiled("stage_fit.py", "'k': 2", "'k': 3"), tolerance=1e-9).equal
