"""The handlers: each parses, calls, replies.

A handler of the Jupyter server is public unless it says otherwise, so every
method carries `authenticated` and `authorized`; a test goes through all routes.
"""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web

from jupyter_mlcode import __version__


class MlcodeHandler(APIHandler):
    """A handler whose permission is asked for under the name `mlcode`."""

    auth_resource = "mlcode"


class VersionHandler(MlcodeHandler):
    """`GET /mlcode/version`: which version serves, so that the front end can compare."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Reply with the version of the Python package."""
        self.finish({"version": __version__})
