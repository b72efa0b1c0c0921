"""Every route answers the owner and nobody else."""

from __future__ import annotations

import json

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from jupyter_mlcode import __version__
from jupyter_mlcode.server.routes import HANDLERS

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROUTES = [
    (verb, path) for path, handler in HANDLERS.items() for verb in VERBS if verb.lower() in vars(handler)
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
    assert ("GET", "version") in ROUTES


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
