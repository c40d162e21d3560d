"""Copies that staff read: made of the sealed originals, sealed for the reading pair, opened by its private part alone.

While a survey runs, copies are made of five responses or more at a time, so that no new text shows who just answered.
After the grace they are what stays: made anew, under new keys and the responses' new ids, while the originals and their
keys go (`housekeeping.py`). Not here: what a copy leaves out (`privacy/readings.py`), who may read it (`bot/`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select, update

from dialogs.forms.errors import FormError
from dialogs.forms.model import compile_form
from dialogs.forms.questions import QuestionType
from privacy.answers import open_answer
from privacy.disclosure import DESK
from privacy.keyring import reading_public_key
from privacy.masking import NameFinder
from privacy.masking.plugin import ModelMissing, open_pipeline
from privacy.pairs import public_of
from privacy.readings import UNMASKED, copy_of, new_reading_key, open_copy, open_reading_key, seal_copy
from privacy.sealing import Sealer, Unsealable
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys, ReadingRow
from storage.readingkey import make_reading_key, read_reading_key
from storage.records import FormVersion
from storage.sql.database import Database
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import answers, responses
from storage.sql.texts import Copy, list_copies, unlisted
from storage.sql.texts import number_of as copy_number

LEAST_TOGETHER: Final = DESK.least_cell
"""While a survey runs, copies of so many responses at least are made together."""

AT_ONCE: Final = 20
"""Responses that are masked in one go, in a thread."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy, opened."""

    response: bytes
    position: int
    ref: str
    text: str = field(repr=False)
    number: str = ""
    """By which staff name it: its own random bytes, nothing of the response."""


@dataclass(frozen=True, slots=True)
class Masked:
    """Sealed copies of one response."""

    response: bytes
    row: ReadingRow
    copies: Mapping[int, tuple[bytes, bytes]]
    """By position: the original, as it is sealed, and its copy."""
    places: frozenset[str] = frozenset()
    """Questions for a place."""


@dataclass(frozen=True, slots=True)
class Copying:
    """What copies are made by."""

    places: Mapping[str, frozenset[str]]
    """By version of the form: its questions for a place."""
    names: Mapping[bytes, bytes]
    """By response: the id that the copies are for."""
    public: bytes
    more_names: NameFinder | None = None


