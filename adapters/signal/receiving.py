"""The stream of envelopes, connected again whenever it breaks: quickly at first, then later each time.

What the daemon has not handed over yet waits there or, where it runs with `--receive-mode=on-connection`, with Signal.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

import structlog

from adapters.backoff import backoff
from adapters.errors import ChannelError
from adapters.signal.delivery import Notice
from adapters.signal.intake import Intake
from adapters.signal.rpc import NoAccount, Rpc

LONGEST_PAUSE: Final = 30.0
"""Seconds between two tries to connect."""
CALM_SECONDS: Final = 30.0
"""A connection that stood so long makes the failures before it forgotten."""
WATCH_SECONDS: Final = 60.0
"""Between two looks whether the daemon still has the account."""
LULL_SECONDS = 0.3
"""Without an envelope after which the daemon is taken to open none. Tests, whose daemon opens none, wait shorter."""
PART_SECONDS: Final = 3.0
"""For a lull; and for what is on its way."""

log = structlog.get_logger()


class Receiving:
    """One account's envelopes. `greet` is called before each connection: it raises if the daemon is not there;
    `is_served` tells at any time whether it has the account."""

    def __init__(
        self,
        rpc: Rpc,
        intake: Intake,
        greet: Callable[[], Awaitable[None]],
        is_served: Callable[[], Awaitable[bool]],
        notice: Notice,
        clock: Callable[[], float],
    ) -> None:
        self._rpc = rpc
        self._intake = intake
        self._greet = greet
        self._is_served = is_served
        self._notice = notice
        self._clock = clock
        self._parting = False

    async def run(self) -> None:
        """Until cancelled; then what is on its way is taken, and turns under way end."""
        listening = asyncio.create_task(self._again_and_again(), name="signal-events")
        try:
            await asyncio.wait([listening])  # which, cancelled, does not cancel it
            listening.result()
        finally:
            await self._part(listening)
            await self._intake.close()

    async def _again_and_again(self) -> None:
        failures = 0
        while not self._parting:
            begun = self._clock()
            try:
                await self._listen()
            except ChannelError as error:
                self._notice(error)
                log.warning("stream_broke", channel="signal", error=type(error).__name__)
            failures = 1 if self._clock() - begun > CALM_SECONDS else failures + 1
            await asyncio.sleep(0 if self._parting else backoff(failures, LONGEST_PAUSE))

    async def _part(self, listening: asyncio.Task[None]) -> None:
        """Take what the daemon handed over, for it has forgotten it, and let it go when it has nothing in hands: an
        envelope that it is just opening would find nobody."""
        self._parting = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PART_SECONDS):
                await self._lull()
        if not listening.done() and await self._rpc.unsubscribe():
            await asyncio.wait([listening], timeout=PART_SECONDS)
        listening.cancel()
        await asyncio.wait([listening])

    async def _lull(self) -> None:
        """Until no envelope came for a moment."""
        seen = -1
        while seen != self._intake.seen:
            seen = self._intake.seen
            await asyncio.sleep(LULL_SECONDS)

    async def _listen(self) -> None:
        await self._greet()
        self._notice(None)
        tasks = [asyncio.create_task(self._take()), asyncio.create_task(self._watch())]
        try:
            (done, *_), _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _take(self) -> None:
        async with aclosing(self._rpc.events()) as events:
            async for payload in events:
                await self._intake.take(payload)

    async def _watch(self) -> None:
        """Raise `NoAccount` when the daemon has lost the account (somebody registered the number elsewhere): the line
        stays open then, and silent."""
        served = True
        while served:
            await asyncio.sleep(WATCH_SECONDS)
            with contextlib.suppress(ChannelError):  # a line that breaks tells by itself
                served = await self._is_served()
        raise NoAccount
