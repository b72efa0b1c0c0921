"""The bodies of requests, checked against the schema that the front end's types are made from."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import fastjsonschema

from jupyter_mlcode.model.json_value import Json


class BodyError(Exception):
    """A body is not the message it should be."""


def read_message(name: str, body: bytes) -> dict[str, Json]:
    """Return the body once it satisfies the definition of this name.

    Raises:
        BodyError: it is not JSON, or another message.
    """
    try:
        document = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BodyError("the body is not JSON") from error
    try:
        _checker(name)(document)
    except fastjsonschema.JsonSchemaException as error:
        raise BodyError(f"not the message {name}: {str(error)[:200]}") from error
    return dict(document)


def is_message(name: str, document: Json) -> bool:
    """Tell whether the document satisfies the definition of this name."""
    try:
        _checker(name)(document)
    except fastjsonschema.JsonSchemaException:
        return False
    return True


def _refuse(constant: str) -> None:
    """Python reads NaN and Infinity, which are no JSON: a browser could not read them in an answer."""
    raise ValueError(constant)


def schema() -> dict[str, Json]:
    """Return the schema of all messages."""
    file = resources.files("jupyter_mlcode.server") / "schema" / "api.schema.json"
    return dict(json.loads(file.read_text("utf-8")))


@functools.lru_cache(maxsize=32)
def _checker(name: str) -> Callable[[Any], Any]:
    whole = schema()
    # fastjsonschema knows drafts up to 7; what we use of 2020-12 means the same there.
    return fastjsonschema.compile({"$ref": f"#/$defs/{name}", "$defs": whole["$defs"]}, use_default=False)
