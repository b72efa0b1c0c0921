"""The fixtures of a Jupyter server with our extension.

They are imported instead of named in `pytest_plugins`: that is allowed at the top only, and there
every other test would wait for the import of the server.
"""

from __future__ import annotations

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"jupyter_mlcode.server": True}}}
