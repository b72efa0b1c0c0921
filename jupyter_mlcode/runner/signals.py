"""Signals that ask a process to end become exceptions, so that everything is put away on the way out."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any


class StopRequestedError(KeyboardInterrupt):
    """The process was asked to end (SIGTERM, SIGHUP): unwinds like Ctrl-C."""


@contextlib.contextmanager
def signals_unwind() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an exception, so that kernels are shut down on the way out.

    Only the main thread can set handlers; elsewhere, and where the caller has handlers of its
    own, this changes nothing.
    """
    names = [n for n in ("SIGTERM", "SIGHUP") if hasattr(signal, n)]
    previous: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, n) for n in names):
            if signal.getsignal(number) is signal.SIG_DFL:
                previous[number] = signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    raise StopRequestedError(signal.Signals(number).name)
