"""The keyring's rows: wrapped keys and tombstones. What is destroyed here is gone from its log, too, on SQLite.

On PostgreSQL a deleted row stays in the heap until VACUUM and in the WAL until it is recycled: docs/deploy.md says how
long, and the backup of this schema is kept for seven days at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection, delete, select

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
        return await self._database.ring_read(lambda connection: _wrapped(connection, purpose))

    async def get_all(self, purposes: Sequence[str]) -> Mapping[str, bytes]:
        def work(connection: Connection) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            for some in _batches(purposes):
                rows = connection.execute(select(keys.c.purpose, keys.c.wrapped).where(keys.c.purpose.in_(some)))
                found.update((row.purpose, row.wrapped) for row in rows)
            return found

        return await self._database.ring_read(work)

    async def put_new(self, purpose: str, wrapped: bytes, created: date) -> bytes:
        def work(connection: Connection) -> bytes:
            row = {"purpose": purpose, "wrapped": wrapped, "created": created}
            if insert_new(connection, keys, row):
                return wrapped
            standing = _wrapped(connection, purpose)
            assert standing is not None
            return standing

        return await self._database.ring_write(work)

    async def destroy(self, purposes: Sequence[str]) -> None:
        def work(connection: Connection) -> None:
            for some in _batches(purposes):
                connection.execute(delete(keys).where(keys.c.purpose.in_(some)))

        if purposes:
            await self._database.ring_write(work)
            await self._database.forget_log()

    async def purposes(self, prefix: str, before: date | None = None) -> Sequence[str]:
        wanted = select(keys.c.purpose).where(keys.c.purpose.startswith(prefix, autoescape=True))
        if before is not None:
            wanted = wanted.where(keys.c.created < before)
        return await self._database.ring_read(lambda connection: connection.execute(wanted).scalars().all())

    async def rewrap(self, rows: Mapping[str, bytes], created: date) -> None:
        def work(connection: Connection) -> None:
            for purpose, wrapped in rows.items():
                put(connection, keys, {"purpose": purpose, "wrapped": wrapped, "created": created})

        await self._database.ring_write(work)

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        row = {"survey": survey, "tombstone": tombstone, "day": day}
        await self._database.ring_write(lambda connection: insert_new(connection, tombstones, row))

    async def is_buried(self, survey: str, tombstone: bytes) -> bool:
        wanted = select(tombstones.c.day).where(tombstones.c.survey == survey, tombstones.c.tombstone == tombstone)
        return await self._database.ring_read(lambda connection: connection.execute(wanted).first() is not None)

    async def buried(self, survey: str) -> frozenset[bytes]:
        wanted = select(tombstones.c.tombstone).where(tombstones.c.survey == survey)
        return await self._database.ring_read(lambda connection: frozenset(connection.execute(wanted).scalars()))

    async def forget_tombstones(self, survey: str) -> None:
        ended = delete(tombstones).where(tombstones.c.survey == survey)
        await self._database.ring_write(lambda connection: connection.execute(ended))


def _wrapped(connection: Connection, purpose: str) -> bytes | None:
    return connection.execute(select(keys.c.wrapped).where(keys.c.purpose == purpose)).scalar_one_or_none()


def _batches(purposes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (purposes[start : start + AT_ONCE] for start in range(0, len(purposes), AT_ONCE))
