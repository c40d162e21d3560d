"""Writes a peer's finished answers to SQLite, as a person would: one table, one row a response, one commit.

One connection is kept open, with SQLite's own defaults (rollback journal, synchronous FULL).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aiosqlite

from benchmarks.questionnaire import QUESTIONS

_COLUMNS = tuple(question.name for question in QUESTIONS)
_CREATE = f"CREATE TABLE IF NOT EXISTS answers (user_id INTEGER, {', '.join(f'{c} TEXT' for c in _COLUMNS)})"
_INSERT = f"INSERT INTO answers VALUES (?, {', '.join('?' for _ in _COLUMNS)})"


class Answers:
    """The table of finished answers."""

    def __init__(self, database: aiosqlite.Connection) -> None:
        self._database = database

    @classmethod
    async def open(cls, path: Path) -> Answers:
        """Connect and make the table."""
        database = await aiosqlite.connect(path)
        await database.execute(_CREATE)
        await database.commit()
        return cls(database)

    async def store(self, user_id: int, given: Mapping[str, str]) -> None:
        """Durable on return. A question that was not asked is NULL."""
        await self._database.execute(_INSERT, (user_id, *(given.get(column) for column in _COLUMNS)))
        await self._database.commit()

    async def close(self) -> None:
        """End the connection's thread."""
        await self._database.close()
