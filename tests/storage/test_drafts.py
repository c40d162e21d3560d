"""Drafts of surveys and the ways to the town, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dialogs.forms.excerpt import Excerpt, ExcerptRow
from dialogs.forms.findings import error
from dialogs.forms.report import Report
from dialogs.world import Survey
from storage.drafts import CheckedFile, DraftAct, DraftCard, DraftNumber, DraftState
from storage.errors import Conflict, Overtaken
from storage.records import FormVersion
from storage.sql.database import Database, open_database
from storage.sql.drafts import SqlDrafts
from storage.sql.surveys import SqlSurveys
from storage.sql.ways import SqlChannelWays
from storage.ways import ChannelWay, Proof

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CARD = DraftCard(code="platz", titles={"de": "Der Platz"}, closes=date(2026, 12, 31))
FOUND = Report((error("It is {what}.", what="wrong", sheet="survey", row=3, column="type"),), None)
EXCERPT = Excerpt("survey", ("type", "name"), (ExcerptRow(3, ("txt", "a"), marked=True),), 0)
FAULTY = CheckedFile("platz.xlsx", b"xlsx", FOUND, (EXCERPT,))
GOOD = CheckedFile("platz.xlsx", b"xlsx", Report((), None), (), "f" * 64, b"<h:html/>")

FORM = FormVersion("f" * 64, b"<h:html/>", {}, "platz.xlsx", b"xlsx")


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(database_url, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
def drafts(database: Database) -> SqlDrafts:
    return SqlDrafts(database)


async def test_a_draft_is_there_tomorrow_with_its_card_and_its_faulty_file(drafts: SqlDrafts) -> None:
    number = await drafts.begin(CARD, "amt", NOW)
    await drafts.keep_file(number, FAULTY, {"bild.png": b"png"}, NOW)
    standing = await drafts.get(number)
    assert standing is not None
    assert (standing.card, standing.file, standing.author) == (CARD, FAULTY, "amt")
    assert await drafts.beside(number) == {"bild.png": b"png"}
    (line,) = await drafts.all()
    assert (line.number, line.works, line.file_name) == (number, False, "platz.xlsx")


async def test_numbers_are_never_given_twice(drafts: SqlDrafts) -> None:
    assert [await drafts.begin(CARD, "amt", NOW) for _ in range(3)] == [1, 2, 3]


async def test_what_was_published_cannot_be_written_any_more(drafts: SqlDrafts) -> None:
    number = await drafts.begin(CARD, "amt", NOW)
    assert await drafts.step(number, DraftAct.PUBLISH, NOW) is DraftState.PUBLISHED
    for change in (
        drafts.keep_card(number, CARD, NOW),
        drafts.keep_file(number, GOOD, {}, NOW),
        drafts.try_by(number, "test-x"),
        drafts.step(number, DraftAct.DISCARD, NOW),
    ):
        with pytest.raises(Conflict):
            await change
    assert await drafts.all() == []


async def test_what_was_discarded_can_be_brought_back_for_a_month(drafts: SqlDrafts) -> None:
    number = await drafts.begin(CARD, "amt", NOW)
    await drafts.step(number, DraftAct.DISCARD, NOW)
    assert await drafts.forget(NOW) == 0
    await drafts.step(number, DraftAct.RESTORE, NOW)
    await drafts.step(number, DraftAct.DISCARD, NOW)
    await drafts.keep_card(await drafts.begin(CARD, "amt", NOW), CARD, NOW)
    assert await drafts.forget(NOW + timedelta(seconds=1)) == 1
    assert await drafts.get(number) is None
    assert len(await drafts.all()) == 1


async def test_only_who_asked_for_a_code_is_tried_and_each_change_is_told_to_the_bot(
    drafts: SqlDrafts, database: Database
) -> None:
    number, revision = await drafts.begin(CARD, "amt", NOW), SqlSurveys(database).revision
    await drafts.keep_file(number, GOOD, {"bild.png": b"png"}, NOW)
    assert await drafts.trials() == []
    assert await drafts.trial_form(GOOD.form) is None
    before = await revision()
    await drafts.try_by(number, "test-x")
    (trial,) = await drafts.trials()
    assert (trial.test_code, trial.form, trial.card) == ("test-x", GOOD.form, CARD)
    assert await drafts.trial_form(GOOD.form) == (GOOD.xform, {"bild.png": b"png"})
    between = await revision()
    await drafts.keep_card(number, CARD, NOW)
    assert before < between < await revision()
    await drafts.step(number, DraftAct.PUBLISH, NOW)
    assert await drafts.trials() == []


async def test_ways_are_replaced_as_a_whole(database: Database) -> None:
    store = SqlChannelWays(database)
    telegram = ChannelWay("telegram", "https://t.me/stadt_bot?start={code}", "@stadt_bot")
    matrix = ChannelWay("matrix", "https://matrix.to/#/@z:x", "@z:x", (Proof("matrix_master_key", "k"),), 2.5)
    await store.keep([telegram, matrix], NOW)
    assert await store.all() == [matrix, telegram]
    await store.keep([telegram], NOW)
    (way,) = await store.all()
    assert (way.to("bus"), way.takes_code) == ("https://t.me/stadt_bot?start=bus", True)
    assert (matrix.to("bus"), matrix.takes_code) == ("https://matrix.to/#/@z:x", False)


async def test_of_two_drafts_with_one_code_one_is_published_and_the_other_goes_on(
    drafts: SqlDrafts, database: Database
) -> None:
    numbers = [await drafts.begin(CARD, "amt", NOW) for _ in range(4)]

    async def publish(number: DraftNumber, before: Survey | None = None) -> Survey | None:
        survey = Survey("platz", FORM.hash, {"": f"Von {number}"})
        try:
            await drafts.publish(number, survey, FORM, before, NOW)
        except Overtaken:
            return None
        return survey

    (won,) = filter(None, await asyncio.gather(*(publish(number) for number in numbers)))
    assert await SqlSurveys(database).all() == [won]
    found = [await drafts.get(number) for number in numbers]
    assert sorted(each.state for each in found if each is not None) == ["published", "writing", "writing", "writing"]
    left = [each.number for each in found if each is not None and each.state is DraftState.WRITING]
    (newer,) = filter(None, await asyncio.gather(*(publish(number, before=won) for number in left)))
    assert await SqlSurveys(database).all() == [newer], "two versions of one survey are no different"
