"""The stream of envelopes, connected again whenever it breaks: quickly at first, then later each time.

What the daemon has not handed over yet waits there or, where it runs with `--receive-mode=on-connection`, with Signal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

import structlog

from adapters.backoff import backoff
from adapters.errors import ChannelError
from adapters.signal.delivery import Notice
from adapters.signal.intake import Intake
from adapters.signal.rpc import Rpc

LONGEST_PAUSE: Final = 30.0
"""Seconds between two tries to connect."""
CALM_SECONDS: Final = 30.0
"""A connection that stood so long makes the failures before it forgotten."""

log = structlog.get_logger()


class Receiving:
    """One account's envelopes. `greet` is called before each connection: it raises if the daemon is not there."""

    def __init__(
        self,
        rpc: Rpc,
        intake: Intake,
        greet: Callable[[], Awaitable[None]],
        notice: Notice,
        clock: Callable[[], float],
    ) -> None:
        self._rpc = rpc
        self._intake = intake
        self._greet = greet
        self._notice = notice
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled; then turns under way end first."""
        failures = 0
        try:
            while True:
                begun = self._clock()
                try:
                    await self._listen()
                except ChannelError as error:
                    self._notice(error)
                    log.warning("stream_broke", channel="signal", error=type(error).__name__)
                failures = 1 if self._clock() - begun > CALM_SECONDS else failures + 1
                await asyncio.sleep(backoff(failures, LONGEST_PAUSE))
        finally:
            await self._intake.close()

    async def _listen(self) -> None:
        await self._greet()
        self._notice(None)
        async with aclosing(self._rpc.events()) as events:
            async for payload in events:
                await self._intake.take(payload)
