"""One contract for every implementation of `Surveys`, `Responses`, `Media` and `Keys`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from made_tables import database_of

from dialogs.effects import Submit, Value
from dialogs.events import MediaName
from dialogs.world import Mode, Survey
from privacy.answers import open_answer
from privacy.files import new_file_name, open_file, seal_file
from privacy.keyring import Ring, new_key, response_key
from privacy.sealing import Sealer, Unsealable
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys
from storage.memory_records import MemoryKeys, MemoryMedia, MemoryResponses, MemorySurveys
from storage.records import UNTIED, FormVersion, Media, ResponseId, Responses, Submission, Surveys, Token
from storage.sql.database import open_database
from storage.sql.keys import SqlKeys
from storage.sql.media import SqlMedia
from storage.sql.responses import SqlResponses
from storage.sql.surveys import SqlSurveys

TODAY = date(2026, 11, 22)
FORM = FormVersion("f" * 64, b"<h:html/>", {"map.png": b"png"}, "bus.xlsx", b"xlsx")
SURVEY = Survey(
    "bus", FORM.hash, {"": "Bus"}, purposes={"de": "Wozu"}, closes=date(2026, 12, 24), barred_channels=frozenset({"x"})
)
STRICT = replace(SURVEY, code="strict", mode=Mode.STRICT)


@dataclass
class Records:
    surveys: Surveys
    responses: Responses
    media: Media
    keys: Keys
    keychain: Keychain

    async def submission(self, *values: Value, survey: str = "bus", token: bytes | None = None) -> Submission:
        response = os.urandom(16)
        return Submission(
            Submit(survey, FORM.hash, response, "de", values),
            Token(token or os.urandom(16)),
            TODAY,
            "telegram",
        )

    async def sealer(self, submission: Submission) -> Sealer:
        key = await self.keychain.response_if_any(submission.submit.response)
        assert key is not None
        return Sealer(key)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def records(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Records]:
    ring = Ring(new_key())
    if request.param == "memory":
        keys, surveys, media = MemoryKeys(), MemorySurveys(), MemoryMedia()
        keychain = Keychain(ring, keys, timedelta(days=1))
        made = Records(surveys, MemoryResponses(surveys, media, keychain, keys), media, keys, keychain)
        await fill(made)
        yield made
        return
    url = database_of(request)
    database = await open_database(url, tmp_path)
    sql_keys = SqlKeys(database)
    keychain = Keychain(ring, sql_keys, timedelta(days=1))
    responses = SqlResponses(database, keychain, sql_keys)
    made = Records(SqlSurveys(database), responses, SqlMedia(database), sql_keys, keychain)
    await fill(made)
    yield made
    await database.close()


async def fill(records: Records) -> None:
    await records.surveys.publish(SURVEY, FORM)
    await records.surveys.publish(STRICT, FORM)


def plain(ref: str, text: str) -> Value:
    return Value(ref, text, sealed=False)


def text(ref: str, words: str) -> Value:
    return Value(ref, words, sealed=True)


# -- surveys


async def test_a_published_survey_is_found_with_its_form(records: Records) -> None:
    assert SURVEY in await records.surveys.all()
    assert await records.surveys.form(FORM.hash) == FORM
    assert await records.surveys.form("0" * 64) is None


async def test_every_change_of_a_survey_is_noticed(records: Records) -> None:
    before = await records.surveys.revision()
    await records.surveys.publish(replace(SURVEY, owner="Amt"), FORM)
    between = await records.surveys.revision()
    await records.surveys.close_survey("bus", TODAY)
    assert before < between < await records.surveys.revision()


async def test_a_new_version_keeps_the_old_form(records: Records) -> None:
    newer = replace(FORM, hash="e" * 64, xform=b"<new/>")
    await records.surveys.publish(replace(SURVEY, form=newer.hash), newer)
    assert {survey.code: survey.form for survey in await records.surveys.all()}["bus"] == newer.hash
    assert await records.surveys.form(FORM.hash) == FORM


async def test_a_closed_survey_is_not_published_again(records: Records) -> None:
    await records.surveys.close_survey("bus", TODAY)
    assert {survey.code: survey.closed for survey in await records.surveys.all()} == {"bus": True, "strict": False}
    with pytest.raises(Conflict):
        await records.surveys.publish(SURVEY, FORM)
    with pytest.raises(Conflict):
        await records.surveys.close_survey("bus", TODAY)


async def test_a_survey_does_not_become_strict_later(records: Records) -> None:
    with pytest.raises(Conflict):
        await records.surveys.publish(replace(SURVEY, mode=Mode.STRICT), FORM)


# -- responses


async def test_a_submission_is_found_by_its_token_and_its_texts_are_sealed(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"), text("/q2", "a secret"))
    await records.responses.submit(submission)
    found = await records.responses.find("bus", submission.token)
    assert found is not None
    assert (found.id, found.day, found.language, found.form) == (submission.submit.response, TODAY, "de", FORM.hash)
    assert [(value.ref, value.plain) for value in found.values] == [("/q1", "yes"), ("/q2", None)]
    sealed = found.values[1].sealed
    assert sealed is not None
    assert b"secret" not in sealed
    assert open_answer(await records.sealer(submission), "/q2", sealed) == "a secret"


async def test_the_same_submission_twice_is_one(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"))
    await records.responses.submit(submission)
    await records.responses.submit(submission)
    counts = await records.responses.counts("bus")
    assert (counts.responses, counts.by_ref, counts.by_channel) == (1, {"/q1": {"yes": 1}}, {"telegram": 1})


async def test_a_second_answer_of_the_same_person_replaces_the_first_and_destroys_its_key(records: Records) -> None:
    first = await records.submission(plain("/q1", "yes"), text("/q2", "a"))
    await records.responses.submit(first)
    second = await records.submission(plain("/q1", "no"), token=first.token)
    await records.responses.submit(second)
    counts = await records.responses.counts("bus")
    assert (counts.responses, counts.by_ref, counts.texts) == (1, {"/q1": {"no": 1}}, {})
    assert await records.keychain.response_if_any(first.submit.response) is None
    assert await records.keychain.response_if_any(second.submit.response) is not None


async def test_strangers_are_not_found(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"))
    await records.responses.submit(submission)
    assert await records.responses.find("bus", Token(os.urandom(16))) is None
    assert await records.responses.find("strict", submission.token) is None
    assert await records.responses.find_by_code("bus", os.urandom(16)) is None


async def test_a_return_code_leads_to_the_response_and_stays_with_a_changed_one(records: Records) -> None:
    code = os.urandom(16)
    first = replace(await records.submission(plain("/q1", "yes")), return_code=code)
    await records.responses.submit(first)
    found = await records.responses.find_by_code("bus", code)
    assert found is not None
    assert found.id == first.submit.response
    changed = await records.submission(plain("/q1", "no"), token=first.token)
    await records.responses.submit(changed)
    found = await records.responses.find_by_code("bus", code)
    assert found is not None
    assert found.id == changed.submit.response


async def test_from_another_browser_a_return_code_lets_the_response_be_replaced(records: Records) -> None:
    first = await records.submission(plain("/q1", "yes"))
    await records.responses.submit(first)
    elsewhere = await records.submission(plain("/q1", "no"))
    await records.responses.submit(replace(elsewhere, replaces=ResponseId(first.submit.response)))
    counts = await records.responses.counts("bus")
    assert (counts.responses, counts.by_ref) == (1, {"/q1": {"no": 1}})
    for token in (first.token, elsewhere.token):
        found = await records.responses.find("bus", token)
        assert found is not None
        assert found.id == elsewhere.submit.response


async def test_erasing_leaves_nothing_and_nothing_brings_it_back(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"), text("/q2", "a secret"))
    await records.responses.submit(replace(submission, return_code=b"c" * 16))
    response = ResponseId(submission.submit.response)
    assert await records.responses.erase("bus", response) == 1
    assert await records.responses.erase("bus", response) == 0
    assert await records.responses.find("bus", submission.token) is None
    assert await records.responses.find_by_code("bus", b"c" * 16) is None
    assert (await records.responses.counts("bus")).responses == 0
    assert await records.keychain.response_if_any(response) is None
    with pytest.raises(Conflict):
        await records.responses.submit(submission)
    assert await records.keychain.response_if_any(response) is None, "what was erased gets no key again"
    again = await records.submission(plain("/q1", "no"), token=submission.token)
    await records.responses.submit(again)
    assert (await records.responses.counts("bus")).responses == 1


async def test_after_erasure_no_key_that_is_left_opens_the_texts(records: Records) -> None:
    submission = await records.submission(text("/q2", "a secret"))
    await records.responses.submit(submission)
    found = await records.responses.find("bus", submission.token)
    assert found is not None
    backup = found.values[0].sealed
    assert backup is not None
    await records.responses.erase("bus", found.id)
    other = await records.submission(text("/q2", "b"))
    await records.responses.submit(other)
    for purpose in await records.keys.purposes(""):
        wrapped = await records.keys.get(purpose)
        assert wrapped is not None
        assert purpose != response_key(found.id)
        with pytest.raises(Unsealable):
            open_answer(Sealer(records.keychain._ring.unwrap(purpose, wrapped)), "/q2", backup)  # type: ignore[arg-type]


async def test_one_person_is_not_erased_by_anothers_survey(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"))
    await records.responses.submit(submission)
    assert await records.responses.erase("strict", ResponseId(submission.submit.response)) == 0
    assert await records.responses.find("bus", submission.token) is not None


async def test_counting_knows_repeats_lists_texts_languages_and_channels(records: Records) -> None:
    one = await records.submission(
        plain("/q1", "a b"), plain("/r/age", "5"), plain("/r[2]/age", "5"), plain("/r[3]/age", "7"), text("/q2", "x")
    )
    two = await records.submission(plain("/q1", "b"), text("/q2", "y"))
    await records.responses.submit(one)
    await records.responses.submit(replace(two, channel="web", submit=replace(two.submit, language="en")))
    counts = await records.responses.counts("bus", lists={"/q1"})
    assert counts.responses == 2
    assert counts.answered == {"/q1": 2, "/r/age": 1, "/q2": 2}
    assert counts.by_ref == {"/q1": {"a": 1, "b": 2}, "/r/age": {"5": 1, "7": 1}}
    assert counts.texts == {"/q2": 2}
    assert counts.by_channel == {"telegram": 1, "web": 1}
    assert counts.by_language == {"de": 1, "en": 1}
    assert (await records.responses.counts("bus")).by_ref["/q1"] == {"a b": 1, "b": 1}


async def test_rows_leave_only_after_close(records: Records) -> None:
    for _ in range(3):
        await records.responses.submit(await records.submission(plain("/q1", "yes")))
    with pytest.raises(Conflict):
        await records.responses.rows("bus")
    await records.surveys.close_survey("bus", TODAY)
    found = await records.responses.rows("bus")
    assert [[value.plain for value in response.values] for response in found] == [["yes"]] * 3


async def test_a_closed_survey_takes_no_answers(records: Records) -> None:
    await records.surveys.close_survey("bus", TODAY)
    with pytest.raises(Conflict):
        await records.responses.submit(await records.submission(plain("/q1", "yes")))


async def test_an_unknown_survey_takes_no_answers(records: Records) -> None:
    with pytest.raises(Conflict):
        await records.responses.submit(await records.submission(plain("/q1", "yes"), survey="nowhere"))


async def test_a_strict_survey_knows_who_took_part_and_not_with_what(records: Records) -> None:
    submission = await records.submission(plain("/q1", "yes"), survey="strict")
    await records.responses.submit(submission)
    await records.responses.submit(submission)
    found = await records.responses.find("strict", submission.token)
    assert found is not None
    assert (found.id, found.day, found.values) == (UNTIED, None, ())
    assert await records.responses.erase("strict", found.id) == 0
    assert (await records.responses.counts("strict")).by_channel == {"telegram": 1}


# -- files


async def test_a_drafts_file_is_kept_under_a_name_that_brings_its_key(records: Records) -> None:
    name = MediaName(new_file_name(".jpg"))
    await records.media.keep(name, seal_file(name, b"pixels"), TODAY)
    sealed = await records.media.read(name)
    assert sealed is not None
    assert b"pixels" not in sealed
    assert open_file(name, sealed) == b"pixels"
    await records.media.drop(name)
    assert await records.media.read(name) is None


async def test_a_submitted_file_belongs_to_its_response(records: Records) -> None:
    name = MediaName(new_file_name(".jpg"))
    await records.media.keep(name, seal_file(name, b"pixels"), TODAY)
    submission = await records.submission(Value("/photo", name, sealed=True, media=True))
    await records.responses.submit(submission)
    await records.media.drop(name)
    found = await records.responses.find("bus", submission.token)
    assert found is not None
    value = found.values[0]
    assert value.media is not None
    assert value.sealed is not None
    assert name.partition("-")[2] not in value.media, "the key must not be stored in the open"
    full = open_answer(await records.sealer(submission), "/photo", value.sealed)
    sealed = await records.media.read(value.media)
    assert sealed is not None
    assert open_file(full, sealed) == b"pixels"


async def test_a_changed_response_keeps_the_file_it_still_names_and_loses_the_other(records: Records) -> None:
    kept, lost = MediaName(new_file_name(".jpg")), MediaName(new_file_name(".jpg"))
    for name in (kept, lost):
        await records.media.keep(name, seal_file(name, b"pixels"), TODAY)
    first = await records.submission(Value("/a", kept, True, media=True), Value("/b", lost, True, media=True))
    await records.responses.submit(first)
    second = await records.submission(Value("/a", kept, True, media=True), token=first.token)
    await records.responses.submit(second)
    assert await records.media.read(kept) is not None
    assert await records.media.read(lost) is None
    await records.responses.erase("bus", ResponseId(second.submit.response))
    assert await records.media.read(kept) is None


# -- keys


async def test_the_first_key_for_a_purpose_stands(records: Records) -> None:
    assert await records.keys.put_new("rate/x", b"1", TODAY) == b"1"
    assert await records.keys.put_new("rate/x", b"2", TODAY) == b"1"
    assert await records.keys.get("rate/x") == b"1"
    assert await records.keys.purposes("rate/", TODAY + timedelta(days=1)) == ["rate/x"]
    assert await records.keys.purposes("rate/", TODAY) == []
    await records.keys.destroy(["rate/x"])
    assert await records.keys.get("rate/x") is None


async def test_all_workers_agree_on_a_key_and_it_opens_after_a_restart(records: Records) -> None:
    other = Keychain(records.keychain._ring, records.keys, timedelta(days=1))
    assert await records.keychain.pepper("bus", TODAY) == await other.pepper("bus", TODAY)
    mine, theirs = await records.keychain.epochs(TODAY), await other.epochs(TODAY)
    assert mine[0].name_key == theirs[0].name_key


async def test_epochs_live_as_long_as_what_they_seal_and_a_day(records: Records) -> None:
    for back in (3, 2, 1, 0):
        await Keychain(records.keychain._ring, records.keys, timedelta(days=1)).epochs(TODAY - timedelta(days=back))
    epochs = await Keychain(records.keychain._ring, records.keys, timedelta(days=1)).epochs(TODAY)
    assert [epoch.day for epoch in epochs] == [TODAY - timedelta(days=back) for back in (0, 1, 2)]
    assert await records.keychain.expire(TODAY) == 0
    assert await records.keychain.expire(TODAY + timedelta(days=1)) == 1
    assert await records.keychain.expire(TODAY + timedelta(days=9)) == 3


# -- everything of one person


async def test_what_a_person_sent_to_many_surveys_is_found_at_once(records: Records) -> None:
    token, other = Token(b"t" * 16), Token(b"u" * 16)
    mine = await records.submission(plain("/data/a", "1"), token=token)
    await records.responses.submit(mine)
    await records.responses.submit(await records.submission(plain("/data/a", "2"), survey="strict", token=other))
    found = await records.responses.find_each({"bus": token, "strict": other})
    assert {each.survey: each.id for each in found} == {"bus": ResponseId(mine.submit.response), "strict": UNTIED}
    assert await records.responses.find_each({"bus": other, "strict": token}) == []
    assert await records.responses.find_each({}) == []


async def test_a_response_says_under_which_notice_it_was_given(records: Records) -> None:
    mine = await records.submission(token=b"t" * 16)
    await records.responses.submit(replace(mine, submit=replace(mine.submit, informed="7")))
    found = await records.responses.find("bus", Token(b"t" * 16))
    assert found is not None
    assert found.informed == "7"


async def test_living_peppers_and_salts_are_found_at_once(records: Records) -> None:
    pepper = await records.keychain.pepper("bus", TODAY)
    salt = await records.keychain.return_code_salt("bus", TODAY)
    assert await records.keychain.peppers(["bus", "strict"]) == {"bus": pepper}
    assert await records.keychain.return_code_salts(["bus", "strict"]) == {"bus": salt}
    await records.keychain.destroy_survey("bus")
    assert await records.keychain.peppers(["bus", "strict"]) == {}
