"""One run of a pipeline at a time: they share artifacts, and the files that the notebook writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

LOCK = "run.lock"
_POLL = 0.2


@contextlib.contextmanager
def one_at_a_time(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the folder's lock; `waiting` is called once when another process has it.

    The operating system holds the lock for an open file: it ends with the process that has it,
    however that dies. Where nothing can be written there is nothing to protect.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire(poll_interval=_POLL)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        lock.release()
