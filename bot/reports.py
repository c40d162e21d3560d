"""What citizens report: opened as cases, found again by their codes, written to, erased.

Not here: what staff do with a case (`feedback.py`), how it rests (`storage/casebook.py`).
"""

from __future__ import annotations

from bot.clock import Clock
from dialogs.effects import AddToCase, EraseCase, FindCase, Report
from dialogs.events import CaseFound, CaseMessage
from storage.casebook import CaseBook


class Reports:
    """Queries and durable acts about cases. No person is needed: the code is."""

    def __init__(self, book: CaseBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock

    async def found(self, query: FindCase) -> CaseFound:
        """What became of a report. Raises `storage.errors.Unavailable`."""
        case = await self._book.by_code(query.code, self._clock.today())
        if case is None:
            return CaseFound(query.code)
        return CaseFound(
            code=query.code,
            status=case.stored.status,
            category=case.stored.category,
            office=case.stored.office,
            opened=case.stored.opened,
            words=case.reported.words,
            reason=case.reason,
            messages=tuple(CaseMessage(each.by_town, each.day, each.words) for each in case.messages),
        )

    async def report(self, act: Report) -> None:
        await self._book.open(act, self._clock.today())

    async def add(self, act: AddToCase) -> None:
        """Raises `storage.errors.Conflict` if the case is gone."""
        today = self._clock.today()
        case = await self._book.by_code(act.code, today)
        if case is not None:
            await self._book.add(case.stored.id, act.message, act.words, today)

    async def erase(self, act: EraseCase) -> None:
        case = await self._book.by_code(act.code, self._clock.today())
        if case is not None:
            await self._book.erase([case.stored.id])
