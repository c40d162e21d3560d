"""Drafts on their way from one channel to another: offered under a code, fetched once, released when they arrived.

What lies under a code is the sealed address of the conversation, never its answers: what is fetched is the draft as
it stands then. Between fetching and releasing the other conversation is locked, so that nothing is answered there
meanwhile. Decides nothing: what is said is `dialogs/moving.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

import structlog

from bot.vault import Vault
from dialogs.effects import OfferDraft
from dialogs.events import DraftFetched, NotFetched
from dialogs.moving_codes import LIFE, TRIES
from privacy.addresses import Person
from storage.conversations import Conversations, Loaded, SessionName
from storage.errors import StorageError, Unavailable

LOCK_WAIT = 5.0
"""Seconds to wait for a conversation whose turn is under way."""
LOCK_PAUSE = 0.05  # seconds between two tries
RELEASE_TRIES = 2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Held:
    """A conversation that is being taken over, under our lock."""

    names: tuple[SessionName, ...]
    loaded: Loaded


class Movings:
    """Keeps offers in the store of conversations; holds what is being taken over."""

    def __init__(self, conversations: Conversations, vault: Vault) -> None:
        self._conversations = conversations
        self._vault = vault
        self._held: dict[SessionName, _Held] = {}
        """By the conversation that takes over, for the length of its turn."""

    async def offer(self, act: OfferDraft, person: Person) -> None:
        """Raises `StorageError`."""
        name, sealed = self._vault.seal_offer(act.code, person)
        await self._conversations.offer(name, sealed, int(LIFE.total_seconds()))

    async def fetch(self, code: str, person: Person) -> DraftFetched:
        """The conversation behind the code, locked until `ended`. Raises `StorageError`."""
        names, guesser = self._vault.offer_names(code), self._vault.guesser(person)
        claim = await self._conversations.claim(names, guesser, TRIES, int(LIFE.total_seconds()))
        if claim.refused:
            return DraftFetched(code, problem=NotFetched.TOO_MANY)
        address = self._vault.open_offer(names, claim)
        if address is None:
            return DraftFetched(code, problem=NotFetched.UNKNOWN)
        if address == person.address:
            await self.offer(OfferDraft(code), person)
            return DraftFetched(code, problem=NotFetched.SAME)
        there = self._vault.names(Person(address))
        loaded = await self._lock(there)
        self._held[self._vault.names(person)[0]] = _Held(there, loaded)
        return DraftFetched(code, self._vault.open_conversation(there, loaded).session)

    async def _lock(self, names: tuple[SessionName, ...]) -> Loaded:
        waited = 0.0
        while (loaded := await self._conversations.load(names, ())) is None:
            if waited >= LOCK_WAIT:
                raise Unavailable("the conversation that the draft is in is busy")
            await asyncio.sleep(LOCK_PAUSE)
            waited += LOCK_PAUSE
        return loaded

    async def ended(self, person: Person, *, arrived: bool) -> None:
        """The turn that fetched is over. Arrived: the conversation that the draft came from is forgotten; otherwise
        everything stays where it was. Does nothing if nothing is held."""
        held = self._held.pop(self._vault.names(person)[0], None) if self._held else None
        if held is None:
            return
        if not arrived:
            with contextlib.suppress(StorageError):  # the lock ends by itself
                await self._conversations.release(held.names, held.loaded)
            return
        for _ in range(RELEASE_TRIES):
            try:
                await self._conversations.save(held.names, held.loaded, None, 0, None, None)
            except StorageError as error:
                problem = type(error).__name__
            else:
                return
        log.error("draft_left_behind", error=problem)  # until its own end of life
