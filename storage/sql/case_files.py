"""Cases as staff work on them: rows and masked copies, and their decisions. Needs the reading key and no other.

What staff write is sealed for the bot (`intakes.py`) and goes with an order in the transaction of the decision. Each
decision names the revision that it was made on: on any other it is refused, so two clerks do not overwrite each
other. Not here: what may be decided (`storage/acts/cases.py`), making copies (`case_copies.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, select, true, update

from dialogs.events import MediaName
from dialogs.moderation import CLOSED, CaseStatus, may_follow
from privacy.case_copies import MARK_BYTES, ReportCopy, mark_of, open_case_words, open_report
from privacy.files import NoFileName, locator, open_file
from privacy.pairs import PrivatePart, open_with, private_part
from privacy.sealing import Sealer, Unsealable
from storage.cases import CaseId
from storage.errors import Conflict
from storage.keys import Keys
from storage.orders import Order
from storage.readingkey import read_reading_key
from storage.sql.case_tables import case_copies, case_messages, cases
from storage.sql.database import Database
from storage.sql.feedback import put_all
from storage.sql.intakes import SealedWords, put_words
from storage.sql.tables import files
from storage.sql.upserts import AnyRow

NUMBER_LETTERS: Final = 8
"""Letters of a case's random id by which staff name it."""


@dataclass(frozen=True, slots=True)
class CaseWords:
    """A message of a case. `words` is None while its copy is not there (yet)."""

    id: bytes
    position: int
    by_town: bool
    day: date
    words: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as staff see it."""

    id: CaseId
    category: str
    office: str
    status: CaseStatus
    opened: date
    closed: date | None
    language: str
    asked: date | None
    due: date | None
    heard: int
    revision: int
    last: int
    """Position of the citizen's last message; 0: they wrote none."""
    report: ReportCopy | None = field(repr=False)
    """None while its copy is not there (yet)."""
    reason: str | None = field(default=None, repr=False)
    messages: tuple[CaseWords, ...] = ()
    """Of a single case only."""

    @property
    def number(self) -> str:
        """How staff call it."""
        return self.id.hex()[:NUMBER_LETTERS]

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def has_news(self) -> bool:
        """The citizen has written since staff took note."""
        return self.last > self.heard

    def is_overdue(self, today: date) -> bool:
        return not self.is_closed and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Change:
    """How a case stands after a decision. `expected`: its revision when it was looked at."""

    expected: int
    status: CaseStatus
    office: str
    due: date | None
    heard: int


