"""The staff who may write and approve, with their roles. What they did is in the audit log (`staff.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select, update

from dialogs.roles import Role
from storage.sql.database import Database
from storage.sql.desk_tables import staff
from storage.sql.people import SqlPeople
from storage.sql.upserts import insert_new


class SqlTeam:
    """`Team`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, frozenset[Role]]:
        rows = await self._database.read(lambda connection: connection.execute(select(staff)).all())
        return {row.name: frozenset(Role(role) for role in row.roles.split()) for row in rows}

    async def put(self, name: str, roles: frozenset[Role], day: date) -> None:
        row = {"name": name, "roles": " ".join(sorted(role.value for role in roles)), "day": day}

        def work(connection: Connection) -> None:
            if connection.execute(update(staff).where(staff.c.name == name).values(**row)).rowcount == 0:
                insert_new(connection, staff, row | {"offices": "[]", "language": ""})

        await self._database.write(work)

    async def remove(self, name: str) -> bool:
        return await SqlPeople(self._database).remove(name)
