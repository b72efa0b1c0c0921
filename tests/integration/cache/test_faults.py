"""Every write, rename and link of a run fails in turn: a clear end, whole files, and the next run completes."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mlcode.errors import MlcodeError
from jupyter_mlcode.runner import work
from tests.harness.faults import Faults
from tests.integration.cache.project import Project
from tests.integration.test_sudden_death import assert_whole
from tests.property.test_cache import as_script, left_by

REASONS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EMFILE)
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
        faults = Faults(project.folder, number, REASONS[number % len(REASONS)])
        with suppress(MlcodeError), faults.injected():
            assert project.run(("n", "5")).status == "completed"
        total = len(faults.seen) if number > len(faults.seen) else number + 1
        assert_whole(project)
        assert project.run(("n", "5")).status == "completed", faults.seen[-1]
        assert left_by(project) == left_by(wanted), faults.seen[-1]
        assert_whole(project)
        shutil.rmtree(project.folder)
    assert total > 25
