"""Orders about cases, done: the town's words, a new status, four weeks after "done" the question whether it is fixed.

Each goes to the conversation that the case is tied to, beside whatever stands there (`dialogs/case_talk.py`). What is
no longer true when its turn comes is not said. Not here: the tie (`storage/caseties.py`), when and how often
(`orders.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from bot.courier import Brought, Courier, Reach
from bot.orders import Done, Dropped, Handler, Later, Outcome
from bot.reports import shown
from bot.turn import Turns
from dialogs.events import CaseNews, News, Replies
from dialogs.moderation import CaseStatus
from storage.casebook import Case, CaseBook
from storage.cases import CaseId
from storage.caseties import CaseTies
from storage.clock import Clock
from storage.orders import Order, OrderKind


class CaseOffice:
    """Tells citizens what becomes of their cases."""

    def __init__(self, book: CaseBook, ties: CaseTies, courier: Courier, turns: Turns, clock: Clock) -> None:
        self._book = book
        self._ties = ties
        self._courier = courier
        self._turns = turns
        self._clock = clock

    def handlers(self) -> Mapping[OrderKind, Handler]:
        """What it does, by kind of order."""
        return {
            OrderKind.CASE_MESSAGE: self._message,
            OrderKind.CASE_STATUS: self._status,
            OrderKind.CASE_QUESTION: self._question,
        }

    async def _message(self, order: Order) -> Outcome:
        case = await self._book.get(_subject(order))
        words = next((each.words for each in case.messages if each.id.hex() == order.detail), None) if case else None
        if case is None or words is None:
            return Dropped()
        return _outcome(await self._bring(case, News.MESSAGE, words))

    async def _status(self, order: Order) -> Outcome:
        case = await self._book.get(_subject(order))
        if case is None or case.stored.status.value != order.detail:
            return Dropped()
        return _outcome(await self._bring(case, News.STATUS))

    async def _question(self, order: Order) -> Outcome:
        """Asked once, and only while it is as it was closed then."""
        case = await self._book.get(_subject(order))
        if case is None or case.stored.status is not CaseStatus.DONE or str(case.stored.closed) != order.detail:
            return Dropped()
        await self._book.note_asked(case.stored.id, self._clock.today())  # before it is sent: the answer may be quick
        brought = await self._bring(case, News.QUESTION)
        if brought is not Brought.HANDED_OVER:
            await self._book.note_asked(case.stored.id, None)
        return _outcome(brought)

    async def _bring(self, case: Case, news: News, words: str = "") -> Brought:
        contact = await self._ties.contact_of(case.stored.id)
        if contact is None:
            return Brought.FORGOTTEN
        reach = await self._courier.reach(contact)
        if not isinstance(reach, Reach):
            return reach
        event = CaseNews(shown(case, case.stored.id.hex(), Replies.HERE), news, words)
        return await self._courier.verdict(reach, await self._turns.tell(reach.adapter, reach.person, event))


def _subject(order: Order) -> CaseId:
    return CaseId(bytes.fromhex(order.subject))


def _outcome(brought: Brought) -> Outcome:
    match brought:
        case Brought.HANDED_OVER:
            return Done()
        case Brought.GONE | Brought.FORGOTTEN:
            return Dropped()
        case Brought.LATER:
            return Later()
        case _:
            assert_never(brought)
