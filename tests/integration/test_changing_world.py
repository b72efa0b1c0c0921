"""What changes under our hands: the notebook, the folders, the clock, names that differ in case only."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mlcode.cli.main import call
from jupyter_mlcode.runner.local import memo as memory
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.memo import Memo
from tests.harness.faults import Faults
from tests.integration.cache.project import Project, notebook_text

DAY = 24 * 3600
READS = """# --- [stage:a]
x = open("data.txt").read()
# --- [stage:b]
with open("b.txt", "w") as file:
    file.write(x)
"""
OLD = """# --- [setup]
def double(x):
    return 2 * x
# --- [stage:a]
a = [double(1)]
# --- [stage:gone]
print(a)
"""
NEW = OLD.replace("double(1)", "double(2)").replace("stage:gone", "stage:b")


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below the folder; a link is what it says."""
    return {
        p.relative_to(folder).as_posix(): os.readlink(p).encode() if p.is_symlink() else p.read_bytes()
        for p in folder.rglob("*")
        if p.is_symlink() or p.is_file()
    }


# ------------------------------------------------------------------------------------------------ the clock


def in_place(path: Path, content: str) -> None:
    path.write_text(content)


def by_another_file(path: Path, content: str) -> None:
    path.with_name("new").write_text(content)
    os.replace(path.with_name("new"), path)


@pytest.mark.parametrize("edit", [in_place, by_another_file])
@pytest.mark.parametrize("jump", [0, DAY, -DAY])
def test_an_edit_that_keeps_size_and_time_is_noticed(
    tmp_path: Path, edit: Callable[[Path, str], None], jump: int
) -> None:
    """As `rsync -t`, `cp -p` and archives do; also while the file's time is a day off."""
    project = Project(tmp_path / "kept", READS, data__txt="old")
    data = project.folder / "data.txt"
    then = time.time() + jump
    os.utime(data, (then, then))
    time.sleep(0.1)
    assert project.ran() == ["a", "b"]
    assert project.ran() == []
    edit(data, "new")
    os.utime(data, (then, then))
    assert project.ran() == ["a", "b"]
    assert (project.folder / "b.txt").read_text() == "new"


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_between_runs_repeats_nothing_and_reuses_nothing_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: int
) -> None:
    project = Project(tmp_path / "jump", READS, data__txt="old")
    assert project.ran() == ["a", "b"]
    now, now_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + jump * 10**9)
    assert project.ran() == []
    project.write("data.txt", "new")
    assert project.ran() == ["a", "b"]
    monkeypatch.undo()
    assert project.ran() == []
    project.write("data.txt", "old")
    assert project.ran() == []  # that result is kept, too
    assert (project.folder / "b.txt").read_text() == "old"


def test_a_clock_that_jumps_while_a_stage_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path / "jump", READS, data__txt="old")
    now, now_ns = time.time, time.time_ns
    turns = iter([DAY, -DAY, 0] * 100_000)
    monkeypatch.setattr(time, "time", lambda: now() + next(turns))
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + next(turns) * 10**9)
    assert project.ran() == ["a", "b"]
    project.write("data.txt", "new")
    assert project.ran() == ["a", "b"]
    assert (project.folder / "b.txt").read_text() == "new"


def freeze(patch: pytest.MonkeyPatch, path: Path, found: Any) -> None:
    """Let the file look like that from now on."""
    real = os.stat

    def stat(name: Any, *args: Any, **options: Any) -> Any:
        return found if name == str(path) else real(name, *args, **options)

    patch.setattr(os, "stat", stat)


def test_a_file_that_changes_while_it_is_hashed_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one tick of the file system's clock, and hashing takes longer than a tick."""
    path = tmp_path / "data"
    path.write_text("old")
    found = path.stat()
    real = memory._hashed

    def slow(name: str) -> str:
        digest = real(name)
        path.write_text("new")
        time.sleep(0.2)
        return digest

    known = Memo(Database(None))
    with monkeypatch.context() as patch:
        patch.setattr(memory, "_hashed", slow)
        freeze(patch, path, found)  # the tick has not passed: the same times
        first = known.sha256(path)
        patch.setattr(memory, "_hashed", real)
        assert known.sha256(path) != first


