"""The fixtures of a Jupyter server with our extension.

They are imported instead of named in `pytest_plugins`: that is allowed at the top only, and there
every other test would wait for the import of the server.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPClientError

CELLS = (
    ("load", "rate: float = 0.5", "parameters"),
    ("one", "x = [1, 2, 3]\nprint(len(x))", "stage:load"),
    ("two", "x.append(rate)\ny = sum(x)\nprint(y)", "stage:sum"),
)


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"jupyter_mlcode.server": True}}}


@pytest.fixture(autouse=True)
def no_worker_is_left(jp_serverapp):
    yield
    from jupyter_mlcode.server.handlers import OFFICE, RUNS

    jp_serverapp.web_app.settings[RUNS].close()
    jp_serverapp.web_app.settings[OFFICE].close()


@pytest.fixture
def put_notebook(jp_root_dir):
    """Write a notebook below the server's root; cells are (id, source, tag)."""

    def put(path: str, cells: Sequence[tuple[str, str, str]] = CELLS) -> Path:
        document = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": key,
                    "metadata": {"tags": [tag] if tag else []},
                    "source": source,
                    "outputs": [],
                    "execution_count": None,
                }
                for key, source, tag in cells
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        file = Path(jp_root_dir) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document), "utf-8")
        return file

    return put


@pytest.fixture
def ask(jp_fetch):
    """Send a message and return (status, document)."""

    async def send(method: str, *path: str, body: Any = None, **params: str) -> tuple[int, Any]:
        options: dict[str, Any] = {"method": method, "params": params}
        if method == "POST":
            options["body"] = body if isinstance(body, str | bytes) else json.dumps(body)
        try:
            response = await jp_fetch("mlcode", *path, **options)
        except HTTPClientError as error:
            return error.code, json.loads(error.response.body or b"{}")
        return response.code, json.loads(response.body)

    return send


def analysis(cells: Sequence[tuple[str, str, str]] = CELLS, **other: Any) -> dict[str, Any]:
    """Return an AnalyseRequest that sends everything."""
    return {
        "session": "s-1",
        "path": "nb.ipynb",
        "revision": 1,
        "base": None,
        "kernel": "python3",
        "language": "python",
        "order": [key for key, _, _ in cells],
        "cells": {
            key: {"type": "code", "source": source, "tags": [tag] if tag else []}
            for key, source, tag in cells
        },
        **other,
    }


def exporting(**other: Any) -> dict[str, Any]:
    """Return an ExportRequest."""
    return {
        "path": "nb.ipynb",
        "folder": None,
        "targets": [],
        "stage_notebooks": False,
        "mode": "write",
        "overwrite": False,
        **other,
    }


def starting(**other: Any) -> dict[str, Any]:
    """Return a StartRequest."""
    return {
        "path": "nb.ipynb",
        "folder": None,
        "kind": "run",
        "parameters": {},
        "stage": None,
        "from_stage": None,
        "tolerance": None,
        "anew": False,
        **other,
    }
