"""Which path is answered by which handler."""

from __future__ import annotations

from jupyter_server.utils import url_path_join
from tornado.web import RequestHandler

from jupyter_mlcode.server.handlers import (
    CancelHandler,
    EventsHandler,
    LogHandler,
    RunHandler,
    RunsHandler,
    VersionHandler,
    WorkHandler,
)

_RUN = "runs/([A-Za-z0-9_-]{1,8192})"
HANDLERS: dict[str, type[RequestHandler]] = {
    "version": VersionHandler,
    "(analyse|suggest|export)": WorkHandler,
    "runs": RunsHandler,
    _RUN: RunHandler,
    f"{_RUN}/cancel": CancelHandler,
    f"{_RUN}/log": LogHandler,
    "events": EventsHandler,
}
"""Every handler by the pattern of its path below `/mlcode`; the tests go through them all."""


def routes(base_url: str) -> list[tuple[str, type[RequestHandler]]]:
    """Return the routes of a server that lives at this address.

    Examples:
        >>> [path for path, _ in routes("/user/ada/")][0]
        '/user/ada/mlcode/version'
    """
    return [(url_path_join(base_url, "mlcode", path), handler) for path, handler in HANDLERS.items()]
