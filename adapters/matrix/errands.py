"""Small calls beside the conversation that may fail without harm: read receipts, typing, leaving a group.

Each has a time-out; so many at once, further ones are dropped. Nobody waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

import structlog

from adapters.errors import Busy, ChannelError
from adapters.matrix.delivery import Delivery
from privacy.redaction import describe

AT_ONCE: Final = 300
SECONDS: Final = 20.0
"""For one errand."""
LAST_SECONDS: Final = 1.0
"""For those under way when the channel closes."""

log = structlog.get_logger()


class Errands:
    """The errands under way, held until they end. They stand back while the homeserver asks for a pause."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[None, None, object], name: str) -> None:
        if len(self._tasks) >= AT_ONCE or self._delivery.closed_for > 0:
            errand.close()
            return
        task = asyncio.create_task(self._try(errand, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()

    async def _try(self, errand: Coroutine[None, None, object], name: str) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await errand
        except Busy as busy:
            self._delivery.too_many(busy.retry_after)
        except (ChannelError, TimeoutError) as error:
            log.info("errand_failed", channel="matrix", method=name, error=type(error).__name__)
        except Exception as error:  # a defect of ours: named without its text
            log.error("errand_defect", channel="matrix", method=name, raised=describe(error))
