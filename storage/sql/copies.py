"""Masked copies, opened: with the private part of the reading pair and nothing else, for the desk.

Reads rows and keys; holds no keychain and no root key. Not here: making copies (`readings.py`), deciding about them
(`moderation.py`), keeping them opened for a while (the desk).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from dialogs.text_states import TextState
from privacy.pairs import PrivatePart, open_with, private_part
from privacy.readings import UNMASKED, open_copy
from privacy.sealing import Sealer, Unsealable
from storage.keys import Keys
from storage.readingkey import read_reading_key
from storage.sql.database import Database
from storage.sql.tables import answers, responses
from storage.sql.text_tables import texts
from storage.sql.upserts import AnyRow

AT_ONCE: Final = 2000
"""Copies that are read and opened in one go."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A masked text as a moderator reads it."""

    number: bytes
    """The copy's own random number."""
    survey: str
    question: str
    response: bytes = field(repr=False)
    """Whose texts belong together: to count people, never to show."""
    day: date
    language: str
    text: str = field(repr=False)
    state: TextState = TextState.WAITING
    ref: str = ""
    """The question, with [n] in a repeat."""
    position: int = 0
    """The answer's place in the form."""


class Copies:
    """All raise `Unavailable` when a store is away, and `Conflict` if the private part is not here."""

    def __init__(self, database: Database, keys: Keys, state: Path) -> None:
        self._database = database
        self._keys = keys
        self._state = state

    async def some(self, numbers: Sequence[bytes]) -> Sequence[Opened]:
        """These copies, in this order; what does not open (any more) is left out."""
        found = {each.number: each for each in await self._read(texts.c.number.in_(numbers))} if numbers else {}
        return [found[number] for number in numbers if number in found]

    async def at(self, response: bytes, position: int) -> Opened | None:
        """The copy of one answer; None if it has none (any more)."""
        found = await self._read((texts.c.response == response) & (texts.c.position == position))
        return found[0] if found else None

    async def unmasked(self, unmasking: bytes, sealed: bytes) -> str | None:
        """What was unmasked; None if its key is gone."""
        found = await self._keys.readings([unmasking])
        private = private_part(await asyncio.to_thread(read_reading_key, self._state))
        sealer = _sealer(private, unmasking, found.get(unmasking))
        return None if sealer is None else open_copy(sealer, UNMASKED, sealed)

    async def every(self, survey: str) -> AsyncIterator[Sequence[Opened]]:
        """Every copy of a text (not of a place), in the order of random numbers, some at a time."""
        async for some in self._pages((texts.c.survey == survey) & (texts.c.state != TextState.PLACE.value)):
            yield some

    async def places(self, survey: str) -> AsyncIterator[Sequence[Opened]]:
        """Every coarse place of a survey, likewise."""
        async for some in self._pages((texts.c.survey == survey) & (texts.c.state == TextState.PLACE.value)):
            yield some

    async def _pages(self, which: ColumnElement[bool]) -> AsyncIterator[Sequence[Opened]]:
        after = b""
        while True:
            wanted = which & (texts.c.number > after)
            rows = await self._database.read(partial(_rows, which=wanted))
            if not rows:
                return
            yield await self._open(rows)
            after = rows[-1].number

    async def _read(self, which: ColumnElement[bool]) -> Sequence[Opened]:
        return await self._open(await self._database.read(partial(_rows, which=which)))

    async def _open(self, rows: Sequence[AnyRow]) -> Sequence[Opened]:
        if not rows:
            return []
        sealed = await self._keys.readings(list({row.response for row in rows}))
        return await asyncio.to_thread(self._opened, rows, sealed)

    def _opened(self, rows: Sequence[AnyRow], sealed: Mapping[bytes, bytes]) -> Sequence[Opened]:
        private = private_part(read_reading_key(self._state))
        sealers: dict[bytes, Sealer | None] = {}
        found = []
        for row in rows:
            if row.response not in sealers:
                sealers[row.response] = _sealer(private, row.response, sealed.get(row.response))
            sealer = sealers[row.response]
            if sealer is None:
                continue
            try:
                text = open_copy(sealer, row.ref, row.masked)
            except Unsealable:  # made anew in this moment
                continue
            found.append(
                Opened(
                    row.number, row.survey, row.question, row.response, row.day, row.language, text,
                    TextState(row.state), row.ref, row.position,
                )
            )  # fmt: skip
        return found


def _rows(connection: Connection, which: ColumnElement[bool]) -> Sequence[AnyRow]:
    wanted = (
        select(
            texts.c.number, texts.c.survey, texts.c.question, texts.c.response, texts.c.state, texts.c.position,
            answers.c.ref, answers.c.masked, responses.c.day, responses.c.language,
        )
        .join(answers, (answers.c.response == texts.c.response) & (answers.c.position == texts.c.position))
        .join(responses, responses.c.id == texts.c.response)
        .where(which, answers.c.masked.is_not(None))
        .order_by(texts.c.number)
        .limit(AT_ONCE)
    )  # fmt: skip
    return connection.execute(wanted).all()


def _sealer(private: PrivatePart, response: bytes, sealed: bytes | None) -> Sealer | None:
    if sealed is None:
        return None
    try:
        return Sealer(open_with(private, sealed, response))
    except Unsealable:
        return None
