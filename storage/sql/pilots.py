"""Pilots: one row each, all that is said of it as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select, update

from dialogs.pilots import Pilot, quiet_from
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.news_tables import pilots
from storage.sql.surveys import bump
from storage.sql.upserts import insert_new


class SqlPilots:
    """`Pilots`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Pilot]:
        wanted = select(pilots.c.card).order_by(pilots.c.code)
        cards = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return [msgspec.json.decode(card, type=Pilot) for card in cards]

    async def put(self, pilot: Pilot, before: Pilot | None = None) -> None:
        await self._database.write(lambda connection: _put(connection, pilot, before))

    async def to_part(self) -> Sequence[str]:
        wanted = select(pilots.c.code).where(pilots.c.parted.is_(False))
        return await self._database.read(lambda connection: connection.execute(wanted).scalars().all())

    async def part(self, code: str) -> None:
        parted = update(pilots).where(pilots.c.code == code).values(parted=True)
        await self._database.write(lambda connection: connection.execute(parted))


def _put(connection: Connection, pilot: Pilot, before: Pilot | None) -> None:
    wanted = select(pilots.c.card).where(pilots.c.code == pilot.code).with_for_update()
    card = connection.execute(wanted).scalar_one_or_none()
    if before != (None if card is None else msgspec.json.decode(card, type=Pilot)):
        raise Conflict(f"the pilot {pilot.code} has changed in the meantime")
    row = {
        "state": pilot.state.value,
        "ends": pilot.ends,
        "quiet_from": quiet_from(pilot),
        "card": msgspec.json.encode(pilot).decode("utf-8"),
    }
    if before is not None:
        connection.execute(update(pilots).where(pilots.c.code == pilot.code).values(**row))
    elif not insert_new(connection, pilots, {"code": pilot.code, **row, "parted": False}):
        raise Conflict(f"the pilot {pilot.code} was made in the meantime")
    bump(connection)
