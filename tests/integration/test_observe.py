"""`verify --observe`: one run tells what unknown calls leave alone, and every later run is held to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlcode import api
from jupyter_mlcode.cli.main import call
from jupyter_mlcode.errors import UsageError
from tests.pipelines.build import tagged_notebook

MODULE = """\
import random

def fit(rows, options):
    return {"mean": sum(rows) / len(rows), "deep": options["deep"]}

def table(rows):
    import pandas
    return pandas.DataFrame({"a": rows})

def noisy(rows):
    return random.random()

def extend(rows):
    rows.append(len(rows))
"""
CELLS = [
    ("stage:load", "import random, frob\nrandom.seed(1)\nrows = [3.0, 1.0]\noptions = {'deep': True}"),
    ("stage:fit", "model = frob.fit(rows, options)\ntable = frob.table(rows)\nhead = table.head(1)"),
    ("stage:draw", "print(random.random(), rows)"),
    ("stage:more", "frob.extend(rows)\nnoise = frob.noisy(rows)"),
    ("stage:show", "print(model, table, head, rows, options, noise)"),
]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tagged_notebook(tmp_path / "work" / "demo.ipynb", CELLS)
    (path.parent / "frob.py").write_text(MODULE)
    return path


def test_one_run_frees_stages_and_later_runs_are_held_to_it(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def _run(*arguments: str) -> tuple[int, str]:
        code = call(list(arguments))
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    before = {s.name: s.needs for s in api.plan(notebook).stages}
    assert before["draw"] == ("fit",)
    code, said = _run("verify", str(notebook), "--observe")
    assert code == 0, said
    file = notebook.with_suffix(".observed.yml")
    assert f"{file}: what was observed of 2 cells;" in said
    text = file.read_text()
    assert "type: pandas.DataFrame" in text
    assert "draws: false" in text
    assert text.count("draws: false") == 1, "another one drew a number"
    assert "rows" not in text.partition("cell: 4")[2], "it changed there"
    after = {s.name: s.needs for s in api.plan(notebook).stages}
    assert after["draw"] == ("load",)
    assert _run("export", str(notebook))[0] == 0
    pipeline = notebook.with_suffix("")
    assert _run("run", str(pipeline))[0] == 0

    module = notebook.parent / "frob.py"
    module.write_text(MODULE.replace('    return {"mean"', '    options["deep"] = 3\n    return {"mean"'))
    code, said = _run("run", str(pipeline))
    assert code == 4
    assert "MLC227" in said
    assert "options" in said
    module.write_text(MODULE.replace('    return {"mean"', '    random.random()\n    return {"mean"'))
    assert "MLC227 python.random" in _run("run", str(pipeline))[1]
    module.write_text(MODULE.replace('return pandas.DataFrame({"a": rows})', "return pandas.Series(rows)"))
    assert "observed was a pandas.DataFrame" in _run("run", str(pipeline))[1]


def test_a_notebook_that_fails_is_not_observed(tmp_path: Path) -> None:
    path = tagged_notebook(
        tmp_path / "demo.ipynb", [*CELLS[:1], ("stage:fit", "rows.absent()\nfrob.fit(rows, {})")]
    )
    (tmp_path / "frob.py").write_text(MODULE)
    with pytest.raises(UsageError, match="cell 2: AttributeError"):
        api.observe(path)
    assert not path.with_suffix(".observed.yml").exists()


def test_nothing_to_observe_runs_nothing_and_removes_the_file(tmp_path: Path) -> None:
    path = tagged_notebook(tmp_path / "demo.ipynb", [("stage:a", "x = 1"), ("stage:b", "print(x)")])
    assert api.write_observed(api.observe(path, kernel=None)) is None
