"""What the contract asks of a channel's fixture: a bench that stands in for the messenger, and phones on it.

A new channel brings one module beside this one and one line in `registry.py` (docs/adapters.md leads through it).
Everything is said and read here as a citizen would: plain text, labels of what can be tapped, files by name. What a
channel cannot do is data: `Bench.cannot`, with the reason; the contract then tests what a citizen does instead.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import redis.asyncio
from e2e.talking import faults
from e2e.town import Noon, publish_form, settings, stored
from e2e.walking import Answer, plain

from bot.app import App, running
from bot.config import Config
from dialogs.capabilities import Capabilities
from dialogs.forms.model import Form
from storage.redis import Space, key

PATIENCE = 60.0
"""Seconds until a test gives up; what it takes is not measured here."""


class Feature(StrEnum):
    """What a channel may be able to bring about, beyond words in both directions."""

    TAPS = "taps"
    """Choices can be tapped: buttons or polls."""
    REVISION = "revision"
    """The bot can change what it said."""
    PICTURES = "pictures"
    DOCUMENTS = "documents"
    LANGUAGE = "language"
    """The messenger tells in which language its citizen reads."""
    EDITS = "edits"
    """The citizen changes a message that was sent."""
    DELETIONS = "deletions"
    """The citizen deletes a message that was sent."""
    REACTIONS = "reactions"
    """The citizen puts a sign on a message of the bot."""
    GROUPS = "groups"
    DUPLICATES = "duplicates"
    """The messenger may bring a message several times."""
    DISORDER = "disorder"
    """Messages of different people may overtake each other on their way."""
    RESTART = "restart"
    """The process may end in the middle of a conversation, and messages come meanwhile."""
    BLOCKING = "blocking"
    """The citizen can block us, leave or vanish."""
    LATENESS = "lateness"
    """The messenger keeps what is written while we are out of reach, and says when that was."""
    LIMITS = "limits"
    """The messenger may ask us to wait."""
    LOSS = "loss"
    """The line to the messenger may break."""


@dataclass(frozen=True)
class Heard:
    """One message of the bot as a citizen sees it."""

    text: str
    """Without markup; title and text, a line each."""
    offers: tuple[str, ...] = ()
    """What can be tapped, in order, marks of choice removed."""
    chosen: tuple[str, ...] = ()
    """What of it is marked as chosen."""
    files: tuple[str, ...] = ()
    """Names of files and pictures that came with it."""
    revised: bool = False
    """An earlier message was changed."""


class Phone(Protocol):
    """One citizen with the messenger's own client."""

    heard: list[Heard]
    """Everything that the bot showed, oldest first; grows by itself or while `until` waits."""

    @property
    def native(self) -> str:
        """The messenger's id of this citizen, which must be stored nowhere in plain."""

    async def begin(self, code: str) -> None:
        """Follow a deep link, or write the survey's code where there is none."""

    async def give(self, answer: Answer) -> None:
        """Answer in the way that the answer names; labels that cannot be tapped are said in words."""

    async def says(self, text: str) -> None:
        """Send a text. Returns when the messenger has it."""

    async def until(self, *texts: str) -> str:
        """Read on until one message holds all of `texts` (white space folded, labels included); returns it."""

    async def quiet(self) -> None:
        """Until everything that is on its way to this citizen has come."""

    async def edits(self, text: str) -> None: ...

    async def deletes(self) -> None:
        """Remove the message that was sent last, for both."""

    async def reacts(self, sign: str) -> None:
        """Put a sign on the bot's newest message."""

    async def sends_file(self, name: str, mime: str, data: bytes) -> None: ...

    async def sends_odd(self) -> None:
        """Something that no question takes: a sticker, a contact."""

    async def leaves(self) -> None:
        """Block us, leave the room, close the chat."""

    async def returns(self) -> None:
        """The contrary."""


class GroupChat(Protocol):
    """A chat of several people to which the bot was added."""

    async def invites(self) -> None: ...

    async def says(self, text: str) -> None: ...

    async def hears(self) -> str:
        """What the bot said here before it left; waits for it."""

    async def is_left(self) -> None:
        """Until the bot has gone."""


class Bench(Protocol):
    """One messenger on loopback, for the length of the suite."""

    capabilities: Capabilities
    cannot: Mapping[Feature, str]
    """What this channel cannot do, and why (docs/adapters.md says the same)."""
    captured: Sequence[bytes]
    """Payloads as the real messenger sends them."""
    refusals: tuple[type[Exception], ...]
    """What `decode` may raise for bytes that are no payload at all."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def scene(self, folder: Path, redis_url: str) -> Scene:
        """A town with this channel, not yet started. `folder` is empty."""

    async def group(self, phone: Phone) -> GroupChat:
        """A group that has the citizen as a member, and the bot not yet."""

    def decode(self, payload: bytes) -> object:
        """The channel's own pure reader of a payload."""

    async def brings(self, payload: bytes) -> None:
        """Bring a payload to the running adapter as the messenger would."""

    def duplicates(self, on: bool) -> None:
        """Every message of a citizen comes several times."""

    def disorders(self, on: bool) -> None:
        """Messages of different people overtake each other."""

    def ages(self, seconds: float) -> None:
        """What is sent from now on was written so many seconds ago, and reaches us only now."""

    def limits(self) -> None:
        """The messenger refuses the next message with a request to wait (a fraction of a second)."""

    def cuts(self) -> None:
        """The line breaks and stays broken."""

    async def felt(self) -> None:
        """Until our side has met the broken line."""

    def mends(self) -> None: ...