@pytest.mark.parametrize(("age", "kept"), [(0.5, False), (3, True)])
def test_whole_seconds_are_not_trusted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: float, kept: bool
) -> None:
    path = tmp_path / "data"
    path.write_text("old")
    found = path.stat()
    second = int(found.st_ctime) * 10**9
    coarse = SimpleNamespace(  # whole seconds, as FAT and NFS 2 have
        st_mode=found.st_mode, st_size=3, st_ino=1, st_mtime_ns=second, st_ctime_ns=second
    )
    freeze(monkeypatch, path, coarse)
    monkeypatch.setattr(time, "time_ns", lambda: second + int(age * 10**9))
    known = Memo(Database(None))
    before = known.sha256(path)
    path.write_text("new")
    assert (known.sha256(path) == before) is kept


@pytest.mark.parametrize("keep_time", [False, True])
def test_an_artifact_that_was_tampered_with_comes_back(tmp_path: Path, keep_time: bool) -> None:
    project = Project(tmp_path / "artifact", READS, data__txt="secret" * 50)
    assert project.ran() == ["a", "b"]
    path = project.root / "artifacts/a/x.pkl"
    whole, found = path.read_bytes(), path.stat()
    path.unlink()
    path.write_bytes(whole.replace(b"secret", b"public"))
    if keep_time:
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    project.edit("file.write(x)", "file.write(x + '!')")
    assert project.ran() == ["b"]
    assert (project.folder / "b.txt").read_text() == "secret" * 50 + "!"


# ------------------------------------------------------------------------------------- notebook and folders


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "here/nb.ipynb"
    path.parent.mkdir()
    path.write_text(notebook_text(OLD))
    assert call(["export", str(path)]) == 0
    path.write_text(notebook_text(NEW))
    return path


def exports_of(folder: Path) -> list[dict[str, bytes]]:
    """Return what the exports of the old and the new notebook are."""
    found = []
    for number, text in enumerate((OLD, NEW)):
        path = folder / f"wanted{number}/nb.ipynb"
        path.parent.mkdir()
        path.write_text(notebook_text(text))
        assert call(["export", str(path)]) == 0
        found.append(of_the_export(path.with_suffix("")))
    return found


def of_the_export(root: Path) -> dict[str, bytes]:
    return {name: content for name, content in contents(root).items() if not name.startswith(".mlcode")}


