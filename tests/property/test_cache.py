"""Random projects, random edits: a run with kept results leaves what a run of everything leaves, each time.

Stages run as scripts in a process of their own, watched as kernels are: a kernel takes five times as long.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlcode.artifacts.mlcode_handoff import read_artifact
from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import StageRun
from jupyter_mlcode.runner import kernel_side, work
from jupyter_mlcode.runner.folder import StageEntry
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.outputs import collect_outputs, forget_outputs
from tests.integration.cache.project import Project

HEAD = """# --- [parameters]
n: int = 1
# --- [setup]
import glob
import json
import os
import random

def double(x):
    return [x, {double}]

class Box:
    def __init__(self, inside):
        self.inside = inside

    def out(self):
        return [self.inside, {out}]

def boxed(x):
    return Box(x)
"""
# {i}: the stage, {j}: an earlier one (or itself, first), {c}: a number
CELLS = [
    "v{i} = [*v{j}, {c}]",
    "v{i} = [double(x) for x in v{j}] + [n]",
    'v{i} = json.load(open("d.json"))',
    'v{i} = [{c}]\nwith open("o{i}.txt", "w") as f:\n    f.write(str(v{j}))',
    'v{i} = [{c}]\nwith open("log.txt", "a") as f:\n    f.write("{c}")',
    'v{i} = [os.path.exists("o{j}.txt"), {c}]',
    'v{i} = [open("o{j}.txt").read() if os.path.exists("o{j}.txt") else "none", {c}]',
    'v{i} = sorted(glob.glob("o*.txt"))',
    "random.seed({c})\nv{i} = [random.random()]",
    "v{i} = [random.random(), *v{j}]",
    "b{i} = boxed({c})\nv{i} = [b{i}.inside]",
    'os.makedirs("made", exist_ok=True)\nwith open("made/{i}.txt", "w") as f:\n    f.write("{c}")\nv{i} = [n]',
    'v{i} = [double({c}), *v{j}]  # a comment',
    "v{i} = [x.out() for x in [boxed({c})]]",
]  # fmt: skip
RUN = """
import runpy, sys, types
side, script, about, *pairs = sys.argv[1:]
watched = types.ModuleType("watched")
exec(compile(open(side).read(), side, "exec"), vars(watched))
sys.path[0] = script.rpartition("/")[0]
sys.argv = [script, *pairs]
watched._loaded_before = frozenset(sys.modules)
watched._watch_files()
runpy.run_path(script, run_name="__main__")
watched.write_environment(about)
"""


def as_script(
    orders: Orders,
    entry: StageEntry,
    *,
    target: Path,
    seen: Callable[[Mapping[str, Any]], None],
    events: Any,
    **_: Any,
) -> StageRun:
    """Run a stage's script where `attempt` would run its notebook."""
    forget_outputs(orders.artifacts, entry)
    about = target.with_suffix(".json")
    script = orders.folder.root / entry.script
    pairs = [word for name in entry.params for word in ("-p", name, str(orders.values[name]))]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(kernel_side.__file__), str(script), str(about), *pairs],
        cwd=orders.folder.working_folder,
        env={**os.environ, "MLCODE_ARTIFACTS": str(orders.artifacts)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    target.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    seen(json.loads(about.read_text()))
    left = collect_outputs(orders.artifacts, entry, orders.folder.working_folder, orders.values)
    return StageRun(name=entry.name, status="completed", outputs=left.found, notebook=target.name)


def left_by(project: Project) -> dict[str, Any]:
    """Return what a run has left: files by content, artifacts by value; state as bytes."""
    files = [p for p in project.folder.rglob("*") if p.is_file() and project.root not in p.parents]
    found: dict[str, Any] = {
        p.relative_to(project.folder).as_posix(): p.read_bytes() for p in files if p.name != "nb.ipynb"
    }
    for path in sorted((project.root / "artifacts").glob("*/*.pkl")):
        name = path.relative_to(project.root).as_posix()
        plain = path.stem[0] == "v"
        found[name] = read_artifact(path) if plain else "there"
    return found


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Cells of stages: (what it does, the earlier stage it looks at, a number)."""
    number = draw(st.integers(2, 5))
    return [
        (draw(st.sampled_from(CELLS)), draw(st.integers(0, max(i - 1, 0))), draw(st.integers(0, 9)))
        for i in range(number)
    ]


EDITS = st.tuples(
    st.sampled_from("number cell comment parameter data remove tamper double out artifact nothing".split()),
    st.integers(0, 9),
    st.integers(0, 9),
)  # fmt: skip


class Edited:
    """A project under edits."""

    def __init__(self, folder: Path, cells: list[tuple[str, int, int]]) -> None:
        self.cells = list(cells)
        self.body = {"double": 2, "out": 3}
        self.n = 1
        self.comments = 0
        self.project = Project(folder, self.text(), d__json="[1, 2]")

    def text(self) -> str:
        """Return the notebook."""
        stages = []
        for i, (cell, j, c) in enumerate(self.cells):
            first = "random.seed(7)\nv0 = [0]\n" if i == 0 else ""
            stages.append(f"# --- [stage:s{i}]\n{first}{cell.format(i=i, j=j, c=c)}\n")
        return HEAD.format(**self.body) + "".join(stages) + "# the end\n" * self.comments

    def edit(self, kind: str, at: int, value: int) -> None:
        """Change one thing."""
        at %= len(self.cells)
        cell, j, c = self.cells[at]
        folder = self.project.folder
        if kind == "number":
            self.cells[at] = (cell, j, value)
        elif kind == "cell":
            self.cells[at] = (CELLS[value % len(CELLS)], j, c)
        elif kind == "comment":
            self.comments += 1
        elif kind == "parameter":
            self.n = value
        elif kind == "data":
            self.project.write("d.json", json.dumps([value]))
        elif kind in ("remove", "tamper"):
            for path in [*folder.glob(f"o{at}.txt"), *folder.glob(f"made/{at}.txt")]:
                path.unlink()
                if kind == "tamper":
                    path.write_text("by hand")
        elif kind in self.body:
            self.body[kind] = value
        elif kind == "artifact":
            shutil.rmtree(self.project.root / f"artifacts/s{at}", ignore_errors=True)
        self.project.text = self.text()
        self.project.export()


@pytest.mark.slow
@settings(
    max_examples=int(os.environ.get("MLCODE_CACHE_EXAMPLES", "12")), suppress_health_check=list(HealthCheck)
)
@given(cells=programs(), edits=st.lists(EDITS, min_size=1, max_size=4))
def test_kept_results_are_those_of_a_whole_run(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[tuple[str, int, int]],
    edits: list[tuple[str, int, int]],
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "attempt", as_script)
        try:
            edited = Edited(folder / "kept", cells)
            for number, change in enumerate([("nothing", 0, 0), ("nothing", 0, 0), *edits]):
                edited.edit(*change)
                whole = Project.__new__(Project)
                shutil.copytree(
                    edited.project.folder,
                    folder / f"whole{number}",
                    ignore=shutil.ignore_patterns("artifacts", "runs", ".mlcode"),
                )
                whole.folder, whole.root = folder / f"whole{number}", folder / f"whole{number}/nb"
                pairs = (("n", str(edited.n)),)
                edited.project.ran(*pairs)
                whole.ran(*pairs, reuse=Reuse(cache=False))
                assert left_by(edited.project) == left_by(whole), (number, change)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
