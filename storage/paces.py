"""The pace of each channel, shared by all workers: slots one after the other, evenly, and a door that can be shut.

Implementations: `RedisPaces` for every worker of a town, `MemoryPaces` for one process. Not here: how fast a channel
may go (`dialogs/capabilities.py`), what is sent in a slot (`bot/broadcaster.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from storage.redis import RedisConversations, Space, key
from storage.redis_scripts import CLOSE, SLOTS

AHEAD: Final = 0.3
"""Slots are given at most so many seconds ahead, so that a stop or another worker is not late."""
LATE: Final = 0.25
"""Slots may be taken so many seconds late while a run is under way: a transaction on a busy machine takes that long.
Whoever takes late ones still sends no crowd (`bot/window.py`)."""
SHUT_MOST: Final = 24 * 3600.0
"""A messenger that says "wait" is believed for so many seconds at most; then it is asked again."""


@dataclass(frozen=True, slots=True)
class Slots:
    """So many slots, the first after `wait` seconds (less than nothing: it is late); none: ask again after `wait`."""

    granted: int
    wait: float


class Paces(Protocol):
    """All raise `Unavailable`: without a pace nothing is sent."""

    async def take(self, channel: str, per_second: float, most: int) -> Slots:
        """Up to `most` slots of the channel."""

    async def shut(self, channel: str, seconds: float) -> None:
        """Nobody sends before so many seconds are over; the longest of several holds."""


class RedisPaces:
    """`Paces` by the server's own clock."""

    def __init__(self, conversations: RedisConversations) -> None:
        self._redis = conversations

    async def take(self, channel: str, per_second: float, most: int) -> Slots:
        interval = max(1, round(1_000_000 / per_second))
        arguments = [interval, most, int(AHEAD * 1_000_000), int(LATE * 1_000_000)]
        granted, wait = await self._redis.run(SLOTS, _keys(channel), arguments)
        return Slots(int(granted), int(wait) / 1_000_000)

    async def shut(self, channel: str, seconds: float) -> None:
        bounded = min(max(seconds, 0.0), SHUT_MOST)
        await self._redis.run(CLOSE, _keys(channel), [int(bounded * 1_000_000)])


def _keys(channel: str) -> list[bytes]:
    name = channel.encode("ascii")
    return [key(Space.PACE, name), key(Space.DOOR, name)]


class MemoryPaces:
    """`Paces` of one process. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._shut: dict[str, float] = {}

    async def take(self, channel: str, per_second: float, most: int) -> Slots:
        now = self._clock()
        start = max(now - LATE, self._next.get(channel, now), self._shut.get(channel, 0.0))
        if start - now > AHEAD:
            return Slots(0, start - now)
        self._next[channel] = start + most / per_second
        return Slots(most, start - now)

    async def shut(self, channel: str, seconds: float) -> None:
        until = self._clock() + min(max(seconds, 0.0), SHUT_MOST)
        self._shut[channel] = max(until, self._shut.get(channel, until))
