"""What was submitted, apart from who took part.

A submission is one transaction: participation, response, answers, return code, files. The response's key is in the
keyring before it (an orphan is swept by housekeeping) and is destroyed after what it sealed is gone. Strict surveys go
another way (`staging.py`): the participation stays, the answers leave it behind.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from dialogs.world import Mode
from privacy.pseudonyms import tombstone
from storage.errors import Conflict, Lost
from storage.keychain import Keychain
from storage.keys import Grave, Keys
from storage.records import UNTIED, RawCounts, ResponseId, StoredResponse, StoredValue, Submission, Token
from storage.sql import rows
from storage.sql.counting import CHANNEL, count, progress
from storage.sql.database import Database
from storage.sql.staging import stage
from storage.sql.tables import answers, counters, participations, responses, return_codes, surveys
from storage.sql.upserts import AnyRow, count_up, insert_new

# What every submission runs is made once: SQLAlchemy takes longer to make a statement than SQLite to run it.
_SURVEY: Final = (
    select(surveys.c.mode, surveys.c.closed_on).where(surveys.c.code == bindparam("survey")).with_for_update(read=True)
)
_PART: Final = select(participations.c.response).where(
    participations.c.survey == bindparam("survey"), participations.c.token == bindparam("token")
)


class SqlResponses:
    """`Responses`."""

    def __init__(self, database: Database, keychain: Keychain, keys: Keys) -> None:
        self._database = database
        self._keychain = keychain
        self._keys = keys
        self._modes: dict[str, Mode] = {}

    async def submit(self, submission: Submission) -> None:
        survey = submission.submit.survey
        match await self._mode(survey):
            case Mode.DEDUPE:
                own = await self._key(submission)
                replaced = await self._database.write(lambda connection: _store(connection, submission, own))
                old = [each for each in replaced if each != submission.submit.response]
                await self._keychain.destroy_responses(old)
            case Mode.STRICT:
                key = await self._keychain.staging(survey, submission.day)
                await self._database.write(lambda connection: _stage(connection, submission, key))

    async def find(self, survey: str, token: Token) -> StoredResponse | None:
        return await self._database.read(lambda connection: _find(connection, survey, token))

    async def find_each(self, tokens: Mapping[str, Token]) -> Sequence[StoredResponse]:
        def work(connection: Connection) -> list[StoredResponse]:
            found = [_find(connection, survey, token) for survey, token in tokens.items()]
            return [each for each in found if each is not None]

        return await self._database.read(work)

    async def find_by_code(self, survey: str, code: bytes) -> StoredResponse | None:
        wanted = select(return_codes.c.response).where(return_codes.c.survey == survey, return_codes.c.code == code)

        def work(connection: Connection) -> StoredResponse | None:
            found = connection.execute(wanted).scalar_one_or_none()
            return None if found is None else rows.read(connection, found)

        return await self._database.read(work)

    async def erase(self, survey: str, response: ResponseId) -> int:
        found = await self._database.read(lambda connection: rows.read(connection, response))
        pepper = await self._keychain.pepper_if_any(survey)
        if found is None or found.survey != survey or pepper is None or found.day is None:
            return 0
        # The tombstone first: whatever happens next, the response does not come back.
        await self._keys.bury(survey, tombstone(pepper, response), found.day)
        removed = await self._database.write(lambda connection: _erase(connection, response))
        await self._keychain.destroy_responses([response])
        return removed

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        return await self._database.read(lambda connection: count(connection, survey, lists))

    async def progress(self, survey: str) -> int:
        return await self._database.read(lambda connection: progress(connection, survey))

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        found = await self._database.read(lambda connection: rows_of_closed(connection, survey))
        random.SystemRandom().shuffle(found)
        return found

    async def _mode(self, survey: str) -> Mode:
        """It never changes once a survey is published."""
        if survey not in self._modes:
            row = await self._database.read(lambda connection: _survey(connection, survey))
            self._modes[survey] = Mode(row.mode)
        return self._modes[survey]

    async def _key(self, submission: Submission) -> bytes:
        """Made now, or by the same submission before. Raises `Conflict` if the response was erased since."""
        survey, response = submission.submit.survey, submission.submit.response
        pepper = await self._keychain.pepper(survey, submission.day)
        return await self._keychain.response(response, submission.day, Grave(survey, tombstone(pepper, response)))


def _stage(connection: Connection, submission: Submission, key: bytes) -> None:
    _refuse_closed(connection, submission.submit.survey)
    if _take_part(connection, submission):  # else it is the same submission again
        stage(connection, submission, key)
        _count_channel(connection, submission)


def _find(connection: Connection, survey: str, token: Token) -> StoredResponse | None:
    part = connection.execute(_PART, {"survey": survey, "token": token}).first()
    if part is None:
        return None
    if part.response is None:
        return StoredResponse(UNTIED, survey, "", None, "", ())
    return rows.read(connection, part.response)


def _erase(connection: Connection, response: bytes) -> int:
    rows.untie(connection, response)
    return rows.remove(connection, [response])


def rows_of_closed(connection: Connection, survey: str) -> list[StoredResponse]:
    if _survey(connection, survey).closed_on is None:
        raise Conflict(f"the survey {survey} is still open: rows leave the house only after it is closed")
    heads = connection.execute(select(responses).where(responses.c.survey == survey)).all()
    wanted = select(answers).join(responses).where(responses.c.survey == survey).order_by(answers.c.position)
    values: dict[bytes, list[StoredValue]] = defaultdict(list)
    for row in connection.execute(wanted):
        values[row.response].append(rows.stored_value(row))
    return [rows.stored(head, values[head.id]) for head in heads]


def _refuse_closed(connection: Connection, survey: str) -> None:
    if (_survey(connection, survey)).closed_on is not None:
        raise Conflict(f"the survey {survey} is closed")


def _count_channel(connection: Connection, submission: Submission) -> None:
    row = {"survey": submission.submit.survey, "what": CHANNEL + submission.channel, "responses": 1}
    count_up(connection, counters, row, "responses")


def _survey(connection: Connection, survey: str) -> AnyRow:
    row = connection.execute(_SURVEY, {"survey": survey}).first()
    if row is None:
        raise Conflict(f"there is no survey with the code {survey}")
    return row


def _take_part(connection: Connection, submission: Submission, response: bytes | None = None) -> bool:
    """Note the participation, if it is this person's first; True if it is."""
    row = {"survey": submission.submit.survey, "token": submission.token, "response": response}
    return insert_new(connection, participations, row)


