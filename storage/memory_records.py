"""Records and keys in memory, for tests and the terminal player: the same promises, kept only while the process lives.

Answers are sealed here as in the database, so that whoever reads them back needs the keys.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dialogs.effects import Value
from dialogs.events import MediaName
from dialogs.world import Mode, Survey
from privacy.answers import seal_answer
from privacy.files import locator, without_key
from privacy.keyring import kind_of, root_of
from privacy.pseudonyms import tombstone
from privacy.sealing import Sealer
from storage.errors import Conflict, StaleRoot
from storage.keychain import Keychain
from storage.keys import ERASED, Grave, KeyCount, Keys, ReadingRow
from storage.members import Members, counted
from storage.records import UNTIED, FormVersion, RawCounts, ResponseId, StoredResponse, StoredValue, Submission, Token
from storage.sql.rows import question_of


class MemoryKeys:
    """`Keys`."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[bytes, date]] = {}
        self._tombstones: dict[str, set[bytes]] = defaultdict(set)
        self._root: bytes | None = None
        self._readings: dict[bytes, tuple[ReadingRow, date]] = {}

    async def get(self, purpose: str) -> bytes | None:
        row = self._rows.get(purpose)
        return None if row is None else row[0]

    async def get_all(self, purposes: Sequence[str]) -> Mapping[str, bytes]:
        return {purpose: self._rows[purpose][0] for purpose in purposes if purpose in self._rows}

    async def put_new(self, purpose: str, wrapped: bytes, created: date, grave: Grave | None = None) -> bytes:
        self._refuse_stale([wrapped])
        if grave is not None and grave.tombstone in self._tombstones[grave.survey]:
            raise Conflict(ERASED)
        return self._rows.setdefault(purpose, (wrapped, created))[0]

    async def destroy(self, purposes: Sequence[str]) -> None:
        for purpose in purposes:
            self._rows.pop(purpose, None)

    async def purposes(self, prefix: str, before: date | None = None) -> Sequence[str]:
        return [
            purpose
            for purpose, (_, created) in self._rows.items()
            if purpose.startswith(prefix) and (before is None or created < before)
        ]

    async def adopt_root(self, root: bytes) -> bytes:
        self._root = self._root or root
        return self._root

    async def move_root(self, root: bytes) -> None:
        self._root = root

    async def under_other_roots(self, root: bytes, after: str, most: int) -> Mapping[str, bytes]:
        found = sorted(p for p, (wrapped, _) in self._rows.items() if p > after and root_of(wrapped) != root)
        return {purpose: self._rows[purpose][0] for purpose in found[:most]}

    async def exchange(self, rows: Mapping[str, tuple[bytes, bytes]]) -> int:
        self._refuse_stale([after for _, after in rows.values()])
        same = {p: after for p, (before, after) in rows.items() if p in self._rows and self._rows[p][0] == before}
        self._rows.update({purpose: (after, self._rows[purpose][1]) for purpose, after in same.items()})
        return len(same)

    async def census(self) -> Sequence[KeyCount]:
        days: dict[tuple[str, bytes], list[date]] = defaultdict(list)
        for purpose, (wrapped, created) in self._rows.items():
            days[kind_of(purpose).value, root_of(wrapped)].append(created)
        return [KeyCount(kind, root, len(all_), min(all_), max(all_)) for (kind, root), all_ in days.items()]

    def _refuse_stale(self, wrapped: Iterable[bytes]) -> None:
        if self._root is not None and any(root_of(each) != self._root for each in wrapped):
            raise StaleRoot("the root key was rotated")

    async def keep_readings(self, rows: Sequence[ReadingRow], created: date) -> None:
        self._readings.update({row.id: (row, created) for row in rows})

    async def readings(self, ids: Sequence[bytes]) -> Mapping[bytes, bytes]:
        return {id_: self._readings[id_][0].sealed for id_ in ids if id_ in self._readings}

    async def readings_before(self, day: date) -> Sequence[bytes]:
        return list({row.response for row, created in self._readings.values() if created < day})

    async def forget_readings(self, responses: Sequence[bytes]) -> None:
        gone = [id_ for id_, (row, _) in self._readings.items() if row.response in responses]
        for id_ in gone:
            del self._readings[id_]

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        self._tombstones[survey].add(tombstone)

    async def buried(self, survey: str) -> frozenset[bytes]:
        return frozenset(self._tombstones[survey])

    async def forget_tombstones(self, survey: str) -> None:
        self._tombstones.pop(survey, None)


