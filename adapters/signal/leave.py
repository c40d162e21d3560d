"""People who took leave, until the daemon is told to forget them: their ids, profiles and keys.

Not at once: their telephone first acknowledges what was said last, and would be known by that anew. Whoever writes
again afterwards is known again: their telephone brings the message a second time, as Signal does wherever keys are
missing. Who waits here waits in memory alone: a crash leaves them known to the daemon.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from adapters.errors import ChannelError
from privacy.addresses import Address

DEPART_SECONDS: Final = 60.0
"""After somebody's leave; by then their telephone has acknowledged what was said last."""
AT_ONCE: Final = 10_000
"""People who wait to be forgotten; further ones stay known."""
LAST_SECONDS: Final = 5.0
"""For those who wait when the channel closes."""

log = structlog.get_logger()


class Leave:
    """`forget` has the daemon forget one account; it raises `ChannelError`. `clock`: seconds, monotonic."""

    def __init__(self, forget: Callable[[str], Awaitable[object]], clock: Callable[[], float]) -> None:
        self._forget = forget
        self._clock = clock
        self._waiting: deque[tuple[float, Address]] = deque()
        self._came = asyncio.Event()

    def take(self, who: Address) -> None:
        if len(self._waiting) >= AT_ONCE:
            log.warning("departure_not_noted", channel="signal")
            return
        self._waiting.append((self._clock() + DEPART_SECONDS, who))
        self._came.set()

    async def run(self) -> None:
        """Until cancelled: one after the other, in the order of leaving."""
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                await asyncio.sleep(self._waiting[0][0] - self._clock())
                await self._next()

    async def close(self) -> None:
        """All that still wait, now."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                while self._waiting:
                    await self._next()
        if self._waiting:
            log.warning("departures_left", channel="signal", count=len(self._waiting))

    async def _next(self) -> None:
        """Gone from here once the daemon was asked: asked twice is as well."""
        try:
            await self._forget(self._waiting[0][1].reveal())
        except ChannelError as error:
            log.info("departure_failed", channel="signal", error=type(error).__name__)
        self._waiting.popleft()
