"""Every write, rename and link of a run fails in turn: a clear end, whole files, and the next run completes."""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode.errors import MlcodeError
from jupyter_mlcode.runner import work
from tests.integration.cache.project import Project
from tests.integration.test_sudden_death import assert_whole
from tests.property.test_cache import as_script, left_by

NOTEBOOK = """# --- [parameters]
n: int = 1
# --- [stage:a]
a = [n, 2]
with open("a.txt", "w") as file:
    file.write(str(a))
# --- [stage:b]
b = sum(a)
with open("b.txt", "w") as file:
    file.write(str(b))
"""


class Faults:
    """Counts what changes the disk below a folder, and lets one of it fail as on a full disk."""

    def __init__(self, folder: Path, fail_at: int) -> None:
        self.folder = str(folder)
        self.fail_at = fail_at
        self.seen: list[str] = []

    def hit(self, what: str, path: Any) -> None:
        """Take one act on a path; raise when it is the one that fails."""
        name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else ""
        if isinstance(name, str) and os.path.abspath(name).startswith(self.folder):
            self.seen.append(f"{what} {os.path.relpath(name, self.folder)}")
            if len(self.seen) == self.fail_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)

    @contextmanager
    def injected(self) -> Iterator[None]:
        """Stand before the functions that everything else uses to change the disk."""
        with pytest.MonkeyPatch.context() as patch:
            for module in (builtins, io):
                patch.setattr(module, "open", self._open(open))
            for name, place in (("replace", 1), ("link", 1), ("mkdir", 0), ("fsync", None)):
                patch.setattr(os, name, self._before(name, getattr(os, name), place))
            yield

    def _open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if set(mode) & set("wax+"):
                self.hit("write", file)
            return real(file, mode, *args, **options)

        return opened

    def _before(self, name: str, real: Callable[..., Any], place: int | None) -> Callable[..., Any]:
        def called(*args: Any, **options: Any) -> Any:
            self.hit(name, args[place] if place is not None else self.folder)
            return real(*args, **options)

        return called


@pytest.mark.slow
def test_everything_that_can_fail_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "attempt", as_script)
    start = Project(tmp_path / "start", NOTEBOOK)
    assert start.ran() == ["a", "b"]
    wanted = Project(tmp_path / "wanted", NOTEBOOK)
    wanted.run(("n", "5"))
    number, total = 0, 1
    while number < total:
        number += 1
        project = Project.__new__(Project)
        project.folder, project.root = tmp_path / f"run{number}", tmp_path / f"run{number}/nb"
        shutil.copytree(start.folder, project.folder)
        faults = Faults(project.folder, number)
        with suppress(MlcodeError), faults.injected():
            assert project.run(("n", "5")).status == "completed"
        total = len(faults.seen) if number > len(faults.seen) else number + 1
        assert_whole(project)
        assert project.run(("n", "5")).status == "completed", faults.seen[-1]
        assert left_by(project) == left_by(wanted), faults.seen[-1]
        assert_whole(project)
        shutil.rmtree(project.folder)
    assert total > 25
