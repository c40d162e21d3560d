"""A turn that takes long keeps its conversation; one that ended, or hangs, does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.delivery import Tasks
from bot.metrics import Metrics
from bot.turn import Turns
from storage.conversations import Loaded, SessionName
from storage.errors import Unavailable
from storage.memory import MemoryConversations
from storage.redis import LOCK_SECONDS

MINE = (SessionName(b"n" * 16),)


class Watched(MemoryConversations):
    """Counts renewals; every second one meets a store that is away."""

    def __init__(self) -> None:
        super().__init__()
        self.renewals = 0
        self.enough = asyncio.Event()

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        self.renewals += 1
        if self.renewals == 4:
            self.enough.set()
        if self.renewals % 2:
            raise Unavailable("away")
        return await super().renew(names, loaded)


def turns(conversations: MemoryConversations) -> Turns:
    metrics = Metrics()
    unused: Any = None
    return Turns(conversations, unused, unused, unused, unused, unused, Tasks(metrics), metrics, unused)


async def test_while_a_turn_runs_its_lock_is_renewed_and_afterwards_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.turn.RENEW_EVERY", 0.001)
    conversations = Watched()
    loaded = await conversations.load(MINE, [])
    assert loaded is not None
    async with asyncio.timeout(60):
        with turns(conversations)._renewing(MINE, loaded):
            await conversations.enough.wait()
    await conversations.release(MINE, loaded)
    assert await conversations.load(MINE, []) is not None, "nobody holds it any more"


async def test_a_turn_that_hangs_loses_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.turn.RENEW_EVERY", 0.001)
    monkeypatch.setattr("bot.turn.RENEWALS", 4)
    conversations = Watched()
    loaded = await conversations.load(MINE, [])
    assert loaded is not None
    working = turns(conversations)
    async with asyncio.timeout(60):
        with working._renewing(MINE, loaded):
            await conversations.enough.wait()
            await working._tasks.drain(60)
    assert conversations.renewals == 4


def test_a_killed_worker_holds_nobody_up_for_long() -> None:
    assert LOCK_SECONDS < 10