def test_a_notebook_edited_during_its_export_is_exported_as_it_was(
    notebook: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = exports_of(tmp_path)
    later = notebook_text(NEW.replace("double(2)", "double(3)"))
    faults = Faults(notebook.parent, 3, happen=lambda: notebook.write_text(later) and None)
    capsys.readouterr()
    with faults.injected():
        assert call(["export", str(notebook)]) == 0
    assert of_the_export(notebook.with_suffix("")) == new
    assert "nb.ipynb changed while it was exported" in capsys.readouterr().err
    assert call(["export", str(notebook), "--check"]) == 1
    assert old != new


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
@pytest.mark.parametrize("other", ["a folder with such names", "another pipeline"])
@pytest.mark.parametrize("swapped", ["the pipeline folder", "the notebook's folder"])
def test_a_link_that_is_swapped_in_leads_nothing_astray(
    tmp_path: Path, notebook: Path, swapped: str, other: str
) -> None:
    """At every act of an export: what lies elsewhere stays as it is."""
    elsewhere, real = tmp_path / "elsewhere", tmp_path / "real"
    root = notebook.with_suffix("") if swapped == "the pipeline folder" else notebook.parent
    if other == "another pipeline":
        shutil.copytree(root, elsewhere)
    else:
        shutil.copytree(notebook.with_suffix(""), elsewhere, ignore=shutil.ignore_patterns(".mlcode"))
    precious = contents(elsewhere)
    shutil.copytree(notebook.parent, tmp_path / "start")

    def swap() -> None:
        os.rename(root, real)
        os.symlink(elsewhere, root)

    at, acts = 0, 1
    while at < acts:
        at += 1
        faults = Faults(notebook.parent, at, happen=swap)
        with faults.injected():
            code = call(["export", str(notebook)])
        if root.is_symlink():
            assert code in (0, 3), faults.last  # 0: all was in place, only the cleaning up was left
            root.unlink()
            os.rename(real, root)
        now = contents(elsewhere)
        assert {name: now.get(name) for name in precious} == precious, faults.last
        assert all(".mlcode" in name for name in now.keys() - precious.keys()), faults.last
        for name in now.keys() - precious.keys():
            (elsewhere / name).unlink()
        assert call(["export", str(notebook)]) == 0, faults.last
        assert call(["export", str(notebook), "--check"]) == 0
        acts = at + 1 if len(faults.seen) >= at else at
        shutil.rmtree(notebook.parent)
        shutil.copytree(tmp_path / "start", notebook.parent)
    assert acts > 20


# ------------------------------------------------------------------------------------------- upper and lower case


def test_names_that_differ_in_case_are_different_files(tmp_path: Path) -> None:
    text = """# --- [stage:a]
X, x, Straße, STRASSE = [1], [2], [3], [4]
# --- [stage:b]
with open("b.txt", "w") as file:
    file.write(str((X, x, Straße, STRASSE)))
"""
    project = Project(tmp_path / "case", text)
    assert project.ran() == ["a", "b"]
    assert (project.folder / "b.txt").read_text() == "([1], [2], [3], [4])"
    names = os.listdir(project.root / "artifacts/a")
    assert len({name.casefold() for name in names}) == len(names) == 8


@pytest.mark.parametrize("name", ["stage_x", "Stage_X"])
def test_a_notebook_named_like_a_script_keeps_its_definitions(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.ipynb"
    path.write_text(notebook_text(OLD.replace("stage:gone", "stage:x_definitions")))
    assert call(["export", str(path)]) == 0
    names = os.listdir(tmp_path / name)
    assert len({n.casefold() for n in names}) == len(names)
    assert "def double" in (tmp_path / name / f"{name}_definitions_2.py").read_text()
    assert "print(a)" in (tmp_path / name / "stage_x_definitions.py").read_text()


def test_stages_that_differ_in_case_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_text(notebook_text("# --- [stage:train]\na = 1\n# --- [stage:Train]\nprint(a)\n"))
    assert call(["export", str(path)]) == 1
    assert "'Train' is not a name for a stage" in capsys.readouterr().err
    assert not (tmp_path / "nb").exists()


# ------------------------------------------------------------------------------- an export during a run

SLOW = """# --- [stage:a]
import pathlib, time
a = 1
pathlib.Path("begun").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.05)
# --- [stage:b]
b = a + 1
# --- [stage:c]
c = 5
"""


def reported_when(project: Project, act: Callable[[], None]) -> Any:
    """Return the report of a run in whose first stage somebody acts."""
    reports: list[Any] = []
    running = threading.Thread(target=lambda: reports.append(project.run()))
    running.start()
    while not (project.folder / "begun").exists():
        time.sleep(0.05)
    act()
    (project.folder / "go").touch()
    running.join(60)
    (report,) = reports
    return report


def test_stages_of_two_exports_are_not_mixed(tmp_path: Path) -> None:
    """Who edits and exports while a run goes on gets no results of half the old and half the new code."""
    project = Project(tmp_path / "p", SLOW)
    report = reported_when(project, lambda: project.edit("b = a + 1", "b = a + 2"))
    found = {stage.name: (stage.status, stage.error.name if stage.error else "") for stage in report.stages}
    assert report.status == "failed"
    assert found["a"] == found["c"] == ("failed", "ExportedMeanwhileError")
    assert found["b"] == ("not_run", "")
    assert project.ran() == ["a", "b", "c"]


def test_the_same_export_again_stops_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", SLOW)
    assert reported_when(project, project.export).status == "completed"