class MemorySurveys:
    """`Surveys`."""

    def __init__(self) -> None:
        self._surveys: dict[str, Survey] = {}
        self._forms: dict[str, FormVersion] = {}
        self._revision = 0

    async def publish(self, survey: Survey, form: FormVersion) -> None:
        standing = self._surveys.get(survey.code)
        if standing is not None and (standing.closed or standing.mode != survey.mode):
            raise Conflict(f"the survey {survey.code} is closed or of another mode: publish it under another code")
        self._surveys[survey.code] = replace(survey, form=form.hash, closed=False)
        self._forms.setdefault(form.hash, form)
        self._revision += 1

    async def close_survey(self, code: str, day: date) -> None:
        survey = self._surveys.get(code)
        if survey is None or survey.closed:
            raise Conflict(f"there is no open survey with the code {code}")
        self._surveys[code] = replace(survey, closed=True)
        self._revision += 1

    async def change(self, survey: Survey) -> None:
        standing = self._surveys.get(survey.code)
        if standing is None or standing.closed or standing.mode != survey.mode:
            raise Conflict(f"there is no open survey with the code {survey.code} and this mode")
        self._surveys[survey.code] = replace(survey, form=standing.form, closed=False)
        self._revision += 1

    async def all(self) -> Sequence[Survey]:
        return [self._surveys[code] for code in sorted(self._surveys)]

    async def form(self, hash_: str) -> FormVersion | None:
        return self._forms.get(hash_)

    async def revision(self) -> int:
        return self._revision

    def the(self, code: str) -> Survey:
        """Raises `Conflict`."""
        survey = self._surveys.get(code)
        if survey is None:
            raise Conflict(f"there is no survey with the code {code}")
        return survey


@dataclass(slots=True)
class _File:
    sealed: bytes
    response: bytes | None = None


class MemoryMedia:
    """`Media`."""

    def __init__(self) -> None:
        self.files: dict[bytes, _File] = {}

    async def keep(self, name: MediaName, sealed: bytes, day: date) -> None:
        self.files.setdefault(locator(name), _File(sealed))

    async def read(self, name: MediaName) -> bytes | None:
        file = self.files.get(locator(name))
        return None if file is None else file.sealed

    async def drop(self, name: MediaName) -> None:
        file = self.files.get(locator(name))
        if file is not None and file.response is None:
            del self.files[locator(name)]


