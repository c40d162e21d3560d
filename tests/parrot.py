"""A `Host` of the adapters' own tests: remembers what it took, and says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from adapters.base import Envelope, File, NotTaken, Sign
from dialogs.messages import Picture
from privacy.addresses import Person

PATIENCE = 30.0
"""Seconds until a test gives up; what it takes is not measured here."""


@dataclass
class Parrot:
    taken: list[Envelope] = field(default_factory=list)
    refusals: int = 0
    """So many acts are not taken before the next one is."""
    on_act: Callable[[Envelope], Awaitable[None]] | None = None
    pictures: dict[str, File] = field(default_factory=dict)
    signs: list[tuple[Sign, str]] = field(default_factory=list)
    """What the adapter said of its channel."""
    notes: list[str] = field(default_factory=list)
    """Events that an operator should know of."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, envelope: Envelope) -> None:
        if self.refusals > 0:
            self.refusals -= 1
            raise NotTaken
        if self.on_act is not None:
            await self.on_act(envelope)
        self.taken.append(envelope)
        self._news.set()

    async def admits(self, network: Person) -> bool:
        return True

    async def picture(self, picture: Picture) -> File | None:
        return self.pictures.get(picture.name)

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        self.signs.append((sign, hint))
        self._news.set()

    def note(self, channel: str, event: str) -> None:
        self.notes.append(event)

    async def takes(self, count: int) -> list[Envelope]:
        """Wait until so many acts were taken in all."""
        await self.until(lambda: len(self.taken) >= count)
        return self.taken

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._news.clear()
                await self._news.wait()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever tries again does so at once: a test of faults waits for nothing."""
    monkeypatch.setattr("adapters.backoff.FIRST_PAUSE", 0.005)
