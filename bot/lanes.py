"""One conversation, one turn at a time: lanes within the process; the lock in Redis holds between processes.

A lane is held until the replies of its turn are handed over, so that two answers of one citizen never overtake each
other. Whoever floods waits in their own lane, and only so many wait.
"""

from __future__ import annotations

import asyncio

MOST_WAITING = 20
"""Acts of one conversation that may wait; whoever sends more does not wait for an answer (`flood.py`)."""


class LaneFull(Exception):
    """Too many acts of one conversation wait already."""


class Lanes:
    """Locks by conversation, made when needed and forgotten when idle."""

    def __init__(self) -> None:
        self._lanes: dict[bytes, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._lanes)

    def __contains__(self, name: bytes) -> bool:
        """Whether somebody is in the lane."""
        return name in self._lanes

    async def enter(self, name: bytes) -> None:
        """Wait for the lane. Raises `LaneFull` rather than queueing without bound."""
        if name in self._lanes and self._lanes[name][1] > MOST_WAITING:
            raise LaneFull
        await self.squeeze_in(name)

    async def squeeze_in(self, name: bytes) -> None:
        """Wait for the lane, however many wait: for words of our own, of which there are few at a time."""
        lock, users = self._lanes.get(name) or (asyncio.Lock(), 0)
        self._lanes[name] = (lock, users + 1)
        try:
            await lock.acquire()
        except BaseException:
            self._drop(name)
            raise

    def leave(self, name: bytes) -> None:
        self._lanes[name][0].release()
        self._drop(name)

    def _drop(self, name: bytes) -> None:
        lock, users = self._lanes[name]
        if users == 1:
            del self._lanes[name]
        else:
            self._lanes[name] = (lock, users - 1)
