"""Engines, transactions and what their errors mean: SQLite on one machine, PostgreSQL for more.

SQLite writes with synchronous FULL (what was committed survives a power cut), in WAL, and each writing transaction
begins with BEGIN IMMEDIATE, so that none fails half-way for want of the lock. Not here: tables (`tables.py`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import Conflict, Unavailable
from storage.sql.migrations import migrate
from storage.sql.tables import KEYRING_SCHEMA, keyring, records

BUSY_SECONDS: Final = 5.0
"""How long a write waits for SQLite's lock."""

CONNECT_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
CONNECTIONS: Final = 8

KEYRING_FILE: Final = Path("keys") / "keyring.sqlite"

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_WRITES: Final = "zuruf_writes"


def async_url(url: str) -> URL:
    """An address as operators write it (sqlite:///path, postgresql://…) for the drivers that we use.

    Raises `Conflict` for other databases.
    """
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise Conflict("ZURUF_DATABASE_URL must begin with sqlite:/// or postgresql://")
    return parsed.set(drivername=driver)


class Database:
    """The two homes of records and keys. Made by `open_database`."""

    def __init__(self, records_engine: AsyncEngine, keyring_engine: AsyncEngine) -> None:
        self._records = records_engine
        self._keyring = keyring_engine
        self._view = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}

    @property
    def is_sqlite(self) -> bool:
        return self._records.dialect.name == "sqlite"

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to the records, one consistent view. Raises `Unavailable`."""
        async with _errors_named(), self._records.execution_options(**self._view).begin() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction on the records, durable when the block has ended. Raises `Unavailable`."""
        async with _errors_named(), self._records.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection

    @asynccontextmanager
    async def ring_reading(self) -> AsyncIterator[AsyncConnection]:
        """As `reading`, on the keyring."""
        async with _errors_named(), self._keyring.begin() as connection:
            yield connection

    @asynccontextmanager
    async def ring_writing(self) -> AsyncIterator[AsyncConnection]:
        """As `writing`, on the keyring."""
        async with _errors_named(), self._keyring.execution_options(**{_WRITES: True}).begin() as connection:
            yield connection

    async def forget_log(self) -> None:
        """SQLite: empty the write-ahead logs, so that what was deleted is not read there."""
        if not self.is_sqlite:
            return
        async with _errors_named():
            for engine in (self._records, self._keyring):
                async with engine.connect() as connection:
                    raw = await connection.get_raw_connection()
                    await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]

    async def ping(self) -> None:
        """Raises `Unavailable`."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._records.dispose()
        await self._keyring.dispose()


async def open_database(url: str, state: Path) -> Database:
    """Connect and bring both homes up to date. On SQLite the keyring is a file of its own in the state folder.

    Raises `Unavailable`, or `Conflict` for an address that we cannot use.
    """
    parsed = async_url(url)
    if parsed.drivername.startswith("sqlite"):
        records_engine = _sqlite(_private(Path(parsed.database or state / "zuruf.sqlite")))
        keyring_engine = _sqlite(_private(state / KEYRING_FILE))
    else:
        records_engine = keyring_engine = _postgres(parsed)
    database = Database(records_engine, keyring_engine)
    try:
        async with database.writing() as connection:
            await migrate(connection, "records", records)
        async with database.ring_writing() as connection:
            await migrate(connection, "keyring", keyring)
    except BaseException:
        await database.close()
        raise
    return database


def _private(path: Path) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    return path


def _postgres(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": COMMAND_SECONDS,
            "server_settings": {"lock_timeout": f"{BUSY_SECONDS * 1000:.0f}", "application_name": "zuruf"},
        },
    )


def _sqlite(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    ).execution_options(schema_translate_map={KEYRING_SCHEMA: None})
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `_begin_sqlite` does
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000:.0f}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@asynccontextmanager
async def _errors_named() -> AsyncIterator[None]:
    """Time-outs and lost or locked databases become `Unavailable`; defects of ours stay what they are.

    The cause is cut off: a driver's message may quote a row.
    """
    try:
        yield
    except (PoolTimeout, TimeoutError, OSError) as error:
        raise Unavailable(f"the database did not do it: {type(error).__name__}") from None
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error, InterfaceError) or _is_transient(error.orig):
            raise Unavailable(f"the database did not do it: {type(error.orig).__name__}") from None
        raise


_TRANSIENT_STATES: Final = ("08", "40", "53", "55P03", "57")
"""SQLSTATE: connection, serialization and deadlock, resources, lock not available, operator intervention."""

_TRANSIENT_CODES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
    }
)


def _is_transient(error: object) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _TRANSIENT_CODES  # the low byte is the code, the rest says more about it
    return str(getattr(error, "sqlstate", "") or "").startswith(_TRANSIENT_STATES)
