"""Versions of what the town changed, in the database (`storage/townsettings.py`)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select

from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.desk_tables import town_settings
from storage.sql.upserts import AnyRow, insert_new
from storage.townsettings import TownChanges, TownVersion

HISTORY_MOST = 50
"""Versions that a page shows."""

_decode = msgspec.json.Decoder(TownChanges).decode


class SqlTownSettings:
    """`TownSettings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def version(self) -> int:
        wanted = select(func.coalesce(func.max(town_settings.c.version), 0))
        return int(await self._database.read(lambda connection: connection.execute(wanted).scalar_one()))

    async def newest(self) -> TownVersion:
        wanted = select(town_settings).order_by(town_settings.c.version.desc()).limit(1)
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        return TownVersion() if row is None else _version(row, row.logo)

    async def history(self) -> Sequence[TownVersion]:
        columns = [column for column in town_settings.c if column.name != "logo"]
        wanted = select(*columns).order_by(town_settings.c.version.desc()).limit(HISTORY_MOST)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_version(row, None) for row in rows]

    async def put(self, version: TownVersion) -> None:
        row = {
            "version": version.version,
            "day": version.day,
            "by": version.by,
            "settings": msgspec.json.encode(version.changes).decode(),
            "logo": version.logo,
        }
        if not await self._database.write(lambda connection: insert_new(connection, town_settings, row)):
            raise Conflict("somebody else changed the town's settings at the same time")


def _version(row: AnyRow, logo: bytes | None) -> TownVersion:
    return TownVersion(row.version, row.day, row.by, _decode(row.settings), logo)
