"""A coroutine run to its end in a thread of its own, whoever waits for it and however that is interrupted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


def run_to_the_end(
    main: Callable[[], Coroutine[Any, Any, T]],
    interrupted: Callable[[], None],
    kill: Callable[[], None],
) -> T:
    """Run the coroutine in a thread with a loop of its own; an interrupt here cancels it there.

    A signal arrives in the main thread, between any two instructions. There it finds only this
    wait; the loop that talks to the kernel is cancelled at one of its own await points and shuts
    the kernel down. `interrupted` is called before that; a second interrupt calls `kill`. Where this
    waits in another thread, `stop_those_of` does the same.
    """
    worker = _Worker(main, interrupted, kill)
    worker.start()
    _WORKERS.add(worker)
    try:
        worker.wait()
    except KeyboardInterrupt:
        worker.stop()
        try:
            worker.wait()
        except KeyboardInterrupt:
            worker.kill()
            worker.wait()
        raise
    finally:
        _WORKERS.discard(worker)
    if worker.stopped:
        raise KeyboardInterrupt
    return worker.outcome()


def stop_those_of(threads: Collection[int], *, kill: bool) -> None:
    """Interrupt what these threads wait for in `run_to_the_end`; once more with `kill` for what does not end."""
    for worker in list(_WORKERS):
        if worker.owner in threads:
            if kill:
                worker.kill()
            elif not worker.stopped:
                worker.stop()


class _Worker(threading.Thread, Generic[T]):
    """A thread that runs one coroutine; daemon, so that a hung shutdown cannot hold the process."""

    def __init__(
        self,
        main: Callable[[], Coroutine[Any, Any, T]],
        interrupted: Callable[[], None],
        kill: Callable[[], None],
    ) -> None:
        super().__init__(name="mlcode-kernel", daemon=True)
        self.owner = threading.get_ident()
        self.kill = kill
        self.stopped = False
        self._interrupted = interrupted
        self._main = main
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._cancelled = threading.Event()
        self._done = threading.Event()

    def run(self) -> None:
        import asyncio

        try:
            asyncio.run(self._supervise())
        except BaseException as error:  # noqa: BLE001  handed to the waiting thread, see outcome()
            self._error = error
        finally:
            self._done.set()

    async def _supervise(self) -> None:
        import asyncio

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

    def stop(self) -> None:
        """Say that it is interrupted, and cancel it."""
        self.stopped = True
        self._interrupted()
        self.cancel()

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


_WORKERS: set[_Worker[Any]] = set()
