"""The first words with a kernel: asked until its answer came and its broadcasts are heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from queue import Empty
from typing import Any

_FOR_AN_ANSWER = 1.0
_FOR_AN_ECHO = 0.1
"""Seconds until the question is asked again: the broadcast comes with the answer, or it was lost."""


async def greet(client: Any, seconds: float | None) -> Mapping[str, Any]:
    """Return what the kernel says of itself, once it can be heard on both channels.

    A subscription takes a moment; what a kernel broadcasts before is lost (zmq_setsockopt(3), ZMQ_SUBSCRIBE). The
    kernel ends every request with the broadcast `idle`: who has heard that one hears all later ones. So there
    is no need to wait until nothing comes any more, as jupyter_client's `wait_for_ready` does.

    Raises:
        RuntimeError: the kernel died, or did not answer in time.
    """
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        asked = client.kernel_info()
        answer = await _answer(client.shell_channel, asked)
        if answer is not None and await _idle(client.iopub_channel, asked):
            client._handle_kernel_info_reply(answer)
            content: Mapping[str, Any] = answer["content"]
            return content
        if not await client._async_is_alive():
            raise RuntimeError("the kernel died before it answered")
        if end is not None and time.monotonic() > end:
            raise RuntimeError(f"the kernel did not answer in {seconds:g} s")


async def _answer(channel: Any, asked: str) -> Mapping[str, Any] | None:
    return await _message(channel, asked, lambda m: m["msg_type"] == "kernel_info_reply", _FOR_AN_ANSWER)


async def _idle(channel: Any, asked: str) -> bool:
    return await _message(channel, asked, _says_idle, _FOR_AN_ECHO) is not None


def _says_idle(message: Mapping[str, Any]) -> bool:
    return bool(message["msg_type"] == "status" and message["content"]["execution_state"] == "idle")


async def _message(
    channel: Any, asked: str, wanted: Callable[[Mapping[str, Any]], bool], seconds: float
) -> Mapping[str, Any] | None:
    """Return the wanted message about the request, if it comes soon; others belong to earlier requests."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            message: Mapping[str, Any] = await channel.get_msg(timeout=left)
        except Empty:
            return None
        if message["parent_header"].get("msg_id") == asked and wanted(message):
            return message
    return None
