"""The handlers: each parses, asks, replies.

A handler of the Jupyter server is public unless it says otherwise, so every
method carries `authenticated` and `authorized`; a test goes through all routes.
"""

from __future__ import annotations

import asyncio
import json
from typing import cast

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web, websocket

from jupyter_mlcode import __version__
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.server.files import ForbiddenPathError
from jupyter_mlcode.server.messages import BodyError, read_message
from jupyter_mlcode.server.office import Office
from jupyter_mlcode.server.runs import ConflictError, Runs
from jupyter_mlcode.server.worker import LARGEST, error_reply

OFFICE, RUNS = "mlcode_office", "mlcode_runs"


class MlcodeHandler(APIHandler):
    """A handler whose permission is asked for under the name `mlcode`."""

    auth_resource = "mlcode"

    @property
    def runs(self) -> Runs:
        """The runs of this server."""
        return cast(Runs, self.settings[RUNS])

    def reply(self, status: int, content: bytes) -> None:
        """Finish with this JSON text."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(content)

    def reply_json(self, document: dict[str, Json]) -> None:
        """Finish with this document."""
        self.reply(200, json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))

    def refuse(self, error: Exception) -> None:
        """Finish with what is wrong with the request."""
        self.reply(409 if isinstance(error, ConflictError) else 400, error_reply(str(error)))


class VersionHandler(MlcodeHandler):
    """`GET /mlcode/version`: which version serves, so that the front end can compare."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Reply with the version of the Python package."""
        self.finish({"version": __version__})


class WorkHandler(MlcodeHandler):
    """`POST /mlcode/analyse`, `suggest`, `export`: handed to the worker as it is."""

    @web.authenticated
    @authorized
    async def post(self, method: str) -> None:
        """Reply what the worker replies."""
        if len(self.request.body) > LARGEST:
            self.reply(413, error_reply("the notebook is too large"))
            return
        office = cast(Office, self.settings[OFFICE])
        status, content = await office.ask(method, self.request.body)
        self.reply(status, content)


class RunsHandler(MlcodeHandler):
    """`GET /mlcode/runs?path=`: the runs of a notebook; `POST`: start one."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Reply with a `RunsReply`."""
        path, folder = self.get_query_argument("path", ""), self.get_query_argument("folder", None)
        try:
            self.reply_json({"runs": self.runs.listed(path, folder)})
        except ForbiddenPathError as error:
            self.refuse(error)

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Reply with the `Run` that was started."""
        try:
            self.reply_json(self.runs.start(read_message("StartRequest", self.request.body)))
        except (BodyError, ForbiddenPathError, ConflictError) as error:
            self.refuse(error)


class RunHandler(MlcodeHandler):
    """`GET /mlcode/runs/ID`: one run."""

    @web.authenticated
    @authorized
    async def get(self, key: str) -> None:
        """Reply with a `Run`."""
        try:
            self.reply_json(self.runs.one(key))
        except ForbiddenPathError as error:
            self.reply(404, error_reply(str(error)))


class CancelHandler(MlcodeHandler):
    """`POST /mlcode/runs/ID/cancel`."""

    @web.authenticated
    @authorized
    async def post(self, key: str) -> None:
        """Reply with the `Run` as it is then."""
        try:
            self.reply_json(await self.runs.cancel(key))
        except ForbiddenPathError as error:
            self.reply(404, error_reply(str(error)))


class LogHandler(MlcodeHandler):
    """`GET /mlcode/runs/ID/log?offset=`."""

    @web.authenticated
    @authorized
    async def get(self, key: str) -> None:
        """Reply with a `LogReply`."""
        offset = self.get_query_argument("offset", "0")
        try:
            start = int(offset) if offset.isdecimal() else 0
            text, end = await asyncio.to_thread(self.runs.log, key, start)
        except ForbiddenPathError as error:
            self.reply(404, error_reply(str(error)))
        else:
            self.reply_json({"text": text, "offset": end})


class EventsHandler(JupyterHandler, websocket.WebSocketHandler):
    """The socket `/mlcode/events`: sends every `EventMessage`, takes nothing."""

    auth_resource = "mlcode"

    @ws_authenticated
    async def get(self, *args: str, **kwargs: str) -> None:
        """Open the socket for those who may."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "mlcode")
        )
        if not allowed:
            raise web.HTTPError(403)
        opened = super().get(*args, **kwargs)
        if opened is not None:
            await opened

    def open(self, *args: str, **kwargs: str) -> None:
        """Listen to the runs."""
        cast(Runs, self.settings[RUNS]).listen(self.send)

    def on_message(self, message: str | bytes) -> None:
        """Take no notice."""

    def on_close(self) -> None:
        """Listen no more."""
        cast(Runs, self.settings[RUNS]).forget(self.send)

    def send(self, message: dict[str, Json]) -> None:
        """Send one message; a peer that is gone is forgotten."""
        try:
            self.write_message(json.dumps(message, ensure_ascii=False))
        except websocket.WebSocketClosedError:
            self.on_close()
