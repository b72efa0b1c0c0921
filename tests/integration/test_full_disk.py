"""Real disks that are full, folders that cannot be written: one line, whole files, and the next command completes."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.harness.command import assert_one_line, mlcode, processes_in, write_notebook

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="tmpfs and capabilities of Linux"),
    pytest.mark.slow,
]

TEXT = """# --- [parameters]
n: int = 1
# --- [stage:a]
a = bytes([n]) * 1_500_000
with open("a.txt", "w") as file:
    file.write(str(len(a)))
# --- [stage:b]
with open("b.txt", "w") as file:
    file.write(str(a[0]))
"""


@contextmanager
def disk(folder: Path, size: str, files: int = 4000) -> Iterator[Callable[[str], None]]:
    """Mount a small disk there; what is given can make it larger."""
    folder.mkdir(parents=True, exist_ok=True)

    def mount(options: str) -> subprocess.CompletedProcess[str]:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    try:
        done = mount(f"size={size},nr_inodes={files}")
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield lambda options: mount(f"remount,{options}").check_returncode()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def litter(folder: Path) -> list[str]:
    return [str(p) for p in folder.rglob("*") if p.name.endswith(".part") or p.name in ("staging", "backup")]


@pytest.mark.parametrize("size", range(12, 160, 48))
def test_an_export_on_a_full_disk(tmp_path: Path, size: int) -> None:
    with disk(tmp_path / "disk", f"{size}k") as remount:
        notebook = write_notebook(tmp_path / "disk", TEXT)
        content = notebook.read_bytes()
        done = mlcode("export", notebook)
        if done.returncode:
            assert_one_line(done, 3, "No space left on device")
            assert sorted(p.name for p in (tmp_path / "disk").iterdir()) == ["nb.ipynb"]
        assert notebook.read_bytes() == content
        remount("size=10M")
        assert mlcode("export", notebook).returncode == 0
        assert mlcode("export", notebook, "--check").returncode == 0
        assert litter(tmp_path) == []


def test_an_export_on_a_disk_without_room_for_another_file(tmp_path: Path) -> None:
    with disk(tmp_path / "disk", "10M", files=12) as remount:
        notebook = write_notebook(tmp_path / "disk", TEXT)
        assert_one_line(mlcode("export", notebook), 3, "No space left on device")
        assert sorted(p.name for p in (tmp_path / "disk").iterdir()) == ["nb.ipynb"]
        remount("nr_inodes=1000")
        assert mlcode("export", notebook).returncode == 0


@pytest.mark.parametrize(("what", "size"), [("project", "600k"), ("artifacts", "300k"), ("project", "2M")])
def test_a_run_on_a_full_disk(tmp_path: Path, what: str, size: str) -> None:
    place = tmp_path / "disk"
    with disk(place, size) as remount:
        notebook = write_notebook(place if what == "project" else tmp_path / "here", TEXT)
        where = {"MLCODE_ARTIFACTS": str(place / "artifacts") if what == "artifacts" else None}
        root = notebook.with_suffix("")
        assert mlcode("export", notebook).returncode == 0
        done = mlcode("run", root, environment=where)
        assert done.returncode in (0, 3, 4), done.stderr
        if size != "2M":  # there is room for the artifact, but for little else
            assert done.returncode, done.stderr
            assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr
        assert litter(tmp_path) == []
        assert processes_in(tmp_path) == []
        remount("size=60M")
        done = mlcode("run", root, environment=where)
        assert done.returncode == 0, done.stderr
        assert (notebook.parent / "b.txt").read_text() == "1"


def test_a_run_with_a_full_temporary_folder(tmp_path: Path) -> None:
    with disk(tmp_path / "tmp", "4k", files=3) as remount:
        notebook = write_notebook(tmp_path / "here", TEXT)
        there = {"environment": {"TMPDIR": str(tmp_path / "tmp")}}
        assert mlcode("check", notebook, **there).returncode == 0
        assert mlcode("export", notebook, **there).returncode == 0
        done = mlcode("run", notebook.with_suffix(""), **there)
        assert done.returncode in (3, 4), done.stderr
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert processes_in(tmp_path) == []
        remount("size=10M,nr_inodes=1000")
        done = mlcode("run", notebook.with_suffix(""), **there)
        assert done.returncode == 0, done.stderr
        assert list((tmp_path / "tmp").iterdir()) == []


def obey() -> None:
    """Give up root's right to write where nobody may, for this process and what it starts."""
    if os.getuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """Take away the right to write into these folders and all below them."""
    paths = [p for folder in folders for p in (folder, *folder.rglob("*")) if not p.is_symlink()]
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        probe = subprocess.run(
            ["touch", str(folders[0] / "x")], preexec_fn=obey, capture_output=True, check=False
        )
        if probe.returncode == 0:
            pytest.skip("this user may write everywhere")
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    notebook = write_notebook(tmp_path / "here", TEXT)
    assert mlcode("export", notebook).returncode == 0
    return notebook


