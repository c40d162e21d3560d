"""What citizens report: opened as cases, found again by their codes or by who may be written to about them, written to,
tied and untied, erased.

Here, as in `interpreter.py`, a person meets the store. Not here: what staff do with a case (`feedback.py`), how it
rests (`storage/casebook.py`), the tie (`storage/caseties.py`), words from the town (`casenews.py`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import assert_never

from dialogs.effects import AddToCase, AnswerFixed, EraseCase, FindCase, FindCases, Report, TieCase, UntieCase
from dialogs.events import CaseFound, CaseMessage, CasesFound, MediaName, Replies
from dialogs.moderation import CaseStatus
from privacy.addresses import Person
from storage.acts.categories import due_from
from storage.casebook import Case, CaseBook, copy_order
from storage.cases import CaseId
from storage.caseties import CaseTies
from storage.clock import Clock
from storage.errors import Conflict
from storage.orders import ANEW, Orders

_KEY = re.compile(r"[0-9a-f]{32}")
"""A case's id as the engine holds it once the case was found for a person; no case code looks like it."""

CaseAct = Report | AddToCase | EraseCase | TieCase | UntieCase | AnswerFixed


class Reports:
    """Queries and durable acts about cases. All raise `storage.errors.StorageError`: then nothing was done."""

    def __init__(
        self,
        book: CaseBook,
        ties: CaseTies,
        clock: Clock,
        orders: Orders | None = None,
        due_days: Mapping[str, int] | None = None,
    ) -> None:
        """`orders`: where it is said that a tie has changed. `due_days`: by category (`storage.acts.categories`)."""
        self._orders = orders
        self._due_days = due_days or {}
        self._book = book
        self._ties = ties
        self._clock = clock

    # -- queries

    async def found(self, query: FindCase, person: Person) -> CaseFound:
        """What became of a report."""
        case = await self._case(query.code)
        if case is None:
            return CaseFound(query.code)
        mine = case.stored.id in await self._ties.cases_of(person.address, self._clock.today())
        tied = mine or await self._ties.is_tied(case.stored.id)
        return shown(case, query.code, Replies.HERE if mine else Replies.ELSEWHERE if tied else Replies.NOWHERE)

    async def of_person(self, query: FindCases, person: Person) -> CasesFound:
        """The cases about which the person can be written to."""
        return CasesFound(query.aim, query.about, await self.tied_to(person))

    async def tied_to(self, person: Person) -> tuple[CaseFound, ...]:
        """The same, the oldest first."""
        cases = await self._cases_of(person)
        return tuple(shown(case, case.stored.id.hex(), Replies.HERE) for case in cases)

    async def photos_of(self, person: Person) -> Sequence[MediaName]:
        """Photos of the cases about which the person can be written to."""
        return [MediaName(case.reported.photo) for case in await self._cases_of(person) if case.reported.photo]

    async def _cases_of(self, person: Person) -> Sequence[Case]:
        ids = await self._ties.cases_of(person.address, self._clock.today())
        cases = [case for id_ in ids if (case := await self._book.get(id_)) is not None]
        return sorted(cases, key=lambda case: (case.stored.opened, case.stored.id))

    # -- acts

    async def do(self, act: CaseAct, person: Person) -> None:
        """Durable when this returns."""
        match act:
            case Report():
                await self._report(act, person)
            case AddToCase():
                await self._add(act)
            case EraseCase():
                await self._erase(act)
            case TieCase():
                await self._tie(act, person)
            case UntieCase():
                await self._untie(await self._ids(act.code))
            case AnswerFixed():
                await self._fixed(act)
            case _:
                assert_never(act)

    async def _report(self, act: Report, person: Person) -> None:
        today = self._clock.today()
        await self._book.open(act, today, due_from(today, act.category, self._due_days))
        if act.reply:
            await self._ties.tie(CaseId(act.case), person.address, today)
            await self._say_tie(CaseId(act.case))

    async def _add(self, act: AddToCase) -> None:
        """Raises `Conflict` if the case is gone."""
        for case in await self._ids(act.code):
            await self._book.add(case, act.message, act.words, self._clock.today())

    async def _erase(self, act: EraseCase) -> None:
        """The tie first: without the case's key nobody finds it any more."""
        ids = await self._ids(act.code)
        await self._ties.untie(ids)
        await self._book.erase(ids)

    async def _tie(self, act: TieCase, person: Person) -> None:
        for case in await self._ids(act.code):
            if not await self._ties.tie(case, person.address, self._clock.today()):
                raise Conflict("the person has as many ties as they may have")
            await self._say_tie(case)

    async def _untie(self, cases: Sequence[CaseId]) -> None:
        await self._ties.untie(cases)
        for case in cases:
            await self._say_tie(case)

    async def _say_tie(self, case: CaseId) -> None:
        """Staff see whether somebody can be written to."""
        if self._orders is not None:
            await self._orders.put(copy_order(case, self._clock.today(), ANEW))

    async def _fixed(self, act: AnswerFixed) -> None:
        """Once: who taps twice, or after staff opened it again, changes nothing."""
        case = await self._case(act.code)
        if case is None or case.stored.asked is None:
            return
        today = self._clock.today()
        if not act.fixed and case.stored.status is CaseStatus.DONE:
            await self._book.add(case.stored.id, act.message, act.words, today)
            with contextlib.suppress(Conflict):  # staff were quicker
                due = due_from(today, case.stored.category, self._due_days)
                await self._book.step(case, CaseStatus.WITH_OFFICE, today, due=due)
        await self._book.note_asked(case.stored.id, None)

    # -- which

    async def _case(self, code: str) -> Case | None:
        """By its code, or by the key under which it was found for a person."""
        if _KEY.fullmatch(code):
            return await self._book.get(CaseId(bytes.fromhex(code)))
        return await self._book.by_code(code, self._clock.today())

    async def _ids(self, code: str) -> Sequence[CaseId]:
        case = await self._case(code)
        return () if case is None else (case.stored.id,)


def shown(case: Case, code: str, replies: Replies) -> CaseFound:
    """A case as its reporter may read it."""
    return CaseFound(
        code=code,
        status=case.stored.status,
        category=case.stored.category,
        office=case.stored.office,
        opened=case.stored.opened,
        words=case.reported.words,
        reason=case.reason,
        messages=tuple(CaseMessage(each.by_town, each.day, each.words) for each in case.messages),
        key=case.stored.id.hex(),
        replies=replies,
        asked=case.stored.asked is not None,
        place=_where(case),
        language=case.stored.language,
        informed=case.stored.informed,
        photo=bool(case.reported.photo),
    )


def _where(case: Case) -> str:
    if case.reported.point is not None:
        return "{:.6f}, {:.6f}".format(*case.reported.point)
    return case.reported.place