class MemoryResponses:
    """`Responses`. Strict surveys keep no order here and need no staging: nothing outlives the process."""

    def __init__(self, surveys: MemorySurveys, media: MemoryMedia, keychain: Keychain, keys: Keys) -> None:
        self._surveys = surveys
        self._media = media
        self._keychain = keychain
        self._keys = keys
        self._responses: dict[bytes, StoredResponse] = {}
        self._parts: dict[tuple[str, Token], bytes | None] = {}
        self._codes: dict[tuple[str, bytes], bytes] = {}
        self._channels: dict[str, Counter[str]] = defaultdict(Counter)

    async def submit(self, submission: Submission) -> None:
        submit, token = submission.submit, submission.token
        survey = self._surveys.the(submit.survey)
        if survey.closed:
            raise Conflict(f"the survey {submit.survey} is closed")
        first = (submit.survey, token) not in self._parts
        if survey.mode is Mode.STRICT:
            self._parts[submit.survey, token] = None
            if first:
                self._channels[submit.survey][submission.channel] += 1
            return
        pepper = await self._keychain.pepper(submit.survey, submission.day)
        grave = Grave(submit.survey, tombstone(pepper, submit.response))
        key = await self._keychain.response(submit.response, submission.day, grave)
        earlier = {self._parts.get((submit.survey, token)), submission.replaces, ResponseId(submit.response)}
        replaced = [each for each in earlier if each is not None and each in self._responses]
        code = submission.return_code or next((c for (_, c), r in self._codes.items() if r in replaced), None)
        kept = {locator(value.text) for value in submit.values if value.media}
        for each in replaced:
            self._remove(each, kept)
        self._write(submission, survey, key)
        self._parts[submit.survey, token] = submit.response
        for part, response in self._parts.items():
            if response in replaced:
                self._parts[part] = submit.response
        if code is not None:
            self._codes[submit.survey, code] = submit.response
        if first and not replaced:
            self._channels[submit.survey][submission.channel] += 1
        await self._keychain.destroy_responses([each for each in replaced if each != submit.response])

    async def find(self, survey: str, token: Token) -> StoredResponse | None:
        if (survey, token) not in self._parts:
            return None
        response = self._parts[survey, token]
        if response is None:
            return StoredResponse(UNTIED, survey, "", None, "", ())
        return self._responses.get(response)

    async def find_each(self, tokens: Mapping[str, Token]) -> Sequence[StoredResponse]:
        found = [await self.find(survey, token) for survey, token in tokens.items()]
        return [each for each in found if each is not None]

    async def find_by_code(self, survey: str, code: bytes) -> StoredResponse | None:
        return self._responses.get(self._codes.get((survey, code), b""))

    async def erase(self, survey: str, response: ResponseId) -> int:
        found = self._responses.get(response)
        pepper = await self._keychain.pepper_if_any(survey)
        if found is None or found.survey != survey or pepper is None or found.day is None:
            return 0
        await self._keys.bury(survey, tombstone(pepper, response), found.day)
        self._parts = {part: each for part, each in self._parts.items() if each != response}
        self._remove(response, set())
        await self._keychain.destroy_responses([response])
        return 1

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        mine = [response for response in self._responses.values() if response.survey == survey]
        found = Members(lists)
        texts: Counter[str] = Counter()
        for response in mine:
            found.place(response.id)
            texts.update({question_of(value.ref) for value in response.values if value.sealed is not None})
            for value in response.values:
                found.add(response.id, question_of(value.ref), value.plain)
        members, answering = found.members(), found.answering()
        return RawCounts(
            survey=survey,
            responses=len(mine),
            answered={question: who.bit_count() for question, who in answering.items()},
            by_ref=counted(members),
            texts=dict(texts),
            by_channel=dict(self._channels[survey]),
            by_language=dict(Counter(response.language for response in mine)),
            people=found.people,
            members=members,
            answering=answering,
            places=found.places(),
        )

    async def progress(self, survey: str) -> int:
        return sum(response.survey == survey for response in self._responses.values())

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        if not self._surveys.the(survey).closed:
            raise Conflict(f"the survey {survey} is still open: rows leave the house only after it is closed")
        mine = [response for response in self._responses.values() if response.survey == survey]
        random.SystemRandom().shuffle(mine)
        return mine

    def _write(self, submission: Submission, survey: Survey, key: bytes) -> None:
        submit, sealer = submission.submit, Sealer(key)
        values = tuple(_stored(value, sealer) for value in submit.values)
        id_ = ResponseId(submit.response)
        self._responses[id_] = StoredResponse(
            id_, survey.code, submit.form, submission.day, submit.language, values, submit.informed
        )
        for value in submit.values:
            if value.media and (file := self._media.files.get(locator(value.text))) is not None:
                file.response = id_

    def _remove(self, response: bytes, but_files: Collection[bytes]) -> None:
        del self._responses[response]
        self._codes = {code: each for code, each in self._codes.items() if each != response}
        for name in [n for n, file in self._media.files.items() if file.response == response and n not in but_files]:
            del self._media.files[name]


def _stored(value: Value, sealer: Sealer) -> StoredValue:
    if not (value.sealed or value.media):
        return StoredValue(value.ref, value.text, None)
    file = MediaName(without_key(value.text)) if value.media else None
    return StoredValue(value.ref, None, seal_answer(sealer, value.ref, value.text), file)
