"""What goes to Redis, sealed: sessions, handles of questions, replies owed. And the names under which it lies there.

Holds the live session epochs; `refresh` is called at start and whenever the day changes. The rest of the process deals
in sessions and persons, storage in bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from bot.replies import Debt, Reply, decode, encode
from dialogs.events import MessageRef
from dialogs.session import Session
from privacy.addresses import Address, Person, open_address, seal_address
from privacy.keyring import EPOCH_MARGIN, Entry, SessionEpoch, live_days, unseal_any
from privacy.pseudonyms import Domain, pseudonym
from privacy.sealing import Unsealable
from storage.clock import Clock
from storage.conversations import Claim, Conversations, Loaded, Mark, OfferName, SessionName
from storage.errors import Unavailable
from storage.keychain import Keychain
from storage.redis import MARK_SECONDS

ANCHOR_STEP: Final = 64
"""Sealed handles of messages come in multiples of this many bytes."""
HOUR: Final = 3600  # seconds
MARK_EPOCHS: Final = MARK_SECONDS // (24 * HOUR) + 1
"""A message is known again for this many days; no older epoch has a mark that is alive."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation, opened."""

    session: Session | None = None
    anchor: MessageRef | None = None
    owed: tuple[Reply, ...] = ()


class Vault:
    """Seals and opens; names conversations and messages."""

    def __init__(
        self,
        keychain: Keychain,
        clock: Clock,
        idle: timedelta,
        most: timedelta,
        conversations: Conversations | None = None,
    ) -> None:
        """`idle`, `most`: how long a draft lives after the last word, and in all. With `conversations`, names of days
        past are left out unless somebody paused on them: most turns look under three names instead of nine."""
        self._conversations = conversations
        self._recent = idle + EPOCH_MARGIN
        self._sure = False
        self._keychain = keychain
        self._clock = clock
        self._idle = int(idle.total_seconds())
        self._most = int(most.total_seconds()) // HOUR
        self._epochs: tuple[SessionEpoch, ...] = ()
        self._rate = b""
        self._sessions = msgspec.msgpack.Decoder(Session)

    async def refresh(self) -> None:
        """Learn the epochs of today. Raises `storage.errors.Unavailable`."""
        today = self._clock.today()
        if not self._epochs or self._epochs[0].day != today or not self._sure:
            self._rate = await self._keychain.rate(today)
            self._epochs, self._sure = await self._with_drafts(await self._keychain.epochs(today), today)

    async def _with_drafts(
        self, epochs: tuple[SessionEpoch, ...], today: date
    ) -> tuple[tuple[SessionEpoch, ...], bool]:
        """Epochs under which a draft may lie, and whether that is sure. Of a day that is over no new draft comes."""
        recent = live_days(today, self._recent)
        older = [epoch for epoch in epochs if epoch.day not in recent]
        if self._conversations is None or not older:
            return epochs, True
        try:
            noted = await self._conversations.noted_long([epoch.long_name for epoch in older])
        except Unavailable:
            return epochs, False
        empty = {epoch.day for epoch, paused in zip(older, noted, strict=True) if not paused}
        return tuple(epoch for epoch in epochs if epoch.day not in empty), True

    async def note_if_long(self, ttl: int) -> None:
        """Before a draft is saved that lives longer than usual. Raises `storage.errors.Unavailable`."""
        if ttl > self._idle and self._conversations is not None:
            await self._conversations.note_long(self._epochs[0].long_name, self._most * HOUR)

    # -- names

    def rate_name(self, person: Person) -> bytes:
        """Under which the person's acts are counted today."""
        return person.rate_key(self._rate)

    def names(self, person: Person) -> tuple[SessionName, ...]:
        """The conversation's names, the current epoch's first."""
        return tuple(SessionName(name) for name in person.names(self._epochs))

    def marks(self, person: Person, text: str) -> tuple[Mark, ...]:
        """Names of a native message; none if it cannot come twice."""
        return tuple(Mark(mark) for mark in person.marks(self._epochs[:MARK_EPOCHS], text)) if text else ()

    # -- conversations

    def open_conversation(self, names: tuple[SessionName, ...], loaded: Loaded) -> Kept:
        """What lay there. What does not open (another version, a lost key) is as if it had expired."""
        owed = self._open_debt(names, loaded.debt)
        if loaded.found is None or loaded.found not in names:
            return Kept(owed=owed)
        epoch = self._epochs[names.index(loaded.found)]
        session = self._open_session(epoch, loaded.found, loaded.sealed)
        return Kept(session, self._open_anchor(epoch, loaded.found, loaded.anchor), owed)

    def _open_session(self, epoch: SessionEpoch, name: SessionName, sealed: bytes | None) -> Session | None:
        if sealed is None:
            return None
        try:
            return self._sessions.decode(epoch.unseal(Entry.SESSION, name, sealed))
        except (Unsealable, msgspec.DecodeError):
            return None

    def _open_anchor(self, epoch: SessionEpoch, name: SessionName, sealed: bytes | None) -> MessageRef | None:
        if sealed is None:
            return None
        try:
            return MessageRef(epoch.unseal(Entry.ANCHOR, name, sealed).decode("utf-8"))
        except Unsealable:
            return None

    def _open_debt(self, names: tuple[SessionName, ...], sealed: bytes | None) -> tuple[Reply, ...]:
        if sealed is None:
            return ()
        for epoch, name in zip(self._epochs, names, strict=True):
            try:
                return decode(epoch.unseal(Entry.DEBT, name, sealed)).replies
            except (Unsealable, msgspec.DecodeError):
                continue
        return ()

    def seal_session(self, name: SessionName, session: Session | None) -> tuple[bytes | None, int]:
        """The sealed session and its time to live in seconds; (None, 0) if there is none to keep."""
        if session is None:
            return None, 0
        return self._epochs[0].seal(Entry.SESSION, name, msgspec.msgpack.encode(session)), self._ttl(session)

    def _ttl(self, session: Session) -> int:
        """Some hours after the last word; a pause is kept longer; a draft never longer than `most` in all."""
        now, ttl = self._clock.now(), self._idle
        if session.paused_until is not None:
            end = datetime.combine(session.paused_until + timedelta(days=1), time(), now.tzinfo)
            ttl = max(ttl, int((end - now).total_seconds()))
        if session.began:
            ttl = min(ttl, (session.began + self._most) * HOUR - int(now.timestamp()))
        return max(1, min(ttl, self._most * HOUR))

    def seal_anchor(self, name: SessionName, anchor: MessageRef | None) -> bytes | None:
        if anchor is None:
            return None
        return self._epochs[0].seal(Entry.ANCHOR, name, anchor.encode("utf-8"), ANCHOR_STEP)

    # -- drafts on their way to another channel

    def offer_names(self, code: str) -> tuple[OfferName, ...]:
        """The code's names; the day may have changed since it was made."""
        return tuple(
            OfferName(pseudonym(epoch.name_key, Domain.OFFER, code.encode("ascii"))) for epoch in self._epochs[:2]
        )

    def seal_offer(self, code: str, person: Person) -> tuple[OfferName, bytes]:
        """Where the draft is, sealed for the code's name."""
        epoch, name = self._epochs[0], self.offer_names(code)[0]
        return name, epoch.seal(Entry.OFFER, name, seal_address(epoch, person.address))

    def open_offer(self, names: tuple[OfferName, ...], claim: Claim) -> Address | None:
        """Where the draft is; None if nothing was found, or its keys are gone."""
        if claim.found is None or claim.sealed is None:
            return None
        epoch, name = self._epochs[claim.found], names[claim.found]
        try:
            return open_address(epoch, epoch.unseal(Entry.OFFER, name, claim.sealed))
        except Unsealable:
            return None

    def guesser(self, person: Person) -> bytes:
        """Under which wrong codes of this person are counted."""
        return person.guesser(self._epochs[0])

    # -- replies owed

    def seal_debt(self, name: SessionName, person: Person, channel: str, replies: tuple[Reply, ...]) -> bytes | None:
        """Replies owed, with the sealed address they go to; None if nothing is owed."""
        if not replies:
            return None
        debt = Debt(channel, seal_address(self._epochs[0], person.address), replies)
        return self._epochs[0].seal(Entry.DEBT, name, encode(debt))

    def open_left_over(self, name: SessionName, sealed: bytes) -> tuple[Debt, Address] | None:
        """A debt found after a crash; None if its keys are gone or another version wrote it."""
        try:
            epoch, data = unseal_any(self._epochs, Entry.DEBT, name, sealed)
            debt = decode(data)
            return debt, open_address(epoch, debt.address)
        except (Unsealable, msgspec.DecodeError):
            return None
