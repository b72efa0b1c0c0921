"""Results that are kept: put back when they are gone, and never used where the notebook would do something else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from threading import Timer

import pytest

from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import CellStarted
from tests.integration.cache.project import Project

CHAIN = """# --- [stage:a]
x = [1, 2, 3]
with open("a.txt", "w") as file:
    file.write("of a")
# --- [stage:b]
y = sum(x)
with open("b.txt", "w") as file:
    file.write(str(y))
"""


@pytest.fixture
def chain(tmp_path: Path) -> Project:
    project = Project(tmp_path / "chain", CHAIN)
    assert project.ran() == ["a", "b"]
    return project


def test_what_is_gone_comes_back(chain: Project) -> None:
    shutil.rmtree(chain.root / "artifacts/a")
    (chain.folder / "a.txt").unlink()
    (chain.folder / "b.txt").write_text("changed by hand")
    assert chain.ran() == []
    assert (chain.folder / "a.txt").read_text() == "of a"
    assert (chain.folder / "b.txt").read_text() == "6"
    assert (chain.root / "artifacts/a/x.pkl").is_file()


@pytest.mark.parametrize("how", ["truncated", "tampered", "empty", "sidecar"])
def test_a_damaged_artifact_comes_back(chain: Project, how: str) -> None:
    path = chain.root / "artifacts/a/x.pkl"
    whole = path.read_bytes()
    if how == "sidecar":
        path.with_suffix(".json").write_text("{")
    else:
        damaged = {"truncated": whole[:20], "tampered": whole[:-40] + bytes(8) + whole[-32:], "empty": b""}[
            how
        ]
        path.unlink()  # the cache shares the disk's blocks with it
        path.write_bytes(damaged)
    chain.edit("y = sum(x)", "y = sum(x) + 1")
    assert chain.ran() == ["b"]
    assert path.read_bytes() == whole
    assert (chain.folder / "b.txt").read_text() == "7"


def test_a_damaged_cache_is_computed_again(chain: Project) -> None:
    for path in (chain.root / "artifacts/.cache/objects").glob("*/*"):
        path.unlink()
        path.write_bytes(b"damaged")
    shutil.rmtree(chain.root / "artifacts/a")
    assert chain.ran()[0] == "a"
    assert chain.ran() == []


def test_a_damaged_database_is_put_aside(chain: Project) -> None:
    (chain.root / ".mlcode/local.sqlite3").write_bytes(b"no database at all" * 100)
    assert chain.ran() == []
    report = chain.run(reuse=Reuse(everything=True))
    assert report.status == "completed"


def test_an_appended_file_grows_as_in_the_notebook(tmp_path: Path) -> None:
    project = Project(
        tmp_path / "log",
        '# --- [stage:a]\nwith open("log.txt", "a") as f:\n    f.write("once\\n")\nx = [1]\n'
        "# --- [stage:b]\nprint(x)\n",
    )
    assert project.ran() == ["a", "b"]
    assert project.ran() == ["a"]
    assert (project.folder / "log.txt").read_text() == "once\nonce\n"


def test_what_depends_on_whether_a_file_is_there(tmp_path: Path) -> None:
    text = """# --- [stage:a]
import os
if os.path.exists("made.txt"):
    x = ["there"]
else:
    x = ["new"]
    open("made.txt", "w").close()
# --- [stage:b]
with open("b.txt", "w") as f:
    f.write(x[0])
"""
    project = Project(tmp_path / "there", text)
    assert project.ran() == ["a", "b"]
    assert (project.folder / "b.txt").read_text() == "new"
    assert project.ran() == ["a", "b"]
    assert (project.folder / "b.txt").read_text() == "there"
    assert project.ran() == []


def test_two_stages_that_write_one_file(tmp_path: Path) -> None:
    text = """# --- [parameters]
n: int = 1
# --- [stage:a]
with open("f.txt", "w") as f:
    f.write("a")
# --- [stage:b]
before = open("f.txt").read()
with open("f.txt", "w") as f:
    f.write(before + "b" * n)
# --- [stage:c]
end = open("f.txt").read()
with open("c.txt", "w") as f:
    f.write(end)
"""
    project = Project(tmp_path / "two", text)
    assert project.ran() == ["a", "b", "c"]
    assert project.ran() == []
    assert project.ran(("n", "2")) == ["b", "c"]
    assert (project.folder / "f.txt").read_text() == "abb"
    assert (project.folder / "c.txt").read_text() == "abb"
    assert project.ran() == []
    assert (project.folder / "f.txt").read_text() == "ab"


def test_a_class_changes_where_only_its_objects_are_used(tmp_path: Path) -> None:
    text = """# --- [setup]
class Model:
    def __init__(self, k):
        self.k = k

    def score(self):
        return self.k + 1

def make(k):
    return Model(k)
# --- [stage:a]
m = make(3)
# --- [stage:b]
with open("b.txt", "w") as f:
    f.write(str(m.score()))
"""
    project = Project(tmp_path / "class", text)
    assert project.ran() == ["a", "b"]
    project.edit("self.k + 1", "self.k + 2")
    assert "b" in project.ran()
    assert (project.folder / "b.txt").read_text() == "5"


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("import time\nx = [time.time()]", "reads the clock"),
        ("import uuid\nx = [uuid.uuid4().hex]", "takes random bytes from the system"),
        ('import os\nx = [os.environ.get("HOME")]', "reads environment variables"),
        ("import random\nx = [random.random()]", "draws random numbers that nobody has seeded"),
        ("import os\nx = [os.getpid()]", "looks at its process or starts others"),
    ],
)
def test_a_stage_that_takes_something_from_the_world_runs_again(tmp_path: Path, cell: str, why: str) -> None:
    project = Project(tmp_path / "world", f"# --- [stage:a]\n{cell}\ny = [1]\n# --- [stage:b]\nprint(y)\n")
    assert project.ran() == ["a", "b"]
    assert project.why()["a"] == f"runs; {why}"
    assert project.ran() == ["a"]  # what b takes is the same
    assert project.ran(reuse=Reuse(reused=["a"])) == []


def test_seeded_numbers_are_kept_and_go_on(tmp_path: Path) -> None:
    text = """# --- [stage:a]
