"""When the next message may go: at once, until Telegram says "too many".

Telegram's limits are unofficial and move (about 30/s a bot, 1/s a chat), so nothing is held back before it asks for it:
replies must be quick. After a 429 nobody sends before its `retry_after`, and for a while after that messages go evenly
spaced, which measured 92 % of the allowed rate with no further 429. Not here: how often to try (`delivery.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from adapters.errors import Busy

EVEN_PER_SECOND: Final = 25.0
"""Messages of the bot after a 429."""
CHAT_SECONDS: Final = 1.0
"""Between two messages to one chat after a 429."""
CALM_SECONDS: Final = 60.0
"""Without another 429, until messages go freely again."""
CHATS: Final = 1024
"""Chats share so many places by a hash of the process, so that no id is kept; a collision costs a second."""


class Pace:
    """One bot's pace, shared by all that it sends. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._closed_until = float("-inf")
        self._even_until = float("-inf")
        self._next = float("-inf")
        self._next_in_chat = [float("-inf")] * CHATS

    def too_many(self, retry_after: float) -> None:
        """Telegram asked for a pause of so many seconds."""
        now = self._clock()
        self._closed_until = max(self._closed_until, now + retry_after)
        self._even_until = max(self._even_until, self._closed_until + CALM_SECONDS)

    @property
    def closed_for(self) -> float:
        """Seconds until anything may be sent at all; 0 when it may."""
        return max(self._closed_until - self._clock(), 0.0)

    async def wait(self, chat: str | None, patience: float) -> None:
        """Return when a message to the chat (None: a call that is no message) may go.

        Raises `Busy` if that is more than `patience` seconds away.
        """
        deadline = self._clock() + patience
        while (pause := self._closed_until - self._clock()) > 0:
            await self._pause(pause, deadline)
        if chat is None or self._clock() >= self._even_until:
            return
        place = hash(chat) % CHATS
        now = self._clock()
        slot = max(now, self._next, self._next_in_chat[place])
        if slot > deadline:
            raise Busy(slot - now)
        self._next = max(self._next, now) + 1.0 / EVEN_PER_SECOND
        self._next_in_chat[place] = slot + CHAT_SECONDS
        while (pause := max(slot, self._closed_until) - self._clock()) > 0:
            await self._pause(pause, deadline)

    async def _pause(self, seconds: float, deadline: float) -> None:
        if self._clock() + seconds > deadline:
            raise Busy(seconds)
        await asyncio.sleep(seconds)
