"""What became of surveys, one row each: the town's words, its chart, whether it is archived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy import Connection, select, update

from dialogs.world import OutcomeCard
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.surveys import bump
from storage.sql.tables import outcomes
from storage.sql.upserts import insert_new


class SqlOutcomes:
    """`Outcomes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, OutcomeCard]:
        wanted = select(outcomes.c.survey, outcomes.c.card)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return {row.survey: msgspec.json.decode(row.card, type=OutcomeCard) for row in rows}

    async def put(self, survey: str, card: OutcomeCard, chart: bytes | None, day: date) -> None:
        def work(connection: Connection) -> None:
            row = {"card": msgspec.json.encode(card).decode("utf-8"), "chart": chart, "day": day}
            if not insert_new(connection, outcomes, {"survey": survey, **row}):
                connection.execute(update(outcomes).where(outcomes.c.survey == survey).values(**row))
            bump(connection)

        await self._database.write(work)

    async def chart(self, survey: str) -> bytes | None:
        wanted = select(outcomes.c.chart).where(outcomes.c.survey == survey)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def archive(self, survey: str, day: date) -> None:
        def work(connection: Connection) -> None:
            fresh = (outcomes.c.survey == survey) & outcomes.c.archived.is_(None)
            if not connection.execute(update(outcomes).where(fresh).values(archived=day)).rowcount:
                raise Conflict("it has no outcome, or is archived already")
            bump(connection)

        await self._database.write(work)

    async def archived(self) -> frozenset[str]:
        wanted = select(outcomes.c.survey).where(outcomes.c.archived.is_not(None))
        return frozenset(await self._database.read(lambda connection: connection.execute(wanted).scalars().all()))
