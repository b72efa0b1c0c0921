"""A kernel of our own: private sockets, run to its end in a thread, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from queue import Empty
from types import FrameType
from typing import Any, Generic, TypeVar

from jupyter_client.manager import AsyncKernelManager

T = TypeVar("T")

# A Unix socket's path holds 108 bytes on Linux and 104 on macOS, the final NUL included.
LONGEST_SOCKET_PATH = 100


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder that only this user can enter, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mlcode-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def kernel_manager(kernel_name: str, folder: Path) -> AsyncKernelManager:
    """Return a manager whose kernel talks over sockets in `folder`.

    Two kernels started at once can be given the same TCP port; a socket in a private folder
    cannot collide, and no other user of the machine can connect to it.
    """
    manager = AsyncKernelManager(kernel_name=kernel_name)
    manager.connection_file = str(folder / "kernel.json")
    sockets = str(folder / "k")
    if sys.platform != "win32" and len(os.fsencode(sockets)) + 3 <= LONGEST_SOCKET_PATH:
        manager.transport = "ipc"
        manager.ip = sockets
    return manager


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


def look_again(channel: Any, seconds: float = 1.0) -> None:
    """Let whoever waits for a message of this channel look at the socket again every second.

    ZeroMQ's file descriptor says only once that something has come (zmq_getsockopt(3), ZMQ_FD). Where nbclient
    sends through the socket that it is waiting on, as for output widgets, the sending can use that notice up: the
    answer lies there, and nobody comes for it.
    """
    once = channel.get_msg

    async def get_msg(timeout: float | None = None) -> Any:
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = seconds if end is None else min(seconds, max(end - time.monotonic(), 0))
            try:
                return await once(timeout=left)
            except Empty:
                if end is not None and time.monotonic() >= end:
                    raise

    channel.get_msg = get_msg


def run_to_the_end(
    main: Callable[[], Coroutine[Any, Any, T]],
    interrupted: Callable[[], None],
    kill: Callable[[], None],
) -> T:
    """Run the coroutine in a thread with a loop of its own; an interrupt here cancels it there.

    A signal arrives in the main thread, between any two instructions. There it finds only this
    wait; the loop that talks to the kernel is cancelled at one of its own await points and shuts
    the kernel down. `interrupted` is called before that; a second interrupt calls `kill`.
    """
    worker = _Worker(main)
    worker.start()
    try:
        worker.wait()
    except KeyboardInterrupt:
        interrupted()
        worker.cancel()
        try:
            worker.wait()
        except KeyboardInterrupt:
            kill()
            worker.wait()
        raise
    return worker.outcome()


class _Worker(threading.Thread, Generic[T]):
    """A thread that runs one coroutine; daemon, so that a hung shutdown cannot hold the process."""

    def __init__(self, main: Callable[[], Coroutine[Any, Any, T]]) -> None:
        super().__init__(name="mlcode-kernel", daemon=True)
        self._main = main
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._cancelled = threading.Event()
        self._done = threading.Event()

    def run(self) -> None:
        try:
            asyncio.run(self._supervise())
        except BaseException as error:  # noqa: BLE001  handed to the waiting thread, see outcome()
            self._error = error
        finally:
            self._done.set()

    async def _supervise(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._main())
        if self._cancelled.is_set():
            self._task.cancel()
        self._result.append(await self._task)

    def wait(self) -> None:
        """Wait for the coroutine's end; in pieces, because Windows delivers Ctrl-C only between them.

        Not `join`: one that Ctrl-C interrupts takes the running thread for ended (bpo-45274).
        """
        while not self._done.wait(0.5):
            pass

    def cancel(self) -> None:
        """Cancel the coroutine at its next await."""
        self._cancelled.set()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed: nothing to cancel
                self._loop.call_soon_threadsafe(self._task.cancel)

    def outcome(self) -> T:
        """Return what the coroutine returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._result[0]
