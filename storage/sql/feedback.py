"""Cases of feedback: rows and files. Keys are in the keyring, and go before the rows do.

Not here: opening what is sealed, and who may look (`bot/reports.py`, `bot/feedback.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from dialogs.events import MediaName
from dialogs.moderation import CLOSED, NEEDS_REASON, CaseStatus, may_follow
from privacy.files import locator
from storage.cases import CaseId, Step, StoredCase, StoredMessage
from storage.errors import Conflict
from storage.orders import Order
from storage.sql.case_tables import case_copies, case_messages, cases, intakes
from storage.sql.database import Database
from storage.sql.orders import forget_about, put_order
from storage.sql.tables import files, unmaskings
from storage.sql.text_tables import theme_texts
from storage.sql.upserts import AnyRow, insert_new


class SqlCases:
    """`Cases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, case: StoredCase, photo: MediaName | None, orders: Sequence[Order] = ()) -> None:
        def work(connection: Connection) -> None:
            _open(connection, case, photo)
            put_all(connection, orders)

        await self._database.write(work)

    async def by_code(self, code: bytes) -> StoredCase | None:
        return await self._database.read(lambda connection: _one(connection, cases.c.code == code))

    async def get(self, case: CaseId) -> StoredCase | None:
        return await self._database.read(lambda connection: _one(connection, cases.c.id == case))

    async def all(self) -> Sequence[StoredCase]:
        wanted = select(cases).order_by(cases.c.opened, cases.c.id)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_case(row, ()) for row in rows]

    async def add(self, case: CaseId, message: StoredMessage, orders: Sequence[Order] = ()) -> None:
        def work(connection: Connection) -> None:
            _add(connection, case, message)
            put_all(connection, orders)

        await self._database.write(work)

    async def step(self, case: CaseId, step: Step, orders: Sequence[Order] = ()) -> None:
        if not may_follow(step.expected, step.then):
            raise Conflict(f"a case cannot go from {step.expected} to {step.then}")

        def work(connection: Connection) -> None:
            _step(connection, case, step)
            put_all(connection, orders)

        await self._database.write(work)

    async def explain(self, case: CaseId, reason: bytes, orders: Sequence[Order] = ()) -> bool:
        declined = (cases.c.id == case) & cases.c.status.in_([status.value for status in NEEDS_REASON])

        def work(connection: Connection) -> bool:
            if not connection.execute(update(cases).where(declined).values(reason=reason)).rowcount:
                return False
            put_all(connection, orders)
            return True

        return await self._database.write(work)

    async def note_asked(self, case: CaseId, day: date | None) -> None:
        noted = update(cases).where(cases.c.id == case).values(asked=day)
        await self._database.write(lambda connection: connection.execute(noted))

    async def erase(self, cases_: Sequence[CaseId]) -> int:
        return await self._database.write(lambda connection: _erase(connection, cases_))

    async def end_codes(self, closed_before: date) -> int:
        ended = update(cases).where(cases.c.closed < closed_before, cases.c.code.is_not(None)).values(code=None)
        return await self._database.write(lambda connection: connection.execute(ended).rowcount)

    async def closed_before(self, day: date) -> Sequence[CaseId]:
        wanted = select(cases.c.id).where(cases.c.closed < day)
        found = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return [CaseId(case) for case in found]


def _open(connection: Connection, case: StoredCase, photo: MediaName | None) -> None:
    row = {
        "id": case.id,
        "category": case.category,
        "office": case.office,
        "status": case.status.value,
        "opened": case.opened,
        "closed": case.closed,
        "code": case.code,
        "language": case.language,
        "informed": case.informed,
        "sealed": case.sealed,
        "reason": case.reason,
        "due": case.due,
    }
    if not insert_new(connection, cases, row):
        newest = {name: row[name] for name in ("category", "office", "code", "language", "sealed")}
        connection.execute(update(cases).where(cases.c.id == case.id).values(**newest))
    if photo is not None:
        connection.execute(update(files).where(files.c.locator == locator(photo)).values(response=case.id))


def _one(connection: Connection, which: ColumnElement[bool]) -> StoredCase | None:
    row = connection.execute(select(cases).where(which)).first()
    if row is None:
        return None
    wanted = select(case_messages).where(case_messages.c.case == row.id).order_by(case_messages.c.position)
    found = connection.execute(wanted).all()
    return _case(row, tuple(StoredMessage(each.message, each.by_town, each.day, each.sealed) for each in found))


def _case(row: AnyRow, messages: tuple[StoredMessage, ...]) -> StoredCase:
    return StoredCase(
        id=CaseId(row.id),
        category=row.category,
        office=row.office,
        status=CaseStatus(row.status),
        opened=row.opened,
        language=row.language,
        informed=row.informed,
        sealed=row.sealed,
        code=row.code,
        closed=row.closed,
        reason=row.reason,
        asked=row.asked,
        due=row.due,
        messages=messages,
    )


def _add(connection: Connection, case: CaseId, message: StoredMessage) -> None:
    standing = select(cases.c.id).where(cases.c.id == case).with_for_update()
    if connection.execute(standing).first() is None:
        raise Conflict("there is no such case")
    last = connection.execute(select(func.max(case_messages.c.position)).where(case_messages.c.case == case)).scalar()
    row = {
        "case": case,
        "message": message.message,
        "position": (last or 0) + 1,
        "by_town": message.by_town,
        "day": message.day,
        "sealed": message.sealed,
    }
    insert_new(connection, case_messages, row)


def _step(connection: Connection, case: CaseId, step: Step) -> None:
    values: dict[str, object] = {
        "status": step.then.value,
        "closed": step.day if step.then in CLOSED else None,
        "reason": step.reason,
        "asked": None,
        "revision": cases.c.revision + 1,
    }
    if step.office:
        values["office"] = step.office
    if step.due is not None:
        values["due"] = step.due
    moved = update(cases).where(cases.c.id == case, cases.c.status == step.expected.value).values(**values)
    if not connection.execute(moved).rowcount:
        raise Conflict("the case has changed in the meantime: look at it again")


def put_all(connection: Connection, orders: Sequence[Order]) -> None:
    """Inside a caller's transaction."""
    for order in orders:
        put_order(connection, order)


def _erase(connection: Connection, ids: Sequence[CaseId]) -> int:
    forget_about(connection, [case.hex() for case in ids])
    connection.execute(delete(files).where(files.c.response.in_(ids)))
    connection.execute(delete(case_copies).where(case_copies.c.case.in_(ids)))
    connection.execute(delete(theme_texts).where(theme_texts.c.text.in_(ids)))
    connection.execute(delete(unmaskings).where(unmaskings.c.response.in_(ids)))
    connection.execute(delete(intakes).where(intakes.c.case.in_(ids)))
    connection.execute(delete(case_messages).where(case_messages.c.case.in_(ids)))
    return connection.execute(delete(cases).where(cases.c.id.in_(ids))).rowcount
