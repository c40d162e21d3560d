"""PostgreSQL: what the place of a row in its table would tell is taken away.

SQLite keeps the rows of answers and tokens in the order of their random keys. PostgreSQL appends: who reads tables in
the order in which they lie (`pg_dump` does) reads who came after whom, in every survey, and links them. So a table that
was written to is soon rewritten in the order of its random keys (`CLUSTER`), and once an hour its rows get new
transaction numbers, in batches by key: those, too, count up with time (docs/adr/0014). Not here: when (`bot/app.py`,
`bot/housekeeping.py`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import Final, TypeVar

from sqlalchemy import Connection, Table, text

from storage.errors import Unavailable
from storage.sql.case_tables import case_copies, case_messages, cases, intakes
from storage.sql.database import Database, Work
from storage.sql.desk_tables import barriers
from storage.sql.key_tables import keys, readings, tombstones
from storage.sql.metadata import KEYRING_SCHEMA
from storage.sql.news_tables import deliveries, digest_items, interests, subscriptions
from storage.sql.tables import (
    answers,
    contacts,
    files,
    orders,
    outcome_wishes,
    participations,
    responses,
    return_codes,
    staging,
    unmaskings,
)
from storage.sql.text_tables import texts

T = TypeVar("T")

SCATTER_SECONDS: Final = 10.0
"""A row lies in its order of arrival so long at most, on a small table: one copy tells no more than two copies taken so
far apart would tell of any store."""

REST: Final = 50.0
"""Tables are rewritten for a fiftieth of the time at most: on a large installation more seldom."""

LOCK_PATIENCE: Final = "200ms"
"""While a rewriting waits for its table (a `pg_dump` holds it), everybody else waits behind it."""

BATCH: Final = 2000
"""Rows that get one transaction number."""

SCATTERED: Final = (
    case_copies, intakes,
    participations, responses, answers, return_codes, staging, files, unmaskings, contacts, cases, case_messages,
    orders, deliveries, digest_items, interests, outcome_wishes, subscriptions, texts, keys, readings,
    tombstones, barriers,
)  # fmt: skip
"""Tables whose order would tell something; all have random primary keys."""


class Scattering:
    """Keeps the tables of one database in no order of time. On SQLite it has nothing to do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rested = 0.0
        self._aged: set[str] = {table.fullname for table in SCATTERED}
        """Written to since their rows got new transaction numbers; all, for we do not know what was before us."""

    async def scatter(self) -> int:
        """Rewrite the tables that were written to. Returns how many. One that is held is left for the next time."""
        if time.monotonic() < self._rested:
            return 0
        done, began = 0, time.monotonic()
        written = set(self._database.written)
        self._aged |= written
        for table in SCATTERED:
            if table.fullname in written:
                done += await self._rewrite(table)
        self._rested = time.monotonic() + REST * (time.monotonic() - began)
        return done

    async def renew(self) -> int:
        """Give the rows of the tables that were written to new transaction numbers. Returns how many tables."""
        if not self._database.scatters:
            return 0
        self._aged |= self._database.written
        due = [table for table in SCATTERED if table.fullname in self._aged]
        for table in due:
            after: tuple[object, ...] = ()
            while len(some := await self._write(table, partial(_renew, table=table, after=after))) == BATCH:
                after = max(some)
            self._aged.discard(table.fullname)
            await self._rewrite(table)
        return len(due)

    async def _rewrite(self, table: Table) -> int:
        self._database.written.discard(table.fullname)
        try:
            await self._write(table, partial(_rewrite, table=table))
        except Unavailable:
            self._database.written.add(table.fullname)
            return 0
        return 1

    async def _write(self, table: Table, work: Work[T]) -> T:
        home = self._database.ring_write if table.schema == KEYRING_SCHEMA else self._database.write
        return await home(work)


def _rewrite(connection: Connection, table: Table) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}'"))
    connection.execute(text(f"CLUSTER {table.fullname} USING {table.primary_key.name}"))


def _renew(connection: Connection, table: Table, after: tuple[object, ...]) -> Sequence[tuple[object, ...]]:
    """The next rows in the order of their keys. Their keys come back."""
    names = [f'"{column.name}"' for column in table.primary_key.columns]
    keys_ = ", ".join(names)
    bounds = {f"k{place}": value for place, value in enumerate(after)}
    later = f"WHERE ({keys_}) > ({', '.join(':' + name for name in bounds)})" if after else ""
    statement = f"""
        UPDATE {table.fullname} SET {names[0]} = {names[0]} WHERE ({keys_}) IN (
            SELECT {keys_} FROM {table.fullname} {later} ORDER BY {keys_} LIMIT {BATCH} FOR NO KEY UPDATE SKIP LOCKED
        ) RETURNING {keys_}"""  # noqa: S608  (names of our own tables)
    return [tuple(row) for row in connection.execute(text(statement), bounds)]
