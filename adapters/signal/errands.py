"""Small sends beside the conversation that may fail without harm: "typing", a word in a group, leaving it.

Each has one try; so many at once, further ones are dropped. Nobody waits for them, and they wait for nobody: where the
pace has no room, they do not happen.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Final

import structlog

from adapters.backoff import backoff
from adapters.errors import ChannelError
from adapters.signal.delivery import Delivery
from adapters.signal.pace import Pace, Rank

AT_ONCE: Final = 100
TRUST_TRIES: Final = 8
TRUST_PAUSE: Final = 10.0
"""Seconds between two looks whether the daemon has a new key, at most."""
LAST_SECONDS: Final = 1.0
"""For those under way when the channel closes."""
GROUPS_REMEMBERED: Final = 1000
"""Groups that were refused: each once, by a hash of the process."""

log = structlog.get_logger()


class Errands:
    """The errands under way, held until they end."""

    def __init__(self, delivery: Delivery, pace: Pace) -> None:
        self._delivery = delivery
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        self._refused: OrderedDict[int, None] = OrderedDict()

    def typing(self, to: str) -> None:
        self._run(self._typing(to))

    def trust(self, whom: str) -> None:
        self._run(self._trust(whom))

    def forget(self, whom: str) -> None:
        """Somebody is no longer at Signal: the daemon need not know them either."""
        self._run(self._delivery.forget(whom))

    def refuse(self, group: str, words: str) -> None:
        """Leave a group with a word; once, however often it writes."""
        name = hash(group)
        if not group or name in self._refused:
            return
        self._refused[name] = None
        if len(self._refused) > GROUPS_REMEMBERED:
            self._refused.popitem(last=False)
        self._run(self._leave(group, words))

    async def close(self) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()

    def _run(self, errand: Coroutine[None, None, None]) -> None:
        if len(self._tasks) >= AT_ONCE:
            errand.close()
            return
        task = asyncio.create_task(self._quietly(errand))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, errand: Coroutine[None, None, None]) -> None:
        try:
            await errand
        except ChannelError as error:
            log.info("errand_failed", channel="signal", error=type(error).__name__)

    async def _typing(self, to: str) -> None:
        await self._pace.wait(Rank.TRIFLE, 0.0)
        await self._delivery.call("sendTyping", {"recipient": [to]})

    async def _trust(self, whom: str) -> None:
        """The daemon tells of a new key before it has fetched it, and trusts only what it has."""
        for tries in range(1, TRUST_TRIES + 1):
            await asyncio.sleep(backoff(tries, TRUST_PAUSE))
            if await self._delivery.distrusts(whom):
                await self._delivery.trust(whom)
                return

    async def _leave(self, group: str, words: str) -> None:
        """Said and left within the pace; where that has no room now, the group's next message tries again."""
        try:
            await self._pace.wait(Rank.PUSH, 0.0)
            await self._delivery.call("send", {"groupId": group, "message": words})
            await self._pace.wait(Rank.PUSH, 0.0)
            await self._delivery.call("quitGroup", {"groupId": group, "delete": True})
        except ChannelError:
            self._refused.pop(hash(group), None)
            raise