class Readings:
    """All raise `Unavailable` when a store is away."""

    def __init__(self, database: Database, keychain: Keychain, keys: Keys, state: Path | None, model: str = "") -> None:
        """`state`: where the private part is kept when the pair is made. `model`: an operator's own for names; opened
        with the first text, and without it no copy is made."""
        self._model = model
        self._names: NameFinder | None = None
        self._database = database
        self._keychain = keychain
        self._keys = keys
        self._state = state
        self._places: dict[str, frozenset[str]] = {}

    async def make(self, survey: str, today: date, *, closed: bool) -> int:
        """Copies of whatever has none, if it is enough. Returns of how many responses."""
        await self._list_older(survey)
        wanted = _uncopied(survey)
        ids = list(await self._database.read(lambda connection: connection.execute(wanted).scalars().all()))
        if len(ids) < (1 if closed else LEAST_TOGETHER):
            return 0
        for start in range(0, len(ids), AT_ONCE):
            made = await self.masked({id_: id_ for id_ in ids[start : start + AT_ONCE]}, today)
            await self._database.write(partial(_store, made=made, survey=survey))
        return len(ids)

    async def _list_older(self, survey: str) -> None:
        """Copies of a database from before there was a queue."""
        found = await self._database.read(partial(unlisted, survey=survey))
        by_form: dict[str, list[Copy]] = defaultdict(list)
        for form, copy in found:
            by_form[form].append(copy)
        for form, copies in by_form.items():
            places = await self._places_of(form)
            await self._database.write(partial(list_copies, copies=copies, places=places))

    async def masked(self, names: Mapping[bytes, bytes], today: date) -> Sequence[Masked]:
        """Copies of these responses under new keys, which are kept for the ids that the names lead to."""
        public = await self.public(today)
        found = await self._database.read(partial(_originals, ids=list(names)))
        opening = await self._keychain.responses(found)
        places = {row.form: await self._places_of(row.form) for rows in found.values() for row in rows}
        copying = Copying(places, names, public, await self.more_names())
        work = partial(_masked, found=found, keys=opening, copying=copying)
        made = await asyncio.to_thread(work)
        await self._keys.keep_readings([each.row for each in made], today)
        return made

    async def texts(self, survey: str) -> Sequence[Copied]:
        """Every copy of a survey, in the order of random numbers. What does not open is left out. Raises `Conflict` if
        the private part is not here."""
        wanted = (
            select(answers.c.response, answers.c.position, answers.c.ref, answers.c.masked)
            .join(responses)
            .where(responses.c.survey == survey, answers.c.masked.is_not(None))
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        if not rows:
            return []
        private = await asyncio.to_thread(read_reading_key, self._folder())
        sealed = await self._keys.readings(list({row.response for row in rows}))
        return sorted(_opened(rows, sealed, private), key=lambda copied: copied.number)

    async def files(self, survey: str) -> Sequence[Copied]:
        """Photos and voice messages of a survey, by number only: they have no copy. Gone after the grace."""
        wanted = select(answers).join(responses).where(responses.c.survey == survey, answers.c.file.is_not(None))
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        found = [Copied(row.response, row.position, row.ref, "", number_of(row.sealed)) for row in rows]
        return sorted(found, key=lambda copied: copied.number)

    # -- unmasking

    async def unmask(
        self, unmasking: bytes, response: bytes, position: int, today: date
    ) -> tuple[bytes, ReadingRow] | None:
        """An original, for the reading pair, and its key; None if it is gone. Who may ask for it is decided before, and
        `show_unmasked` lets the key open it."""
        wanted = select(answers.c.ref, answers.c.sealed).where(
            answers.c.response == response, answers.c.position == position
        )
        row = await self._database.read(lambda connection: connection.execute(wanted).first())
        key = await self._keychain.response_if_any(response)
        if row is None or row.sealed is None or key is None:
            return None
        text = open_answer(Sealer(key), row.ref, row.sealed)
        reading = new_reading_key(await self.public(today), unmasking)
        return seal_copy(reading.sealer, UNMASKED, text), ReadingRow(unmasking, response, reading.sealed)

    async def show_unmasked(self, row: ReadingRow, today: date) -> None:
        """Keep the key of an unmasked original: once its request is approved, and by nobody else meanwhile."""
        await self._keys.keep_readings([row], today)

    async def unmasked(self, unmasking: bytes, sealed: bytes) -> str | None:
        """What was unmasked; None if its key is gone (it was erased since). Raises `Conflict` as `texts` does."""
        private = await asyncio.to_thread(read_reading_key, self._folder())
        found = await self._keys.readings([unmasking])
        sealer = _sealer(unmasking, found, private)
        return None if sealer is None else open_copy(sealer, UNMASKED, sealed)

    def _folder(self) -> Path:
        if self._state is None:
            raise Conflict("there is no state folder that could hold the reading key")
        return self._state

    async def public(self, today: date) -> bytes:
        """What seals for the reading pair, which is made with the first copy."""
        standing = await self._keychain.existing(reading_public_key())
        if standing is not None:
            return standing
        private = await asyncio.to_thread(make_reading_key, self._folder())
        return await self._keychain.put_new(reading_public_key(), public_of(private), today)

    async def more_names(self) -> NameFinder | None:
        """An operator's own finder of names. Raises `Conflict` if the model that the operator named is not here."""
        if self._model and self._names is None:
            try:
                self._names = await asyncio.to_thread(open_pipeline, self._model)
            except ModelMissing as error:
                raise Conflict(f"texts cannot be masked (masking.model): {error}") from None
        return self._names

    async def _places_of(self, form: str) -> frozenset[str]:
        """Questions for a place, of one version of a form."""
        if form not in self._places:
            version = await SqlSurveys(self._database).form(form)
            assert version is not None, "a response has its form"
            self._places[form] = await asyncio.to_thread(_places, version)
        return self._places[form]


def _places(version: FormVersion) -> frozenset[str]:
    try:
        controls = compile_form(version.xform, version.attachments).controls
    except FormError:  # of an engine that is gone; masking takes coordinates for an address
        return frozenset()
    return frozenset(control.ref for control in controls if control.type is QuestionType.GEOPOINT)


def _uncopied(survey: str) -> Any:
    texts = answers.c.sealed.is_not(None) & answers.c.file.is_(None) & answers.c.masked.is_(None)
    return select(responses.c.id).join(answers).where(responses.c.survey == survey, texts).distinct()


def _originals(connection: Connection, ids: Sequence[bytes]) -> Mapping[bytes, Sequence[Any]]:
    wanted = (
        select(answers, responses.c.form, responses.c.language)
        .join(responses)
        .where(responses.c.id.in_(ids), answers.c.sealed.is_not(None), answers.c.file.is_(None))
    )
    found: dict[bytes, list[Any]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.response].append(row)
    return found


def _masked(
    found: Mapping[bytes, Sequence[Any]],
    keys: Mapping[bytes, bytes],
    copying: Copying,
) -> Sequence[Masked]:
    made = []
    for response, rows in found.items():
        if response not in keys:  # erased in this moment
            continue
        original, name = Sealer(keys[response]), copying.names[response]
        key = new_reading_key(copying.public, name)
        copies = {}
        for row in rows:
            try:
                text = open_answer(original, row.ref, row.sealed)
            except Unsealable:
                continue
            is_place = row.question in copying.places[row.form]
            copied = copy_of(text, row.language, is_place=is_place, more_names=copying.more_names)
            copies[row.position] = (row.sealed, seal_copy(key.sealer, row.ref, copied))
        places = frozenset[str]().union(*(copying.places[row.form] for row in rows))
        made.append(Masked(response, ReadingRow(name, name, key.sealed), copies, places))
    return made


def _store(connection: Connection, made: Sequence[Masked], survey: str) -> None:
    for each in made:
        listed = []
        for position, (original, copy) in each.copies.items():
            here = (answers.c.response == each.response) & (answers.c.position == position)
            same = here & (answers.c.sealed == original)  # not changed meanwhile
            stored = connection.execute(update(answers).where(same).values(masked=copy).returning(answers.c.question))
            question = stored.scalar_one_or_none()
            if question is not None:
                listed.append(Copy(copy_number(copy), survey, question, each.response, position))
        list_copies(connection, listed, each.places)


def _opened(rows: Sequence[Any], sealed: Mapping[bytes, bytes], private: bytes) -> Iterable[Copied]:
    sealers: dict[bytes, Sealer | None] = {}
    for row in rows:
        if row.response not in sealers:
            sealers[row.response] = _sealer(row.response, sealed, private)
        sealer = sealers[row.response]
        if sealer is not None:
            text = open_copy(sealer, row.ref, row.masked)
            yield Copied(row.response, row.position, row.ref, text, number_of(row.masked))


def _sealer(response: bytes, sealed: Mapping[bytes, bytes], private: bytes) -> Sealer | None:
    if response not in sealed:
        return None
    try:
        return open_reading_key(private, response, sealed[response])
    except Unsealable:
        return None


def number_of(masked: bytes) -> str:
    """How staff name a copy: four bytes of the chance that it was sealed with."""
    return masked[1:5].hex()