class Scene(Protocol):
    """A town that runs with one channel; it can be stopped and started again."""

    bench: Bench

    async def publish(self, path: Path, code: str, **card: object) -> None: ...

    async def form(self, code: str) -> Form: ...

    async def phone(self, language: str = "de") -> Phone:
        """A new citizen."""

    async def stored(self, code: str) -> list[dict[str, str]]:
        """Every submitted response, in plain."""

    async def conversations(self) -> int:
        """How many conversations are remembered."""

    def faults(self) -> float:
        """Defects of ours that showed."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Messenger(Bench, Protocol):
    """A bench with an adapter of the process behind it."""

    def settings(self) -> Mapping[str, str]:
        """The channel's settings, as the environment gives them."""

    def attach(self, app: App) -> None:
        """The process runs (again)."""

    async def phone(self, language: str = "de") -> Phone:
        """A new citizen."""


@dataclass
class TownScene:
    """Zuruf as it runs in production, with the channel's settings."""

    bench: Messenger
    folder: Path
    redis_url: str
    config: Config = field(init=False)
    _app: App | None = None
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        self.config = settings(self.folder, self.redis_url, None, **self.bench.settings())

    @property
    def app(self) -> App:
        assert self._app is not None, "the town is stopped"
        return self._app

    async def publish(self, path: Path, code: str, **card: object) -> None:
        await publish_form(self.config, path, code, **card)
        if self._app is not None:
            await self._app.library.refresh()

    async def form(self, code: str) -> Form:
        form = await self.app.library.need(self.app.library.surveys[code].form)
        assert form is not None
        return form

    async def phone(self, language: str = "de") -> Phone:
        return await self.bench.phone(language)

    async def stored(self, code: str) -> list[dict[str, str]]:
        return await stored(self.app, code)

    async def conversations(self) -> int:
        async with redis.asyncio.Redis.from_url(self.redis_url) as client:
            return len(await client.keys(key(Space.SESSION) + b"*"))

    def faults(self) -> float:
        return faults(self.app)

    async def start(self) -> None:
        self._app = await self._stack.enter_async_context(running(self.config, Noon()))
        self.bench.attach(self._app)

    async def stop(self) -> None:
        await self._stack.aclose()
        self._stack, self._app = contextlib.AsyncExitStack(), None


@dataclass
class Reader:
    """The reading half of a phone, for those whose chat is looked at; a phone brings `look` and `stirs`."""

    heard: list[Heard] = field(default_factory=list)
    _read: int = 0

    def look(self) -> None:
        """Take into `heard` what has come."""

    async def stirs(self) -> None:
        """Until something may have come."""
        raise NotImplementedError

    async def says(self, text: str) -> None:
        raise NotImplementedError

    async def taps(self, label: str) -> None:
        """Tap the newest choice of this label."""
        raise NotImplementedError

    async def until(self, *texts: str) -> str:
        start = self._read
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    self.look()
                    while self._read < len(self.heard):
                        whole = whole_of(self.heard[self._read])
                        self._read += 1
                        if all(plain(text) in whole for text in texts):
                            return whole
                    await self.stirs()
        except TimeoutError:
            read = [whole_of(one) for one in self.heard[start:]]
            raise AssertionError(f"waited for {texts}, read {read[-4:]}") from None

    async def tap_or_say(self, labels: Sequence[str], words: str) -> None:
        """Tap one label after another, each seen as chosen before the next; said in words where one is missing."""
        self.look()
        if any(self.newest(label) is None for label in labels):
            await self.says(words)
            return
        for label in labels:
            await self.taps(label)
            if label != labels[-1]:
                await self._sees_chosen(label)

    def newest(self, label: str) -> Heard | None:
        """The newest message if it offers the label: what is further up was answered."""
        for one in reversed(self.heard):
            if one.offers:
                return one if label in one.offers else None
        return None

    async def _sees_chosen(self, label: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not any(label in one.chosen for one in self.heard[-3:]):
                await self.stirs()
                self.look()


def whole_of(heard: Heard) -> str:
    return plain(" ".join([heard.text, *heard.offers]))


async def until(condition: Callable[[], bool], what: str = "") -> None:
    """Until it is so."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110  (what is waited for tells nobody)
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None
