"""Several stages at once: the same results, what goes on after a failure, tries, time limits, one run at a time."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path
from typing import Any

from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import RunEvent, RunWaits, StageFinished, StageStarted
from tests.integration.cache.project import Project

DIAMOND = """# --- [stage:first]
x = [1, 2]
# --- [stage:left]
left = sum(x)
# --- [stage:right]
right = max(x)
# --- [stage:last]
with open("last.txt", "w") as file:
    file.write(f"{left} {right}")
"""
SLOW = """# --- [stage:one]
import time
time.sleep(3)
a = 1
# --- [stage:two]
import time
time.sleep(3)
b = 2
"""
BROKEN = """# --- [stage:first]
x = [1, 2]
# --- [stage:left]
left = sum(x) + missing
# --- [stage:right]
right = max(x)
# --- [stage:after]
print(left)
# --- [stage:last]
print(left, right)
"""
REMOTE = """
import os
def asked(times):
    tries = len(os.listdir("tries"))
    open(f"tries/{tries}", "w").close()
    if tries < times:
        raise ConnectionError("not yet")
    return tries
"""
FLAKY = """# --- [parameters]
again: int = 1
# --- [stage:a]
with open("log.txt", "a") as file:
    file.write("x")
import remote
value = remote.asked(again)
"""


def test_two_at_a_time_give_the_same(tmp_path: Path) -> None:
    serial, parallel = Project(tmp_path / "serial", DIAMOND), Project(tmp_path / "parallel", DIAMOND)
    assert serial.ran() == parallel.ran(jobs=2) == ["first", "left", "right", "last"]
    found = [
        {p.relative_to(project.folder): p.read_bytes() for p in project.root.glob("artifacts/*/*.pkl")}
        | {"last.txt": (project.folder / "last.txt").read_bytes()}
        for project in (serial, parallel)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_independent_stages_run_at_once(tmp_path: Path) -> None:
    project = Project(tmp_path / "slow", SLOW)
    going: set[str] = set()
    most = 0

    def watch(event: RunEvent) -> None:
        nonlocal most
        if isinstance(event, StageStarted):
            going.add(event.stage)
        elif isinstance(event, StageFinished):
            going.discard(event.run.name)
        most = max(most, len(going))

    assert project.ran(jobs=2, events=watch) == ["one", "two"]
    assert most == 2


def test_after_a_failure_the_others_finish_and_a_new_run_goes_on(tmp_path: Path) -> None:
    project = Project(tmp_path / "broken", "# --- [setup]\nmissing = None\n" + BROKEN)
    report = project.run(jobs=2)
    found = {stage.name: (stage.status, stage.reason) for stage in report.stages}
    assert report.status == "failed"
    assert found["first"][0] == found["right"][0] == "completed"
    assert found["left"][0] == "failed"
    assert found["after"] == ("not_run", "it needs left, which failed")
    assert found["last"] == ("not_run", "it needs left, which failed")
    project.edit("missing = None", "missing = 1")
    assert set(project.ran()) == {"left", "after", "last"}


def test_a_failed_stage_is_tried_again_from_the_files_it_found(tmp_path: Path) -> None:
    project = Project(tmp_path / "flaky", FLAKY, remote__py=REMOTE)
    (project.folder / "tries").mkdir()
    said: list[str] = []

    def watch(event: RunEvent) -> None:
        if isinstance(event, RunWaits):
            said.append(event.what)

    report = project.run(retries=2, events=watch)
    (stage,) = report.stages
    assert (stage.status, stage.attempts) == ("completed", 2)
    assert (project.folder / "log.txt").read_text() == "x"
    assert len(said) == 1
    assert "tried again (1 of 2)" in said[0]
    assert "not yet" in said[0]


def test_a_stage_that_fails_every_time_fails(tmp_path: Path) -> None:
    project = Project(tmp_path / "flaky", FLAKY, remote__py=REMOTE)
    (project.folder / "tries").mkdir()
    report = project.run(("again", "9"), retries=1)
    (stage,) = report.stages
    assert (stage.status, stage.attempts) == ("failed", 2)


def test_a_stage_has_its_time(tmp_path: Path) -> None:
    text = "# --- [stage:a]\nimport time\ntime.sleep(60)\n# --- [stage:b]\nx = 1\n"
    project = Project(tmp_path / "late", text)
    report = project.run(stage_timeout=15)
    error = report.stages[0].error
    assert error is not None
    assert (error.kind, error.message) == ("timeout", "the stage ran longer than 15 s")
    assert report.stages[0].seconds < 50
    assert report.stages[1].status == "completed"


def _run_in_a_process(folder: Path, said: Any) -> None:
    from jupyter_mlcode import api

    report = api.run(
        folder,
        reuse=Reuse(everything=True),
        events=lambda e: said.put(e.what) if isinstance(e, RunWaits) else None,
    )
    said.put(report.status)


def test_two_runs_of_one_pipeline_come_one_after_the_other(tmp_path: Path) -> None:
    project = Project(tmp_path / "slow", SLOW)
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    other = context.Process(target=_run_in_a_process, args=(project.root, said))
    started = threading.Event()
    ours: list[str] = []

    def watch(event: RunEvent) -> None:
        if isinstance(event, StageStarted) and not started.is_set():
            started.set()
            other.start()

    ours.append(project.run(events=watch).status)
    other.join(240)
    assert ours == ["completed"]
    assert [said.get(timeout=60), said.get(timeout=60)] == [
        "another run of this pipeline goes on; waiting for its end",
        "completed",
    ]


def test_a_run_without_work_does_not_wait(tmp_path: Path) -> None:
    project = Project(tmp_path / "diamond", DIAMOND)
    project.run()
    from jupyter_mlcode.runner.locks import one_at_a_time

    with one_at_a_time(project.root / ".mlcode", lambda: None):
        assert project.ran() == []


def test_a_stage_may_have_the_name_of_what_we_keep(tmp_path: Path) -> None:
    text = "# --- [stage:passed]\nx = [1]\n# --- [stage:report]\nprint(x)\n"
    project = Project(tmp_path / "names", text)
    assert project.ran() == ["passed", "report"]
    assert project.ran(reuse=Reuse(everything=True)) == ["passed", "report"]
    assert project.ran() == []
