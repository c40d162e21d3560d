"""What is kept of a conversation while it goes on: may be lost at the price of a draft. No messenger is known here.

Implementations: `memory.py`, `redis.py` (Redis or Valkey); one contract test holds for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NewType, Protocol

SessionName = NewType("SessionName", bytes)
"""Keyed name of a conversation (16 bytes, HMAC of an epoch): all that Redis sees of a person."""

Mark = NewType("Mark", bytes)
"""Keyed name of one native message (16 bytes), to drop what comes twice."""

OfferName = NewType("OfferName", bytes)
"""Keyed name of a moving code, 16 bytes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A conversation under our lock."""

    lock: bytes
    """Proof of the lock; `save` and `release` want it back."""
    found: SessionName | None = None
    """The name (epoch) under which it was found."""
    sealed: bytes | None = None
    anchor: bytes | None = None
    """Sealed handle of the question that stands (a channel's MessageRef)."""
    debt: bytes | None = None
    """Sealed replies of an earlier turn that were never confirmed as sent."""
    duplicate: bool = False
    """The mark was seen before: drop the message. No lock is held then."""
    acts: int = 0
    """How many acts of the person were counted in this window, this one included."""
    files: int = 0
    """How many files today, this one included if it is one."""
    reports: int = 0
    """How many reports today, so far."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An act that is counted: under the person's keyed name of the day (16 bytes); a file is counted as such, too."""

    name: bytes
    file: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """Replies owed, found after a crash."""

    name: SessionName
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What a moving code led to."""

    found: int | None = None
    """Which of the names asked for; None: none of them is there."""
    sealed: bytes | None = None
    refused: bool = False
    """Too many wrong codes: none was looked at."""


class Conversations(Protocol):
    """Sessions with lock, duplicate marks and replies owed. Each call is one round trip.

    All raise `Unavailable` when the server does not answer in time.
    """

    async def load(
        self, names: Sequence[SessionName], marks: Sequence[Mark], counted: Counted | None = None
    ) -> Loaded | None:
        """Take the lock and read. `names`: the current epoch's first, then older ones. None: somebody holds
        the lock.

        `marks`: the message's names in the same epochs (empty: cannot come twice); what came before
        midnight is
        known after it."""

    async def save(
        self,
        names: Sequence[SessionName],
        loaded: Loaded,
        sealed: bytes | None,
        ttl: int,
        mark: Mark | None,
        debt: bytes | None,
        reporter: bytes | None = None,
    ) -> None:
        """Store under the current epoch's name (None: forget the conversation), remember the mark, note the
        replies
        owed, free the lock; all or nothing. `ttl` in seconds. Raises `Lost` if the lock is not ours any
        more. `reporter`: the name under which a report is counted."""

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        """Free the lock and change nothing."""

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        """The turn takes longer: hold the lock for another term. False if it is not ours any more."""

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        """The replies noted as `debt` (the same bytes) were sent: clear them; keep the question's handle.

        May travel with a later call, a tenth of a second late. Calls from here that begin after it find it done."""

    async def note_long(self, name: bytes, seconds: int) -> None:
        """A day on which a draft was paused, by a keyed name: only for such days old names are looked under."""

    async def noted_long(self, names: Sequence[bytes]) -> Sequence[bool]:
        """Which of these days were noted."""

    async def offer(self, name: OfferName, sealed: bytes, ttl: int) -> None:
        """Keep where a draft is, for `ttl` seconds."""

    async def claim(self, names: Sequence[OfferName], guesser: bytes, most: int, window: int) -> Claim:
        """Take what was offered under one of the names: whoever comes first has it. A wrong name is counted under
        `guesser`, for all workers; after `most` within `window` seconds nothing is looked at."""

    async def debts(self, older_than: float) -> Sequence[Debt]:
        """Replies owed for more than so many seconds, a bounded number, to be sent after a crash.

        What is found is found again half a minute later, if it is still owed: until then others have their turn."""

    async def spend(self, budget: bytes, most: int, seconds: int) -> float:
        """Count one message of a budget (a channel's name) in a sliding window, shared by all processes.

        0.0: counted, for fewer than `most` were in the last `seconds`. Otherwise seconds until asking again may help.
        Holds times only."""

    async def shut(self, budget: bytes, seconds: float) -> None:
        """Nothing of this budget may go for so many seconds (seven days at most), whatever else was asked: `spend` says
        so in every process, and after a restart."""

    async def opened(self, name: bytes) -> int:
        """A chat is opened from a network address of this keyed name: the how-manieth in this minute it is."""

    async def once(self, name: bytes, seconds: int) -> bool:
        """True for whoever asks first in so many seconds, in whichever process."""

    async def ping(self) -> None:
        """For health."""

    async def close(self) -> None: ...
