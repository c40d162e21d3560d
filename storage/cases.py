"""Cases of feedback as the store holds them. No address and no pseudonym: a case is found again by its code alone.

Implementations: `memory_cases.py`, `sql/feedback.py`; one contract test holds for both. Not here: opening what is
sealed (`bot/reports.py`), the life of a case (`dialogs/moderation.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NewType, Protocol

from dialogs.events import MediaName
from dialogs.moderation import CaseStatus
from storage.orders import Order

CaseId = NewType("CaseId", bytes)
"""Random, 16 bytes."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message of a case; `sealed` under the case's key."""

    message: bytes
    by_town: bool
    day: date
    sealed: bytes


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case; `sealed` and `reason` under its key (`privacy.keyring.case_key`)."""

    id: CaseId
    category: str
    office: str
    status: CaseStatus
    opened: date
    language: str
    informed: str
    sealed: bytes
    code: bytes | None
    """Keyed hash of the case code; None when the code has ended."""
    closed: date | None = None
    reason: bytes | None = None
    asked: date | None = None
    """When the citizen was asked whether it is fixed, until the answer."""
    due: date | None = None
    """By when the office wants to have done something."""
    messages: tuple[StoredMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A change of status. `expected`: where the case stood when staff looked at it."""

    expected: CaseStatus
    then: CaseStatus
    day: date
    office: str = ""
    reason: bytes | None = None
    due: date | None = None
    """From now on; None: as it was."""


class Cases(Protocol):
    """All raise `Unavailable` when the store is away."""

    async def open(self, case: StoredCase, photo: MediaName | None, orders: Sequence[Order] = ()) -> None:
        """Store a new case, the photo's file with it. The same id again is the same report, with its newest code.

        `orders`, here and below: put in the same transaction."""

    async def by_code(self, code: bytes) -> StoredCase | None: ...

    async def get(self, case: CaseId) -> StoredCase | None: ...

    async def all(self) -> Sequence[StoredCase]:
        """Every case, the oldest first, without messages."""

    async def add(self, case: CaseId, message: StoredMessage, orders: Sequence[Order] = ()) -> None:
        """The same message again changes nothing. Raises `Conflict` if there is no such case."""

    async def step(self, case: CaseId, step: Step, orders: Sequence[Order] = ()) -> None:
        """Raises `Conflict` if the case does not stand where it was expected, or may not go there."""

    async def explain(self, case: CaseId, reason: bytes, orders: Sequence[Order] = ()) -> bool:
        """Say why it was declined. False if it is not declined (any more), or there is no such case."""

    async def note_asked(self, case: CaseId, day: date | None) -> None:
        """The citizen was asked whether it is fixed; None: and has answered."""

    async def erase(self, cases: Sequence[CaseId]) -> int:
        """Rows, files and orders; the keys are the caller's. Returns how many cases there were."""

    async def end_codes(self, closed_before: date) -> int:
        """Forget the codes of cases that were closed before a day; returns how many."""

    async def closed_before(self, day: date) -> Sequence[CaseId]:
        """Cases that were closed before a day."""