class CaseFiles:
    """All raise `Unavailable` when a store is away, `Conflict` if the reading key is not here."""

    def __init__(self, database: Database, keys: Keys, state: Path) -> None:
        self._database = database
        self._keys = keys
        self._state = state

    async def all(self, *, closed: bool = False) -> Sequence[CaseFile]:
        """Open cases, or all of them, the oldest first, without messages."""
        which = _open_ones() if not closed else true()
        return await self._opened(await self._database.read(partial(_rows, which=which)))

    async def plain(self) -> Sequence[CaseFile]:
        """Every case as it stands, without its copy: to count and to choose."""
        rows = await self._database.read(lambda connection: connection.execute(_select()).all())
        return [_file(row, None) for row in rows]

    async def opened(self, files_: Sequence[CaseFile]) -> Sequence[CaseFile]:
        """The same with their copies, in the same order."""
        which = cases.c.id.in_([file.id for file in files_])
        found = {file.id: file for file in await self._opened(await self._database.read(partial(_rows, which=which)))}
        return [found[file.id] for file in files_ if file.id in found]

    async def some(self, ids: Sequence[CaseId]) -> Sequence[CaseFile]:
        """These, as `all` gives them."""
        return await self._opened(await self._database.read(partial(_rows, which=cases.c.id.in_(ids)))) if ids else []

    async def copied(self, category: str, without: Collection[str] = ()) -> Sequence[tuple[CaseId, bytes]]:
        """Open cases of a category whose report has a copy, and which copy it is; the oldest first. `without`: offices
        whose cases are left out."""
        which = _open_ones() & (cases.c.category == category) & cases.c.office.not_in(without)
        wanted = select(cases.c.id, case_copies.c.key).join(case_copies, _reports()).where(which)
        rows = await self._database.read(lambda connection: connection.execute(wanted.order_by(cases.c.opened)).all())
        return [(CaseId(id_), key) for id_, key in rows]

    async def reports(self, ids: Sequence[CaseId]) -> Sequence[tuple[CaseId, bytes, ReportCopy | None]]:
        """Reports of these cases alone, each with which copy it is of."""
        named = case_copies.c.key, case_copies.c.sealed.label("copy")
        wanted = select(cases.c.id, *named).join(case_copies, _reports()).where(cases.c.id.in_(ids))
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        sealers = await self._sealers([row.key for row in rows])
        return await asyncio.to_thread(lambda: [(CaseId(row.id), row.key, _report(row, sealers)) for row in rows])

    async def offices(self) -> Sequence[str]:
        """That have an open case."""
        wanted = select(cases.c.office).where(_open_ones(), cases.c.office != "").distinct()
        return await self._database.read(lambda connection: connection.execute(wanted).scalars().all())

    async def get(self, case: CaseId) -> CaseFile | None:
        """With everything that was written."""
        found = await self._database.read(partial(_one, case=case))
        if found is None:
            return None
        row, said, copies = found
        (opened,) = await self._opened([row])
        words = await self._words(copies)
        reason = words.get(mark_of(row.reason)) if row.reason is not None else None
        messages = tuple(
            CaseWords(each.message, each.position, each.by_town, each.day, words.get(mark_of(each.sealed)))
            for each in said
        )
        return _file(row, opened.report, reason, messages)

    async def named(self, number: str) -> Sequence[CaseId]:
        """Cases whose id begins so."""
        wanted = number.strip().lower()
        ids = await self._database.read(lambda connection: connection.execute(select(cases.c.id)).scalars().all())
        return [CaseId(id_) for id_ in ids if wanted and id_.hex().startswith(wanted)]

    async def photo(self, file: CaseFile) -> bytes | None:
        """Pixels as they are kept; None if there is none."""
        name = file.report.photo if file.report is not None else ""
        if not name:
            return None
        try:
            wanted = select(files.c.sealed).where(files.c.locator == locator(name), files.c.response == file.id)
            sealed = await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())
            return None if sealed is None else await asyncio.to_thread(open_file, MediaName(name), sealed)
        except (NoFileName, Unsealable):
            return None

    async def change(
        self,
        file: CaseFile,
        change: Change,
        today: date,
        orders: Sequence[Order] = (),
        words: SealedWords | None = None,
    ) -> None:
        """Decide; all or nothing. Raises `Conflict` if it may not go there, or somebody else has decided meanwhile."""
        if change.status is not file.status and not may_follow(file.status, change.status):
            raise Conflict(f"a case cannot go from {file.status} to {change.status}")
        work = partial(_change, file=file, change=change, today=today, orders=orders, words=words)
        await self._database.write(work)

    # -- copies

    async def _opened(self, rows: Sequence[AnyRow]) -> Sequence[CaseFile]:
        sealers = await self._sealers([row.key for row in rows if row.key is not None])
        return await asyncio.to_thread(lambda: [_file(row, _report(row, sealers)) for row in rows])

    async def _words(self, copies: Sequence[AnyRow]) -> Mapping[bytes, str]:
        sealers = await self._sealers([copy.key for copy in copies])
        found = {}
        for copy in copies:
            if copy.key in sealers:
                try:
                    found[copy.of] = open_case_words(sealers[copy.key], copy.sealed)
                except Unsealable:
                    continue
        return found

    async def _sealers(self, ids: Sequence[bytes]) -> Mapping[bytes, Sealer]:
        if not ids:
            return {}
        sealed = await self._keys.readings(ids)
        return await asyncio.to_thread(_unsealed, sealed, self._state)


