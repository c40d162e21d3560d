"""Sends, tried again within bounds, under one transaction id: the server shows a message once however often it is sent.

After a 429 nobody sends before its `retry_after_ms`. Order within a room: the adapter holds the person's place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.backoff import backoff
from adapters.errors import Busy, ChannelError

T = TypeVar("T")

TRIES: Final = 6
"""Calls made for one message at most when the homeserver does not answer."""
PATIENCE: Final = 60.0
"""Seconds for one message, pauses that the homeserver asked for included."""
LONGEST_PAUSE: Final = 8.0  # seconds between two tries


class Delivery:
    """One account's outgoing messages. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._closed_until = float("-inf")

    @property
    def closed_for(self) -> float:
        """Seconds until anything may be sent; 0 when it may."""
        return max(self._closed_until - self._clock(), 0.0)

    def too_many(self, retry_after: float) -> None:
        self._closed_until = max(self._closed_until, self._clock() + retry_after)

    async def persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call until it is taken. Raises `ChannelError`: `Busy` or `Unreachable` when the bounds are reached."""
        deadline = self._clock() + PATIENCE
        failures = 0
        while True:
            while (pause := self.closed_for) > 0:
                if self._clock() + pause > deadline:
                    raise Busy(pause)
                await asyncio.sleep(pause)
            try:
                return await attempt()
            except Busy as busy:
                self.too_many(busy.retry_after)
            except ChannelError as problem:
                failures += 1
                pause = backoff(failures, LONGEST_PAUSE)
                if not problem.retryable or failures >= TRIES or self._clock() + pause > deadline:
                    raise
                await asyncio.sleep(pause)
