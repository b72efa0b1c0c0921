"""What is known of a module beside the notebook without importing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlcode import api
from jupyter_mlcode.notebook.local_modules import modules_beside, stateful_names
from tests.harness.notebooks import CellText, write_notebook

STATE = """
items = []
count = 0
def add(x):
    global count
    items.append(x)
    count += 1
def area(x):
    return x * UNIT
UNIT = 2
"""


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (STATE, {"items", "count", "add"}),
        (
            "cache = {}\ndef get(k):\n    cache[k] = 1\ndef size():\n    return len(cache)\n",
            {"cache", "get", "size"},
        ),
        ("xs = []\ndef f():\n    xs = [1]\n    xs.append(2)\n", set()),
        ("import os\ndef f(p):\n    return os.path.join(p)\n", set()),
        ("def broken(:\n", set()),
    ],
)
def test_names_that_touch_state(source: str, names: set[str]) -> None:
    assert stateful_names(source) == names


def test_modules_and_packages_are_found_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "hm.py").write_text("raise SystemExit\n")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text(STATE)
    (tmp_path / "notes.txt").write_text("x")
    assert modules_beside(str(tmp_path / "nb.ipynb")) == {
        "hm": frozenset(),
        "pack": {"items", "count", "add"},
    }


@pytest.mark.parametrize(
    ("second", "refused"), [("hm.area(2)", False), ("print(hm.count)", True), ("add(3)", True)]
)
def test_two_stages_may_not_share_its_state(tmp_path: Path, second: str, refused: bool) -> None:
    (tmp_path / "hm.py").write_text(STATE)
    cells = [
        CellText("setup", "import hm\nfrom hm import add"),
        CellText("stage:a", "hm.add(1)"),
        CellText("stage:b", second),
    ]
    found = api.check(write_notebook(tmp_path / "nb.ipynb", cells))
    assert ("MLC069" in {d.code for d in found}) == refused
