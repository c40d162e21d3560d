"""What time takes away, on SQLite and PostgreSQL, with a moved clock."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from dialogs.effects import Submit, Value
from dialogs.events import MediaName
from dialogs.world import Mode, Survey
from privacy.answers import open_answer
from privacy.files import new_file_name, seal_file
from privacy.keyring import Ring, new_key
from privacy.pseudonyms import tombstone
from privacy.sealing import Sealer
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.records import FormVersion, ResponseId, Submission, Token
from storage.sql.database import Database, open_database
from storage.sql.housekeeping import DRAFT_FILE_DAYS, Housekeeping
from storage.sql.keys import SqlKeys
from storage.sql.media import SqlMedia
from storage.sql.readings import Readings
from storage.sql.responses import SqlResponses
from storage.sql.staging import BATCH
from storage.sql.surveys import SqlSurveys
from storage.sql.tables import files, participations, responses, return_codes, staging

TODAY = date(2026, 11, 22)
FORM = FormVersion("f" * 64, b"<h:html/>", {}, "bus.xlsx", b"xlsx")
SURVEY = Survey("bus", FORM.hash, {"": "Bus"}, closes=TODAY + timedelta(days=1), grace_days=14)


@dataclass
class House:
    database: Database
    keys: SqlKeys
    keychain: Keychain
    surveys: SqlSurveys
    responses: SqlResponses
    media: SqlMedia
    rules: Housekeeping
    state: Path

    async def answer(self, survey: str = "bus", words: str = "a secret", *values: Value) -> Submission:
        response = os.urandom(16)
        submit = Submit(survey, FORM.hash, response, "de", (Value("/q", words, sealed=True), *values))
        submission = Submission(submit, Token(os.urandom(16)), TODAY, "telegram", return_code=os.urandom(16))
        await self.responses.submit(submission)
        return submission

    async def count(self, table: object) -> int:
        return await self.database.read(lambda connection: len(connection.execute(select(table)).all()))  # type: ignore[call-overload]


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = await open_database(database_url, tmp_path)
    keys = SqlKeys(database)
    keychain = Keychain(Ring(new_key()), keys, timedelta(days=1))
    rules = Housekeeping(database, keychain, keys, tmp_path)
    (tmp_path / "keys").mkdir(exist_ok=True)
    surveys, found = SqlSurveys(database), SqlResponses(database, keychain, keys)
    await surveys.publish(SURVEY, FORM)
    await surveys.publish(replace(SURVEY, code="strict", mode=Mode.STRICT), FORM)
    yield House(database, keys, keychain, surveys, found, SqlMedia(database), rules, tmp_path)
    await database.close()


async def test_a_survey_closes_when_its_last_day_is_over(house: House) -> None:
    assert await house.rules.close_overdue(TODAY + timedelta(days=1)) == 0
    before = await house.surveys.revision()
    assert await house.rules.close_overdue(TODAY + timedelta(days=2)) == 2
    assert await house.rules.close_overdue(TODAY + timedelta(days=2)) == 0
    assert await house.surveys.revision() > before
    with pytest.raises(Conflict):
        await house.answer()


async def test_until_the_grace_is_over_people_can_erase(house: House) -> None:
    submission = await house.answer()
    await house.surveys.close_survey("bus", TODAY)
    assert await house.rules.settle_surveys(TODAY + timedelta(days=14)) == 0
    found = await house.responses.find("bus", submission.token)
    assert found is not None
    assert await house.responses.erase("bus", found.id) == 1


async def test_after_the_grace_nothing_ties_answers_to_people(house: House) -> None:
    submissions = [await house.answer(words=f"Mehr Bänke, Nummer {number}") for number in range(20)]
    old = {submission.submit.response for submission in submissions}
    pepper = await house.keychain.pepper("bus", TODAY)
    await house.surveys.close_survey("bus", TODAY)
    over = TODAY + timedelta(days=15)
    assert await house.rules.settle_surveys(over) == 1
    assert await house.rules.settle_surveys(over) == 0

    assert await house.count(participations) == await house.count(return_codes) == 0
    assert await house.keychain.pepper_if_any("bus") is None
    assert await house.keychain.pepper("bus", over) != pepper
    rows = await house.responses.rows("bus")
    assert len(rows) == 20
    assert {row.id for row in rows} & old == set()
    assert {row.values[0].sealed for row in rows} == {None}
    assert await house.keys.purposes("response/") == []
    copies = await Readings(house.database, house.keychain, house.keys, house.state).texts("bus")
    assert {copy.text for copy in copies} == {f"Mehr Bänke, Nummer {number}" for number in range(20)}
    assert {copy.response for copy in copies} == {row.id for row in rows}


async def test_a_settlement_that_was_cut_short_is_completed(house: House) -> None:
    await house.answer()
    await house.surveys.close_survey("bus", TODAY)
    over = TODAY + timedelta(days=15)
    await house.rules._untie_survey("bus", over)
    assert await house.keychain.pepper_if_any("bus") is not None
    assert await house.rules.settle_surveys(over) == 0
    assert await house.keychain.pepper_if_any("bus") is None


async def test_files_of_dead_drafts_go_and_those_of_responses_stay(house: House) -> None:
    kept, lost = MediaName(new_file_name(".jpg")), MediaName(new_file_name(".jpg"))
    for name in (kept, lost):
        await house.media.keep(name, seal_file(name, b"x"), TODAY)
    await house.answer("bus", "words", Value("/photo", kept, sealed=True, media=True))
    assert await house.rules.drop_draft_files(TODAY + timedelta(days=DRAFT_FILE_DAYS)) == 0
    assert await house.rules.drop_draft_files(TODAY + timedelta(days=DRAFT_FILE_DAYS + 1)) == 1
    assert await house.media.read(kept) is not None
    assert await house.media.read(lost) is None


async def test_keys_without_a_response_are_swept_and_fresh_ones_left(house: House) -> None:
    submission = await house.answer()
    await house.keychain.response(os.urandom(16), TODAY)
    assert await house.rules.sweep_orphans(TODAY) == 0
    assert await house.rules.sweep_orphans(TODAY + timedelta(days=3)) == 1
    assert await house.keychain.response_if_any(submission.submit.response) is not None


async def test_a_restored_backup_is_erased_again(house: House) -> None:
    erased, stays = await house.answer(), await house.answer()
    pepper = await house.keychain.pepper("bus", TODAY)
    await house.keys.bury("bus", tombstone(pepper, erased.submit.response), TODAY)
    assert await house.rules.apply_tombstones() == 1
    assert await house.rules.apply_tombstones() == 0
    assert await house.responses.find("bus", erased.token) is None
    assert await house.keychain.response_if_any(erased.submit.response) is None
    assert await house.responses.find("bus", stays.token) is not None


async def test_nine_strict_answers_wait_and_ten_are_moved_under_new_ids(house: House) -> None:
    known = set()
    for number in range(BATCH - 1):
        submission = await house.answer("strict", f"words {number}")
        known |= {submission.submit.response, bytes(submission.token)}
    assert await house.rules.move_staged(TODAY) == 0
    assert (await house.responses.counts("strict")).responses == 0
    await house.answer("strict", "words 9")
    assert await house.rules.move_staged(TODAY) == BATCH
    assert await house.rules.move_staged(TODAY) == 0
    assert await house.count(staging) == 0
    await house.surveys.close_survey("strict", TODAY)
    rows = await house.responses.rows("strict")
    assert {row.id for row in rows} & known == set()
    words = set()
    for row in rows:
        key, sealed = await house.keychain.response_if_any(row.id), row.values[0].sealed
        assert key is not None
        assert sealed is not None
        words.add(open_answer(Sealer(key), "/q", sealed))
    assert words == {f"words {number}" for number in range(BATCH)}


async def test_no_table_ties_a_strict_answer_to_a_participation(house: House) -> None:
    for _ in range(BATCH):
        await house.answer("strict")
    await house.rules.move_staged(TODAY)
    wanted = select(participations.c.response)
    ties = await house.database.read(lambda connection: connection.execute(wanted).scalars().all())
    assert ties == [None] * BATCH
    assert await house.count(return_codes) == 0


async def test_strict_answers_leave_in_another_order_than_they_came(house: House) -> None:
    """Matching by the order of arrival is right about once in the size of a batch."""
    came = [f"words {number:02}" for number in range(40)]
    for words in came:
        await house.answer("strict", "x", Value("/n", words, sealed=False))
    await house.rules.move_staged(TODAY)
    wanted = select(responses.c.id)
    ids = await house.database.read(lambda connection: connection.execute(wanted).scalars().all())
    found = {id_: place for place, id_ in enumerate(ids)}
    await house.surveys.close_survey("strict", TODAY)
    rows = sorted(await house.responses.rows("strict"), key=lambda row: found[row.id])
    hits = sum(row.values[1].plain == words for row, words in zip(rows, came, strict=True))
    assert hits <= 8  # 1 is expected; more than 8 of 40 by chance: about 1e-6


async def test_fewer_than_ten_strict_answers_at_close_are_a_total_only(house: House) -> None:
    name = MediaName(new_file_name(".jpg"))
    await house.media.keep(name, seal_file(name, b"x"), TODAY)
    for _ in range(3):
        await house.answer("strict")
    await house.answer("strict", "words", Value("/photo", name, sealed=True, media=True))
    await house.surveys.close_survey("strict", TODAY)
    assert await house.rules.move_staged(TODAY) == 0
    assert await house.rules.move_staged(TODAY) == 0
    counts = await house.responses.counts("strict")
    assert (counts.responses, counts.by_ref, counts.texts) == (4, {}, {})
    assert await house.count(staging) == await house.count(files) == 0


async def test_erasing_a_strict_answer_is_not_possible(house: House) -> None:
    submission = await house.answer("strict")
    assert await house.responses.erase("strict", ResponseId(submission.submit.response)) == 0
