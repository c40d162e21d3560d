"""A town on loopback for the web channel's tests and pictures: the real engine, everything kept in memory.

It does what `bot/` does, for as many citizens as come, and can be told to fail. Not for production: nothing is sealed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.base import Envelope, File, Identity, NotTaken, Outgoing, Post, Replace, Sign
from adapters.errors import Unreachable
from adapters.web.accessibility_page import AccessibilityPage
from adapters.web.adapter import WebAdapter
from adapters.web.channel_pages import ChannelPages
from adapters.web.headers import Protection
from adapters.web.moderation_page import ModerationPage
from adapters.web.pages import Pages
from adapters.web.settings import PHOTO_LIMIT, WebSettings
from dialogs.accessibility import Barrier
from dialogs.capabilities import TELEGRAM, WEB, Capabilities
from dialogs.channels.state import ChannelState
from dialogs.districts import read
from dialogs.effects import Revise, Send, Settle
from dialogs.events import Act, MediaSent, MessageRef
from dialogs.forms.model import Form
from dialogs.messages import Picture
from dialogs.pilots import Pilot
from dialogs.player import Player
from dialogs.releases import PublicRelease
from dialogs.rendering import render
from dialogs.text_states import HideReason
from dialogs.world import NewsItem, OutcomeCard, Place, Survey, Town, World
from privacy.addresses import Address, Person

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@dataclass(slots=True)
class Citizen:
    """One conversation on the stage."""

    player: Player
    marks: set[str] = field(default_factory=set)
    anchor: MessageRef | None = None
    owed: list[tuple[Outgoing, bool]] = field(default_factory=list)
    upload: bytes | None = None


@dataclass(slots=True)
class StagedReleases:
    """What was published, by survey: versions with their files, the oldest first."""

    versions: dict[str, list[tuple[PublicRelease, dict[str, bytes]]]] = field(default_factory=dict)

    async def release(self, survey: str, version: int = 0) -> PublicRelease | None:
        """A version; 0: the newest."""
        found = self.versions.get(survey, [])
        return found[version - 1][0] if found and version <= len(found) else None

    async def file(self, survey: str, version: int, name: str) -> bytes | None:
        """A file of a version."""
        found = self.versions.get(survey, [])
        return found[version - 1][1].get(name) if found and version <= len(found) else None

    async def published(self) -> Sequence[tuple[str, int]]:
        """Every survey that has a release."""
        return sorted((survey, len(found)) for survey, found in self.versions.items())


class Stage:
    """Host and catalogue in one. `acts` is what arrived, `committed` what was taken, in order."""

    def __init__(self, surveys: Sequence[Survey], forms: Sequence[Form], places: Sequence[Place] = ()) -> None:
        self._surveys = {survey.code: survey for survey in surveys}
        self._forms = {form.hash: form for form in forms}
        self._town = Town("Stadt Musterstadt", contact="Bürgerbüro, Telefon 0123 456 78", places=tuple(places))
        self._citizens: dict[Address, Citizen] = {}
        self.now = NOON
        self.pilots: tuple[Pilot, ...] = ()
        self.news: tuple[NewsItem, ...] = ()
        self.outcomes: dict[str, OutcomeCard] = {}
        self.releases = StagedReleases()
        self.state = ChannelState.WORKING
        self.hidden: dict[HideReason, int] = {}
        self.barriers: list[Barrier] = []
        self.takes_barriers = True
        self.acts: list[Act] = []
        self.committed: list[Act] = []
        self.refusals = 0
        """So many of the next turns are not taken."""
        self.crash_after_commit = False
        """The next turn is committed, and its acknowledgement and replies are never sent."""
        self.crashed = asyncio.Event()
        self.picture_file: File | None = None
        self.adapter: WebAdapter | None = None

    def draw(self, districts: bytes) -> None:
        """The town's districts, as GeoJSON; b"" for none."""
        self._town = replace(self._town, outline=read(districts))

    # -- as the pages see it

    def seen_from(self, channel: Capabilities, language_hint: str = "") -> World:
        """The world of a turn or a page."""
        return World(
            now=self.now,
            rng=random.Random(7),  # noqa: S311  # a stage is the same every night
            town=self._town,
            channel=channel,
            surveys=self._surveys,
            forms=self._forms,
            language_hint=language_hint,
            web_address="http://localhost",
            channels=(WEB, TELEGRAM),
            pilots={pilot.code: pilot for pilot in self.pilots},
            news=self.news,
            outcomes=self.outcomes,
        )

    def link(self, channel: Capabilities, code: str) -> str:
        """A deep link as it would look."""
        return f"https://t.me/musterstadt_bot?start={code}" if channel is TELEGRAM else ""

    def takes_code(self, channel: Capabilities) -> bool:
        """As the link says."""
        return True

    def states(self) -> dict[str, tuple[ChannelState, datetime]]:
        """All is well unless a test says otherwise."""
        return {channel.channel: (self.state, self.now) for channel in (WEB, TELEGRAM)}

    def identity(self, channel: str) -> Identity | None:
        """A bot by its name."""
        return Identity("@musterstadt_bot", "https://t.me/musterstadt_bot") if channel == TELEGRAM.channel else None

    def town_key(self) -> str:
        """No key: the stage signs nothing."""
        return "AAAA"

    def statement(self) -> bytes:
        """Nothing signed."""
        return b"{}"

    async def hidden_texts(self) -> dict[HideReason, int]:
        """What a moderator would have hidden."""
        return dict(self.hidden)

    async def barrier(self, barrier: Barrier) -> bool:
        """Takes what is reported, unless a test says that there is too much."""
        if self.takes_barriers:
            self.barriers.append(barrier)
        return self.takes_barriers

    # -- as the adapter sees it

    async def receive(self, envelope: Envelope) -> None:
        """One turn: duplicates dropped, committed, then the replies."""
        self.acts.append(envelope.event)
        if self.refusals > 0:
            self.refusals -= 1
            raise NotTaken
        citizen = self._citizen(envelope)
        if envelope.mark in citizen.marks:
            return
        if isinstance(envelope.event, MediaSent):
            assert self.adapter is not None
            citizen.upload = await self.adapter.fetch(envelope.event.media, PHOTO_LIMIT)
        words = citizen.player.take(envelope.event)
        citizen.marks.add(envelope.mark)
        self.committed.append(envelope.event)
        citizen.owed += [reply for effect in words for reply in _replies(effect, citizen)]
        if self.crash_after_commit:
            self.crashed.set()
            await asyncio.Event().wait()
        await self._hand_over(envelope.person.address, citizen)

    async def admits(self, network: Person) -> bool:
        """Everybody may begin."""
        return True

    async def picture(self, picture: Picture) -> File | None:
        """The stage's one picture."""
        return self.picture_file if self.picture_file and picture.name == self.picture_file.name else None

    def notice(self, channel: str, sign: Sign, hint: str = "") -> None:
        """Nobody asks how the channel is."""

    def note(self, channel: str, event: str) -> None:
        """Nothing is counted here."""

    def submitted(self, code: str) -> list[dict[str, str]]:
        """What was sent for a survey, by ref."""
        every = (citizen.player.sent.get(code) for citizen in self._citizens.values())
        return [{value.ref: value.text for value in submit.values} for submit in every if submit is not None]

    def files(self) -> list[bytes]:
        """Photos and voice messages that are kept."""
        return [data for citizen in self._citizens.values() for data in citizen.player.files.values()]

    def _citizen(self, envelope: Envelope) -> Citizen:
        address = envelope.person.address
        if address not in self._citizens:
            hint = envelope.language_hint
            citizen = Citizen(Player(lambda: self.seen_from(WEB, hint)))
            citizen.player.read_file = lambda _: citizen.upload
            self._citizens[address] = citizen
        return self._citizens[address]

    async def _hand_over(self, to: Address, citizen: Citizen) -> None:
        assert self.adapter is not None
        with contextlib.suppress(Unreachable):
            while citizen.owed:
                outgoing, is_anchor = citizen.owed[0]
                if isinstance(outgoing, Replace) and not outgoing.message:
                    citizen.owed.pop(0)
                    continue
                sent = await self.adapter.deliver(to, outgoing)
                citizen.owed.pop(0)
                citizen.anchor = sent if is_anchor else citizen.anchor


