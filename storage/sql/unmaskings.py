"""Who of the staff asked to read an original, and who approved: rows. Deciding is `storage/acts/unmasking.py`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select, update

from storage.errors import Conflict
from storage.orders import Order, OrderKind
from storage.sql.database import Database
from storage.sql.orders import put_order
from storage.sql.tables import unmaskings
from storage.sql.upserts import AnyRow


@dataclass(frozen=True, slots=True)
class Unmasking:
    """A request to read one original."""

    id: bytes
    survey: str
    """'' for an original of a case: then `response` is the case, and `position` that of the message (0: the report)."""
    response: bytes
    position: int
    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    sealed: bytes | None = field(default=None, repr=False)
    """The original, for the reading pair, on the day of the approval and the next."""


class Unmaskings:
    """All raise `Unavailable` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, asked: Unmasking) -> None:
        row = {
            "id": asked.id,
            "survey": asked.survey or None,
            "response": asked.response,
            "position": asked.position,
            "reason": asked.reason,
            "asked_by": asked.asked_by,
            "asked_at": asked.asked_at.astimezone(UTC),
        }
        await self._database.write(lambda connection: connection.execute(insert(unmaskings).values(**row)))

    async def all(self) -> Sequence[Unmasking]:
        """The oldest first."""
        wanted = select(unmaskings).order_by(unmaskings.c.asked_at, unmaskings.c.id)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_unmasking(row) for row in rows]

    async def approve(self, id_: bytes, by: str, at: datetime, sealed: bytes) -> None:
        """Raises `Conflict` if it was decided or withdrawn meanwhile."""
        open_one = (unmaskings.c.id == id_) & unmaskings.c.approved_by.is_(None)
        approved = update(unmaskings).where(open_one)
        values = {"approved_by": by, "approved_at": at.astimezone(UTC), "sealed": sealed}

        def work(connection: Connection) -> None:
            if connection.execute(approved.values(**values)).rowcount != 1:
                raise Conflict("this request is decided already")

        await self._database.write(work)

    async def agree(self, id_: bytes, by: str, at: datetime) -> None:
        """Approve, and order the bot to seal the original. Raises `Conflict` if it was decided or withdrawn."""
        open_one = (unmaskings.c.id == id_) & unmaskings.c.approved_by.is_(None)
        agreed = update(unmaskings).where(open_one).values(approved_by=by, approved_at=at.astimezone(UTC))

        def work(connection: Connection) -> None:
            if connection.execute(agreed).rowcount != 1:
                raise Conflict("this request is decided already")
            put_order(connection, Order(OrderKind.UNMASK, id_.hex(), at))

        await self._database.write(work)

    async def fill(self, id_: bytes, sealed: bytes) -> None:
        """The original of an approved request, for the reading pair."""
        approved = (unmaskings.c.id == id_) & unmaskings.c.approved_by.is_not(None) & unmaskings.c.sealed.is_(None)
        filled = update(unmaskings).where(approved).values(sealed=sealed)
        await self._database.write(lambda connection: connection.execute(filled))

    async def get(self, id_: bytes) -> Unmasking | None:
        wanted = select(unmaskings).where(unmaskings.c.id == id_)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return None if row is None else _unmasking(row)

    async def decline(self, id_: bytes) -> None:
        """Raises `Conflict` if it was approved meanwhile."""
        open_one = (unmaskings.c.id == id_) & unmaskings.c.approved_by.is_(None)

        def work(connection: Connection) -> None:
            if connection.execute(delete(unmaskings).where(open_one)).rowcount != 1:
                raise Conflict("this request is decided already")

        await self._database.write(work)


def _unmasking(row: AnyRow) -> Unmasking:
    return Unmasking(
        id=row.id,
        survey=row.survey or "",
        response=row.response,
        position=row.position,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at.replace(tzinfo=UTC),
        approved_by=row.approved_by or "",
        approved_at=None if row.approved_at is None else row.approved_at.replace(tzinfo=UTC),
        sealed=row.sealed,
    )
