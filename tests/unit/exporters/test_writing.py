from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlcode.errors import EditedFilesError, UsageError
from jupyter_mlcode.exporters.folder import FolderExporter
from jupyter_mlcode.exporters.protocol import default_target
from jupyter_mlcode.exporters.transaction import (
    STATE,
    FolderInUseError,
    UnfinishedExportError,
    interrupted,
    recover,
)
from jupyter_mlcode.exporters.writing import FolderAccessError, ForeignFolderError, merged, write
from jupyter_mlcode.model.bundle import Bundle
from tests.unit.codegen.churn import churn_pipeline

PIPELINE = churn_pipeline()
TARGET = default_target("churn.ipynb")
OLD = FolderExporter().export(PIPELINE, TARGET)
_CELLS = list(PIPELINE.notebook.cells)
_CELLS[15] = replace(_CELLS[15], source=_CELLS[15].source.replace("0.05", "0.1"))
_WITHOUT_TRAIN = tuple(stage for stage in PIPELINE.stages if stage.name != "train")
NEW = FolderExporter().export(
    replace(
        PIPELINE, notebook=replace(PIPELINE.notebook, cells=tuple(_CELLS)), stages=_WITHOUT_TRAIN, edges=()
    ),
    TARGET,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the old export in it."""
    write(OLD, tmp_path / "churn")
    return tmp_path / "churn"


def files(folder: Path) -> dict[str, str]:
    """Return everything in the folder but our own bookkeeping."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {
        name: path.read_bytes().decode() for name, path in sorted(found.items()) if not name.startswith(STATE)
    }


def kinds(bundle: Bundle, folder: Path) -> dict[str, str]:
    return {change.path: change.kind for change in write(bundle, folder, "check").changes}


def test_a_written_export_is_up_to_date(folder: Path) -> None:
    assert files(folder) == dict(OLD.files)
    assert write(OLD, folder, "check").up_to_date
    assert not write(OLD, folder).written


def test_a_new_export_replaces_what_changed_and_removes_what_is_stale(folder: Path) -> None:
    untouched = (folder / "stage_load.py").stat().st_mtime_ns
    result = write(NEW, folder)
    assert {change.path: change.kind for change in result.changes} == {
        "README.md": "changed",
        "pipeline.ipynb": "changed",
        "pipeline.yaml": "changed",
        "stage_evaluate.py": "changed",
        "stage_train.py": "removed",
    }
    assert files(folder) == dict(NEW.files)
    assert (folder / "stage_load.py").stat().st_mtime_ns == untouched


def test_the_users_files_artifacts_and_runs_stay(folder: Path) -> None:
    for name in ("notes.md", "artifacts/load/df.pkl", "runs/1/report.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine")
    (folder / "params.yaml").write_text("threshold: 0.3  # ours\nold: 1\n")
    write(NEW, folder)
    found = files(folder)
    assert found["notes.md"] == found["artifacts/load/df.pkl"] == found["runs/1/report.json"] == "mine"
    assert found["params.yaml"].startswith("threshold: 0.3  # ours\nold: 1\ndata_path: data/churn.csv")


@pytest.mark.parametrize("mode", ["check", "diff"])
def test_looking_writes_nothing(folder: Path, mode: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    result = write(NEW, folder, mode)  # type: ignore[arg-type]
    assert not result.up_to_date
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    write(NEW, folder.parent / "other", mode)  # type: ignore[arg-type]
    assert not (folder.parent / "other").exists()


def test_a_difference_is_shown_as_a_patch(folder: Path) -> None:
    (folder / "README.md").unlink()
    diffs = {change.path: change.diff for change in write(NEW, folder, "diff").changes}
    assert diffs["stage_evaluate.py"].startswith("--- a/stage_evaluate.py\n+++ b/stage_evaluate.py\n")
    assert len([line for line in diffs["stage_evaluate.py"].split("\n") if line[:1] in "+-" and line]) == 4
    assert diffs["README.md"].startswith("--- /dev/null\n")
    assert "+++ /dev/null\n" in diffs["stage_train.py"]


def test_an_edit_by_hand_is_never_overwritten_without_force(folder: Path) -> None:
    (folder / "stage_evaluate.py").write_text("# mine\n")
    (folder / "stage_train.py").write_text("# mine too\n")
    before = files(folder)
    with pytest.raises(EditedFilesError) as caught:
        write(NEW, folder)
    assert caught.value.paths == ("stage_evaluate.py", "stage_train.py")
    assert files(folder) == before
    write(NEW, folder, force=True)
    assert files(folder) == dict(NEW.files)


def test_an_edit_that_the_export_makes_too_is_none(folder: Path) -> None:
    (folder / "stage_evaluate.py").write_text(NEW.files["stage_evaluate.py"])
    write(NEW, folder)
    assert files(folder) == dict(NEW.files)


def test_a_checkout_with_windows_line_ends_is_no_edit(folder: Path) -> None:
    path = folder / "stage_evaluate.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert kinds(NEW, folder)["stage_evaluate.py"] == "changed"


def test_a_users_file_in_the_place_of_a_new_stage_is_safe(folder: Path) -> None:
    write(NEW, folder)
    (folder / "stage_train.py").write_text("print('mine')\n")
    with pytest.raises(EditedFilesError):
        write(OLD, folder)


@pytest.fixture
def clone(folder: Path) -> Path:
    """The folder as a colleague gets it from git: without our bookkeeping."""
    for path in sorted((folder / STATE).rglob("*"), reverse=True):
        path.unlink()
    (folder / STATE).rmdir()
    return folder


def test_a_fresh_clone_can_be_exported_again(clone: Path) -> None:
    assert write(OLD, clone, "check").up_to_date
    write(NEW, clone)
    assert files(clone) == dict(NEW.files)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("stage_evaluate.py", "bins=20", "bins=7"),
        ("stage_evaluate.py", "# %% inputs\n", "# %% inputs\nprint('mine')\n"),
        ("stage_evaluate.py", "(8, 4)", "(9, 4)"),
        ("stage_evaluate.py", "p >= threshold", "p > threshold"),
        ("stage_evaluate.py", "# %% begin", "# begin"),
        ("stage_train.py", "stage.save(model=model", "# why\nstage.save(model=model"),
    ],
)
def test_an_edited_script_is_noticed_in_a_fresh_clone(clone: Path, path: str, old: str, new: str) -> None:
    text = (clone / path).read_text()
    assert old in text
    (clone / path).write_text(text.replace(old, new))
    assert kinds(NEW, clone)[path] == "edited"


