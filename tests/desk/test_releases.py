"""Publishing: one release after the close, with words, charts, quotes and data; corrections as new versions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from answered_survey import a_town

from adapters.web.pages import Pages
from adapters.web.settings import WebSettings
from adapters.web.stage import Stage
from desk.app import create_app
from desk.config import DeskConfig
from dialogs.roles import Role
from dialogs.text_states import TextState
from storage.errors import Unavailable
from storage.settings import HttpSection, StateSection, TownSection
from storage.sql.moderation import Decision

OUTCOME = {
    f"{part}.{tag}": f"{words} ({tag})"
    for tag in ("de", "en")
    for part, words in (("heard", "It is dark"), ("doing", "A lamp"), ("not_doing", "No roof"), ("why", "Money"))
}
LICENCE = {"licence": "dl-de-by-2.0"}


@pytest.fixture
async def desk_config(request, tmp_path_factory, tmp_path: Path) -> DeskConfig:
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path, **getattr(request, "param", {}))
    return DeskConfig(
        state=StateSection(dir=str(tmp_path)),
        town=TownSection(languages=("de", "en"), contact="post@musterstadt.example"),
        http=HttpSection(public_url="https://zuruf.example"),
    )


def answered(people: int, **options: object) -> pytest.MarkDecorator:
    """By so many; 48 and closed unless a test says otherwise."""
    return pytest.mark.parametrize("desk_config", [{"people": people, **options}], indirect=True)


async def published(desk) -> Any:
    editor = desk.as_role(Role.EDITOR, name="anna")
    await editor.post("/results/bus/outcome", OUTCOME)
    answer = await editor.post("/results/bus/publish", {**LICENCE, "chart": "/data/district"})
    assert answer.status == 303, await answer.text()
    return editor


async def test_before_it_is_published_the_town_says_what_becomes_of_it(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    page = await (await editor.get("/results/bus/publish")).text()
    assert "What we heard" in page
    assert "Say what became of it" in page
    refused = await editor.post("/results/bus/publish", LICENCE)
    assert refused.status == 422
    assert "First say what became of it" in await refused.text()
    assert await desk.home.releases.release("bus") is None


async def test_what_was_written_is_kept_and_shown_before_it_is_public(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    unfinished = await editor.post("/results/bus/outcome", {"heard.de": "Es ist dunkel <b>"})
    assert unfinished.headers["Location"] == "/results/bus/outcome"
    assert "Es ist dunkel &lt;b&gt;" in await (await editor.get("/results/bus/outcome")).text()
    assert (await editor.post("/results/bus/outcome", OUTCOME)).headers["Location"] == "/results/bus/publish"
    page = await (await editor.get("/results/bus/publish")).text()
    assert "A lamp (en)" in page
    assert "About 50 people took part." in page
    assert await desk.home.outcomes.all() == {}


async def test_a_release_has_its_page_in_each_language_and_its_data(desk) -> None:
    await published(desk)
    release = await desk.home.releases.release("bus")
    assert release is not None
    assert (release.version, release.licence, set(release.pages)) == (1, "dl-de-by-2.0", {"de", "en"})
    page = release.pages["en"]
    assert "representative" in page.method[0]
    assert page.method[2] == "They answered on: Telegram 30 % and Web 60 %."
    assert page.panels[0].title == "Where do you live?"
    assert "<svg" in page.panels[0].chart
    assert page.panels[-1].chart == ""  # no word of a text without somebody who has read it
    tree = json.loads(await desk.home.releases.file("bus", 1, "results.json") or b"")
    assert tree["respondents"] == 50
    assert (await desk.home.outcomes.all())["bus"].doing["en"] == "A lamp (en)"
    acts = [(entry.actor, entry.act) for entry in await desk.home.audit.entries()]
    assert acts == [("anna", "outcome.draft"), ("anna", "results.publish"), ("anna", "survey.outcome")]


async def test_no_word_of_a_text_gets_out_that_nobody_has_read(desk) -> None:
    await published(desk)
    release = await desk.home.releases.release("bus")
    assert release is not None
    assert "dunkel" not in str(release)
    for name in release.files:
        data = await desk.home.releases.file("bus", 1, name)
        assert data is not None
        assert not {b"Koch", b"dunkel", b"50.05"} & {word for word in (b"Koch", b"dunkel", b"50.05") if word in data}


async def test_a_text_becomes_a_quote_once_two_people_have_looked_at_it(desk) -> None:
    moderation, now = desk.home.room.moderation, desk.clock.now()
    one, other, _ = (each.number for each in (await moderation.claim("bus", "mona", now))[:3])
    for number in (one, other):
        await moderation.decide(number, Decision(TextState.WAITING, TextState.QUOTE), "mona", now)
    await moderation.second(one, "max", alone=False)
    await published(desk)
    release = await desk.home.releases.release("bus")
    assert release is not None
    (quote,) = release.pages["en"].quotes
    assert quote.startswith("Die Haltestelle ist dunkel, sagt [Name]")


async def test_home_says_whose_people_are_owed_an_answer(desk) -> None:
    page = await (await desk.as_role(Role.EDITOR).get("/")).text()
    assert "“Bus on call” is closed: people are owed its results." in page
    editor = await published(desk)
    assert "people are owed its results" not in await (await editor.get("/")).text()


async def test_whoever_asked_is_told_once_another_person_approves(desk) -> None:
    await published(desk)
    stored = (await desk.home.broadcasts.all())[0]
    assert (stored.state.value, stored.broadcast.audience.outcome_of) == ("submitted", "bus")
    assert stored.broadcast.picture is not None
    assert await desk.home.outcomes.chart("bus")


async def test_numbers_are_made_once_whoever_erases_later(desk) -> None:
    editor = await published(desk)
    before = await desk.home.releases.numbers("bus")
    await desk.home.database.write(lambda connection: connection.exec_driver_sql("DELETE FROM responses"))
    await editor.post("/results/bus/publish", {**LICENCE, "reason": "A typing error"})
    assert await desk.home.releases.numbers("bus") == before
    first, second = [await desk.home.releases.file("bus", version, "results.csv") for version in (1, 2)]
    assert first == second


async def test_a_correction_is_a_new_version_that_says_why_and_the_old_one_stays(desk) -> None:
    editor = await published(desk)
    silent = await editor.post("/results/bus/publish", LICENCE)
    assert silent.status == 422
    assert "Say what this version corrects" in await silent.text()
    await editor.post("/results/bus/outcome", {**OUTCOME, "doing.en": "Two lamps"})
    await editor.post("/results/bus/publish", {"licence": "CC-BY-4.0", "reason": "There will be two lamps"})
    newest = await desk.home.releases.release("bus")
    assert newest is not None
    assert (newest.version, newest.reason, newest.licence) == (2, "There will be two lamps", "CC-BY-4.0")
    first = await desk.home.releases.release("bus", 1)
    assert first is not None
    assert (first.licence, first.newest) == ("dl-de-by-2.0", 2)
    assert (await desk.home.outcomes.all())["bus"].doing["en"] == "Two lamps"
    assert len(await desk.home.broadcasts.all()) == 1  # whoever asked is told once


async def test_whoever_asked_is_told_although_the_database_went_away_in_between(desk) -> None:
    class AwayOnce:
        """Outcomes whose first writing fails: what a stop of the database in that moment looks like."""

        def __init__(self, standing: Any) -> None:
            self.standing, self.away = standing, True

        def __getattr__(self, name: str) -> Any:
            return getattr(self.standing, name)

        async def put(self, *row: Any) -> None:
            if self.away:
                self.away = False
                raise Unavailable("away")
            await self.standing.put(*row)

    app = create_app(desk.config, replace(desk.home, outcomes=AwayOnce(desk.home.outcomes)), desk.clock)
    async with TestClient(TestServer(app)) as client:
        desk.client = client
        editor = desk.as_role(Role.EDITOR, name="anna")
        await editor.post("/results/bus/outcome", OUTCOME)
        assert (await editor.post("/results/bus/publish", LICENCE)).status == 503
        assert await desk.home.outcomes.all() == {}
        again = await editor.post("/results/bus/publish", {**LICENCE, "reason": "The message was not sent"})
        assert again.status == 303
    assert (await desk.home.outcomes.all())["bus"].doing["en"] == "A lamp (en)"
    assert {each.broadcast.audience.outcome_of for each in await desk.home.broadcasts.all()} == {"bus"}
    assert await desk.home.releases.draft("bus") is None


async def test_no_end_of_a_long_text_is_cut_off_in_silence(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    words = "Es war dunkel. " * 300 + "Ende"
    answer = await editor.post("/results/bus/outcome", {**OUTCOME, "heard.de": words})
    page = await answer.text()
    assert answer.status == 422
    assert "At most 4,000 characters" in page
    assert words in page
    assert await desk.home.releases.draft("bus") is None


async def test_a_correction_that_is_sent_twice_is_published_once(desk) -> None:
    editor = await published(desk)
    assert 'name="version" value="1"' in await (await editor.get("/results/bus/publish")).text()
    correction = {**LICENCE, "reason": "A typing error", "version": "1"}
    assert (await editor.post("/results/bus/publish", correction)).status == 303
    twice = await editor.post("/results/bus/publish", correction)
    assert twice.status == 422
    assert "Somebody else published a version" in await twice.text()
    assert await desk.home.releases.versions("bus") == 2


async def test_a_licence_has_to_be_chosen_from_the_list(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await editor.post("/results/bus/outcome", OUTCOME)
    answer = await editor.post("/results/bus/publish", {"licence": "all-mine"})
    assert answer.status == 422
    page = await answer.text()
    assert "Choose the licence" in page
    assert "Data licence Germany – attribution – Version 2.0" in page
    german = await (await editor.get("/results/bus/publish?lang=de")).text()
    assert "Datenlizenz Deutschland – Namensnennung – Version 2.0" in german
    assert "Creative Commons Namensnennung 4.0" in german


@answered(12, closed=False)
async def test_an_open_survey_has_nothing_to_publish(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    assert (await editor.get("/results/bus/publish")).status == 404
    assert (await editor.post("/results/bus/publish", LICENCE)).status == 404


@answered(12)
async def test_only_editors_publish(desk) -> None:
    for role in (Role.READER, Role.MODERATOR, Role.APPROVER, Role.ADMINISTRATOR):
        assert (await desk.as_role(role).post("/results/bus/publish", LICENCE)).status == 403


@answered(12)
async def test_with_few_people_words_are_published_and_no_number(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    await editor.post("/results/bus/outcome", OUTCOME)
    await editor.post("/results/bus/publish", LICENCE)
    release = await desk.home.releases.release("bus")
    assert release is not None
    assert release.pages["en"].people == "Fewer than 20 people took part, so no numbers are published."
    assert release.pages["en"].panels == ()
    assert release.files == ()


@answered(12)
async def test_a_survey_is_archived_when_nothing_is_owed_any_more(desk) -> None:
    editor = desk.as_role(Role.EDITOR)
    early = await editor.post("/results/bus/archive")
    assert early.status == 422
    assert "cannot be archived yet" in await early.text()
    await editor.post("/results/bus/outcome", OUTCOME)
    await editor.post("/results/bus/publish", LICENCE)
    assert (await editor.post("/results/bus/archive")).status == 303
    assert await desk.home.outcomes.archived() == {"bus"}


# -- as the public sees it, over the same database


@pytest.fixture
async def public(desk) -> AsyncIterator[str]:
    """The web pages of the bot, which read what the desk published."""
    await published(desk)
    surveys = await desk.home.surveys.all()
    stage = Stage(surveys, [])
    stage.releases = desk.home.releases
    stage.outcomes = dict(await desk.home.outcomes.all())
    app = web.Application()
    app.add_routes(Pages(stage, WebSettings()).routes())
    async with TestServer(app) as server:
        yield f"http://{server.host}:{server.port}"


async def got(address: str, status: int = 200) -> tuple[str, Any]:
    async with ClientSession() as http, http.get(address, headers={"Accept-Language": "en"}) as answer:
        assert answer.status == status
        return await answer.text(), answer.headers


async def test_the_public_page_shows_charts_words_method_and_data(public: str) -> None:
    page, headers = await got(public + "/s/bus/results")
    for part in ("A lamp (en)", "About 50 people took part.", "representative", "results.csv", 'rel="license"',
                 "Name as the source: Stadt Musterstadt", 'role="img"', "The same as a table"):  # fmt: skip
        assert part in page, part
    assert page.count("<svg") == 6
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert 'href="/s/bus/results"' in (await got(public + "/s/bus"))[0]


async def test_addresses_of_data_are_stable_and_open_to_other_pages(public: str) -> None:
    newest, headers = await got(public + "/s/bus/results/results.csv")
    assert (await got(public + "/s/bus/results/v1/results.csv"))[0] == newest
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "/s/bus/results/v1/results.csv" in (await got(public + "/open-data.ttl"))[0]
    for lost in ("/s/bus/results/v2", "/s/bus/results/v1/secret.txt", "/s/none/results", "/s/bus/results/v0"):
        await got(public + lost, 404)
