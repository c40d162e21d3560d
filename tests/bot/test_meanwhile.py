"""A turn that takes long shows that it does and keeps its conversation; one that ended, or hangs, does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from bot.delivery import Tasks
from bot.meanwhile import Meanwhile
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
        self.shown = 0
        self.enough = asyncio.Event()
        self.tasks = Tasks(Metrics())

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        self.renewals += 1
        if self.renewals == 4:
            self.enough.set()
        if self.renewals % 2:
            raise Unavailable("away")
        return await super().renew(names, loaded)

    async def typing(self) -> None:
        self.shown += 1

    def turn(self, loaded: Loaded) -> Meanwhile:
        unused: Any = None
        turns = Turns(self, unused, unused, unused, unused, unused, self.tasks, Metrics(), unused)
        return Meanwhile(self.tasks, self.typing, partial(turns._renew, MINE, loaded))


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.meanwhile.TYPING_AFTER", 0.001)
    monkeypatch.setattr("bot.meanwhile.RENEW_EVERY", 0.002)


async def test_while_a_turn_runs_its_lock_is_renewed_and_afterwards_not() -> None:
    conversations = Watched()
    loaded = await conversations.load(MINE, [])
    assert loaded is not None
    async with asyncio.timeout(60):
        with conversations.turn(loaded):
            await conversations.enough.wait()
    await conversations.release(MINE, loaded)
    assert await conversations.load(MINE, []) is not None, "nobody holds it any more"


async def test_a_turn_that_takes_long_shows_it_once() -> None:
    conversations = Watched()
    loaded = await conversations.load(MINE, [])
    assert loaded is not None
    async with asyncio.timeout(60):
        with conversations.turn(loaded):
            await conversations.enough.wait()
    assert conversations.shown == 1


async def test_a_turn_that_hangs_loses_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.meanwhile.RENEWALS", 4)
    conversations = Watched()
    loaded = await conversations.load(MINE, [])
    assert loaded is not None
    async with asyncio.timeout(60):
        with conversations.turn(loaded):
            await conversations.enough.wait()
            await conversations.tasks.drain(60)
    assert conversations.renewals == 4


def test_a_killed_worker_holds_nobody_up_for_long() -> None:
    assert LOCK_SECONDS < 10
