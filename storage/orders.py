"""Orders: what staff decided and a running bot does, through the database alone. The life of an order as a table.

    put ──> waiting ──> taken ──> done
               ^          │ ├───> dropped   nothing is left to do: the case is erased, the contact forgotten
               └──────────┘ └───> failed    tried as often as it may be: staff are shown so
                later, or its holder died (the lease is over: somebody else takes it)

An order is taken by one of many workers, held for a lease, and tried again within bounds. It names what it is about by
random ids; it holds no word and no address. Implementations: `memory_orders.py`, `sql/orders.py`; one contract test.
Not here: who does it (`bot/orders.py`), what is sent to whom (`bot/courier.py`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType, Protocol

OrderId = NewType("OrderId", bytes)
"""Random, 16 bytes."""

Lease = NewType("Lease", bytes)
"""Proof that an order is ours (16 random bytes); a later holder has another one."""

LEASE: Final = timedelta(minutes=5)
"""An order whose holder says nothing for so long is taken by somebody else. Longer than one message takes."""
MOST_TRIES: Final = 100
"""With the pauses below about four days: a messenger that is away for a weekend loses nothing."""
FIRST_PAUSE: Final = 5.0  # seconds before the second try; doubled each time
LONGEST_PAUSE: Final = 3600.0  # seconds
ANEW: Final = "anew"
_ID_BYTES: Final = 16


class OrderKind(StrEnum):
    """What is to be done; `subject` and `detail` by kind."""

    CASE_MESSAGE = "case-message"
    """Bring the town's words to whoever reported. Subject: the case; detail: the message."""
    CASE_STATUS = "case-status"
    """Say how a case stands. Subject: the case; detail: the status that is to be told."""
    CASE_QUESTION = "case-question"
    """Four weeks after "done": is it fixed? Subject: the case; detail: the day on which it was closed."""
    CASE_REPLY = "case-reply"
    """Move the town's words into the case, then bring them. Subject: the case; detail: the intake."""
    CASE_REASON = "case-reason"
    """The same with the reason why it was declined."""
    CASE_COPY = "case-copy"
    """Make the masked copies that staff read. Subject: the case; detail: `ANEW`, if the report's copy has changed."""
    UNMASK = "unmask"
    """Seal an original, whose request was approved, for the reading key. Subject: the request."""


class OrderState(StrEnum):
    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    DROPPED = "dropped"
    FAILED = "failed"


NEXT: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.WAITING: frozenset({OrderState.TAKEN, OrderState.DROPPED}),
    OrderState.TAKEN: frozenset(
        {OrderState.TAKEN, OrderState.WAITING, OrderState.DONE, OrderState.DROPPED, OrderState.FAILED}
    ),
    OrderState.DONE: frozenset(),
    OrderState.DROPPED: frozenset(),
    OrderState.FAILED: frozenset(),
}
"""What may follow; taken again is another holder after the first one's lease."""

ENDED: Final = frozenset(state for state, after in NEXT.items() if not after)


@dataclass(frozen=True, slots=True)
class Order:
    """Something to do. `due`: not before (UTC)."""

    kind: OrderKind
    subject: str
    due: datetime
    detail: str = ""
    id: OrderId = field(default_factory=lambda: OrderId(os.urandom(_ID_BYTES)))
    state: OrderState = OrderState.WAITING
    tries: int = 0
    """How often it was taken."""
    lease: Lease | None = field(default=None, repr=False)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    return timedelta(seconds=min(FIRST_PAUSE * 2.0 ** min(tries - 1, 30), LONGEST_PAUSE))


def new_lease() -> Lease:
    return Lease(os.urandom(_ID_BYTES))


class Orders(Protocol):
    """All raise `Unavailable` when the store is away."""

    async def put(self, order: Order) -> None:
        """Durable on return. The same id again changes nothing."""

    async def take(
        self, kinds: Collection[OrderKind], now: datetime, most: int, subject: str | None = None
    ) -> Sequence[Order]:
        """Take what is due, or whose holder's lease is over, the longest due first: ours until `LEASE` from now on.

        No other worker gets the same one. With `subject`: what waits for it, due or not yet tried again."""

    async def hold(self, order: Order, now: datetime) -> bool:
        """Hold it for another lease; False if it is somebody else's by now."""

    async def end(self, order: Order, state: OrderState) -> bool:
        """Done, dropped or failed; False if it is somebody else's by now."""

    async def later(self, order: Order, due: datetime) -> bool:
        """Give it back, to be taken again from `due` on; False if it is somebody else's by now."""

    async def go_on(self, order: Order, due: datetime) -> bool:
        """As `later`, after a part was done: its tries are counted from nought."""

    async def about(self, subject: str) -> Sequence[Order]:
        """Every order about something, the one due first at first."""

    async def drop(self, subject: str, kinds: Collection[OrderKind]) -> int:
        """What waits about something is no longer wanted; returns how many."""

    async def forget(self, ended_before: datetime) -> int:
        """Remove orders that ended and were due before a moment; returns how many."""
