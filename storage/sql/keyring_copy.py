"""The keyring in a file of its own: the same SQLite file from either database, read back into an empty keyring only.

A backup that is read into a keyring with keys would bring back what was destroyed since; that is refused. Rows stay
wrapped: without the root key the file opens nothing. Not here: where backups lie and for how long (`backups.py`).
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, delete, func, insert, select

from privacy.keyring import KeyKind
from storage.errors import Conflict
from storage.sql.database import Database
from storage.sql.key_tables import keys, readings, roots, tombstones
from storage.sql.metadata import KEYRING_SCHEMA, keyring

AT_ONCE: Final = 1000

_TABLES: Final = (keys, readings, tombstones, roots)
_SHORT_LIVED: Final = (KeyKind.EPOCH, KeyKind.RATE)
"""Keys that a start makes by itself: they do not make a keyring one that is in use."""

_Rows = dict[Table, list[dict[str, Any]]]


async def copy_keyring(database: Database, target: Path) -> int:
    """Write all rows, as one consistent view has them, into an empty file. Returns the number of keys."""
    rows = await database.ring_read(_read)
    await asyncio.to_thread(_write_file, target, rows)
    return len(rows[keys])


async def read_back_keyring(database: Database, backup: Path, known_roots: frozenset[bytes]) -> int:
    """Into an empty keyring. Returns the number of keys. Raises `Conflict` if there are keys, or if the backup is
    wrapped under a root key that is not here."""
    rows = await asyncio.to_thread(_read_file, backup)
    named = {row["current"] for row in rows[roots]}
    if not named <= known_roots:
        wanted = ", ".join(name.hex() for name in named)
        raise Conflict(f"this backup belongs to the root key {wanted}: restore that root key first")

    def work(connection: Connection) -> int:
        if _in_use(connection):
            raise Conflict("the keyring holds keys: a backup would bring back what was destroyed since")
        for table in _TABLES:
            connection.execute(delete(table))
        _write(connection, rows)
        return len(rows[keys])

    return await database.ring_write(work)


async def destroy_keyring(database: Database) -> int:
    """Delete every row: what they sealed is lost for good. Returns the number of keys."""

    def work(connection: Connection) -> int:
        number = connection.execute(delete(keys)).rowcount
        connection.execute(delete(readings))
        connection.execute(delete(tombstones))
        connection.execute(delete(roots))
        return number

    destroyed = await database.ring_write(work)
    await database.forget_log()
    return destroyed


def _in_use(connection: Connection) -> bool:
    lasting = select(func.count()).select_from(keys)
    for kind in _SHORT_LIVED:
        lasting = lasting.where(~keys.c.purpose.startswith(f"{kind.value}/", autoescape=True))
    return bool(connection.execute(lasting).scalar_one())


def _read(connection: Connection) -> _Rows:
    return {table: [dict(row._mapping) for row in connection.execute(select(table))] for table in _TABLES}


def _write(connection: Connection, rows: _Rows) -> None:
    for table, some in rows.items():
        for start in range(0, len(some), AT_ONCE):
            connection.execute(insert(table), some[start : start + AT_ONCE])


def _file(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}").execution_options(schema_translate_map={KEYRING_SCHEMA: None})


def _write_file(path: Path, rows: _Rows) -> None:
    engine = _file(path)
    try:
        with engine.begin() as connection:
            keyring.create_all(connection)
            _write(connection, rows)
    finally:
        engine.dispose()


def _read_file(path: Path) -> _Rows:
    engine = _file(path)
    try:
        with engine.begin() as connection:
            return _read(connection)
    finally:
        engine.dispose()
