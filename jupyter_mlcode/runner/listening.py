"""Everything that a cell prints is heard, however much and however fast it is."""

from __future__ import annotations

from queue import Empty
from typing import Any

import zmq
from nbclient.exceptions import CellTimeoutError

SILENCE = 10.0
"""Seconds without a message after a cell's end: the kernel will not say any more that it is idle."""
_FOR_EVER = 1 << 30


def hear_everything(client: Any, silence: float = SILENCE) -> None:
    """Let a client of nbclient's take all output of its kernel.

    ZeroMQ throws away what is published while a thousand messages wait, and nbclient what arrives
    later than four seconds after the cell's end: a cell that prints fast would lose lines.
    """
    replies, messages = client.kc.shell_channel, client.kc.iopub_channel
    messages.socket.set(zmq.RCVHWM, 0)
    client.iopub_timeout = _FOR_EVER
    next_reply, next_message = replies.get_msg, messages.get_msg
    answered = False

    async def reply(timeout: float | None = None) -> Any:
        nonlocal answered
        answered = False
        found = await next_reply(timeout=timeout)
        answered = True
        return found

    async def message(timeout: float | None = None) -> Any:
        if timeout is not None:
            return await next_message(timeout=timeout)
        while True:
            at_its_end = answered
            try:
                return await next_message(timeout=silence)
            except Empty:
                if at_its_end:
                    raise

    replies.get_msg, messages.get_msg = reply, message


def is_silent(failure: BaseException) -> bool:
    """Tell whether nbclient gave up because the kernel had closed the channel of its output."""
    return isinstance(failure, CellTimeoutError) and "IOPub" in str(failure)


def join_printed(client: Any, cell: Any, index: int) -> None:
    """Make one output of what was printed piece by piece, as JupyterLab does.

    nbclient keeps where the outputs are that can be updated later: these places move.
    """
    joined: list[Any] = []
    texts: list[list[str]] = []
    places: list[int] = []
    for output in cell.outputs:
        stream = output.get("name") if output["output_type"] == "stream" else None
        if stream is None or not joined or joined[-1].get("name") != stream:
            joined.append(output)
            texts.append([])
        if stream is not None:
            texts[-1].append(output["text"])
        places.append(len(joined) - 1)
    if len(joined) == len(places):
        return
    for output, pieces in zip(joined, texts, strict=True):
        if pieces:
            output["text"] = "".join(pieces)
    cell.outputs[:] = joined
    for cells in client._display_id_map.values():
        if index in cells:
            cells[index] = [places[place] for place in cells[index]]
