"""Protocols for pilots and news: who follows what, what is sent, and how each delivery stands.

A person is a `ContactId` here: a random number whose address only the sender opens. Implementation: `sql/pilots.py`,
`sql/broadcasts.py`, `sql/deliveries.py`, `sql/subscriptions.py`. Not here: states and their tables (`dialogs/`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from dialogs.broadcasts import Act, Broadcast, BroadcastId, BroadcastState, Outcome, Reason
from dialogs.follows import Interest, Subscription
from dialogs.pilots import Pilot
from dialogs.roles import Role
from dialogs.world import OutcomeCard, Survey
from storage.contacts import Contact, ContactId
from storage.records import FormVersion


@dataclass(frozen=True, slots=True)
class StoredBroadcast:
    """A broadcast and how it stands. Times are in UTC."""

    number: BroadcastId
    state: BroadcastState
    broadcast: Broadcast
    author: str
    approver: str
    created: datetime
    submitted: datetime | None = None
    due: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    expires: datetime | None = None
    enrolled: bool = False
    test_code: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a broadcast: refused unless it stands where it stood when it was looked at."""

    expected: BroadcastState
    act: Act
    at: datetime
    who: str = ""
    """Of the staff; '' for the bot."""
    due: datetime | None = None
    expires: datetime | None = None
    submitted: datetime | None = None
    """Of an approval: when what was looked at was submitted; refused if something else was submitted since."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker has taken."""

    cid: ContactId
    language: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery whose outcome is stored as "sending": to be handed over now."""

    cid: ContactId
    language: str
    contact: Contact | None = field(repr=False)
    items: tuple[BroadcastId, ...] = ()
    """A weekly message: what is in it."""
    tries: int = 1
    """This one included."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a delivery ended, or that it waits again (`Outcome.WAITING`)."""

    cid: ContactId
    outcome: Outcome
    reason: Reason | None = None
    items: tuple[BroadcastId, ...] = ()
    """A weekly message: what was in it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What may be sent now. `state`: how the broadcast stands; unless it is sending, `ready` is empty."""

    state: BroadcastState
    ready: tuple[Ready, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """So many people of a channel are there."""

    channel: str
    outcome: Outcome
    reason: str
    people: int


class Pilots(Protocol):
    """Pilots, all of them public. Changes count into the revision of `base.Surveys`."""

    async def all(self) -> Sequence[Pilot]: ...

    async def put(self, pilot: Pilot, before: Pilot | None = None) -> None:
        """`before`: as it was read, None for a new one. Raises `Conflict` if it stands otherwise by now."""

    async def to_part(self) -> Sequence[str]:
        """Codes of those whose goodbye is not written yet."""

    async def part(self, code: str) -> None:
        """Its goodbye is written, or none is due."""


class Broadcasts(Protocol):
    """Broadcasts and their lives."""

    async def draft(
        self,
        broadcast: Broadcast,
        picture: bytes | None,
        author: str,
        at: datetime,
        test_code: str,
        due: datetime | None = None,
    ) -> BroadcastId:
        """`due`: not before, None: as soon as it is approved. `test_code`: with it staff see it in their own chat."""

    async def announce(self, broadcast: Broadcast, once: str, at: datetime) -> BroadcastId | None:
        """What the bot sends by itself, approved at once; None if there was one with the same `once`."""

    async def change(self, number: BroadcastId, broadcast: Broadcast, picture: bytes | None, step: Step) -> None:
        """A new version of a draft, or of what waits for approval. Raises `Conflict`."""

    async def get(self, number: BroadcastId) -> StoredBroadcast | None: ...

    async def all(self, states: Collection[BroadcastState] = (), most: int = 100) -> Sequence[StoredBroadcast]:
        """The newest first; of these states, or of any."""

    async def picture(self, number: BroadcastId) -> bytes | None: ...

    async def step(self, number: BroadcastId, step: Step) -> BroadcastState:
        """Raises `Conflict` if it may not, or has changed since it was looked at."""

    async def approve(self, number: BroadcastId, step: Step, asked: Survey, form: FormVersion) -> BroadcastState:
        """The same for what asks a question: with the yes its small survey is published, both or neither."""


class Deliveries(Protocol):
    """One broadcast to many people."""

    async def audience(self, broadcast: Broadcast, today: date) -> Mapping[str, Mapping[str, int]]:
        """People by channel and frequency, if it began now."""

    async def enrol(self, number: BroadcastId, today: date) -> bool:
        """Give the next people their delivery; True when everybody has one. A bounded number of people a call. Whether
        news are still wanted counts as asked from then on."""

    async def claim(
        self, number: BroadcastId, channel: str, worker: bytes, now: datetime, most: int
    ) -> Sequence[Claimed]:
        """Take some that wait. Workers do not get in each other's way."""

    async def begin(
        self,
        number: BroadcastId,
        worker: bytes,
        cids: Sequence[ContactId],
        results: Sequence[Result],
        now: datetime,
        today: date,
    ) -> Begun:
        """In one transaction: store how earlier ones ended; read state and consent anew; store "sending"."""

    async def is_wanted(self, number: BroadcastId, cid: ContactId, now: datetime, today: date) -> bool:
        """Whether it may go in this moment: the broadcast is being sent, and the person still wants it."""

    async def record(self, number: BroadcastId, worker: bytes, results: Sequence[Result]) -> None: ...

    async def release(self, number: BroadcastId, worker: bytes) -> None:
        """Give back what was claimed and not begun."""

    async def recover(self, now: datetime, resumable: Collection[str]) -> int:
        """What a dead worker was sending: unknown; on channels that know a repetition it waits again."""

    async def waiting(self, number: BroadcastId) -> Mapping[str, int]:
        """By channel, what is not in a final state."""

    async def close_rest(self, number: BroadcastId, outcome: Outcome) -> int:
        """Some of those that wait end so; returns how many."""

    async def ask_again(self, number: BroadcastId) -> int:
        """Unknown ones wait again, at the staff's word."""

    async def strand(self, number: BroadcastId, channel: str) -> None:
        """The channel is not configured any more: what waits for it fails."""

    async def doubt(self, number: BroadcastId, cids: Sequence[ContactId]) -> None:
        """That these are gone is not believed."""

    async def digests_wait(self) -> bool:
        """Whether anything waits for a weekly message."""

    async def counts(self, number: BroadcastId) -> Sequence[Count]: ...

    async def forget(self, before: datetime) -> int:
        """Deliveries of broadcasts that ended before: only their numbers remain."""


class Team(Protocol):
    """Who of the staff may do what with pilots and news."""

    async def all(self) -> Mapping[str, frozenset[Role]]: ...

    async def put(self, name: str, roles: frozenset[Role], day: date) -> None: ...

    async def remove(self, name: str) -> bool: ...


class Outcomes(Protocol):
    """What became of surveys. Changes count into the revision of `base.Surveys`."""

    async def all(self) -> Mapping[str, OutcomeCard]:
        """By survey."""

    async def put(self, survey: str, card: OutcomeCard, chart: bytes | None, day: date) -> None: ...

    async def chart(self, survey: str) -> bytes | None: ...

    async def archive(self, survey: str, day: date) -> None:
        """Raises `Conflict` without an outcome, or if it is archived."""

    async def archived(self) -> frozenset[str]: ...


class Subscriptions(Protocol):
    """Who follows what."""

    async def put(self, cid: ContactId, channel: str, subscription: Subscription) -> None: ...

    async def get(self, cid: ContactId) -> Subscription | None: ...

    async def remove(self, cids: Sequence[ContactId]) -> int: ...

    async def drop(self, interest: Interest) -> int:
        """Nobody follows it any more; how many did."""

    async def aimless(self, most: int) -> Sequence[ContactId]:
        """Some who follow nothing (any more): they are to be removed."""

    async def due_for_renewal(self, today: date) -> bool:
        """Whether anybody's consent is old, so that they have to be asked."""

    async def silent(self, today: date, most: int) -> Sequence[ContactId]:
        """Some whom the question reached and who did not answer in time."""

    async def strays(self, most: int) -> Sequence[ContactId]:
        """Contacts for news that no subscription needs (a crash in between)."""

    async def wish(self, cid: ContactId, survey: str, channel: str, language: str) -> None:
        """Asks what becomes of a survey."""

    async def remove_wishes(self, cids: Sequence[ContactId]) -> int: ...
