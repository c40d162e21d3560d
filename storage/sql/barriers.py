"""Barriers that somebody met on the pages: sealed for the reading pair, so that who answers them reads them.

Bot and desk both take them, and neither opens them without the reading key. Each has a key of its own in the keyring,
which goes with it, so that no older backup opens it. They are bounded: nobody fills the database by a form that asks
for no login. Not here: what may be written (`dialogs/accessibility.py`), pages.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from dialogs.accessibility import Barrier, Part
from privacy.readings import new_reading_key, open_copy, open_reading_key, seal_copy
from privacy.retention import BARRIER_ANSWERED_KEPT, BARRIER_KEPT
from privacy.sealing import Unsealable
from storage.keys import Keys, ReadingRow
from storage.readingkey import read_reading_key
from storage.sql.database import Database
from storage.sql.desk_tables import barriers
from storage.sql.upserts import AnyRow

DAY_MOST: Final = 100
"""Reports that are taken in a day."""
WAITING_MOST: Final = 1000
"""That wait for an answer at once."""
NUMBER_LETTERS: Final = 8
"""Letters of a report's random id by which staff name it."""
_SEALED_AS: Final = "barrier"
_ID_BYTES: Final = 16


class _Words(msgspec.Struct, frozen=True, array_like=True):
    what: str
    where: str
    contact: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as staff read it. `barrier` is None where its key is gone (a restored backup)."""

    id: bytes
    day: date
    barrier: Barrier | None
    answered: date | None = None
    answered_by: str = ""

    @property
    def number(self) -> str:
        """How staff call it."""
        return self.id.hex()[:NUMBER_LETTERS]


class Barriers:
    """All raise `Unavailable` when a store is away, `Conflict` if the reading key is needed and not here."""

    def __init__(self, database: Database, keys: Keys, state: Path, day_most: int = DAY_MOST) -> None:
        self._day_most = day_most
        self._database = database
        self._keys = keys
        self._state = state

    async def report(self, barrier: Barrier, today: date, public: bytes) -> bool:
        """Take one; False if there are too many just now. `public`: the public part of the reading pair, which the bot
        has in its keyring and the desk beside the private part."""
        if await self._database.read(partial(_full, today=today, day_most=self._day_most)):
            return False
        id_ = os.urandom(_ID_BYTES)
        key = new_reading_key(public, id_)
        words = msgspec.json.encode(_Words(barrier.what, barrier.where, barrier.contact)).decode()
        row = {
            "id": id_,
            "day": today,
            "part": barrier.part.value,
            "language": barrier.language,
            "sealed": seal_copy(key.sealer, _SEALED_AS, words),
            "answered_by": "",
        }
        await self._keys.keep_readings([ReadingRow(id_, id_, key.sealed)], today)
        await self._database.write(lambda connection: connection.execute(insert(barriers), [row]))
        return True

    async def waiting(self) -> Sequence[date]:
        """The days on which those came that nobody has answered, the oldest first."""
        wanted = select(barriers.c.day).where(barriers.c.answered.is_(None)).order_by(barriers.c.day)
        return await self._database.read(lambda connection: connection.execute(wanted).scalars().all())

    async def all(self, most: int) -> Sequence[Reported]:
        """Those without an answer, the oldest first; then the answered ones, the latest first."""
        waits = barriers.c.answered.is_(None)
        order = (waits.desc(), barriers.c.answered.desc(), barriers.c.day, barriers.c.id)
        wanted = select(barriers).order_by(*order).limit(most)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return await self._opened(rows)

    async def answer(self, id_: bytes, by: str, today: date) -> bool:
        """Note that it was answered; False if it was before, or is gone."""
        one = update(barriers).where(barriers.c.id == id_, barriers.c.answered.is_(None))
        told = one.values(answered=today, answered_by=by)
        return bool(await self._database.write(lambda connection: connection.execute(told).rowcount))

    async def forget(self, today: date) -> int:
        """Those that were answered some time ago, and those that are too old; returns how many."""
        over = (barriers.c.answered < today - BARRIER_ANSWERED_KEPT) | (barriers.c.day < today - BARRIER_KEPT)
        old = select(barriers.c.id).where(over)
        ids = list(await self._database.read(lambda connection: connection.execute(old).scalars().all()))
        await self._keys.forget_readings(ids)
        gone = delete(barriers).where(barriers.c.id.in_(ids))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount) if ids else 0

    async def ids(self) -> frozenset[bytes]:
        """Of all: their keys are still needed."""
        wanted = select(barriers.c.id)
        return frozenset(await self._database.read(lambda connection: connection.execute(wanted).scalars().all()))

    async def _opened(self, rows: Sequence[AnyRow]) -> Sequence[Reported]:
        if not rows:
            return []
        keys = await self._keys.readings([row.id for row in rows])

        def open_each() -> list[Reported]:
            private = read_reading_key(self._state)
            return [
                Reported(row.id, row.day, _barrier(private, row, keys.get(row.id)), row.answered, row.answered_by)
                for row in rows
            ]

        return await asyncio.to_thread(open_each)


def _full(connection: Connection, today: date, day_most: int) -> bool:
    counted = select(func.count()).select_from(barriers)
    waiting = connection.execute(counted.where(barriers.c.answered.is_(None))).scalar_one()
    of_today = connection.execute(counted.where(barriers.c.day == today)).scalar_one()
    return waiting >= WAITING_MOST or of_today >= day_most


def _barrier(private: bytes, row: AnyRow, key: bytes | None) -> Barrier | None:
    if key is None:
        return None
    try:
        words = open_copy(open_reading_key(private, row.id, key), _SEALED_AS, row.sealed)
    except Unsealable:
        return None
    said = msgspec.json.decode(words, type=_Words)
    return Barrier(Part(row.part), row.language, said.what, said.where, said.contact)
