"""Cleaned files, sealed, in the records' database. The name's key is cut off before anything is stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select

from dialogs.events import MediaName
from privacy.files import locator
from storage.sql.database import Database
from storage.sql.tables import files
from storage.sql.upserts import insert_new


class SqlMedia:
    """`Media`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, name: MediaName, sealed: bytes, day: date) -> None:
        row = {"locator": locator(name), "response": None, "day": day, "sealed": sealed}
        await self._database.write(lambda connection: insert_new(connection, files, row))

    async def read(self, name: MediaName) -> bytes | None:
        wanted = select(files.c.sealed).where(files.c.locator == locator(name))
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def drop(self, name: MediaName) -> None:
        """A draft's file only: what belongs to a response goes when the response is replaced or erased."""
        drafts = delete(files).where(files.c.locator == locator(name), files.c.response.is_(None))
        await self._database.write(lambda connection: connection.execute(drafts))
