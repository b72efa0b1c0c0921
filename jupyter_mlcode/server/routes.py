"""Which path is answered by which handler."""

from __future__ import annotations

from jupyter_server.utils import url_path_join

from jupyter_mlcode.server.handlers import MlcodeHandler, VersionHandler

HANDLERS: dict[str, type[MlcodeHandler]] = {
    "version": VersionHandler,
}
"""Every handler by its path below `/mlcode`; the tests go through them all."""


def routes(base_url: str) -> list[tuple[str, type[MlcodeHandler]]]:
    """Return the routes of a server that lives at this address.

    Examples:
        >>> [path for path, _ in routes("/user/ada/")]
        ['/user/ada/mlcode/version']
    """
    return [(url_path_join(base_url, "mlcode", path), handler) for path, handler in HANDLERS.items()]
