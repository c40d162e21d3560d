"""Broadcasts: what is sent, and the life of it, each step checked against the table in `dialogs/broadcasts.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from dialogs.broadcasts import Act, Broadcast, BroadcastId, BroadcastState, after
from dialogs.world import Survey
from storage.errors import Conflict
from storage.news import Step, StoredBroadcast
from storage.records import FormVersion
from storage.sql.database import Database
from storage.sql.news_tables import broadcast_pictures, broadcasts
from storage.sql.surveys import bump, publish_survey
from storage.sql.upserts import AnyRow, Values

BOT: Final = "zuruf"
"""Who writes and approves what the bot sends by itself: a goodbye, the weekly message, the question about consent."""


class SqlBroadcasts:
    """`Broadcasts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft(
        self,
        broadcast: Broadcast,
        picture: bytes | None,
        author: str,
        at: datetime,
        test_code: str,
        due: datetime | None = None,
    ) -> BroadcastId:
        row = {"author": author, "created": at.astimezone(UTC), "test_code": test_code, "due": _utc(due)}
        return await self._database.write(lambda connection: _draft(connection, broadcast, picture, row))

    async def announce(self, broadcast: Broadcast, once: str, at: datetime) -> BroadcastId | None:
        row = {
            "author": BOT,
            "approver": BOT,
            "created": at.astimezone(UTC),
            "test_code": once,
            "state": BroadcastState.APPROVED.value,
        }

        def work(connection: Connection) -> BroadcastId | None:
            _lock(connection)
            same = select(broadcasts.c.number).where(broadcasts.c.test_code == once)
            return None if connection.execute(same).first() else _draft(connection, broadcast, None, row)

        return await self._database.write(work)

    async def change(self, number: BroadcastId, broadcast: Broadcast, picture: bytes | None, step: Step) -> None:
        def work(connection: Connection) -> None:
            _step(connection, number, step)
            card = _card(broadcast)
            row = {"card": card, "pilot": broadcast.pilot, "author": step.who, "due": _utc(step.due)}
            connection.execute(update(broadcasts).where(broadcasts.c.number == number).values(**row))
            _put_picture(connection, number, picture)

        await self._database.write(work)

    async def get(self, number: BroadcastId) -> StoredBroadcast | None:
        wanted = select(broadcasts).where(broadcasts.c.number == number)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return None if row is None else _stored(row)

    async def all(self, states: Collection[BroadcastState] = (), most: int = 100) -> Sequence[StoredBroadcast]:
        wanted = select(broadcasts).order_by(broadcasts.c.number.desc()).limit(most)
        if states:
            wanted = wanted.where(broadcasts.c.state.in_([state.value for state in states]))
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_stored(row) for row in rows]

    async def picture(self, number: BroadcastId) -> bytes | None:
        wanted = select(broadcast_pictures.c.data).where(broadcast_pictures.c.broadcast == number)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def step(self, number: BroadcastId, step: Step) -> BroadcastState:
        return await self._database.write(lambda connection: _step(connection, number, step))

    async def approve(self, number: BroadcastId, step: Step, asked: Survey, form: FormVersion) -> BroadcastState:
        def work(connection: Connection) -> BroadcastState:
            then = _step(connection, number, step)
            publish_survey(connection, asked, form)
            return then

        return await self._database.write(work)


def _draft(connection: Connection, broadcast: Broadcast, picture: bytes | None, given: Values) -> BroadcastId:
    _lock(connection)
    last = connection.execute(select(func.max(broadcasts.c.number))).scalar() or 0
    number = BroadcastId(last + 1)
    row = {
        "number": number,
        "state": BroadcastState.DRAFT.value,
        "pilot": broadcast.pilot,
        "card": _card(broadcast),
        "approver": "",
        "enrolled": False,
        "cursor": b"",
        "goodbye": broadcast.goodbye,
        **given,
    }
    connection.execute(insert(broadcasts).values(**row))
    _put_picture(connection, number, picture)
    bump(connection)
    return number


def _lock(connection: Connection) -> None:
    """Numbers are given one after the other."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE broadcasts IN SHARE ROW EXCLUSIVE MODE")


def _put_picture(connection: Connection, number: BroadcastId, picture: bytes | None) -> None:
    connection.execute(delete(broadcast_pictures).where(broadcast_pictures.c.broadcast == number))
    if picture is not None:
        connection.execute(insert(broadcast_pictures).values(broadcast=number, data=picture))


def _step(connection: Connection, number: BroadcastId, step: Step) -> BroadcastState:
    then = after(step.expected, step.act)
    if then is None:
        raise Conflict(f"a broadcast that is {step.expected} cannot {step.act}")
    at = step.at.astimezone(UTC)
    values: dict[str, object] = {"state": then.value}
    match step.act:
        case Act.SUBMIT:
            values |= {"submitted": at}
        case Act.APPROVE:
            values |= {"approver": step.who}
        case Act.SCHEDULE:
            values |= {"due": _utc(step.due), "expires": _utc(step.expires)}
        case Act.BEGIN:
            values |= {"began": at}
        case Act.FINISH | Act.STOP | Act.EXPIRE:
            values |= {"ended": at}
        case Act.CHANGE | Act.PAUSE | Act.RESUME:
            pass
    standing = (broadcasts.c.number == number) & (broadcasts.c.state == step.expected.value)
    if step.submitted is not None:
        standing &= broadcasts.c.submitted == step.submitted.astimezone(UTC)
    if not connection.execute(update(broadcasts).where(standing).values(**values)).rowcount:
        raise Conflict("the broadcast has changed in the meantime: look at it again")
    bump(connection)
    return then


def _card(broadcast: Broadcast) -> str:
    return msgspec.json.encode(broadcast).decode("utf-8")


def _stored(row: AnyRow) -> StoredBroadcast:
    return StoredBroadcast(
        number=BroadcastId(row.number),
        state=BroadcastState(row.state),
        broadcast=msgspec.json.decode(row.card, type=Broadcast),
        author=row.author,
        approver=row.approver,
        created=aware(row.created),
        submitted=_aware(row.submitted),
        due=_aware(row.due),
        began=_aware(row.began),
        ended=_aware(row.ended),
        expires=_aware(row.expires),
        enrolled=row.enrolled,
        test_code=row.test_code,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def aware(moment: datetime) -> datetime:
    """SQLite forgets the zone; it is always UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else aware(moment)