def _unsealed(sealed: Mapping[bytes, bytes], state: Path) -> Mapping[bytes, Sealer]:
    private = private_part(read_reading_key(state))
    found = {}
    for id_, key in sealed.items():
        sealer = _sealer(private, id_, key)
        if sealer is not None:
            found[id_] = sealer
    return found


def _sealer(private: PrivatePart, id_: bytes, key: bytes) -> Sealer | None:
    try:
        return Sealer(open_with(private, key, id_))
    except Unsealable:
        return None


def _report(row: AnyRow, sealers: Mapping[bytes, Sealer]) -> ReportCopy | None:
    sealer = sealers.get(row.key) if row.key is not None else None
    if sealer is None:
        return None
    try:
        return open_report(sealer, row.copy)
    except Unsealable:
        return None


def _file(
    row: AnyRow, report: ReportCopy | None, reason: str | None = None, messages: tuple[CaseWords, ...] = ()
) -> CaseFile:
    return CaseFile(
        id=CaseId(row.id),
        category=row.category,
        office=row.office,
        status=CaseStatus(row.status),
        opened=row.opened,
        closed=row.closed,
        language=row.language,
        asked=row.asked,
        due=row.due,
        heard=row.heard,
        revision=row.revision,
        last=row.last or 0,
        report=report,
        reason=reason,
        messages=messages,
    )


def _select() -> Any:
    plain = [column for column in cases.c if column.name not in ("sealed", "code", "informed")]
    last = (
        select(func.max(case_messages.c.position))
        .where(case_messages.c.case == cases.c.id, case_messages.c.by_town.is_(False))
        .scalar_subquery()
    )
    return select(*plain, last.label("last"))


def _reports() -> ColumnElement[bool]:
    """The copy of a case that is of its report."""
    return (case_copies.c.case == cases.c.id) & (case_copies.c.of == func.substr(cases.c.sealed, 2, MARK_BYTES))


def _with_copies() -> Any:
    copied = cases.outerjoin(case_copies, _reports())
    named = (case_copies.c.key.label("key"), case_copies.c.sealed.label("copy"))
    return _select().add_columns(*named).select_from(copied)


def _open_ones() -> ColumnElement[bool]:
    return cases.c.status.not_in([status.value for status in CLOSED])


def _rows(connection: Connection, which: ColumnElement[bool]) -> Sequence[AnyRow]:
    return connection.execute(_with_copies().where(which).order_by(cases.c.opened, cases.c.id)).all()


def _one(connection: Connection, case: CaseId) -> tuple[AnyRow, Sequence[AnyRow], Sequence[AnyRow]] | None:
    row = connection.execute(_with_copies().where(cases.c.id == case)).first()
    if row is None:
        return None
    said = select(case_messages).where(case_messages.c.case == case).order_by(case_messages.c.position)
    copies = select(case_copies).where(case_copies.c.case == case, case_copies.c.key != (row.key or b""))
    return row, connection.execute(said).all(), connection.execute(copies).all()


def _change(
    connection: Connection,
    file: CaseFile,
    change: Change,
    today: date,
    orders: Sequence[Order],
    words: SealedWords | None,
) -> None:
    values: dict[str, object] = {
        "office": change.office,
        "due": change.due,
        "heard": change.heard,
        "revision": cases.c.revision + 1,
    }
    if change.status is not file.status:
        closed = today if change.status in CLOSED else None
        values |= {"status": change.status.value, "closed": closed, "reason": None, "asked": None}
        explained = select(func.substr(cases.c.reason, 2, MARK_BYTES)).where(cases.c.id == file.id).scalar_subquery()
        connection.execute(delete(case_copies).where(case_copies.c.case == file.id, case_copies.c.of == explained))
    stands = (cases.c.id == file.id) & (cases.c.revision == change.expected)
    if not connection.execute(update(cases).where(stands).values(**values)).rowcount:
        raise Conflict("the case has changed in the meantime: look at it again")
    if words is not None:
        put_words(connection, words)
    put_all(connection, orders)
