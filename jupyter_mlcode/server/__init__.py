"""The Jupyter server's side of the panel: thin handlers under `/mlcode`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the Jupyter server which module to load."""
    return [{"module": "jupyter_mlcode.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Add our routes to a server that starts."""
    import atexit

    from jupyter_mlcode.server.files import Root
    from jupyter_mlcode.server.handlers import OFFICE, RUNS
    from jupyter_mlcode.server.office import Office
    from jupyter_mlcode.server.routes import routes
    from jupyter_mlcode.server.runs import Runs

    contents = server.contents_manager
    folder = getattr(contents, "root_dir", None) or server.root_dir
    root = Root(folder=str(folder), allow_hidden=bool(getattr(contents, "allow_hidden", False)))
    web_app = server.web_app
    web_app.settings[OFFICE] = office = Office(root)
    web_app.settings[RUNS] = Runs(root)
    web_app.add_handlers(".*$", routes(web_app.settings["base_url"]))  # type: ignore[no-untyped-call]
    atexit.register(office.close)
