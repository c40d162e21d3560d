"""The keyring's rows: wrapped keys and tombstones. What is destroyed here is gone from its log, too, on SQLite.

On PostgreSQL a deleted row stays in the heap until VACUUM and in the WAL until it is recycled: docs/adr/0018 says how
long, and the backup of this schema is kept for seven days at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from privacy.keyring import ROOT_ID_BYTES, KeyKind, root_of
from storage.errors import Conflict, StaleRoot
from storage.keys import ERASED, Grave, KeyCount, ReadingRow
from storage.sql.database import Database
from storage.sql.key_tables import keys, readings, roots, tombstones
from storage.sql.upserts import insert_new, put

T = TypeVar("T")

AT_ONCE: Final = 500
"""Rows named in one statement."""

# What every submission runs, made once.
_HELD_ROOT: Final = select(roots.c.current).with_for_update(read=True)
_WRAPPED: Final = select(keys.c.wrapped).where(keys.c.purpose == bindparam("purpose"))
_BURIED: Final = select(tombstones.c.day).where(
    tombstones.c.survey == bindparam("survey"), tombstones.c.tombstone == bindparam("tombstone")
)


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

    async def put_new(self, purpose: str, wrapped: bytes, created: date, grave: Grave | None = None) -> bytes:
        def work(connection: Connection) -> bytes:
            row = {"purpose": purpose, "wrapped": wrapped, "created": created}
            _refuse_stale(connection, [wrapped])
            if grave is not None:
                _refuse_buried(connection, grave)
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

    async def adopt_root(self, root: bytes) -> bytes:
        standing = await self._database.ring_read(_current)
        if standing is not None:
            return standing

        def work(connection: Connection) -> bytes:
            insert_new(connection, roots, {"one": 1, "current": root})
            named = _current(connection)
            assert named is not None
            return named

        return await self._database.ring_write(work)

    async def move_root(self, root: bytes) -> None:
        def work(connection: Connection) -> None:
            if not connection.execute(update(roots).values(current=root)).rowcount:
                connection.execute(insert(roots).values(one=1, current=root))

        await self._database.ring_write(work)

    async def under_other_roots(self, root: bytes, after: str, most: int) -> Mapping[str, bytes]:
        wanted = (
            select(keys.c.purpose, keys.c.wrapped)
            .where(keys.c.purpose > after, func.substr(keys.c.wrapped, 1, ROOT_ID_BYTES) != root)
            .order_by(keys.c.purpose)
            .limit(most)
        )
        rows = await self._database.ring_read(lambda connection: connection.execute(wanted).all())
        return {row.purpose: row.wrapped for row in rows}

    async def exchange(self, rows: Mapping[str, tuple[bytes, bytes]]) -> int:
        def work(connection: Connection) -> int:
            _refuse_stale(connection, [after for _, after in rows.values()])
            return sum(
                connection.execute(
                    update(keys).where(keys.c.purpose == purpose, keys.c.wrapped == before).values(wrapped=after)
                ).rowcount
                for purpose, (before, after) in rows.items()
            )

        return await self._database.ring_write(work)

    async def census(self) -> Sequence[KeyCount]:
        root = func.substr(keys.c.wrapped, 1, ROOT_ID_BYTES).label("root")
        figures = (root, func.count(), func.min(keys.c.created), func.max(keys.c.created))

        def work(connection: Connection) -> list[KeyCount]:
            return [
                KeyCount(kind.value, *row)
                for kind in KeyKind
                for row in connection.execute(
                    select(*figures).where(keys.c.purpose.startswith(f"{kind.value}/", autoescape=True)).group_by(root)
                )
            ]

        return await self._database.ring_read(work)

    async def keep_readings(self, rows: Sequence[ReadingRow], created: date) -> None:
        def work(connection: Connection) -> None:
            for row in rows:
                kept = {"id": row.id, "response": row.response, "sealed": row.sealed, "created": created}
                put(connection, readings, kept)

        await self._database.ring_write(work)

    async def readings(self, ids: Sequence[bytes]) -> Mapping[bytes, bytes]:
        def work(connection: Connection) -> dict[bytes, bytes]:
            found: dict[bytes, bytes] = {}
            for some in _batches(ids):
                rows = connection.execute(select(readings.c.id, readings.c.sealed).where(readings.c.id.in_(some)))
                found.update((row.id, row.sealed) for row in rows)
            return found

        return await self._database.ring_read(work)

    async def readings_before(self, day: date) -> Sequence[bytes]:
        wanted = select(readings.c.response).where(readings.c.created < day).distinct()
        return await self._database.ring_read(lambda connection: connection.execute(wanted).scalars().all())

    async def forget_readings(self, responses: Sequence[bytes]) -> None:
        def work(connection: Connection) -> int:
            of = readings.c.response
            return sum(
                connection.execute(delete(readings).where(of.in_(some))).rowcount for some in _batches(responses)
            )

        if not responses:
            return
        if await self._database.ring_write(work):
            await self._database.forget_log()

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        row = {"survey": survey, "tombstone": tombstone, "day": day}
        await self._database.ring_write(lambda connection: insert_new(connection, tombstones, row))

    async def buried(self, survey: str) -> frozenset[bytes]:
        wanted = select(tombstones.c.tombstone).where(tombstones.c.survey == survey)
        return await self._database.ring_read(lambda connection: frozenset(connection.execute(wanted).scalars()))

    async def forget_tombstones(self, survey: str) -> None:
        ended = delete(tombstones).where(tombstones.c.survey == survey)
        await self._database.ring_write(lambda connection: connection.execute(ended))


def _current(connection: Connection) -> bytes | None:
    return connection.execute(select(roots.c.current)).scalar_one_or_none()


def _refuse_stale(connection: Connection, wrapped: Iterable[bytes]) -> None:
    """Holds the name of the root key in place until the transaction ends: a rotation waits for it."""
    named = connection.execute(_HELD_ROOT).scalar_one_or_none()
    if named is not None and any(root_of(each) != named for each in wrapped):
        raise StaleRoot("the root key was rotated")


def _refuse_buried(connection: Connection, grave: Grave) -> None:
    row = {"survey": grave.survey, "tombstone": grave.tombstone}
    if connection.execute(_BURIED, row).first() is not None:
        raise Conflict(ERASED)


def _wrapped(connection: Connection, purpose: str) -> bytes | None:
    return connection.execute(_WRAPPED, {"purpose": purpose}).scalar_one_or_none()


def _batches(named: Sequence[T]) -> Iterator[Sequence[T]]:
    return (named[start : start + AT_ONCE] for start in range(0, len(named), AT_ONCE))
