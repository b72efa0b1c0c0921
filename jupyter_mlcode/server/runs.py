"""The runs of all pipelines: started, watched, cancelled. What they are is read from their folders."""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.server import run_files
from jupyter_mlcode.server.exporting import pipeline_folder
from jupyter_mlcode.server.files import ForbiddenPathError, Root
from jupyter_mlcode.server.run_state import alive, begun, run_message

_EVERY = 0.3
_PATIENCE = 10.0
_ORDERED = ("path", "kind", "parameters", "stage", "from_stage", "tolerance", "anew")
Listener = Callable[[dict[str, Json]], None]


class ConflictError(Exception):
    """The run cannot be started, or does not go on."""


class Runs:
    """Knows which runs go on; tells its listeners when one of them changes."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._going: dict[str, subprocess.Popen[bytes] | None] = {}
        self._told: dict[str, tuple[dict[str, Json], int]] = {}
        self._listeners: list[Listener] = []
        self._watching: asyncio.Task[None] | None = None

    # -- questions ---------------------------------------------------------------------------
    def listed(self, path: str, folder: str | None) -> list[dict[str, Json]]:
        """Return the runs of a notebook's pipeline, newest first.

        Raises:
            ForbiddenPathError: a path leads nowhere.
        """
        pipeline = pipeline_folder(self._root, self._root.notebook(path), folder)
        found = [(self._key(f), f) for f in run_files.folders(pipeline)]
        return [self._message(key, folder_) for key, folder_ in found]

    def one(self, key: str) -> dict[str, Json]:
        """Return one run.

        Raises:
            ForbiddenPathError: there is no such run.
        """
        return self._message(key, self._folder(key))

    def log(self, key: str, offset: int) -> tuple[str, int]:
        """Return what the run printed from that byte on, and where it ends.

        Raises:
            ForbiddenPathError: there is no such run.
        """
        return run_files.log(self._folder(key), offset)

    def _message(self, key: str, folder: Path) -> dict[str, Json]:
        message = run_message(self._root, key, folder)
        if message["state"] == "running":
            self._watch(key, None)
        return message

    # -- acts ----------------------------------------------------------------------------------
    def start(self, request: Mapping[str, Json]) -> dict[str, Json]:
        """Start a run and return it.

        Raises:
            ForbiddenPathError: a path leads nowhere.
            ConflictError: nothing is exported yet, or a run of this pipeline goes on.
        """
        notebook = self._root.notebook(request["path"])
        pipeline = pipeline_folder(self._root, notebook, request["folder"])
        if not (pipeline / "pipeline.yaml").is_file():
            raise ConflictError("export the notebook first: it has no pipeline yet")
        if any(self._message(self._key(f), f)["state"] == "running" for f in run_files.folders(pipeline)[:5]):
            raise ConflictError("a run of this pipeline goes on: wait for it, or cancel it")
        try:
            folder = run_files.new_folder(pipeline)
        except OSError as error:
            raise ConflictError(f"cannot write into the pipeline's folder: {error.strerror}") from error
        order = {
            **{name: request[name] for name in _ORDERED},
            "pipeline": str(pipeline),
            "notebook": str(notebook),
            "different": request["parameters"],
            "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
        run_files.write_json(folder / run_files.ORDER, order)
        process = _child(folder)
        order |= {"pid": process.pid, "begun": begun(process.pid)}
        run_files.write_json(folder / run_files.ORDER, order)
        key = self._key(folder)
        self._watch(key, process)
        return run_message(self._root, key, folder)

    async def cancel(self, key: str) -> dict[str, Json]:
        """Interrupt a run as Ctrl-C does; one that does not listen is ended.

        Raises:
            ForbiddenPathError: there is no such run.
        """
        folder = self._folder(key)
        order = run_files.read_json(folder / run_files.ORDER)
        if alive(order):
            _signal(order, signal.SIGINT)
            for _ in range(int(_PATIENCE / 0.1)):
                if not alive(order) or self._reaped(key):
                    break
                await asyncio.sleep(0.1)
            else:
                _signal(order, getattr(signal, "SIGKILL", signal.SIGTERM))
                run_files.write_json(
                    folder / run_files.RESULT, {"state": "cancelled", "outcome": "cancelled", "metrics": {}}
                )
        return run_message(self._root, key, folder)

    def _reaped(self, key: str) -> bool:
        process = self._going.get(key)
        return process is not None and process.poll() is not None

    # -- keys ------------------------------------------------------------------------------------
    def _key(self, folder: Path) -> str:
        return base64.urlsafe_b64encode(self._root.shown(folder).encode()).decode().rstrip("=")

    def _folder(self, key: str) -> Path:
        try:
            path = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
        except (binascii.Error, ValueError) as error:
            raise ForbiddenPathError("there is no such run") from error
        folder = self._root.inside(path)
        if folder.parent.name != "runs" or not folder.name.isdecimal() or not folder.is_dir():
            raise ForbiddenPathError("there is no such run")
        if not (folder.parent.parent / "pipeline.yaml").is_file():
            raise ForbiddenPathError("there is no such run")
        return folder

    # -- watching --------------------------------------------------------------------------------
    def listen(self, listener: Listener) -> None:
        """Call the listener with every `EventMessage` from now on."""
        self._listeners.append(listener)

    def forget(self, listener: Listener) -> None:
        """Call the listener no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def _watch(self, key: str, process: subprocess.Popen[bytes] | None) -> None:
        if process is not None or key not in self._going:
            self._going[key] = process
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        while self._going:
            await asyncio.sleep(_EVERY)
            for key, process in list(self._going.items()):
                if process is not None:
                    process.poll()
                await self._look_at(key)

    async def _look_at(self, key: str) -> None:
        before, offset = self._told.get(key, ({}, 0))
        try:
            folder = self._folder(key)
            message = await asyncio.to_thread(run_message, self._root, key, folder)
            text, end = await asyncio.to_thread(run_files.log, folder, offset)
        except (ForbiddenPathError, OSError):  # somebody removed the folder
            self._going.pop(key, None)
            return
        if text:
            self._tell({"type": "log", "id": key, "offset": offset, "text": text})
        if {**message, "seconds": 0} != {**before, "seconds": 0}:
            self._tell({"type": "run", "run": message})
        self._told[key] = (message, end)
        if message["state"] != "running":
            self._going.pop(key, None)
            self._told.pop(key, None)

    def _tell(self, message: dict[str, Json]) -> None:
        for listener in list(self._listeners):
            listener(message)

    def close(self) -> None:
        """Watch no more; the runs themselves go on."""
        if self._watching is not None:
            self._watching.cancel()


def _child(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / run_files.LOG).open("ab") as log:
        return subprocess.Popen(
            # -P: the working folder may be the notebook's, and its files are not for us to import.
            [sys.executable, "-P", "-m", "jupyter_mlcode.server.run_child", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _signal(order: Mapping[str, Json], number: int) -> None:
    try:
        os.kill(order["pid"], number)
    except OSError:
        return
