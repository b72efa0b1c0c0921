"""Settings of the server that the browser tests talk to.

Never use them elsewhere: Galata's helper switches authentication off.
"""

from __future__ import annotations

import os
from tempfile import mkdtemp

from jupyterlab.galata import configure_jupyter_server

c = get_config()  # type: ignore[name-defined]  # noqa: F821
configure_jupyter_server(c)
c.ServerApp.allow_root = True
c.ServerApp.port = int(os.environ["MLCODE_UI_PORT"])

# No notebook is trusted because somebody saved the same cells in a test of yesterday.
c.NotebookNotary.data_dir = mkdtemp(prefix="mlcode-trust-")

# Each of the pages asked whether JupyterLab itself had to be built again.
c.ServerApp.tornado_settings = {"page_config_data": {"buildAvailable": False, "buildCheck": False}}
c.LabApp.extension_manager = "readonly"
