"""Each thing that a result depends on, changed alone, runs exactly what it must; nothing else runs anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlcode.runner.cache import open as opening
from tests.integration.cache.project import Project

NOTEBOOK = """# --- [parameters]
n: int = 3
k: int = 2
# --- [setup]
import json
import helper

def double(x):
    return 2 * x  # twice

def half(x):
    return x / 2
# --- [stage:load]
rows = json.load(open("data.json"))
rows = [int(r) for r in rows]
# --- [stage:prepare]
# what is prepared
table = [double(r) + n for r in rows]
# --- [stage:fit]
model = {"k": k, "rows": len(rows)}
# --- [stage:score]
score = half(sum(table)) + model["k"]
with open("score.json", "w") as file:
    json.dump(score, file)
# --- [stage:note]
with open("note.txt", "w") as file:
    file.write(helper.text())
"""
ALL = ["load", "prepare", "fit", "score", "note"]
HELPER = 'def text():\n    return "a note"\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    found = Project(tmp_path_factory.mktemp("keys"), NOTEBOOK, data__json="[1, 2]", helper__py=HELPER)
    assert found.ran() == ALL
    assert found.ran() == []
    return found


def data(text: str) -> Callable[[Project], None]:
    return lambda project: project.write("data.json", text)


def edited(old: str, new: str) -> Callable[[Project], None]:
    return lambda project: project.edit(old, new)


def helper(text: str) -> Callable[[Project], None]:
    return lambda project: project.write("helper.py", text)


def touched(project: Project) -> None:
    os.utime(project.folder / "data.json", (1, 1))


CHANGES: dict[str, tuple[Callable[[Project], None], list[str], str]] = {
    "nothing": (lambda _: None, [], ""),
    "a comment in a cell": (edited("# what is prepared", "# what is made ready"), [], ""),
    "a comment in a definition": (edited("# twice", "# two times"), [], ""),
    "layout": (edited("[double(r) + n for r in rows]", "[\n    double( r ) + n for r in rows\n]"), [], ""),
    "the time of a file": (touched, [], ""),
    "a file": (data("[1, 2, 3]"), ["load", "prepare", "fit", "score"], "runs; data.json changed"),
    "a file, with the same values": (data("[1, 2, 3.0]"), ["load"], "runs; data.json changed"),
    "a cell": (edited("+ n for", "+ n + 1 for"), ["prepare", "score"], "runs; cell 4 changed"),
    "a cell, with the same result": (edited("len(rows)}", "sum(1 for _ in rows)}"), ["fit"], "runs; cell 5 changed"),
    "a definition": (edited("return x / 2", "return x * 0.5"), ["score"], "runs; half changed"),
    "a module beside the notebook": (helper(HELPER.replace("note", "word")), ALL, "runs; helper.py changed"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_runs_what_depends_on_it(project: Project, name: str) -> None:
    change, expected, why = CHANGES[name]
    change(project)
    verdicts = project.why()
    assert project.ran() == expected
    if expected:
        assert verdicts[expected[0]] == why
        assert {v.partition(";")[0] for s, v in verdicts.items() if s in expected[1:]} <= {"depends", "runs"}
    assert {verdicts[s] for s in ALL if s not in expected} <= {"unchanged", *verdicts.values()}
    assert project.ran() == []


def test_a_parameter_runs_the_stages_that_take_it(project: Project) -> None:
    assert project.why(("k", "5"))["fit"] == "runs; params.k 2 -> 5"
    assert project.ran(("k", "5")) == ["fit", "score"]
    first = (project.folder / "score.json").read_text()
    assert project.ran() == []
    assert (project.folder / "score.json").read_text() != first  # that of k = 2 is back
    assert project.ran(("k", "5")) == []
    assert (project.folder / "score.json").read_text() == first


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"numpy": "99.0"}, "numpy"),
        ({"python": "cpython 3.99"}, "python"),
        ({"platform": "Plan9 vax"}, "platform"),
    ],
)
def test_another_environment_runs_everything(
    project: Project, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], why: str
) -> None:
    project.run()
    real = opening.environment
    monkeypatch.setattr(opening, "environment", lambda *args: {**real(*args), **change})
    verdicts = project.why()
    assert {verdict.split()[1] for verdict in verdicts.values()} == {why}
    assert project.ran() == ALL
    assert project.ran() == []


def test_another_hand_over_module_runs_everything(project: Project) -> None:
    module = project.root / "mlcode_handoff.py"
    before = module.read_text()
    module.write_text(before + "\n# another version\n")
    assert project.ran() == ALL
    module.write_text(before)
    assert project.ran() == []


def test_a_script_edited_by_hand_counts(project: Project) -> None:
    script = project.root / "stage_fit.py"
    before = script.read_text()
    script.write_text(before.replace('"rows":', '"lines":'))
    assert project.ran() == ["fit", "score"]
    script.write_text(before)
    assert project.ran() == []


def test_a_module_that_a_module_imports_counts(tmp_path: Path) -> None:
    project = Project(
        tmp_path / "deep",
        "# --- [stage:a]\nimport outer\nx = [outer.value()]\n# --- [stage:b]\nprint(x)\n",
        outer__py="import inner\ndef value():\n    return inner.VALUE\n",
        inner__py="VALUE = 1\n",
    )
    assert project.ran() == ["a", "b"]
    assert project.ran() == []
    project.write("inner.py", "VALUE = 2\n")
    assert project.why()["a"] == "runs; inner.py changed"
    assert project.ran() == ["a", "b"]
