"""How many messages a channel may send: a count that all workers share, so that no restart doubles it.

The process brings one that is kept in Redis (`bot/`); the one here is for a single process and for tests. Not here:
how many are allowed (each channel's settings), who waits for whom (each channel's pace).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol


class Allowance(Protocol):
    """Counts messages in a sliding window. Holds times, no person."""

    async def spend(self, channel: str, most: int, seconds: int) -> float:
        """Count one message now if fewer than `most` were counted in the last `seconds`: 0.0, it may go.

        Otherwise nothing is counted, and the answer is the number of seconds after which asking again may help.
        Several `most` may be asked of one channel: all count in the same window. Raises `ChannelError` (retryable) if
        nobody knows: then nothing may go.
        """

    async def shut(self, channel: str, seconds: float) -> None:
        """The messenger asked for a pause: `spend` lets nothing through until it is over. Never shortens one.

        Raises `ChannelError` (retryable) if nobody takes it.
        """


class OwnAllowance:
    """In this process's memory. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, deque[float]] = {}
        self._shut: dict[str, float] = {}

    async def shut(self, channel: str, seconds: float) -> None:
        self._shut[channel] = max(self._shut.get(channel, float("-inf")), self._clock() + seconds)

    async def spend(self, channel: str, most: int, seconds: int) -> float:
        now = self._clock()
        if (rest := self._shut.get(channel, now) - now) > 0:
            return rest
        spent = self._spent.setdefault(channel, deque())
        while spent and spent[0] <= now - seconds:
            spent.popleft()
        if len(spent) < most:
            spent.append(now)
            return 0.0
        return spent[len(spent) - most] + seconds - now
