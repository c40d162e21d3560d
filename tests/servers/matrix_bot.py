"""Our own adapter at a real Synapse, with a host that plays each citizen's conversation in memory."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from servers.synapse import Synapse

from adapters.base import Envelope, File, NotTaken, Post, Replace, Sign
from adapters.errors import ChannelError
from adapters.matrix.adapter import MatrixAdapter
from adapters.matrix.settings import MatrixSettings
from bot.replies import Reply, plan
from dialogs.capabilities import MATRIX, TELEGRAM
from dialogs.events import Act, MediaSent
from dialogs.forms.model import Form, compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.messages import Picture
from dialogs.player import Player
from dialogs.world import Survey, Town, World
from privacy.addresses import Address, Person

FORMS = Path(__file__).parents[1] / "scenarios" / "forms"
SAMPLE = Path(__file__).parents[2] / "bot" / "samples" / "rufbus.md"
NOW = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
KEY = bytes(range(32)).hex()
UP_SECONDS = 30.0


@cache
def form_of(name: str) -> Form:
    source = SAMPLE if name == "rufbus" else FORMS / f"{name}.md"
    compiled = to_xform(f"{name}.md", source.read_bytes())
    return compile_form(compiled.xform, compiled.attachments)


@dataclass
class Host:
    """What `bot/` does for the adapter, in memory: duplicates dropped, committed, then said."""

    surveys: tuple[str, ...] = ("rufbus",)
    adapter: MatrixAdapter | None = None
    acts: list[Act] = field(default_factory=list)
    """What came through the gate, duplicates too."""
    refusals: int = 0
    deaf: bool = False
    """Take acts and say nothing."""
    events: list[str] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    pictures: dict[str, File] = field(default_factory=dict)
    addresses: list[Address] = field(default_factory=list)
    held: asyncio.Event | None = None
    """While it is there and not set, no turn ends."""
    replies: list[Reply] = field(default_factory=list)
    _players: dict[Address, Player] = field(default_factory=dict)
    _marks: set[tuple[Address, str]] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, envelope: Envelope) -> None:
        self.acts.append(envelope.event)
        self._news.set()
        if self.refusals > 0:
            self.refusals -= 1
            raise NotTaken
        if self.held is not None:
            await self.held.wait()
        address = envelope.person.address
        if envelope.mark and (address, envelope.mark) in self._marks:
            return
        self._marks.add((address, envelope.mark))
        if address not in self.addresses:
            self.addresses.append(address)
        if isinstance(envelope.event, MediaSent):
            assert self.adapter is not None
            self.files.append(await self.adapter.fetch(envelope.event.media, 1_000_000))
        if self.deaf:
            return
        player = self._players.setdefault(address, Player(self.world, read_file=lambda _: self.files[-1]))
        for reply in plan(player.take(envelope.event), MATRIX, None):
            await self.say(address, reply)

    async def say(self, address: Address, reply: Reply) -> None:
        assert self.adapter is not None
        self.replies.append(reply)
        outgoing = Post(reply.part, reply.id) if reply.message is None else Replace(reply.part, reply.message, reply.id)
        with contextlib.suppress(ChannelError):
            await self.adapter.deliver(address, outgoing)

    async def admits(self, network: Person) -> bool:
        return True

    async def picture(self, picture: Picture) -> File | None:
        return self.pictures.get(picture.name)

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        self.signs.append(sign)

    def note(self, channel: str, event: str) -> None:
        self.events.append(event)

    def world(self) -> World:
        forms = {name: form_of(name) for name in self.surveys}
        return World(
            now=NOW,
            rng=random.Random(1),
            town=Town("Musterstadt"),
            channel=MATRIX,
            surveys={
                name: Survey(name, form.hash, {"": form.title}, closes=date(2027, 3, 31))
                for name, form in forms.items()
            },
            forms={form.hash: form for form in forms.values()},
            language_hint="de",
            channels=(MATRIX, TELEGRAM),
        )

    def sent(self) -> list[dict[str, str]]:
        """What was submitted, by ref."""
        submits = [submit for player in self._players.values() for submit in player.sent.values()]
        return [{value.ref: value.text for value in submit.values} for submit in submits]

    async def takes(self, count: int) -> list[Act]:
        """Wait until so many acts came in all."""
        async with asyncio.timeout(20):
            while len(self.acts) < count:
                self._news.clear()
                await self._news.wait()
        return self.acts


@dataclass
class Bot:
    """A running adapter."""

    settings: MatrixSettings
    host: Host
    synapse: Synapse
    adapter: MatrixAdapter
    running: asyncio.Task[None]

    async def stop(self) -> None:
        """As the process does it: nothing is received any more, then it is closed."""
        self.running.cancel()
        await asyncio.wait([self.running])
        await self.adapter.close()

    @property
    def user(self) -> str:
        return self.settings.user


@contextlib.asynccontextmanager
async def up(
    settings: MatrixSettings, host: Host, synapse: Synapse, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[Bot]:
    """Run the adapter while the block runs; ended like a process that is told to stop."""
    adapter = MatrixAdapter(settings, host, clock)
    host.adapter = adapter
    running = asyncio.create_task(adapter.run())
    try:
        waiting = asyncio.create_task(adapter.up.wait())
        await asyncio.wait([running, waiting], timeout=UP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert adapter.up.is_set(), running.exception() if running.done() else "it does not start"
        yield Bot(settings, host, synapse, adapter, running)
    finally:
        running.cancel()
        await asyncio.wait([running])
        await adapter.close()
