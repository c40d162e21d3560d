"""Words of staff on their way into a case: sealed rows, and the public part that seals them.

Holds no key. Not here: who opens them (`storage/intake.py`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection, delete, select

from privacy.intake import seal_words
from storage.cases import CaseId
from storage.sql.case_tables import intakes, public_keys
from storage.sql.database import Database
from storage.sql.upserts import insert_new, put

INTAKE_PUBLIC: Final = "intake"
"""Under which the desk finds the public part."""

_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SealedWords:
    """A reply or a reason, for the bot."""

    id: bytes
    case: CaseId
    day: date
    sealed: bytes = field(repr=False)


def sealed_words(public: bytes, kind: str, case: CaseId, words: str, day: date) -> SealedWords:
    """`kind`: the order that will take them (`storage.orders.OrderKind`)."""
    id_ = os.urandom(_ID_BYTES)
    return SealedWords(id_, case, day, seal_words(public, about(kind, case, id_), words))


def about(kind: str, case: CaseId, intake: bytes) -> bytes:
    """What sealed words are bound to: a reply does not open as a reason, nor in another case."""
    return kind.encode("ascii") + b"/" + case + intake


class Intakes:
    """All raise `Unavailable` when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, name: str, public: bytes, day: date) -> None:
        """In place of what stood there."""
        if await self.public(name) != public:
            row = {"name": name, "public": public, "day": day}
            await self._database.write(lambda connection: put(connection, public_keys, row))

    async def public(self, name: str) -> bytes | None:
        wanted = select(public_keys.c.public).where(public_keys.c.name == name)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def sealed(self, intake: bytes) -> bytes | None:
        wanted = select(intakes.c.sealed).where(intakes.c.id == intake)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def drop(self, intake: bytes) -> None:
        gone = delete(intakes).where(intakes.c.id == intake)
        await self._database.write(lambda connection: connection.execute(gone))
        await self._database.forget_log()

    async def forget(self, before: date) -> int:
        """What nobody took since before a day; returns how many."""
        old = delete(intakes).where(intakes.c.day < before)
        return await self._database.write(lambda connection: connection.execute(old).rowcount)


def put_words(connection: Connection, words: SealedWords) -> None:
    """Inside a caller's transaction."""
    row = {"id": words.id, "case": words.case, "day": words.day, "sealed": words.sealed}
    insert_new(connection, intakes, row)
