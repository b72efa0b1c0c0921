"""The server's side of the worker: one process, asked by one request at a time, never for too long."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from jupyter_mlcode.server.files import Root
from jupyter_mlcode.server.worker import error_reply, read_frame, write_frame

SECONDS = 30.0
"""How long one request may take before its process is ended."""


class Office:
    """Hands requests to the worker and starts it when there is none."""

    def __init__(self, root: Root, *, seconds: float = SECONDS) -> None:
        self.root = root
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlcode-worker")
        self._turn = asyncio.Lock()

    async def ask(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Return the worker's status and reply; a request that takes too long costs the worker its life."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            answer = loop.run_in_executor(self._thread, self._exchange, method, body)
            stop = loop.call_later(self._seconds, self._kill)
            try:
                found = await asyncio.shield(answer)
            finally:
                stop.cancel()
        if found is None:
            return 503, error_reply("this notebook took too long or too much memory to analyse", "MLC501")
        return found

    def _exchange(self, method: str, body: bytes) -> tuple[int, bytes] | None:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            write_frame(process.stdin, method.encode())  # type: ignore[arg-type]
            write_frame(process.stdin, body)  # type: ignore[arg-type]
            status = read_frame(process.stdout)  # type: ignore[arg-type]
            reply = read_frame(process.stdout) if status is not None else None  # type: ignore[arg-type]
        except OSError:
            status = reply = None
        if status is None or reply is None:
            self._process = None
            process.kill()
            process.wait()
            return None
        return int(status), reply

    def _start(self) -> subprocess.Popen[bytes]:
        hidden = "1" if self.root.allow_hidden else "0"
        # -P: the working folder may be the notebook's, and its files are not for us to import.
        command = [sys.executable, "-P", "-m", "jupyter_mlcode.server.worker", self.root.folder, hidden]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _kill(self) -> None:
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        self._thread.shutdown(wait=False)
