"""Engines, transactions and what their errors mean: SQLite on one machine, PostgreSQL for more.

A transaction is a plain function of a connection. On SQLite it runs whole in a thread, writers one after the other: one
hop instead of several for each statement, which is four times as fast as an async driver (`threads.py`). On PostgreSQL
it runs over asyncpg. SQLite writes with synchronous FULL (what was committed survives a power cut), in WAL, and each
writing transaction begins with BEGIN IMMEDIATE, so that none fails half-way for want of the lock. Not here:
`tables.py`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Delete, Engine, Insert, Table, Update, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import Conflict, Unavailable
from storage.sql import case_tables, desk_tables, key_tables, news_tables, release_tables, tables, text_tables
from storage.sql.metadata import KEYRING_SCHEMA, keyring, records
from storage.sql.migrations import migrate
from storage.sql.threads import Threads

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

BUSY_SECONDS: Final = 5.0
"""How long a write waits for SQLite's lock."""

CONNECT_SECONDS: Final = 5.0
COMMAND_SECONDS: Final = 10.0
POOL_SECONDS: Final = 5.0
CONNECTIONS: Final = 8
"""To PostgreSQL, for each process; one more listens."""

READERS: Final = 3
"""Threads that read SQLite beside the one that writes."""

DATABASE_FILE: Final = "zuruf.sqlite"
"""The records in the state folder, where no other database is set."""
KEYRING_FILE: Final = Path("keys") / "keyring.sqlite"

_DRIVERS: Final = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_TABLES: Final = (case_tables, desk_tables, key_tables, news_tables, release_tables, tables, text_tables)
"""They enter the metadata as they are imported."""

T = TypeVar("T")
Work = Callable[[Connection], T]


def database_address(url: str) -> URL:
    """An address as operators write it (sqlite:///path, postgresql://…), with the driver that we use.

    Raises `Conflict` for other databases.
    """
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise Conflict("ZURUF_DATABASE_URL must begin with sqlite:/// or postgresql://")
    return parsed.set(drivername=driver)


class Home(Protocol):
    """Where one of the two sets of tables lives."""

    dialect: str
    written: set[str]
    """Tables that were written to, as PostgreSQL keeps them: in the order of arrival (`scattering.py`)."""

    async def read(self, work: Work[T]) -> T: ...

    async def write(self, work: Work[T]) -> T: ...

    async def forget_log(self) -> None: ...

    async def news(self, channel: str, seconds: float) -> None: ...

    async def close(self) -> None: ...


