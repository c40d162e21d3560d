"""Cases of feedback in memory, for tests: the same promises, kept only while the process lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dialogs.events import MediaName
from dialogs.moderation import CLOSED, NEEDS_REASON, may_follow
from privacy.files import locator
from storage.cases import CaseId, Step, StoredCase, StoredMessage
from storage.errors import Conflict
from storage.memory_orders import MemoryOrders
from storage.memory_records import MemoryMedia
from storage.orders import Order


class MemoryCases:
    """`Cases`."""

    def __init__(self, media: MemoryMedia, orders: MemoryOrders | None = None) -> None:
        self._media = media
        self._orders = orders or MemoryOrders()
        self._cases: dict[CaseId, StoredCase] = {}

    async def open(self, case: StoredCase, photo: MediaName | None, orders: Sequence[Order] = ()) -> None:
        standing = self._cases.get(case.id)
        self._cases[case.id] = replace(standing, code=case.code, sealed=case.sealed) if standing else case
        if photo is not None and (file := self._media.files.get(locator(photo))) is not None:
            file.response = case.id
        self._put(orders)

    async def by_code(self, code: bytes) -> StoredCase | None:
        return next((case for case in self._cases.values() if case.code == code), None)

    async def get(self, case: CaseId) -> StoredCase | None:
        return self._cases.get(case)

    async def all(self) -> Sequence[StoredCase]:
        found = sorted(self._cases.values(), key=lambda case: (case.opened, case.id))
        return [replace(case, messages=()) for case in found]

    async def add(self, case: CaseId, message: StoredMessage, orders: Sequence[Order] = ()) -> None:
        standing = self._cases.get(case)
        if standing is None:
            raise Conflict("there is no such case")
        if message.message not in {each.message for each in standing.messages}:
            self._cases[case] = replace(standing, messages=(*standing.messages, message))
        self._put(orders)

    async def step(self, case: CaseId, step: Step, orders: Sequence[Order] = ()) -> None:
        if not may_follow(step.expected, step.then):
            raise Conflict(f"a case cannot go from {step.expected} to {step.then}")
        standing = self._cases.get(case)
        if standing is None or standing.status is not step.expected:
            raise Conflict("the case has changed in the meantime: look at it again")
        self._cases[case] = replace(
            standing,
            status=step.then,
            closed=step.day if step.then in CLOSED else None,
            office=step.office or standing.office,
            reason=step.reason,
            asked=None,
            due=step.due or standing.due,
        )
        self._put(orders)

    async def explain(self, case: CaseId, reason: bytes, orders: Sequence[Order] = ()) -> bool:
        standing = self._cases.get(case)
        if standing is None or standing.status not in NEEDS_REASON:
            return False
        self._cases[case] = replace(standing, reason=reason)
        self._put(orders)
        return True

    async def note_asked(self, case: CaseId, day: date | None) -> None:
        if case in self._cases:
            self._cases[case] = replace(self._cases[case], asked=day)

    def _put(self, orders: Sequence[Order]) -> None:
        for order in orders:
            self._orders.add(order)

    async def erase(self, cases: Sequence[CaseId]) -> int:
        for name in [name for name, file in self._media.files.items() if file.response in cases]:
            del self._media.files[name]
        for case in cases:
            self._orders.remove(case.hex())
        return sum(self._cases.pop(case, None) is not None for case in cases)

    async def end_codes(self, closed_before: date) -> int:
        ended = [c for c in self._cases.values() if c.closed is not None and c.closed < closed_before and c.code]
        self._cases.update({case.id: replace(case, code=None) for case in ended})
        return len(ended)

    async def closed_before(self, day: date) -> Sequence[CaseId]:
        return [case.id for case in self._cases.values() if case.closed is not None and case.closed < day]
