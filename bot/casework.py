"""Does for the desk what takes keys: moves words of staff into a case, and makes the masked copies that staff read.

Orders lead here, also those of the command line. Fit to be done twice: a reply's message and its order have the
intake's id. Not here: what staff may do (`storage/acts/cases.py`), bringing words to citizens (`casenews.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.home import Home
from bot.orders import AT_ONCE, Done, Dropped, Handler, Outcome
from storage.casebook import CaseBook
from storage.cases import CaseId
from storage.caseties import CaseTies
from storage.clock import Clock
from storage.intake import Intake
from storage.orders import ANEW, Order, OrderId, OrderKind, OrderState
from storage.sql.case_copies import CaseCopies


class CaseHands:
    """The bot's part of the desk's work on cases."""

    def __init__(self, book: CaseBook, ties: CaseTies, copies: CaseCopies, intake: Intake, clock: Clock) -> None:
        self._book = book
        self._ties = ties
        self._copies = copies
        self._intake = intake
        self._clock = clock

    def handlers(self) -> Mapping[OrderKind, Handler]:
        """What it does, by kind of order."""
        return {
            OrderKind.CASE_REPLY: self._reply,
            OrderKind.CASE_REASON: self._reason,
            OrderKind.CASE_COPY: self._copy,
        }

    async def _reply(self, order: Order) -> Outcome:
        case, intake = _subject(order), bytes.fromhex(order.detail)
        words = await self._intake.words(intake, case, order.kind.value)
        if words is None:
            return Dropped()
        tied = await self._ties.is_tied(case)
        await self._book.reply(case, words, self._clock.now(), tell=tied, message=intake)
        await self._intake.drop(intake)
        return Done()

    async def _reason(self, order: Order) -> Outcome:
        """Then the status is told: not before, for the reason belongs to it."""
        case, intake = _subject(order), bytes.fromhex(order.detail)
        words = await self._intake.words(intake, case, order.kind.value)
        if words is None:
            return Dropped()
        found = await self._book.get(case)
        if found is not None:
            told = Order(
                OrderKind.CASE_STATUS, order.subject, self._clock.now(), found.stored.status.value, OrderId(intake)
            )
            await self._book.explain(case, words, self._clock.today(), [told])
        await self._intake.drop(intake)
        return Done()

    async def _copy(self, order: Order) -> Outcome:
        await self._copies.make(_subject(order), self._clock.today(), anew=order.detail == ANEW)
        return Done()


async def do_now(home: Home, clock: Clock, case: CaseId) -> None:
    """What was ordered about a case a moment ago, on the command line, where no bot may be running."""
    handlers = CaseHands(home.cases, home.ties, home.case_copies, home.intake, clock).handlers()
    for kind in handlers:  # words first, then copies of them
        for order in await home.orders.take((kind,), clock.now(), AT_ONCE, case.hex()):
            await home.orders.end(order, _ENDED[type(await handlers[kind](order))])


_ENDED = {Done: OrderState.DONE, Dropped: OrderState.DROPPED}


def _subject(order: Order) -> CaseId:
    return CaseId(bytes.fromhex(order.subject))
