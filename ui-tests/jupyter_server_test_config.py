"""Settings of the server that the browser tests talk to.

Never use them elsewhere: Galata's helper switches authentication off.
"""

from __future__ import annotations

import os

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.allow_root = True
c.ServerApp.port = int(os.environ["MLCODE_UI_PORT"])
