"""Cases and their keys together: opened, found, written to and erased; the key goes first.

What stands in a case is sealed under a key of its own. Not here: rows (`sql/feedback.py`), what citizens and staff are
shown (`bot/`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from dialogs.effects import Report
from dialogs.events import MediaName
from dialogs.moderation import CaseStatus
from privacy.answers import open_answer, seal_answer
from privacy.keyring import KeyKind, case_codes_salt, case_key, new_key, subject_of
from privacy.pseudonyms import return_code_hash
from privacy.retention import CASE_CODE_KEPT, CASE_KEPT
from privacy.sealing import Sealer
from storage.cases import CaseId, Cases, Step, StoredCase, StoredMessage
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys
from storage.orders import Order, OrderId, OrderKind

ORPHAN_DAYS = 2
"""A case's key may be so much older than its row before it counts as left over."""
MESSAGE_BYTES = 16

_REPORT, _REASON, _MESSAGE = "case/report", "case/reason", "case/message"
"""What is sealed is bound to what it is."""


class Reported(msgspec.Struct, frozen=True, array_like=True):
    """What a citizen reported, in plain."""

    words: str
    place: str = ""
    point: tuple[float, float] | None = None
    photo: str = ""
    """MediaName, its key with it."""


@dataclass(frozen=True, slots=True)
class Message:
    id: bytes
    by_town: bool
    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case, opened."""

    stored: StoredCase
    reported: Reported
    reason: str = ""
    messages: tuple[Message, ...] = ()


def copy_order(case: CaseId, today: date, detail: str = "") -> Order:
    """Something in the case has changed: staff's copies are to be made, at once."""
    at_once = datetime.combine(today - timedelta(days=1), time(), UTC)  # whatever the town's hour is
    return Order(OrderKind.CASE_COPY, case.hex(), at_once, detail)


