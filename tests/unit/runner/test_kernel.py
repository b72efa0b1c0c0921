"""The waiting for a kernel's answer."""

from __future__ import annotations

import asyncio
from queue import Empty
from typing import Any

import pytest

from jupyter_mlcode.runner.kernel import look_again


class Channel:
    """A channel whose socket never says that the answer has come; it is seen by who looks for the third time."""

    def __init__(self) -> None:
        self.looked = 0

    async def get_msg(self, timeout: float | None = None) -> Any:
        self.looked += 1
        if self.looked >= 3:
            return "answer"
        await asyncio.sleep(3600 if timeout is None else timeout)
        raise Empty


def test_an_answer_without_notice_is_found() -> None:
    channel = Channel()
    look_again(channel, seconds=0.01)
    assert asyncio.run(asyncio.wait_for(channel.get_msg(), 60)) == "answer"


def test_the_time_limit_holds() -> None:
    channel = Channel()
    look_again(channel, seconds=60)
    with pytest.raises(Empty):
        asyncio.run(asyncio.wait_for(channel.get_msg(timeout=0.01), 60))
