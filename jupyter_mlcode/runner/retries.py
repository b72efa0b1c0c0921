"""A stage that failed is tried again, from what its files held before."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from jupyter_mlcode.model.run import FailureKind, StageRun
from jupyter_mlcode.runner.kernel import private_folder

AGAIN: frozenset[FailureKind] = frozenset({"error", "dead_kernel", "timeout", "kernel", "exit"})
"""How a stage may end and end otherwise the next time; guards and missing outputs say the same again."""


def with_retries(
    run: Callable[[], StageRun], written: Iterable[Path], retries: int, again: Callable[[StageRun, int], None]
) -> StageRun:
    """Run until it does not fail, at most `retries` times more; `again` hears of each failure.

    Before another try the files that the stage writes are what they were: who appends would append twice.
    """
    if not retries:
        return run()
    with private_folder() as safe:
        held = _kept(list(written), safe)
        for attempt in range(retries):
            found = run()
            if found.error is None or found.error.kind not in AGAIN:
                return found
            again(found, attempt + 1)
            for path, copy in held:
                _put_back(path, copy)
        return run()


def _kept(paths: list[Path], safe: Path) -> list[tuple[Path, Path | None]]:
    held: list[tuple[Path, Path | None]] = []
    for number, path in enumerate(paths):
        copy = safe / str(number)
        if path.is_file():
            shutil.copy2(path, copy)
        held.append((path, copy if copy.is_file() else None))
    return held


def _put_back(path: Path, copy: Path | None) -> None:
    if copy is not None:
        shutil.copy2(copy, path)
    elif path.is_file():
        path.unlink()