import random
random.seed(1)
x = [random.random()]
# --- [stage:b]
y = [random.random()]
with open("b.txt", "w") as f:
    f.write(repr((x, y)))
"""
    project = Project(tmp_path / "seeded", text)
    assert project.ran() == ["a", "b"]
    first = (project.folder / "b.txt").read_text()
    assert project.ran() == []
    project.edit("y = [random.random()]", "y = [random.random()]  + []")
    assert project.ran() == ["b"]
    assert (project.folder / "b.txt").read_text() == first


def test_another_checkout_uses_the_same_results(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    first = Project(tmp_path / "one", CHAIN)
    second = Project(tmp_path / "two", CHAIN)
    assert first.ran(reuse=Reuse(folder=shared)) == ["a", "b"]
    assert second.ran(reuse=Reuse(folder=shared)) == []
    assert (second.folder / "b.txt").read_text() == "6"
    assert (second.root / "runs/1/a.ipynb").is_file()


def test_without_room_results_count_only_in_their_place(
    chain: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLCODE_CACHE_SIZE", "0")
    chain.run(reuse=Reuse(everything=True))
    assert not list((chain.root / "artifacts/.cache/objects").glob("*/*"))


def test_no_cache_keeps_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "none", CHAIN)
    assert project.ran(reuse=Reuse(cache=False)) == ["a", "b"]
    assert project.ran(reuse=Reuse(cache=False)) == ["a", "b"]
    assert not (project.root / "artifacts/.cache").exists()


def test_a_read_only_folder_runs_without_a_memory(chain: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", _refused)
    assert chain.ran(reuse=Reuse(everything=True)) == ["a", "b"]


def _refused(*_: object, **__: object) -> None:
    raise OSError(1, "no links here")


def test_a_file_that_changes_while_its_reader_runs_keeps_nothing(tmp_path: Path) -> None:
    text = """# --- [stage:a]
import time
x = open("data.txt").read()
open("begun", "w").close()
while open("data.txt").read() == "old":
    time.sleep(0.1)
"""
    project = Project(tmp_path / "race", text, data__txt="old")

    def change(event: object) -> None:
        if isinstance(event, CellStarted) and event.role == "own":
            Timer(1, project.write, ("data.txt", "new")).start()

    report = project.run(events=change)
    assert report.status == "completed"
    assert report.notes == ("a will run again: data.txt changed while it ran",)
    assert project.ran() == ["a"]
    assert project.ran() == []


def test_a_result_counts_for_the_times_of_files_only_when_asked(tmp_path: Path) -> None:
    text = '# --- [stage:a]\nimport os\nx = [os.path.getmtime("d.txt")]\n# --- [stage:b]\nprint(x)\n'
    project = Project(tmp_path / "times", text, d__txt="1")
    assert project.ran() == ["a", "b"]
    os.utime(project.folder / "d.txt", (1, 1))
    assert project.why()["a"] == "runs; looks at the times of files"
    assert project.ran() == ["a", "b"]


def test_a_new_file_in_a_folder_that_is_listed(tmp_path: Path) -> None:
    text = '# --- [stage:a]\nimport os\nx = sorted(os.listdir("data"))\n# --- [stage:b]\nprint(x)\n'
    project = Project(tmp_path / "listed", text)
    (project.folder / "data").mkdir()
    (project.folder / "data/one.txt").write_text("1")
    assert project.ran() == ["a", "b"]
    assert project.ran() == []
    (project.folder / "data/two.txt").write_text("")
    assert project.why()["a"] == "runs; data/two.txt is new"
    assert project.ran() == ["a", "b"]


def test_a_file_that_a_module_opens_counts(tmp_path: Path) -> None:
    text = "# --- [stage:a]\nimport reader\nx = [reader.value()]\n# --- [stage:b]\nprint(x)\n"
    module = 'def value():\n    with open("hid" + "den.txt") as f:\n        return f.read()\n'
    project = Project(tmp_path / "hidden", text, reader__py=module, hidden__txt="1")
    assert project.ran() == ["a", "b"]
    assert project.ran() == []
    project.write("hidden.txt", "2")
    assert project.why()["a"] == "runs; hidden.txt changed"
    assert project.ran() == ["a", "b"]


@pytest.mark.parametrize("place", ["temporary", "hidden"])
def test_a_file_far_from_the_notebook_that_a_module_opens_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    home = tmp_path / "home"
    far = (tmp_path / "elsewhere" if place == "temporary" else home / ".settings") / "far.txt"
    far.parent.mkdir(parents=True)
    far.write_text("1")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    text = "# --- [stage:a]\nimport reader\nx = [reader.value()]\n# --- [stage:b]\nprint(x)\n"
    module = (
        f"def value():\n    with open({str(far)[:4]!r} + {str(far)[4:]!r}) as f:\n        return f.read()\n"
    )
    project = Project(home / ".projects/far", text, reader__py=module)
    assert project.ran() == ["a", "b"]
    assert project.ran() == []
    far.write_text("2")
    assert project.ran() == ["a", "b"]
    project.write("reader.py", module + "\n")
    assert project.ran() != []
