"""What results are made of, for a process without keys: counts, how many answered, rows of a closed survey."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from functools import partial

from sqlalchemy import func, select

from storage.records import RawCounts, StoredResponse
from storage.sql.counting import count, progress
from storage.sql.database import Database
from storage.sql.responses import rows_of_closed
from storage.sql.tables import staging


class SqlCounts:
    """As `Responses` reads them. All raise `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        return await self._database.read(partial(count, survey=survey, lists=lists))

    async def progress(self, survey: str) -> int:
        return await self._database.read(partial(progress, survey=survey))

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        found = await self._database.read(partial(rows_of_closed, survey=survey))
        random.SystemRandom().shuffle(found)
        return found

    async def waiting(self, survey: str) -> int:
        """Answers to a strict survey that were not moved to the others yet."""
        wanted = select(func.count()).select_from(staging).where(staging.c.survey == survey)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one())