def test_edited_definitions_are_noticed_in_a_fresh_clone(clone: Path) -> None:
    with (clone / "churn_definitions.py").open("a") as file:
        file.write("\n\ndef mine():\n    return 1\n")
    assert kinds(OLD, clone) == {"churn_definitions.py": "edited"}


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_of_somebody_else_is_never_touched(tmp_path: Path, force: bool) -> None:
    (tmp_path / "customers.csv").write_text("a")
    with pytest.raises(ForeignFolderError, match=r"customers\.csv"):
        write(OLD, tmp_path, force=force)
    assert files(tmp_path) == {"customers.csv": "a"}


def test_an_empty_folder_or_one_with_values_alone_is_welcome(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("threshold: 0.1\n")
    assert write(OLD, tmp_path).written


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "churn").write_text("x")
    with pytest.raises(UsageError):
        write(OLD, tmp_path / "churn")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\\b", "C:x", ".", "a//b"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError):
        write(Bundle(files={path: "x"}), tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("precious")
    (folder / "stage_load.py").unlink()
    (folder / "stage_load.py").symlink_to(outside)
    with pytest.raises(EditedFilesError):
        write(OLD, folder)
    write(OLD, folder, force=True)
    assert outside.read_text() == "precious"
    assert not (folder / "stage_load.py").is_symlink()
    (folder / "sub").symlink_to(tmp_path)
    with pytest.raises(UsageError):
        write(merged([OLD, Bundle(files={"sub/x": "x"})]), folder)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("call", ["replace", "link", "unlink"])
@pytest.mark.parametrize("nth", range(1, 8))
def test_a_failure_leaves_the_old_export(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, nth: int
) -> None:
    before = files(folder)
    module, name = (Path, "unlink") if call == "unlink" else (os, call)
    real = getattr(module, name)
    count = 0

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal count
        count += 1
        if count == nth:
            raise KeyboardInterrupt if call == "unlink" else OSError(28, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, failing)
    with suppress(FolderAccessError, KeyboardInterrupt):
        write(NEW, folder)
    monkeypatch.undo()
    recover(folder)
    assert files(folder) in (before, dict(NEW.files))
    write(NEW, folder)
    assert files(folder) == dict(NEW.files)


def test_a_failed_first_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FolderAccessError, match="No space left"):
        write(OLD, tmp_path / "churn")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys
from pathlib import Path
from tests.unit.exporters.test_writing import NEW, write
real, count = os.replace, 0
def replace(*args):
    global count
    count += 1
    if count == int(sys.argv[2]):
        os._exit(9)
    real(*args)
os.replace = replace
write(NEW, Path(sys.argv[1]))
"""


@pytest.mark.parametrize("nth", [1, 2, 4, 5])
def test_a_kill_leaves_the_old_export_or_one_that_is_finished_later(folder: Path, nth: int) -> None:
    before = files(folder)
    command = [sys.executable, "-c", KILLED, str(folder), str(nth)]
    subprocess.run(command, check=False, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."})
    assert interrupted(folder) is (nth > 1)
    assert recover(folder) is (nth > 1)
    assert files(folder) == (before if nth == 1 else dict(NEW.files))
    assert write(NEW, folder).up_to_date is (nth > 1)


def test_a_damaged_journal_is_an_error_with_a_way_out(folder: Path) -> None:
    (folder / STATE / "journal.json").write_text("{")
    with pytest.raises(UnfinishedExportError):
        recover(folder)
    with pytest.raises(UnfinishedExportError):
        write(NEW, folder)
    write(NEW, folder, force=True)
    assert files(folder) == dict(NEW.files)


def test_two_exports_do_not_write_at_once(folder: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with open(folder / STATE / "lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(FolderInUseError):
            write(NEW, folder)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(FolderAccessError, match="cannot write into 'churn'"):
        write(OLD, Path("/proc/churn"))


def test_bookkeeping_never_reaches_git(folder: Path) -> None:
    assert (folder / STATE / ".gitignore").read_text() == "*\n"