def test_a_read_only_folder_can_be_looked_at_and_is_one_line_else(tmp_path: Path, exported: Path) -> None:
    with read_only(tmp_path / "here"):
        for verb in ("check", "graph", "status"):
            assert mlcode(verb, exported, before=obey).returncode == 0
        assert mlcode("export", exported, before=obey).returncode == 0  # nothing to write
        assert mlcode("export", exported, "--check", before=obey).returncode == 0
        done = mlcode("export", exported, "--output", tmp_path / "here/other", before=obey)
        assert_one_line(done, 3, "Permission denied")
        assert_one_line(mlcode("run", exported.with_suffix(""), before=obey), 3, "Permission denied")
    exported.write_text(exported.read_text().replace("1_500_000", "1_400_000"))
    before = {p: p.read_bytes() for p in exported.with_suffix("").rglob("*") if p.is_file()}
    with read_only(tmp_path / "here"):
        assert_one_line(mlcode("export", exported, before=obey), 3, "Permission denied")
    assert {p: p.read_bytes() for p in exported.with_suffix("").rglob("*") if p.is_file()} == before
    assert mlcode("export", exported).returncode == 0
    assert mlcode("run", exported.with_suffix("")).returncode == 0


def test_a_read_only_pipeline_runs_with_its_results_elsewhere(tmp_path: Path, exported: Path) -> None:
    root = exported.with_suffix("")
    elsewhere = {"MLCODE_ARTIFACTS": str(tmp_path / "artifacts")}
    with read_only(root):
        done = mlcode("run", root, "--runs-dir", tmp_path / "runs", before=obey, environment=elsewhere)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "here/b.txt").read_text() == "1"


@pytest.mark.parametrize("how", ["--cache-dir", "MLCODE_CACHE"])
def test_a_read_only_cache_is_used_and_not_needed(tmp_path: Path, exported: Path, how: str) -> None:
    root, cache = exported.with_suffix(""), tmp_path / "cache"
    options = ["--cache-dir", str(cache)] if how == "--cache-dir" else []
    where = {"environment": {"MLCODE_CACHE": None if options else str(cache)}, "before": obey}
    assert mlcode("run", root, *options, **where).returncode == 0
    (exported.parent / "b.txt").unlink()
    with read_only(cache):
        done = mlcode("run", root, *options, **where)
        assert (done.returncode, "nothing to do" in done.stderr) == (0, True), done.stderr
        assert (exported.parent / "b.txt").read_text() == "1"
        done = mlcode("run", root, "-p", "n", "2", *options, **where)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("could not be kept for later runs") == 2
    assert (exported.parent / "b.txt").read_text() == "2"


def test_a_read_only_home(tmp_path: Path, exported: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    home: dict[str, str | None] = {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "IPYTHONDIR": None,
        "XDG_CACHE_HOME": None,
    }
    with read_only(tmp_path / "home"):
        assert mlcode("check", exported, before=obey, environment=home).returncode == 0
        done = mlcode("run", exported.with_suffix(""), before=obey, environment=home)
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []
