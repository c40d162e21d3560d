"""The keyring's rows: wrapped keys and tombstones. What is destroyed here is gone from its log, too, on SQLite.

On PostgreSQL a deleted row stays in the heap until VACUUM and in the WAL until it is recycled: docs/deploy.md says how
long, and the backup of this schema is kept for seven days at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import delete, select

from storage.sql.database import Database
from storage.sql.tables import keys, tombstones
from storage.sql.upserts import insert_new, put

AT_ONCE: Final = 500
"""Rows named in one statement."""


class SqlKeys:
    """`Keys`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, purpose: str) -> bytes | None:
        async with self._database.ring_reading() as connection:
            found = await connection.execute(select(keys.c.wrapped).where(keys.c.purpose == purpose))
            return found.scalar_one_or_none()

    async def get_all(self, purposes: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        async with self._database.ring_reading() as connection:
            for some in _batches(purposes):
                rows = await connection.execute(select(keys.c.purpose, keys.c.wrapped).where(keys.c.purpose.in_(some)))
                found.update((row.purpose, row.wrapped) for row in rows)
        return found

    async def put_new(self, purpose: str, wrapped: bytes, created: date) -> bytes:
        standing = await self.get(purpose)
        if standing is not None:
            return standing
        async with self._database.ring_writing() as connection:
            row = {"purpose": purpose, "wrapped": wrapped, "created": created}
            if await insert_new(connection, keys, row):
                return wrapped
            found = await connection.execute(select(keys.c.wrapped).where(keys.c.purpose == purpose))
            return bytes(found.scalar_one())

    async def destroy(self, purposes: Sequence[str]) -> None:
        if not purposes:
            return
        async with self._database.ring_writing() as connection:
            for some in _batches(purposes):
                await connection.execute(delete(keys).where(keys.c.purpose.in_(some)))
        await self._database.forget_log()

    async def purposes(self, prefix: str, before: date | None = None) -> Sequence[str]:
        wanted = select(keys.c.purpose).where(keys.c.purpose.startswith(prefix, autoescape=True))
        if before is not None:
            wanted = wanted.where(keys.c.created < before)
        async with self._database.ring_reading() as connection:
            return (await connection.execute(wanted)).scalars().all()

    async def rewrap(self, rows: Mapping[str, bytes], created: date) -> None:
        async with self._database.ring_writing() as connection:
            for purpose, wrapped in rows.items():
                await put(connection, keys, {"purpose": purpose, "wrapped": wrapped, "created": created})

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        async with self._database.ring_writing() as connection:
            await insert_new(connection, tombstones, {"survey": survey, "tombstone": tombstone, "day": day})

    async def is_buried(self, survey: str, tombstone: bytes) -> bool:
        wanted = select(tombstones.c.day).where(tombstones.c.survey == survey, tombstones.c.tombstone == tombstone)
        async with self._database.ring_reading() as connection:
            return (await connection.execute(wanted)).first() is not None

    async def buried(self, survey: str) -> frozenset[bytes]:
        wanted = select(tombstones.c.tombstone).where(tombstones.c.survey == survey)
        async with self._database.ring_reading() as connection:
            return frozenset((await connection.execute(wanted)).scalars())

    async def forget_tombstones(self, survey: str) -> None:
        async with self._database.ring_writing() as connection:
            await connection.execute(delete(tombstones).where(tombstones.c.survey == survey))


def _batches(purposes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (purposes[start : start + AT_ONCE] for start in range(0, len(purposes), AT_ONCE))
