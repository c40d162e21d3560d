"""Small calls beside the conversation that may fail without harm: end a button's spinner, show "typing", leave a group.

Each has one try and a time-out; so many at once, further ones are dropped. Nobody waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

import structlog

from adapters.errors import ChannelError
from adapters.telegram.pace import Pace
from adapters.telegram.text import escape
from adapters.telegram.wire import ApiError, Wire

AT_ONCE: Final = 300
SECONDS: Final = 10.0
"""For one errand; a button's spinner ends by itself soon after."""
LAST_SECONDS: Final = 1.0
"""For those under way when the channel closes."""

log = structlog.get_logger()


class Errands:
    """The errands under way, held until they end."""

    def __init__(self, wire: Wire, pace: Pace) -> None:
        self._wire = wire
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()

    def end_spinner(self, callback: str) -> None:
        """Whatever becomes of the tap."""
        self._run(self._call("answerCallbackQuery", {"callback_query_id": callback}))

    def typing(self, chat: int) -> None:
        self._run(self._call("sendChatAction", {"chat_id": chat, "action": "typing"}))

    def leave(self, chat: int, words: str) -> None:
        """Leave a group, with a word if it is the first time."""
        self._run(self._say_and_leave(chat, words))

    async def close(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()

    def _run(self, errand: Coroutine[None, None, None]) -> None:
        if len(self._tasks) >= AT_ONCE:
            errand.close()
            return
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _say_and_leave(self, chat: int, words: str) -> None:
        if words:
            await self._call("sendMessage", {"chat_id": chat, "text": escape(words), "parse_mode": "HTML"})
        await self._call("leaveChat", {"chat_id": chat})

    async def _call(self, method: str, params: dict[str, object]) -> None:
        try:
            await self._pace.wait(None, SECONDS)
            await self._wire.call(method, params, SECONDS)
        except (ApiError, ChannelError) as error:
            log.info("errand_failed", channel="telegram", method=method, error=type(error).__name__)