def _store(connection: Connection, submission: Submission, key: bytes) -> Sequence[bytes]:
    """Write a response in place of what it replaces. Returns the ids of the replaced ones that there were."""
    submit = submission.submit
    _refuse_closed(connection, submit.survey)
    first = _take_part(connection, submission, submit.response)
    replaced = _replaced(connection, submission) if not first or submission.replaces else ()
    code = submission.return_code or (_code_of(connection, replaced) if replaced else None)
    rows.remove(connection, replaced, but_files=rows.locators(submit.values))
    new = rows.NewResponse(
        submit.response, submit.survey, submit.form, submission.day, submit.language, submit.informed, submit.values
    )
    rows.write(connection, new, key)
    if replaced or not first:
        mine = (participations.c.survey == submit.survey) & (participations.c.token == submission.token)
        moved = update(participations).where(mine | participations.c.response.in_(replaced))
        connection.execute(moved.values(response=submit.response))
    else:
        _count_channel(connection, submission)
    if code is not None:
        row = {"survey": submit.survey, "code": code, "response": submit.response}
        insert_new(connection, return_codes, row)
    return replaced


def _replaced(connection: Connection, submission: Submission) -> Sequence[bytes]:
    """Responses that this one takes the place of: the person's earlier one, the return code's, itself."""
    submit = submission.submit
    mine = (participations.c.survey == submit.survey) & (participations.c.token == submission.token)
    part = connection.execute(select(participations.c.response).where(mine).with_for_update()).first()
    if part is None:
        raise Lost("an erasure came in between")
    candidates = {each for each in (part.response, submission.replaces, submit.response) if each}
    found = select(responses.c.id).where(responses.c.id.in_(candidates), responses.c.survey == submit.survey)
    return connection.execute(found.with_for_update()).scalars().all()


def _code_of(connection: Connection, replaced: Sequence[bytes]) -> bytes | None:
    """A changed response keeps its return code."""
    wanted = select(return_codes.c.code).where(return_codes.c.response.in_(replaced))
    return (connection.execute(wanted.limit(1))).scalar_one_or_none()
