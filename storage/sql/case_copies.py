"""Makes what staff read of cases: masked copies, sealed for the reading pair. The bot's work; it has the keys.

A copy names the sealed original that it was made of. So whatever has changed is found by looking: originals without a
copy get one, copies without an original go. Orders say when to look (`storage.orders.OrderKind.CASE_COPY`), and
housekeeping looks once more. Not here: what a copy leaves out (`privacy/case_copies.py`), reading them
(`case_files.py`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import Connection, case, delete, func, select

from privacy.case_copies import ReportCopy, mark_of, masked_words, seal_case_words, seal_report, spot
from privacy.masking import NameFinder
from privacy.readings import UNMASKED, new_reading_key, seal_copy
from storage.casebook import Case, CaseBook
from storage.cases import CaseId
from storage.caseties import CaseTies
from storage.keys import Keys, ReadingRow
from storage.places import Districts
from storage.sql.case_tables import case_copies, case_messages, cases
from storage.sql.database import Database
from storage.sql.readings import Readings
from storage.sql.upserts import insert_new

_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class _Made:
    """A copy and its key."""

    of: bytes
    key: ReadingRow
    sealed: bytes


@dataclass(frozen=True, slots=True)
class _Copying:
    """What copies of a case are made by."""

    located: bool
    districts: Districts
    told: bool
    public: bytes
    more_names: NameFinder | None


@dataclass(frozen=True, slots=True)
class CopyRules:
    """What the town's settings say about copies."""

    located: frozenset[str] = frozenset()
    """Categories of what is at a spot that the office needs to know."""
    districts: Districts = field(default_factory=Districts)


class CaseCopies:
    """All raise `Unavailable` when a store is away, `Conflict` if no copy can be made here."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        book: CaseBook,
        ties: CaseTies,
        readings: Readings,
        rules: Callable[[], Awaitable[CopyRules]],
    ) -> None:
        """`rules`: as they are now; the town changes them while the bot runs."""
        self._database = database
        self._keys = keys
        self._book = book
        self._ties = ties
        self._readings = readings
        self._rules = rules

    async def make(self, id_: CaseId, today: date, *, anew: bool = False) -> int:
        """Whatever of a case has no copy gets one. `anew`: the report's is made once more. Returns how many."""
        found = await self._book.get(id_)
        if found is None:
            return 0
        wanted = _originals(found)
        have = await self._database.read(partial(_have, of=id_))
        missing = {of: words for of, words in wanted.items() if of not in have or (anew and words is None)}
        told = await self._ties.is_tied(id_)
        rules = await self._rules()
        public, names = await self._readings.public(today), await self._readings.more_names()
        copying = _Copying(found.stored.category in rules.located, rules.districts, told, public, names)
        made = await asyncio.to_thread(_masked, found, missing, copying)
        if made:
            await self._keys.keep_readings([each.key for each in made], today)
        if made or have - wanted.keys():
            await self._database.write(partial(_store, to=id_, made=made, wanted=frozenset(wanted), anew=anew))
        return len(made)

    async def unmask(
        self, unmasking: bytes, id_: CaseId, position: int, today: date
    ) -> tuple[bytes, ReadingRow] | None:
        """The report (position 0) or a message as it was written, for the reading pair, and its key; None if it is
        gone. Who may ask for it is decided before, and keeping the key lets it be read."""
        found = await self._book.get(id_)
        if found is None:
            return None
        by_position = dict(await self._database.read(partial(_places, of=id_)))
        written = {message.id: message.words for message in found.messages}
        reported = "\n".join(part for part in (found.reported.words, found.reported.place) if part)
        words = reported if position == 0 else written.get(by_position.get(position, b""))
        if words is None:
            return None
        key = new_reading_key(await self._readings.public(today), unmasking)
        return seal_copy(key.sealer, UNMASKED, words), ReadingRow(unmasking, id_, key.sealed)

    async def make_missing(self, today: date) -> int:
        """Cases of which something has no copy: from before there were any, or left over."""
        copied = select(func.count()).where(case_copies.c.case == cases.c.id).scalar_subquery()
        written = select(func.count()).where(case_messages.c.case == cases.c.id).scalar_subquery()
        explained = case((cases.c.reason.is_not(None), 1), else_=0)
        bare = select(cases.c.id).where(copied < 1 + written + explained)
        ids = await self._database.read(lambda connection: connection.execute(bare).scalars().all())
        return sum([await self.make(CaseId(id_), today) for id_ in ids])


def _originals(of: Case) -> Mapping[bytes, str | None]:
    """By mark, the words of a message or a reason; None for the report."""
    stored = of.stored
    found: dict[bytes, str | None] = {mark_of(stored.sealed): None}
    opened = {message.id: message.words for message in of.messages}
    found |= {mark_of(each.sealed): opened[each.message] for each in stored.messages}
    if stored.reason is not None:
        found[mark_of(stored.reason)] = of.reason
    return found


def _places(connection: Connection, of: CaseId) -> list[tuple[int, bytes]]:
    wanted = select(case_messages.c.position, case_messages.c.message).where(case_messages.c.case == of)
    return [(position, message) for position, message in connection.execute(wanted)]


def _have(connection: Connection, of: CaseId) -> frozenset[bytes]:
    wanted = select(case_copies.c.of).where(case_copies.c.case == of)
    return frozenset(connection.execute(wanted).scalars())


def _masked(of: Case, missing: Mapping[bytes, str | None], copying: _Copying) -> Sequence[_Made]:
    stored, reported = of.stored, of.reported
    located = copying.located
    ours = {mark_of(each.sealed) for each in stored.messages if each.by_town}
    if stored.reason is not None:
        ours.add(mark_of(stored.reason))  # staff's own words need no mask for staff
    masked = partial(masked_words, language=stored.language, located=located, more_names=copying.more_names)
    made = []
    for mark, words in missing.items():
        id_ = os.urandom(_ID_BYTES)
        key = new_reading_key(copying.public, id_)
        if words is None:
            copy = ReportCopy(
                words=masked(reported.words),
                place=masked(reported.place),
                point=spot(reported.point, located=located),
                exact=located,
                district=copying.districts.district_of(reported.point, reported.place),
                photo=reported.photo,
                told=copying.told,
            )
            sealed = seal_report(key, copy)
        else:
            sealed = seal_case_words(key, words if mark in ours else masked(words))
        made.append(_Made(mark, ReadingRow(id_, stored.id, key.sealed), sealed))
    return made


def _store(connection: Connection, to: CaseId, made: Sequence[_Made], wanted: frozenset[bytes], anew: bool) -> None:
    if connection.execute(select(cases.c.id).where(cases.c.id == to).with_for_update()).first() is None:
        return  # erased in this moment; keys without a case are swept
    replaced = {each.of for each in made} if anew else frozenset()
    for of in _have(connection, to):
        if of not in wanted or of in replaced:
            connection.execute(delete(case_copies).where(case_copies.c.case == to, case_copies.c.of == of))
    for each in made:
        row = {"case": to, "of": each.of, "key": each.key.id, "sealed": each.sealed}
        insert_new(connection, case_copies, row)
