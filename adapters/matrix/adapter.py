"""The Matrix channel: a thin shell that joins store, client, rooms, intake, sync and codec to one `base.Adapter`.

Not here: what events mean (`codec.py`), retries (`delivery.py`), how acts come (`syncing.py`, `intake.py`).
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, assert_never
from urllib.parse import quote

import msgspec
import structlog
from aiohttp import web

from adapters.base import File, Host, Identity, Key, Outgoing, Sign
from adapters.errors import ChannelError, Unreachable
from adapters.inbox import Gate
from adapters.matrix.book import POLL_OFFERS, Book, Room
from adapters.matrix.client import Client
from adapters.matrix.codec import Polls, Send, ShowPicture, Step, Upload, encode, file_event
from adapters.matrix.cross_signing import CrossSigning
from adapters.matrix.crypto_store import CryptoStore
from adapters.matrix.delivery import Delivery
from adapters.matrix.errands import Errands
from adapters.matrix.intake import Intake
from adapters.matrix.keys import Keys
from adapters.matrix.login import sign_in
from adapters.matrix.media import closed, located_by, placed
from adapters.matrix.recovery import cross_signing_of, refuse_lost
from adapters.matrix.rooms import Rooms
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.syncing import Syncing
from adapters.matrix.undecrypted import Undecrypted
from adapters.matrix.vault import StoreInUse, StoreLost, Vault
from adapters.matrix.watching import Watch
from adapters.matrix.words import Words
from dialogs.capabilities import MATRIX, Capabilities
from dialogs.events import MediaRef, MessageRef
from dialogs.messages import Language
from privacy.addresses import Address

PEOPLE: Final = 1024
"""Places that keep one person's messages in order, by a hash of the process: no id is kept."""
TYPING_MS: Final = 8_000
FILE_SECONDS: Final = 60.0
"""For one file, up or down."""
QUIET_SECONDS: Final = 90.0
"""Without a sync, until the channel counts as down."""
TEND_SECONDS: Final = 3600.0
"""Between two times that old keys are destroyed."""
CHECK_SECONDS: Final = 5.0

log = structlog.get_logger()


