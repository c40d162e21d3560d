"""All that is stored of one person: the tokens of every survey whose pepper lives, the rows behind them, opened.

Here, as in `interpreter.py`, a person meets the store; nothing of it leaves the turn. Not here: how it is told
(`dialogs/my_data.py`).
"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Sequence
from pathlib import PurePath

import structlog

from bot.reports import Reports
from dialogs.effects import FindEverything
from dialogs.events import Aim, Everything, KeptFile, MediaName, Participated
from privacy.addresses import Person
from privacy.answers import open_answer
from privacy.files import open_file, without_key
from privacy.pseudonyms import canonical_return_code, return_code_hash
from privacy.sealing import Sealer, Unsealable
from storage.acts.library import Library
from storage.keychain import Keychain
from storage.records import Media, Responses, StoredResponse, Token

FILES_LIMIT = 4 * 1024 * 1024
"""Bytes of files that are handed over in one turn: the reply waits in memory and, sealed, in Redis."""

_WITH_CASES = frozenset({Aim.MY_DATA, Aim.DELETE, Aim.DELETE_ALL, Aim.DELETED})

log = structlog.get_logger()


class Holdings:
    """Finds and opens what is stored of a person."""

    def __init__(
        self, responses: Responses, media: Media, keychain: Keychain, library: Library, reports: Reports
    ) -> None:
        self._responses = responses
        self._media = media
        self._keychain = keychain
        self._library = library
        self._reports = reports

    async def everything(self, query: FindEverything, person: Person) -> Everything:
        """Raises `storage.errors.Unavailable`."""
        found = await self._by_person(person) if query.aim is not Aim.RETURN_CODE else {}
        for survey, code in query.codes:
            for stored in await self._by_code(survey, code):
                found[stored.survey] = stored
        opened = [await self.opened(stored) for stored in found.values()]
        files, left_out = await self._files(list(found.values()), opened) if query.aim is Aim.MY_DATA else ((), 0)
        cases = await self._reports.tied_to(person) if query.aim in _WITH_CASES else ()
        if query.aim is Aim.MY_DATA:
            files, left_out = await self._with_photos(files, left_out, person)
        return Everything(query.aim, tuple(opened), files, left_out, cases)

    async def opened(self, stored: StoredResponse) -> Participated:
        """A response with its answers in plain, its form at hand."""
        if stored.form:
            await self._library.need(stored.form)
        key = await self._keychain.response_if_any(stored.id) if stored.id else None
        return Participated(
            survey=stored.survey,
            response=stored.id,
            form=stored.form,
            answers=tuple(_opened(stored, key)),
            language=stored.language,
            day=stored.day,
            informed=stored.informed,
        )

    async def _by_person(self, person: Person) -> dict[str, StoredResponse]:
        peppers = await self._keychain.peppers(self._library.surveys)
        tokens = {survey: Token(person.token(pepper)) for survey, pepper in peppers.items()}
        return {stored.survey: stored for stored in await self._responses.find_each(tokens)}

    async def _by_code(self, survey: str, typed: str) -> Sequence[StoredResponse]:
        """What a return code belongs to; `survey` '' tries every survey that has given out codes."""
        code = canonical_return_code(typed)
        if code is None:
            return ()
        salts = await self._keychain.return_code_salts([survey] if survey else self._library.surveys)
        hashes = await asyncio.gather(
            *(asyncio.to_thread(return_code_hash, salt, code) for salt in salts.values()),
        )
        found = [await self._responses.find_by_code(each, hashed) for each, hashed in zip(salts, hashes, strict=True)]
        return [stored for stored in found if stored is not None]

    async def _files(
        self, stored: Sequence[StoredResponse], opened: Sequence[Participated]
    ) -> tuple[tuple[KeptFile, ...], int]:
        """Files of the responses, as many as fit into `FILES_LIMIT`, and how many did not."""
        files: list[KeptFile] = []
        room, left_out = FILES_LIMIT, 0
        for response, plain in zip(stored, opened, strict=True):
            answers = dict(plain.answers)
            for name in (answers.get(value.ref) for value in response.values if value.media is not None):
                file = await self._file(response.survey, name) if name is not None else None
                if file is not None and len(file.data) <= room:
                    files.append(file)
                    room -= len(file.data)
                else:
                    left_out += 1
        return tuple(files), left_out

    async def _with_photos(
        self, files: tuple[KeptFile, ...], left_out: int, person: Person
    ) -> tuple[tuple[KeptFile, ...], int]:
        """Photos of the person's reports as well, as far as there is room."""
        found, room = list(files), FILES_LIMIT - sum(len(file.data) for file in files)
        for name in await self._reports.photos_of(person):
            photo = await self._file("", name)
            if photo is not None and len(photo.data) <= room:
                found.append(photo)
                room -= len(photo.data)
            else:
                left_out += 1
        return tuple(found), left_out

    async def _file(self, survey: str, name: str) -> KeptFile | None:
        sealed = await self._media.read(MediaName(name))
        if sealed is None:
            return None
        shown = PurePath(without_key(name))
        mime = mimetypes.guess_type(shown)[0] or "application/octet-stream"
        return KeptFile(survey, shown.name, mime, open_file(name, sealed))


def _opened(stored: StoredResponse, key: bytes | None) -> list[tuple[str, str]]:
    """A citizen's own answers in plain; what has lost its key is left out."""
    sealer = Sealer(key) if key is not None else None
    answers: list[tuple[str, str]] = []
    for value in stored.values:
        if value.plain is not None:
            answers.append((value.ref, value.plain))
        elif value.sealed is not None and sealer is not None:
            try:
                answers.append((value.ref, open_answer(sealer, value.ref, value.sealed)))
            except Unsealable:
                log.warning("answer_unsealable")
    return answers
