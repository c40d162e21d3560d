"""What was submitted, apart from who took part.

A submission is one transaction: participation, response, answers, return code, files. The response's key is in the
keyring before it (an orphan is swept by housekeeping) and is destroyed after what it sealed is gone. Strict surveys go
another way (`staging.py`): the participation stays, the answers leave it behind.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogs.world import Mode
from privacy.pseudonyms import tombstone
from storage.base import (
    UNTIED,
    Keys,
    RawCounts,
    ResponseId,
    StoredResponse,
    StoredValue,
    Submission,
    Token,
)
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.sql import rows
from storage.sql.counting import CHANNEL, count
from storage.sql.database import Database
from storage.sql.staging import stage
from storage.sql.tables import answers, counters, participations, responses, return_codes, surveys
from storage.sql.upserts import AnyRow, count_up, insert_new


class SqlResponses:
    """`Responses`."""

    def __init__(self, database: Database, keychain: Keychain, keys: Keys) -> None:
        self._database = database
        self._keychain = keychain
        self._keys = keys
        self._modes: dict[str, Mode] = {}

    async def submit(self, submission: Submission) -> None:
        await self._refuse_erased(submission)
        match await self._mode(submission.submit.survey):
            case Mode.DEDUPE:
                async with self._database.writing() as connection:
                    replaced = await _store(connection, submission)
                old = [each for each in replaced if each != submission.submit.response]
                await self._keychain.destroy_responses(old)
            case Mode.STRICT:
                key = await self._keychain.staging(submission.submit.survey, submission.day)
                async with self._database.writing() as connection:
                    await _refuse_closed(connection, submission.submit.survey)
                    if await _take_part(connection, submission):  # else it is the same submission again
                        await stage(connection, submission, key)
                        await _count_channel(connection, submission)

    async def find(self, survey: str, token: Token) -> StoredResponse | None:
        async with self._database.reading() as connection:
            wanted = (participations.c.survey == survey) & (participations.c.token == token)
            part = (await connection.execute(select(participations.c.response).where(wanted))).first()
            if part is None:
                return None
            if part.response is None:
                return StoredResponse(UNTIED, survey, "", None, "", ())
            return await rows.read(connection, part.response)

    async def find_by_code(self, survey: str, code: bytes) -> StoredResponse | None:
        async with self._database.reading() as connection:
            wanted = (return_codes.c.survey == survey) & (return_codes.c.code == code)
            found = (await connection.execute(select(return_codes.c.response).where(wanted))).scalar_one_or_none()
            return None if found is None else await rows.read(connection, found)

    async def erase(self, survey: str, response: ResponseId) -> int:
        async with self._database.reading() as connection:
            found = await rows.read(connection, response)
        pepper = await self._keychain.pepper_if_any(survey)
        if found is None or found.survey != survey or pepper is None or found.day is None:
            return 0
        # The tombstone first: whatever happens next, the response does not come back.
        await self._keys.bury(survey, tombstone(pepper, response), found.day)
        async with self._database.writing() as connection:
            await rows.untie(connection, response)
            removed = await rows.remove(connection, [response])
        await self._keychain.destroy_responses([response])
        return removed

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        async with self._database.reading() as connection:
            return await count(connection, survey, lists)

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        async with self._database.reading() as connection:
            await _refuse_open(connection, survey)
            heads = (await connection.execute(select(responses).where(responses.c.survey == survey))).all()
            wanted = select(answers).join(responses).where(responses.c.survey == survey).order_by(answers.c.position)
            values: dict[bytes, list[StoredValue]] = defaultdict(list)
            for row in await connection.execute(wanted):
                values[row.response].append(rows.stored_value(row))
        found = [rows.stored(head, values[head.id]) for head in heads]
        random.SystemRandom().shuffle(found)
        return found

    async def _mode(self, survey: str) -> Mode:
        """It never changes once a survey is published."""
        if survey not in self._modes:
            async with self._database.reading() as connection:
                self._modes[survey] = Mode((await _survey(connection, survey)).mode)
        return self._modes[survey]

    async def _refuse_erased(self, submission: Submission) -> None:
        survey = submission.submit.survey
        pepper = await self._keychain.pepper(survey, submission.day)
        if await self._keys.is_buried(survey, tombstone(pepper, submission.submit.response)):
            raise Conflict("this response was erased at the citizen's word")


async def _refuse_closed(connection: AsyncConnection, survey: str) -> None:
    if (await _survey(connection, survey)).closed_on is not None:
        raise Conflict(f"the survey {survey} is closed")


async def _count_channel(connection: AsyncConnection, submission: Submission) -> None:
    row = {"survey": submission.submit.survey, "what": CHANNEL + submission.channel, "responses": 1}
    await count_up(connection, counters, row, "responses")


async def _refuse_open(connection: AsyncConnection, survey: str) -> None:
    if (await _survey(connection, survey)).closed_on is None:
        raise Conflict(f"the survey {survey} is still open: rows leave the house only after it is closed")


async def _survey(connection: AsyncConnection, survey: str) -> AnyRow:
    wanted = select(surveys.c.mode, surveys.c.closed_on).where(surveys.c.code == survey).with_for_update(read=True)
    row = (await connection.execute(wanted)).first()
    if row is None:
        raise Conflict(f"there is no survey with the code {survey}")
    return row


async def _take_part(connection: AsyncConnection, submission: Submission) -> bool:
    """Note the participation; True if it is this person's first."""
    row = {"survey": submission.submit.survey, "token": submission.token, "response": None}
    return await insert_new(connection, participations, row)


async def _store(connection: AsyncConnection, submission: Submission) -> Sequence[bytes]:
    """Write a response in place of what it replaces. Returns the ids of the replaced ones that there were."""
    submit = submission.submit
    await _refuse_closed(connection, submit.survey)
    first = await _take_part(connection, submission)
    mine = (participations.c.survey == submit.survey) & (participations.c.token == submission.token)
    earlier = (
        await connection.execute(select(participations.c.response).where(mine).with_for_update())
    ).scalar_one_or_none()
    candidates = {each for each in (earlier, submission.replaces, submit.response) if each}
    found = select(responses.c.id).where(responses.c.id.in_(candidates), responses.c.survey == submit.survey)
    replaced = (await connection.execute(found.with_for_update())).scalars().all()
    code = submission.return_code or await _code_of(connection, replaced)

    await rows.remove(connection, replaced, but_files=rows.locators(submit.values))
    new = rows.NewResponse(
        submit.response, submit.survey, submit.form, submission.day, submit.language, submit.informed, submit.values
    )
    await rows.write(connection, new, submission.key)
    moved = update(participations).where(mine | participations.c.response.in_(replaced))
    await connection.execute(moved.values(response=submit.response))
    if code is not None:
        row = {"survey": submit.survey, "code": code, "response": submit.response}
        await insert_new(connection, return_codes, row)
    if first and not replaced:
        await _count_channel(connection, submission)
    return replaced


async def _code_of(connection: AsyncConnection, replaced: Sequence[bytes]) -> bytes | None:
    """A changed response keeps its return code."""
    wanted = select(return_codes.c.code).where(return_codes.c.response.in_(replaced))
    return (await connection.execute(wanted.limit(1))).scalar_one_or_none()
