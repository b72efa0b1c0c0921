"""Every route answers the owner and nobody else, and leads nowhere but below the server's folder."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError
from tornado.web import create_signed_value
from tornado.websocket import WebSocketHandler

from jupyter_mlcode import __version__
from jupyter_mlcode.server.routes import HANDLERS
from tests.server.conftest import analysis, exporting, starting

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
RUN = base64.urlsafe_b64encode(b"nb/runs/1").decode().rstrip("=")


def _examples(pattern: str) -> list[str]:
    """Return paths that the pattern of a route takes."""
    if pattern.startswith("("):
        return pattern.strip("()").split("|")
    return [pattern.replace("([A-Za-z0-9_-]{1,8192})", RUN)]


ROUTES = [
    (verb, path)
    for pattern, handler in HANDLERS.items()
    for path in _examples(pattern)
    for verb in VERBS
    if verb.lower() in vars(handler)
]


class Nobody(Authorizer):
    """Allows nothing to anybody."""

    def is_authorized(self, handler, user, action, resource):
        return False


@pytest.fixture
def locked_server(jp_serverapp):
    jp_serverapp.web_app.settings["authorizer"] = Nobody()


async def test_version_is_the_package_version(jp_fetch):
    response = await jp_fetch("mlcode", "version")
    assert json.loads(response.body) == {"version": __version__}


def test_there_are_routes():
    assert {path for _, path in ROUTES} >= {"version", "analyse", "suggest", "export", "runs", "events"}
    assert [h for h in HANDLERS.values() if issubclass(h, WebSocketHandler)]


@pytest.mark.parametrize(("verb", "path"), ROUTES)
async def test_no_token_no_answer(jp_fetch, verb, path):
    with pytest.raises(HTTPClientError) as refusal:
        await jp_fetch(
            "mlcode", path, method=verb, headers={"Authorization": ""}, allow_nonstandard_methods=True
        )
    assert refusal.value.code == 403


@pytest.mark.parametrize(("verb", "path"), ROUTES)
async def test_no_permission_no_answer(jp_fetch, locked_server, verb, path):
    with pytest.raises(HTTPClientError) as refusal:
        await jp_fetch("mlcode", path, method=verb, allow_nonstandard_methods=True)
    assert refusal.value.code == 403


@pytest.mark.parametrize("path", [path for verb, path in ROUTES if verb == "POST"])
async def test_a_cookie_without_its_token_changes_nothing(jp_fetch, jp_serverapp, path):
    """The browser of somebody who is logged in sends the cookie to whoever asks for it."""
    name = f"username-{jp_serverapp.port}"
    user = json.dumps({"username": "me", "name": "me", "display_name": "me", "initials": "m", "color": None})
    signed = create_signed_value(jp_serverapp.web_app.settings["cookie_secret"], name, user).decode()
    with pytest.raises(HTTPClientError) as refusal:
        await jp_fetch(
            "mlcode",
            path,
            method="POST",
            body="{}",
            headers={"Authorization": "", "Cookie": f"{name}={signed}"},
        )
    assert refusal.value.code == 403


HOSTILE = [
    "../nb.ipynb",
    "a/../../nb.ipynb",
    "/etc/passwd",
    "~/nb.ipynb",
    ".hidden.ipynb",
    ".hidden/nb.ipynb",
    "link.ipynb",
    "linked/nb.ipynb",
    "nb\0.ipynb",
    "nb\n.ipynb",
    "con.ipynb",
    "NUL",
    "aux/nb.ipynb",
    "..\\nb.ipynb",
    "a" * 5000 + ".ipynb",
    "fifo.ipynb",
    "folder.ipynb",
    "",
]


@pytest.fixture
def traps(jp_root_dir, tmp_path, put_notebook):
    root, outside = Path(jp_root_dir), tmp_path / "outside"
    outside.mkdir()
    for file in (put_notebook("nb.ipynb"),):
        for copy in (root.parent / "nb.ipynb", outside / "nb.ipynb", root / ".hidden.ipynb"):
            copy.write_bytes(file.read_bytes())
    (root / ".hidden").mkdir()
    (root / ".hidden" / "nb.ipynb").write_bytes((root / "nb.ipynb").read_bytes())
    (root / "link.ipynb").symlink_to(outside / "nb.ipynb")
    (root / "linked").symlink_to(outside)
    (root / "folder.ipynb").mkdir()
    os.mkfifo(root / "fifo.ipynb")
    return {p: p.stat().st_mtime_ns for p in (root.parent, outside, root)}


@pytest.mark.parametrize("path", HOSTILE)
async def test_hostile_paths_touch_nothing(ask, traps, path):
    answers = [
        await ask("POST", "export", body=exporting(path=path)),
        await ask("POST", "runs", body=starting(path=path)),
        await ask("GET", "runs", path=path),
    ]
    assert [status for status, _ in answers if not 400 <= status < 500] == []
    assert {p: p.stat().st_mtime_ns for p in traps} == traps


@pytest.mark.parametrize("folder", ["../out", "/tmp/out", ".out", "linked/out", "a\\b", "con", "x/../../out"])
async def test_hostile_folders_touch_nothing(ask, traps, folder):
    answers = [
        await ask("POST", "export", body=exporting(folder=folder)),
        await ask("POST", "runs", body=starting(folder=folder)),
        await ask("GET", "runs", path="nb.ipynb", folder=folder),
    ]
    assert [status for status, _ in answers if not 400 <= status < 500] == []
    assert {p: p.stat().st_mtime_ns for p in traps} == traps


@pytest.mark.parametrize("key", ["a", RUN, "L2V0Yw", "Li4vLi4vZXRjL3J1bnMvMQ", "AAAA", "-", "____"])
async def test_hostile_runs_are_not_found(ask, traps, key):
    answers = [
        await ask("GET", "runs", key),
        await ask("GET", "runs", key, "log"),
        await ask("POST", "runs", key, "cancel", body={}),
    ]
    assert [status for status, _ in answers if not 400 <= status < 500] == []


@pytest.mark.parametrize("path", [p for p in HOSTILE if p not in ("fifo.ipynb", "folder.ipynb", "")])
async def test_analysis_of_a_hostile_path_reads_nothing_there(ask, traps, path):
    status, _ = await ask("POST", "analyse", body=analysis(path=path))
    assert status == 400
