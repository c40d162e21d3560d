"""Threads on a file of SQLite, each with a connection of its own that stays open.

A small transaction costs less than what surrounds it: taking a connection from a pool, beginning through the layers of
SQLAlchemy and giving it back was two thirds of one that reads a row. Not here: how a connection is set up and what its
errors mean (`database.py`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

THREAD_SECONDS: Final = 10.0
"""How long a transaction may wait for its thread and run."""

SHARE_SECONDS: Final = 0.0002
"""After so long a thread that computes should let another have the interpreter (`sys.setswitchinterval`, which is the
process's to say). A transaction asks for it anew after each statement; with Python's own 5 ms, citizens who sent their
answers waited for over a second while others went past them. Measured with 50 at once: the slowest hundredth waited
1.15 s, now 0.16 s, at a third more turns a second."""


class Threads:
    """So many transactions at once. `begin`: the statement that begins one."""

    def __init__(self, engine: Engine, count: int, name: str, begin: str) -> None:
        self._engine = engine
        self._begin = begin
        self._pool = ThreadPoolExecutor(count, name)
        self._mine = threading.local()
        self._open: set[Connection] = set()

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """Run it in one transaction, rolled back if it raises."""
        return await self._in_thread(self._transact, work)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run it outside any transaction."""
        return await self._in_thread(self._run, work)

    def close(self) -> None:
        """Wait for what runs, then close. Blocks."""
        self._pool.shutdown()
        for connection in self._open:
            connection.close()

    async def _in_thread(self, run: Callable[[Callable[..., T]], T], work: Callable[..., T]) -> T:
        """What has not begun when the time is over does not begin any more."""
        async with asyncio.timeout(THREAD_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._pool, run, work)

    def _transact(self, work: Callable[[Connection], T]) -> T:
        connection = self._connection()
        try:
            _driver(connection).execute(self._begin)
            with connection.begin():
                return work(connection)
        except (DBAPIError, sqlite3.Error):
            self._drop(connection)  # whatever ails it does not stay
            raise

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return work(_driver(self._connection()))

    def _connection(self) -> Connection:
        """This thread's."""
        connection: Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = self._engine.connect()
            self._open.add(connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        self._mine.connection = None
        self._open.discard(connection)
        connection.invalidate()
        connection.close()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