class SqliteHome:
    """One file: a writer's thread and a few readers'."""

    dialect = "sqlite"

    def __init__(self, path: Path, *, schema: str | None = None) -> None:
        """`schema`: under which the tables are declared; a file of SQLite has none."""
        self.written: set[str] = set()
        engine = _sqlite(path)
        if schema is not None:  # not for all: each statement would be searched for names to replace
            engine = engine.execution_options(schema_translate_map={schema: None})
        self._engine = engine
        self._writer = Threads(engine, 1, f"{path.stem}-writer", "BEGIN IMMEDIATE")
        self._readers = Threads(engine, READERS, f"{path.stem}-reader", "BEGIN")

    async def read(self, work: Work[T]) -> T:
        return await self._readers.transact(work)

    async def write(self, work: Work[T]) -> T:
        return await self._writer.transact(work)

    async def forget_log(self) -> None:
        await self._writer.run(_checkpoint)

    async def news(self, channel: str, seconds: float) -> None:
        """A file tells nobody: look again after the time is over."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._writer.close()
        self._readers.close()
        self._engine.dispose()


class PostgresHome:
    """A server, shared by all workers."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self.written: set[str] = {table.fullname for table in (*records.sorted_tables, *keyring.sorted_tables)}
        self._engine = _postgres(url)
        event.listen(self._engine.sync_engine, "after_execute", self._note)
        self._view = self._engine.execution_options(isolation_level="REPEATABLE READ")
        self._ear: AsyncConnection | None = None
        self._heard: dict[str, asyncio.Event] = {}

    async def read(self, work: Work[T]) -> T:
        async with self._view.begin() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Work[T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    def _note(self, _connection: Connection, statement: object, *rest: Any) -> None:
        if isinstance(statement, Insert | Update | Delete) and isinstance(statement.table, Table) and rest[-1].rowcount:
            self.written.add(statement.table.fullname)

    async def forget_log(self) -> None:
        """The server's write-ahead log is the operator's: docs/deploy.md."""

    async def news(self, channel: str, seconds: float) -> None:
        heard = await self._listening(channel)
        try:
            async with asyncio.timeout(seconds):
                await heard.wait()
        except TimeoutError:
            return
        heard.clear()

    async def _listening(self, channel: str) -> asyncio.Event:
        """LISTEN on a connection of its own, begun anew when that broke."""
        driver: Any = (await self._ear.get_raw_connection()).driver_connection if self._ear is not None else None
        if driver is None or driver.is_closed():
            if self._ear is not None:
                ear, self._ear = self._ear, None
                await ear.invalidate()
            self._ear = await self._engine.connect()
            self._heard.clear()
            driver = (await self._ear.get_raw_connection()).driver_connection
        if channel not in self._heard:
            heard = asyncio.Event()
            async with asyncio.timeout(COMMAND_SECONDS):
                await driver.add_listener(channel, lambda *_: heard.set())
            self._heard[channel] = heard
        return self._heard[channel]

    async def close(self) -> None:
        if self._ear is not None:
            ear, self._ear = self._ear, None
            await ear.invalidate()  # a connection that listens is of no use to the pool
            await ear.close()
        await self._engine.dispose()


class Database:
    """The two homes of records and keys. Made by `open_database`. All calls raise `Unavailable`.

    Work is a function of a connection: it runs in one transaction, which is rolled back if it raises. Reading sees one
    consistent view; writing is durable when the call returns.
    """

    def __init__(self, records_home: Home, keyring_home: Home) -> None:
        self._records = records_home
        self._keyring = keyring_home

    @property
    def written(self) -> set[str]:
        """Tables that lie in the order of arrival since they were written to; none on SQLite."""
        return self._records.written

    @property
    def scatters(self) -> bool:
        """Whether rows have to be scattered (`scattering.py`)."""
        return self._records.dialect == "postgresql"

    async def read(self, work: Work[T]) -> T:
        async with _errors_named():
            return await self._records.read(work)

    async def write(self, work: Work[T]) -> T:
        async with _errors_named():
            return await self._records.write(work)

    async def ring_read(self, work: Work[T]) -> T:
        """As `read`, on the keyring."""
        async with _errors_named():
            return await self._keyring.read(work)

    async def ring_write(self, work: Work[T]) -> T:
        """As `write`, on the keyring."""
        async with _errors_named():
            return await self._keyring.write(work)

    async def forget_log(self) -> None:
        """SQLite: empty the write-ahead logs, so that what was deleted is not read there."""
        async with _errors_named():
            await self._records.forget_log()
            await self._keyring.forget_log()

    async def news(self, channel: str, seconds: float) -> None:
        """Return when another process told a channel of PostgreSQL, at the latest after so many seconds. On SQLite
        after so many seconds: whoever waits looks for itself then."""
        async with _errors_named():
            await self._records.news(channel, seconds)

    async def ping(self) -> None:
        """Raises `Unavailable`."""
        await self.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())

    async def close(self) -> None:
        await self._records.close()
        if self._keyring is not self._records:
            await self._keyring.close()


async def open_database(url: str, state: Path) -> Database:
    """Connect and bring both homes up to date. On SQLite the keyring is a file of its own in the state folder.

    Raises `Unavailable`, or `Conflict` for an address that we cannot use.
    """
    parsed = database_address(url)
    if parsed.get_backend_name() == "sqlite":
        records_home: Home = SqliteHome(_private(Path(parsed.database or state / "zuruf.sqlite")))
        keyring_home: Home = SqliteHome(_private(state / KEYRING_FILE), schema=KEYRING_SCHEMA)
    else:
        records_home = keyring_home = PostgresHome(parsed)
    database = Database(records_home, keyring_home)
    try:
        await database.write(partial(migrate, history="records", metadata=records))
        await database.ring_write(partial(migrate, history="keyring", metadata=keyring))
    except BaseException:
        await database.close()
        raise
    return database


def _private(path: Path) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    return path


def _postgres(url: URL) -> AsyncEngine:
    from sqlalchemy.ext.asyncio import create_async_engine  # 8 MB that a town on SQLite does not need

    return create_async_engine(
        url,
        pool_size=CONNECTIONS + 1,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": COMMAND_SECONDS,
            "server_settings": {
                "lock_timeout": f"{BUSY_SECONDS * 1000:.0f}",
                "application_name": "zuruf",
                "jit": "off",  # compiling costs more than any of our queries, and is done for each anew
            },
        },
    )


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        pool_size=READERS + 1,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself: `Threads` does
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


def _checkpoint(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
    except sqlite3.Error as error:  # where a transaction begins, the driver is asked without SQLAlchemy
        if _is_transient(error):
            raise Unavailable(f"the database did not do it: {type(error).__name__}") from None
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
