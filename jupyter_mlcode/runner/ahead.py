"""Kernels started ahead of time: while a stage runs, the interpreter for the next one starts.

A kernel that waits has run nothing of the notebook and imported nothing for it: it is what *Restart & Run All*
has before its first cell. That kernel, too, started before all stages. It is used only if it was ordered just like
the one that is needed, still lives, and its folder is still the same one.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from jupyter_mlcode.runner.kernel_order import KernelOrder
    from jupyter_mlcode.runner.started import StartedKernel

SWITCH = "MLCODE_KERNELS_AHEAD"


class KernelsAhead:
    """At most one kernel that waits for its stage; gone when this is closed."""

    def __init__(self) -> None:
        self._free = _processors() if os.environ.get(SWITCH, "1") != "0" else 0
        self._start: _Start | None = None
        self._lock = threading.Lock()

    def order(self, order: KernelOrder, *, busy: int = 1) -> None:
        """Start such a kernel in the background, unless one is there already; never fails.

        `busy` processors have other work: without one more, nothing is gained and nothing started.
        """
        if self._free <= busy:
            return
        with self._lock:
            if self._start is not None and self._start.order == order:
                return
            old, self._start = self._start, _Start(order)
            self._start.start()
        if old is not None:
            old.let_go()

    def take(self, order: KernelOrder) -> StartedKernel | None:
        """Return the kernel that waits for such an order, for the caller to close; None when there is none."""
        with self._lock:
            if self._start is None or self._start.order != order:
                return None
            taken, self._start = self._start, None
        kernel = taken.outcome()
        if kernel is not None and not kernel.is_fresh(order):
            taken.let_go()
            return None
        return kernel

    def let_go(self) -> None:
        """End the kernel that waits: something happened that it should have known before it started."""
        with self._lock:
            old, self._start = self._start, None
        if old is not None:
            old.let_go()

    def __enter__(self) -> KernelsAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free = 0
        self.let_go()


class _Start(threading.Thread):
    """The start of one kernel; what goes wrong is told by the start that somebody waits for."""

    def __init__(self, order: KernelOrder) -> None:
        super().__init__(name="mlcode-ahead", daemon=True)
        self.order = order
        self._kernel: StartedKernel | None = None

    def run(self) -> None:
        """Start the kernel."""
        import asyncio

        from jupyter_mlcode.runner.started import start

        with contextlib.suppress(Exception):
            self._kernel = asyncio.run(start(self.order))

    def outcome(self) -> StartedKernel | None:
        """Return the kernel, once it is started; None when it could not be."""
        self.join()
        return self._kernel

    def let_go(self) -> None:
        """End the kernel and remove its folder."""
        kernel = self.outcome()
        if kernel is not None:
            ending = threading.Thread(target=_end, args=(kernel,), name="mlcode-ahead-end", daemon=True)
            ending.start()  # whoever calls may be in a running loop
            ending.join()


def _end(kernel: StartedKernel) -> None:
    import asyncio

    from jupyter_mlcode.runner.started import end

    asyncio.run(end(kernel))


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
