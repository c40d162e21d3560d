"""Calls of the Bot API, tried again within bounds: what a citizen is to read should arrive, and nothing waits for ever.

A send that was processed and then cut off cannot be told from one that never arrived: it is sent again (a reply twice
is better than none; reliability.md, "at least once"). Order within a chat: the adapter holds the chat's place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from adapters.backoff import backoff
from adapters.errors import Busy, ChannelError, Unreachable
from adapters.telegram.pace import Pace
from adapters.telegram.verdicts import verdict
from adapters.telegram.wire import ApiError

T = TypeVar("T")

TRIES: Final = 6
"""Calls made for one message at most when Telegram does not answer."""
PATIENCE: Final = 60.0
"""Seconds for one message, pauses that Telegram asked for included."""
LONGEST_PAUSE: Final = 8.0  # seconds between two tries


class Delivery:
    """One bot's outgoing messages."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.pace = Pace(clock)

    async def persist(self, chat: str | None, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call until it is taken; `chat` is None for what is no message.

        Raises `ChannelError`: `Busy` or `Unreachable` when the bounds are reached.
        """
        deadline = self._clock() + PATIENCE
        failures = 0
        while True:
            await self.pace.wait(chat, deadline - self._clock())
            problem = await self._try(attempt)
            if not isinstance(problem, ChannelError):
                return problem
            if isinstance(problem, Busy):
                self.pace.too_many(problem.retry_after)
                continue  # ends by the deadline: `wait` raises Busy
            failures += 1
            pause = backoff(failures, LONGEST_PAUSE)
            if not problem.retryable or failures >= TRIES or self._clock() + pause > deadline:
                raise problem
            await asyncio.sleep(pause)

    async def _try(self, attempt: Callable[[], Awaitable[T]]) -> T | ChannelError:
        try:
            return await attempt()
        except ApiError as error:
            return verdict(error)
        except Unreachable as error:
            return error
