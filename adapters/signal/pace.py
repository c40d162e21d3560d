"""When the next message may go: within the ceiling, never before a deadline that Signal set, replies before the rest.

Signal's limits are secret and tight, and passing them ends in captchas, so the ceiling counts everything that leaves
(answers, news, "typing", refusals in groups) in one sliding window that all workers share (`allowance.py`,
docs/adr/0016-signal-pace.md). What nobody waits for may use a part of it only. Not here: how often to try
(`delivery.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from adapters.allowance import Allowance
from adapters.errors import Busy, ChannelError
from adapters.signal.settings import WINDOW_SECONDS
from dialogs.capabilities import SIGNAL


class Rank(StrEnum):
    """Who waits for a message."""

    REPLY = "reply"
    """A citizen who just wrote."""
    PUSH = "push"
    """Nobody: news, a word in a group."""
    TRIFLE = "trifle"
    """It is not missed: "typing"."""


SHARES: Final = {Rank.REPLY: 1.0, Rank.PUSH: 0.6, Rank.TRIFLE: 0.4}
"""Of the ceiling: news stop at six tenths, so that four tenths of any five minutes stay for whoever writes."""
SHORTEST_PAUSE: Final = 0.05  # seconds; a clock that differs by a hair must not make us ask in circles


def most_of(rank: Rank, ceiling: int) -> int:
    """Messages in any `WINDOW_SECONDS` after which this rank has to wait."""
    return max(1, int(ceiling * SHARES[rank]))


def news_per_second(ceiling: int) -> float:
    """How fast news go if nobody else is written to."""
    return most_of(Rank.PUSH, ceiling) / WINDOW_SECONDS


class Pace:
    """One account's pace. `clock` is monotonic, in seconds."""

    def __init__(self, allowance: Allowance, ceiling: int, clock: Callable[[], float]) -> None:
        self._allowance = allowance
        self._most = {rank: most_of(rank, ceiling) for rank in Rank}
        self._clock = clock
        self._closed_until = float("-inf")
        self._turn = asyncio.Lock()
        self._waiting = 0
        """Replies. While there are any, all ask one after another, in the order in which they came: nobody is
        overtaken for five minutes."""

    async def too_many(self, retry_after: float) -> None:
        """Signal asked for a pause of so many seconds: of every worker, and across a restart."""
        self._closed_until = max(self._closed_until, self._clock() + retry_after)
        with contextlib.suppress(ChannelError):  # this process keeps it all the same
            await self._allowance.shut(SIGNAL.channel, retry_after)

    @property
    def closed_for(self) -> float:
        """Seconds until anything may be sent at all; 0 when it may."""
        return max(self._closed_until - self._clock(), 0.0)

    async def wait(self, rank: Rank, patience: float) -> None:
        """Return when a message may go; it is counted then. Only replies wait, `patience` seconds at most.

        Raises `Busy` with the seconds that are missing; what the allowance raises.
        """
        if rank is not Rank.REPLY or not self._waiting:
            pause = self.closed_for or await self._spend(rank)
            if pause <= 0:
                return
            if rank is not Rank.REPLY:
                raise Busy(pause)
        self._waiting += 1
        try:
            await self._queue(patience)
        finally:
            self._waiting -= 1

    async def _queue(self, patience: float) -> None:
        """Wait behind the replies that wait already."""
        deadline = self._clock() + patience
        try:
            async with asyncio.timeout(patience):
                await self._turn.acquire()
        except TimeoutError:
            raise Busy(patience) from None
        try:
            while (pause := self.closed_for or await self._spend(Rank.REPLY)) > 0:
                if self._clock() + pause > deadline:
                    raise Busy(pause)
                await asyncio.sleep(max(pause, SHORTEST_PAUSE))
        finally:
            self._turn.release()

    async def _spend(self, rank: Rank) -> float:
        return await self._allowance.spend(SIGNAL.channel, self._most[rank], WINDOW_SECONDS)
