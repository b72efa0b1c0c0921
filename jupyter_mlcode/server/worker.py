"""The process that analyses and exports for the server: `python -m jupyter_mlcode.server.worker ROOT HIDDEN`.

It answers one request after the other: a frame with the method's name and one with the body come in
on its standard input, a frame with the status and one with the reply go out. Nothing is pickled.
Whatever a notebook does to it, the server only loses this process.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from jupyter_mlcode.errors import InputError, MlcodeError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.server.exporting import export
from jupyter_mlcode.server.files import ForbiddenPathError, Root
from jupyter_mlcode.server.messages import BodyError, read_message
from jupyter_mlcode.server.sessions import Sessions

MEMORY = 4 << 30
"""Bytes of address space that the process may take."""
LARGEST = 64 << 20
"""Bytes of a request."""
_LENGTH = struct.Struct(">Q")


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one frame: its length, then the bytes."""
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Return the next frame, None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None


class Worker:
    """Answers requests by the name of their method."""

    def __init__(self, root: Root) -> None:
        sessions = Sessions(root)
        self._methods: dict[str, tuple[str, Callable[[dict[str, Json]], dict[str, Json]]]] = {
            "analyse": ("AnalyseRequest", sessions.analyse),
            "suggest": ("AnalyseRequest", sessions.suggest),
            "export": ("ExportRequest", lambda request: export(root, request)),
        }

    def answer(self, method: str, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and the body of the reply."""
        message, function = self._methods[method]
        try:
            return 200, _encoded(function(read_message(message, body)))
        except (BodyError, ForbiddenPathError) as error:
            return 400, error_reply(str(error))
        except MlcodeError as error:
            return 422 if isinstance(error, InputError) else 409, error_reply(
                str(error), error.code, error.hint
            )
        except Exception:  # noqa: BLE001 - the caller gets no traceback, the server's log does
            traceback.print_exc()
            return 500, error_reply("an error of ours: the server's log has the details", "MLC500")


def error_reply(message: str, code: str = "", hint: str = "") -> bytes:
    """Return the body of an `ErrorReply`."""
    return _encoded({"message": message, "code": code, "hint": hint})


def _encoded(document: dict[str, Json]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    with suppress(OSError, ValueError):  # where the system has another idea of it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Answer until the server closes the stream."""
    _limit_memory()
    worker = Worker(Root(folder=sys.argv[1], allow_hidden=sys.argv[2] == "1"))
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whoever prints does not disturb the frames
    while (method := read_frame(requests)) is not None and (body := read_frame(requests)) is not None:
        status, reply = worker.answer(method.decode(), body)
        write_frame(replies, str(status).encode())
        write_frame(replies, reply)


if __name__ == "__main__":
    main()
