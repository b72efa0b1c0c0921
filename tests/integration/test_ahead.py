"""Kernels started ahead of time: used only when nothing can tell them from fresh ones, and gone in the end."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_mlcode.runner import ahead, started
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.kernel_order import KernelOrder
from jupyter_mlcode.runner.started import StartedKernel, end
from tests.integration.cache.project import Project
from tests.integration.test_sudden_death import kernels_of

STAGES = """# --- [stage:a]
a = [1]
# --- [stage:b]
b = [*a, 2]
# --- [stage:c]
print(b)
"""


@pytest.fixture(autouse=True)
def _free_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_processors", lambda: 4)


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[KernelOrder]:
    """Every kernel that is started from now on."""
    seen: list[KernelOrder] = []
    real = started.kernel_manager

    def counted(name: str, folder: Path) -> object:
        seen.append(KernelOrder(name=name))
        return real(name, folder)

    monkeypatch.setattr(started, "kernel_manager", counted)
    return seen


@contextmanager
def taken(kernels: KernelsAhead, order: KernelOrder) -> Iterator[StartedKernel | None]:
    """Take a kernel, and end it."""
    kernel = kernels.take(order)
    yield kernel
    if kernel is not None:
        asyncio.run(end(kernel))


def a_place(folder: Path) -> KernelOrder:
    folder.mkdir(exist_ok=True)
    return KernelOrder(name="python3", folder=folder, environment=dict(os.environ))


def test_what_waits_is_taken_once(tmp_path: Path) -> None:
    order = a_place(tmp_path / "work")
    with KernelsAhead() as kernels:
        kernels.order(order)
        kernels.order(order)  # there is one already
        with taken(kernels, order) as kernel:
            assert kernel is not None
            assert kernel.process is not None
            assert kernels_of(tmp_path / "work") == [kernel.process.pid]
            assert kernels.take(order) is None
    assert kernels_of(tmp_path / "work") == []


def test_what_nobody_takes_is_ended(tmp_path: Path) -> None:
    order = a_place(tmp_path / "work")
    with KernelsAhead() as kernels:
        kernels.order(order)
        kernel = kernels._start.outcome() if kernels._start is not None else None
        assert kernel is not None
        assert kernel.log.parent.is_dir()
    assert not kernel.log.parent.exists()
    assert kernels_of(tmp_path / "work") == []


def test_another_environment_is_another_kernel(tmp_path: Path) -> None:
    order = a_place(tmp_path / "work")
    other = KernelOrder(name="python3", folder=tmp_path / "work", environment={**os.environ, "A": "1"})
    with KernelsAhead() as kernels:
        kernels.order(order)
        assert kernels.take(other) is None
        kernels.order(other)  # what waited is let go
        with taken(kernels, other) as kernel:
            assert kernel is not None
            assert kernels_of(tmp_path / "work") == [kernel.process.pid if kernel.process else 0]


def test_a_dead_one_is_not_taken(tmp_path: Path) -> None:
    order = a_place(tmp_path / "work")
    with KernelsAhead() as kernels:
        kernels.order(order)
        kernel = kernels._start.outcome() if kernels._start is not None else None
        assert kernel is not None
        assert kernel.process is not None
        kernel.kill()
        kernel.process.wait(10)
        assert kernels.take(order) is None
        assert not kernel.log.parent.exists()


def test_a_folder_of_the_same_name_is_another_place(tmp_path: Path) -> None:
    order = a_place(tmp_path / "work")
    with KernelsAhead() as kernels:
        kernels.order(order)
        assert kernels._start is not None
        assert kernels._start.outcome() is not None
        (tmp_path / "work").rename(tmp_path / "moved")
        (tmp_path / "work").mkdir()
        assert kernels.take(order) is None
    assert kernels_of(tmp_path / "moved") == []


def test_a_kernel_that_cannot_start_is_somebody_elses_error(tmp_path: Path) -> None:
    order = KernelOrder(name="no-such-kernel", folder=tmp_path)
    with KernelsAhead() as kernels:
        kernels.order(order)
        assert kernels.take(order) is None


@pytest.mark.parametrize("processors", [1, 2])
def test_without_a_free_processor_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    monkeypatch.setattr(ahead, "_processors", lambda: processors)
    with KernelsAhead() as kernels:
        kernels.order(a_place(tmp_path / "work"), busy=2)
        assert kernels._start is None


def test_it_can_be_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLCODE_KERNELS_AHEAD", "0")
    with KernelsAhead() as kernels:
        kernels.order(a_place(tmp_path / "work"))
        assert kernels._start is None


def shown(project: Project) -> list[str]:
    """Return the text that each stage of the last run printed."""
    last = max(project.root.glob("runs/*"), key=lambda path: int(path.name))
    texts = []
    for path in sorted(last.glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts.append("".join("".join(o.get("text", "")) for c in cells for o in c.get("outputs", ())))
    return texts


def test_every_stage_has_a_kernel_of_its_own(tmp_path: Path, starts: list[KernelOrder]) -> None:
    project = Project(tmp_path / "p", STAGES)
    assert project.run().status == "completed"
    assert shown(project)[-1] == "[1, 2]\n"
    assert len(starts) == 3
    assert kernels_of(tmp_path / "p") == []


def test_with_and_without_the_same_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = []
    for switch in ("1", "0"):
        monkeypatch.setenv("MLCODE_KERNELS_AHEAD", switch)
        project = Project(tmp_path / switch, STAGES)
        assert project.run().status == "completed"
        files = {p.name: p.read_bytes() for p in project.root.glob("artifacts/[ab]/*.pkl")}
        left.append((files, shown(project)))
    assert left[0] == left[1]
    assert sorted(left[0][0]) == ["a.pkl", "b.pkl"]


def test_a_stage_that_fails_leaves_no_kernel_waiting(tmp_path: Path, starts: list[KernelOrder]) -> None:
    project = Project(tmp_path / "p", STAGES.replace("b = [*a, 2]", "b = [*a, 1 / 0]"))
    assert project.run().status == "failed"
    assert len(starts) == 3  # c's was there, and was let go
    assert kernels_of(tmp_path / "p") == []


def test_after_a_program_the_next_kernel_starts_fresh(tmp_path: Path, starts: list[KernelOrder]) -> None:
    """`pip install -e .` changes what an interpreter finds when it starts."""
    text = STAGES.replace("a = [1]", "a = [1]\n!true")
    project = Project(tmp_path / "p", text)
    seen: list[bool] = []
    real = KernelsAhead.take

    def take(self: KernelsAhead, order: KernelOrder) -> StartedKernel | None:
        kernel = real(self, order)
        seen.append(kernel is not None)
        return kernel

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KernelsAhead, "take", take)
        assert project.run().status == "completed"
    assert seen == [True, False, True]
    assert len(starts) == 3


def test_one_that_dies_at_the_last_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: list[KernelOrder]
) -> None:
    real = KernelsAhead.take

    def take(self: KernelsAhead, order: KernelOrder) -> StartedKernel | None:
        kernel = real(self, order)
        if kernel is not None and kernel.process is not None:
            kernel.kill()
            kernel.process.wait(10)
        return kernel

    monkeypatch.setattr(KernelsAhead, "take", take)
    project = Project(tmp_path / "p", STAGES)
    assert project.run().status == "completed"
    assert len(starts) == 6
    assert kernels_of(tmp_path / "p") == []