class MatrixAdapter:
    """One account. Made in the process's event loop."""

    capabilities: Capabilities = MATRIX

    def __init__(self, settings: MatrixSettings, host: Host, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._host = host
        self._clock = clock
        self._words = Words()
        self._delivery = Delivery(clock)
        self._errands = Errands(self._delivery)
        self._places = [asyncio.Lock() for _ in range(PEOPLE)]
        self._live: _Live | None = None
        self._trouble = ""
        self.up = asyncio.Event()
        """Set while the channel is logged in and listens."""

    def __repr__(self) -> str:
        return "<MatrixAdapter>"

    # -- in

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        return ()

    async def run(self) -> None:
        """Log in and sync until cancelled. Raises what an operator must mend."""
        try:
            live = self._open()
            await sign_in(live.client, live.book, self._settings, live.identity)
            self._trouble = ""
            live.is_ready = True
            self.up.set()
            tending = asyncio.create_task(_tend(live))
            try:
                await live.syncing.run()
            finally:
                tending.cancel()
        except (ChannelError, StoreLost, StoreInUse) as error:
            self._trouble = "" if isinstance(error, ChannelError) and error.retryable else str(error)
            sign = Sign.BLOCKED if self._trouble else Sign.LOST
            self._host.notice(MATRIX.channel, sign, self._trouble)
            raise
        finally:
            await self._shut()

    @property
    def device(self) -> str:
        """The device's id, public; '' while the channel is down."""
        return (self._live.client.device_id or "") if self._live is not None else ""

    @property
    def is_waiting(self) -> bool:
        """Whether a message waits for its key."""
        return self._live is not None and self._live.intake.is_waiting

    def store_counts(self) -> dict[str, int]:
        """How many rows of each kind the store has."""
        return {} if self._live is None else self._live.vault.counts()

    def _open(self) -> _Live:
        """Raises `StoreInUse`, `StoreLost`."""
        refuse_lost(self._settings)
        keys = Keys.of(self._settings.key, self._settings.user)
        vault = Vault(self._settings.store, keys)
        self._live = _Live(self._settings, self._host, keys, vault, self._words, self._errands, self._clock)
        return self._live

    async def _shut(self) -> None:
        self.up.clear()
        live, self._live = self._live, None
        if live is not None:
            await self._errands.close()
            await live.client.say_goodbye()
            live.vault.close()

    def _ready(self) -> _Live:
        """Raises `Unreachable` while the channel is not up: what is owed stays owed."""
        if self._live is None or not self._live.is_ready:
            raise Unreachable("the channel is starting")
        return self._live

    # -- out

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        person = to.reveal()
        live = self._ready()
        anchor: MessageRef | None = None
        transaction = outgoing.id or secrets.token_hex(8)
        async with self._places[hash(person) % PEOPLE]:
            try:
                room = await self._delivery.persist(lambda: live.rooms.find(person))
                for step in encode(outgoing, live.polls_for(person)):
                    anchor = await self._perform(live, room, step, transaction) or anchor
            except sqlite3.Error:  # the channel was shut while this was under way: it stays owed
                raise Unreachable("the store is closed") from None
        return anchor

    async def _perform(self, live: _Live, room: Room, step: Step, transaction: str) -> MessageRef | None:
        """One step, retried; the message to edit later, if it made it."""
        match step:
            case Send(name, type_, content, anchor):
                event = await self._delivery.persist(
                    lambda: live.client.put_event(room.id, room.encrypted, type_, content, f"{transaction}.{name}")
                )
                if name == "poll":
                    live.offered(room.person)
                return MessageRef(event) if anchor else None
            case ShowPicture(name, picture):
                file = await self._host.picture(picture)
                if file is not None:
                    await self._show(live, room, file, picture.alt, f"{transaction}.{name}")
                return None
            case Upload(name, file, caption):
                await self._show(live, room, file, caption, f"{transaction}.{name}")
                return None
            case _:
                assert_never(step)

    async def _show(self, live: _Live, room: Room, file: File, caption: str, transaction: str) -> None:
        """Upload, encrypted where the room is, then the event that shows it."""
        data, opener = closed(file.data) if room.encrypted else (file.data, None)
        mime = "application/octet-stream" if room.encrypted else file.mime
        address = await self._delivery.persist(lambda: live.client.upload_bytes(data, mime, FILE_SECONDS))
        located = placed(address, opener)
        if located is None:
            raise Unreachable("an upload without an address")
        content = file_event(file, caption, located)
        await self._delivery.persist(
            lambda: live.client.put_event(room.id, room.encrypted, "m.room.message", content, transaction)
        )

    async def typing(self, to: Address) -> None:
        live = self._live
        room = live.rooms.at_hand(to.reveal()) if live is not None and live.is_ready else None
        if live is None or room is None:
            return
        path = f"/rooms/{quote(room.id, safe='')}/typing/{quote(self._settings.user, safe='')}"
        body = {"typing": True, "timeout": TYPING_MS}
        self._errands.run(live.client.request("PUT", path, body), "typing")

    async def fetch(self, media: MediaRef, limit: int) -> bytes:
        live, located = self._ready(), located_by(media)
        data = await self._delivery.persist(
            lambda: live.client.download_bytes(located.server, located.media, limit, FILE_SECONDS)
        )
        return await asyncio.to_thread(located.opened, data)

    # -- the account itself

    async def introduce(self, languages: Sequence[Language]) -> None:
        self._words.speak(languages)
        name = self._settings.display_name
        if name:
            path = f"/profile/{quote(self._settings.user, safe='')}/displayname"
            await self.up.wait()  # it runs beside this
            live = self._ready()
            await self._delivery.persist(lambda: live.client.request("PUT", path, {"displayname": name}))

    async def identity(self) -> Identity | None:
        """The account and its cross-signing key: both are known without asking."""
        keys = ((Key.MATRIX_MASTER_KEY, cross_signing_of(self._settings).master.public),)
        return Identity(self._settings.user, self._settings.link, keys)

    async def check(self) -> str:
        if self._trouble:
            return f"Matrix: {self._trouble}."
        live = self._live
        if live is not None and live.is_ready:
            last = live.syncing.well_since
            if last is not None and self._clock() - last < QUIET_SECONDS:
                return ""
            return "The homeserver does not answer: check the network and ZURUF_MATRIX_HOMESERVER."
        return await probe(self._settings)

    async def close(self) -> None:
        await self._shut()


class _Live:
    """What is there while the channel is up: everything that hangs on the open store."""

    def __init__(
        self,
        settings: MatrixSettings,
        host: Host,
        keys: Keys,
        vault: Vault,
        words: Words,
        errands: Errands,
        clock: Callable[[], float],
    ) -> None:
        self.is_ready = False
        self.vault = vault
        self.identity = CrossSigning.of(keys, settings.user)
        self.book = Book(vault)
        self.store = CryptoStore(vault, keys)
        self.client = Client(settings.homeserver, settings.user, self.store)
        self.client.open()
        self.rooms = Rooms(self.client, self.book, clock)
        watch = Watch(self.client, self.book, lambda event: host.note(MATRIX.channel, event))
        self.intake = Intake(
            host,
            Gate(MATRIX.channel, settings.user),
            self.client,
            self.book,
            self.rooms,
            Undecrypted(self.client, clock),
            words,
            settings.unencrypted,
            errands.run,
            watch.look,
        )
        log_in = partial(sign_in, self.client, self.book, settings, self.identity)
        notice = partial(host.notice, MATRIX.channel)
        self.syncing = Syncing(self.client, self.book, self.intake, log_in, notice, clock)

    def polls_for(self, person: str) -> Polls:
        known = self.book.person(person)
        if known.polls:
            return Polls.ALONE
        return Polls.BESIDE if known.offers < POLL_OFFERS else Polls.NEVER

    def offered(self, person: str) -> None:
        """A poll was shown; whether it is seen, a vote will tell."""
        known = self.book.person(person)
        if not known.polls and self.book.knows(person):
            self.book.note_person(msgspec.structs.replace(known, offers=known.offers + 1))


async def _tend(live: _Live) -> None:
    """Destroy old keys, now and each hour."""
    while True:
        dropped = live.client.destroy_old_keys() + live.book.drop_old()
        if dropped:
            log.info("old_keys_destroyed", channel=MATRIX.channel, count=dropped)
        await asyncio.sleep(TEND_SECONDS)


async def probe(settings: MatrixSettings) -> str:
    """Whether the homeserver answers at all; '' if it does."""
    client = Client(settings.homeserver, settings.user, None)  # type: ignore[arg-type]  # it logs in nowhere
    client.open()
    try:
        status, answer = await client.exchange("GET", "/_matrix/client/versions", seconds=CHECK_SECONDS)
    except ChannelError as error:
        return f"The homeserver cannot be reached ({error}): check the network and ZURUF_MATRIX_HOMESERVER."
    finally:
        await client.say_goodbye()
    if status != 200 or "versions" not in answer:
        return "There is no Matrix homeserver at ZURUF_MATRIX_HOMESERVER: it must be the address of the client API."
    return ""
