"""The Jupyter server's side of the panel: thin handlers under `/mlcode`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlcode.server.routes import routes

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the Jupyter server which module to load."""
    return [{"module": "jupyter_mlcode.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Add our routes to a server that starts."""
    web_app = server.web_app
    web_app.add_handlers(".*$", routes(web_app.settings["base_url"]))  # type: ignore[no-untyped-call]