class CaseBook:
    """All raise `Unavailable` when a store is away."""

    def __init__(self, cases: Cases, keychain: Keychain, keys: Keys) -> None:
        self._cases = cases
        self._keychain = keychain
        self._keys = keys

    # -- the citizen's side

    async def open(self, report: Report, today: date, due: date | None = None) -> None:
        """Store a report; the same again is the same, with its newest code. `due`: by when the office wants to have
        done something."""
        sealer = Sealer(await self._keychain.put_new(case_key(report.case), new_key(), today))
        reported = Reported(report.words, report.place, report.point, report.photo)
        stored = StoredCase(
            id=CaseId(report.case),
            category=report.category,
            office=report.office,
            status=CaseStatus.RECEIVED,
            opened=today,
            language=report.language,
            informed=report.informed,
            sealed=seal_answer(sealer, _REPORT, msgspec.json.encode(reported).decode("utf-8")),
            code=await self._hashed(report.code, today),
            due=due,
        )
        photo = MediaName(report.photo) if report.photo else None
        await self._cases.open(stored, photo, [copy_order(stored.id, today)])

    async def by_code(self, code: str, today: date) -> Case | None:
        """The case that a code (as it is shown) belongs to."""
        stored = await self._cases.by_code(await self._hashed(code, today))
        return None if stored is None else await self._opened(stored)

    async def add(self, case: CaseId, message: bytes, words: str, today: date) -> None:
        """The citizen's words. Raises `Conflict` if the case is gone."""
        stored = await self._sealed(case, message, words, today, by_town=False)
        await self._cases.add(case, stored, [copy_order(case, today)])

    async def erase(self, cases: Sequence[CaseId]) -> int:
        """Keys, those of the copies too, then rows and files: whatever stops it in between, nothing opens any more."""
        await self._keys.destroy([case_key(case) for case in cases])
        await self._keys.forget_readings(cases)
        return await self._cases.erase(cases)

    # -- the staff's side

    async def all(self) -> Sequence[Case]:
        """Every case that opens, the oldest first, without messages."""
        opened = [await self._opened(stored) for stored in await self._cases.all()]
        return [case for case in opened if case is not None]

    async def get(self, case: CaseId) -> Case | None:
        stored = await self._cases.get(case)
        return None if stored is None else await self._opened(stored)

    async def reply(self, case: CaseId, words: str, now: datetime, *, tell: bool, message: bytes = b"") -> None:
        """The town's words; `tell`: they are to be brought to whoever reported it. Raises `Conflict` if the case is
        gone. The same message again changes nothing, and is brought once."""
        message = message or os.urandom(MESSAGE_BYTES)
        stored = await self._sealed(case, message, words, now.date(), by_town=True)
        orders = [copy_order(case, now.date())]
        if tell:
            told = OrderId(message)
            orders.append(Order(OrderKind.CASE_MESSAGE, case.hex(), now, message.hex(), told))
        await self._cases.add(case, stored, orders)

    async def explain(self, case: CaseId, reason: str, today: date, orders: Sequence[Order] = ()) -> bool:
        """Say why it was declined; False if it is not declined any more, or gone."""
        sealer = await self._sealer(case)
        if sealer is None:
            return False
        return await self._cases.explain(case, seal_answer(sealer, _REASON, reason), [copy_order(case, today), *orders])

    async def step(
        self,
        case: Case,
        then: CaseStatus,
        today: date,
        office: str = "",
        reason: str = "",
        orders: Sequence[Order] = (),
        due: date | None = None,
    ) -> None:
        """Raises `Conflict` if it may not go there, or has changed since it was looked at."""
        sealer = await self._sealer(case.stored.id)
        if sealer is None:
            raise Conflict("there is no such case")
        sealed = seal_answer(sealer, _REASON, reason) if reason else None
        step = Step(case.stored.status, then, today, office, sealed, due)
        await self._cases.step(case.stored.id, step, [copy_order(case.stored.id, today), *orders])

    async def note_asked(self, case: CaseId, day: date | None) -> None:
        """The citizen was asked whether it is fixed; None: and has answered."""
        await self._cases.note_asked(case, day)

    # -- time

    async def closing_days(self) -> Mapping[CaseId, date | None]:
        """Every case, and the day on which it was closed."""
        return {stored.id: stored.closed for stored in await self._cases.all()}

    async def end_codes(self, today: date) -> int:
        """90 days after a case was closed nothing leads to it from outside any more."""
        return await self._cases.end_codes(today - CASE_CODE_KEPT)

    async def forget_old(self, today: date) -> int:
        """A year after a case was closed it goes."""
        return await self.erase(await self._cases.closed_before(today - CASE_KEPT))

    async def sweep(self, today: date) -> int:
        """Rows whose key is gone (an erasure cut short, a restored backup), and keys whose row is."""
        known = {stored.id for stored in await self._cases.all()}
        alive = {subject_of(purpose) for purpose in await self._keys.purposes(f"{KeyKind.CASE.value}/")}
        gone = [case for case in known if case.hex() not in alive]
        old = await self._keys.purposes(f"{KeyKind.CASE.value}/", today - timedelta(days=ORPHAN_DAYS))
        await self._keys.destroy([key for key in old if bytes.fromhex(subject_of(key)) not in known])
        return await self._cases.erase(gone) if gone else 0

    # -- keys

    async def _hashed(self, code: str, today: date) -> bytes:
        """A code as it is stored. Slow on purpose, so in a thread."""
        salt = await self._keychain.put_new(case_codes_salt(), new_key(), today)
        return await asyncio.to_thread(return_code_hash, salt, code)

    async def _sealed(self, case: CaseId, message: bytes, words: str, day: date, *, by_town: bool) -> StoredMessage:
        sealer = await self._sealer(case)
        if sealer is None:
            raise Conflict("there is no such case")
        return StoredMessage(message, by_town, day, seal_answer(sealer, _MESSAGE, words))

    async def _sealer(self, case: CaseId) -> Sealer | None:
        key = await self._keychain.existing(case_key(case))
        return None if key is None else Sealer(key)

    async def _opened(self, stored: StoredCase) -> Case | None:
        sealer = await self._sealer(stored.id)
        if sealer is None:
            return None
        return Case(
            stored=stored,
            reported=msgspec.json.decode(open_answer(sealer, _REPORT, stored.sealed), type=Reported),
            reason=open_answer(sealer, _REASON, stored.reason) if stored.reason is not None else "",
            messages=tuple(
                Message(each.message, each.by_town, each.day, open_answer(sealer, _MESSAGE, each.sealed))
                for each in stored.messages
            ),
        )