def _replies(effect: Send | Revise | Settle, citizen: Citizen) -> list[tuple[Outgoing, bool]]:
    parts = render(effect.say, WEB)
    match effect:
        case Send(anchor=anchor):
            return [(Post(part), anchor) for part in parts]
        case Revise(message=message) | Settle(message=message):
            target = message or citizen.anchor
            return [(Replace(parts[0], target), False)] if target else []


def public_pages(stage: Stage, settings: WebSettings) -> list[web.AbstractRouteDef]:
    """All pages, the short addresses last."""
    pages = Pages(stage, settings)
    moderation = ModerationPage(pages, settings, stage.hidden_texts)
    access = AccessibilityPage(pages, settings, stage.barrier)
    return [*ChannelPages(pages, stage, settings).routes(), *moderation.routes(), *access.routes(), *pages.routes()]


@dataclass(slots=True)
class Opened:
    """A running listener."""

    address: str
    runner: web.AppRunner
    adapter: WebAdapter


@contextlib.asynccontextmanager
async def opened(
    stage: Stage,
    districts: bytes = b"",
    port: int = 0,
    change: Callable[[web.Application], None] | None = None,
    embed_origins: tuple[str, ...] = (),
) -> AsyncIterator[Opened]:
    """Serve pages and chat on loopback, as `bot/` does; ended abruptly at the end of the block, like a kill."""
    stage.draw(districts)
    settings = WebSettings(embed_origins=embed_origins)
    adapter = WebAdapter(stage, settings)
    stage.adapter = adapter
    app = web.Application(middlewares=[Protection("").middleware()], client_max_size=25 * 1024 * 1024)
    app.add_routes([*adapter.routes(), *public_pages(stage, settings)])
    if change is not None:
        change(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    bound = runner.addresses[0][1]
    try:
        yield Opened(f"http://127.0.0.1:{bound}", runner, adapter)
    finally:
        await adapter.close()
        await runner.cleanup()
