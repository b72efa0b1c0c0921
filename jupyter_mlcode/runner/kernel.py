"""A kernel of our own: private sockets, run to its end in a thread, never left behind."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from filelock import FileLock, Timeout
from jupyter_client.manager import AsyncKernelManager

PREFIX = "mlcode-"
OWNED = "owned.lock"
# A Unix socket's path holds 108 bytes on Linux and 104 on macOS, the final NUL included.
LONGEST_SOCKET_PATH = 100


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder that only this user can enter, and remove it at the end.

    A process that is killed leaves its folders behind; the next one finds their locks free and removes them.
    """
    _remove_orphans()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    lock = FileLock(folder / OWNED)
    lock.acquire()
    try:
        yield folder
    finally:
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


@functools.lru_cache(maxsize=1)
def _remove_orphans() -> None:
    """Remove the private folders of processes that are gone, once in each process."""
    for lock_file in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{OWNED}"):
        lock = FileLock(lock_file)
        try:
            if hasattr(os, "getuid") and lock_file.stat().st_uid != os.getuid():
                continue
            lock.acquire(timeout=0)
        except (Timeout, OSError):
            continue
        lock.release()
        shutil.rmtree(lock_file.parent, ignore_errors=True)


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
