"""Results beside requests: a page shows what stands while newer numbers are counted, once at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest
from answered_survey import a_town

from desk.config import DeskConfig
from desk.counting import Counting
from dialogs.i18n import Voice
from dialogs.messages import Language
from privacy.disclosure import Status
from storage.acts.results import View
from storage.errors import Unavailable
from storage.places import NONE_DRAWN
from storage.records import RawCounts
from storage.settings import StateSection
from storage.sql.results import SqlCounts


@pytest.fixture
async def desk_config(tmp_path_factory, tmp_path: Path) -> DeskConfig:
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path)
    return DeskConfig(state=StateSection(dir=str(tmp_path)))


class Slow(SqlCounts):
    """Counts when it is told to."""

    def __init__(self, database: object) -> None:
        super().__init__(database)  # type: ignore[arg-type]
        self.go, self.times = asyncio.Event(), 0
        self.more = 0
        self.away = False

    async def progress(self, survey: str) -> int:
        return await super().progress(survey) + self.more

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        self.times += 1
        await self.go.wait()
        if self.away:
            raise Unavailable("the database is away")
        return await super().counts(survey, lists)


@pytest.fixture
def results(desk):
    home = desk.home
    return Counting(Slow(home.database), home.snapshots, home.room.copies, home.library, (0.01, 0.01))


async def test_a_page_does_not_wait_for_a_large_count_and_counts_once(desk, results) -> None:
    survey = (await desk.home.surveys.all())[0]
    for _ in range(3):
        answer = await results.view(survey, desk.clock.now(), NONE_DRAWN)
        assert answer.counting
        assert answer.view == View(None, None)
    results.responses.go.set()
    await results.counted()
    answer = await results.view(survey, desk.clock.now(), NONE_DRAWN)
    assert (answer.counting, results.responses.times) == (False, 1)
    assert answer.view.safe.respondents == 48


async def test_what_stands_is_shown_while_a_step_is_counted(desk, results) -> None:
    survey = (await desk.home.surveys.all())[0]
    results.responses.go.set()
    await results.view(survey, desk.clock.now(), NONE_DRAWN)
    await results.counted()
    results.responses.go.clear()
    results.responses.more = 30
    desk.clock.move(hours=2)
    answer = await results.view(survey, desk.clock.now(), NONE_DRAWN)
    assert answer.counting
    assert answer.view.safe.respondents == 48
    await results.close()


async def test_a_step_that_fails_is_tried_again_and_loses_nothing(desk, results) -> None:
    survey = (await desk.home.surveys.all())[0]
    results.responses.go.set()
    results.responses.away = True
    await results.view(survey, desk.clock.now(), NONE_DRAWN)
    await results.counted()
    results.responses.away = False
    await results.view(survey, desk.clock.now(), NONE_DRAWN)
    await results.counted()
    answer = await results.view(survey, desk.clock.now() + timedelta(minutes=1), NONE_DRAWN)
    assert answer.view.safe.status is Status.PUBLISHED


async def test_the_publics_numbers_are_made_once_however_many_ask(desk, results) -> None:
    survey = (await desk.home.surveys.all())[0]
    voice, releases, today = Voice(Language("en"), desk.clock.today()), desk.home.releases, desk.clock.today()
    assert await results.public(releases, survey, today, voice, NONE_DRAWN) is None
    assert await results.public(releases, survey, today, voice, NONE_DRAWN) is None
    results.responses.go.set()
    await results.counted()
    numbers = await results.public(releases, survey, today, voice, NONE_DRAWN)
    assert numbers.results.respondents == 50
    assert results.responses.times == 1
