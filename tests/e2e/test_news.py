"""News through everything: asked for in Telegram, written and approved by two people, sent, stopped, ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession
from e2e.newsdesk import (
    ENGLISH,
    TOPICS,
    apply_pilot,
    approved,
    copied,
    counts,
    hire,
    news_file,
    state_is,
    subscribed,
    until,
)
from e2e.talking import benches, talkers
from e2e.town import Noon, TownUnderTest, running_town

from bot import broadcasting, outcomes
from bot.staff import close_survey
from dialogs.broadcasts import BroadcastId, BroadcastState, Outcome
from storage.acts.errors import ActError

OUTCOME = """
chart = "bank"
[heard]
de = "Es fehlen viele."
[doing]
de = "Wir stellen zehn auf."
[not_doing]
de = "Keine am Ring."
[why]
de = "Dort ist kein Platz."
"""


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "zuruf.toml"
    path.write_text(TOPICS, "utf-8")
    monkeypatch.setenv("ZURUF_CONFIG", str(path))
    return path


async def _ready(town: TownUnderTest, folder: Path) -> None:
    await hire(town.config)
    await apply_pilot(town.config, folder)
    await town.app.newsroom.refresh()


async def test_news_reach_those_who_asked_in_their_words_and_their_answer_counts(
    tmp_path: Path, valkey_url: str, settings_file: Path
) -> None:
    async with running_town(tmp_path / "state", valkey_url) as town:
        await _ready(town, tmp_path)
        follower, stranger = (await subscribed(town, 1, "Rufbus"))[0], town.telegram.citizen(language_code="de")
        await stranger.says("nachrichten")
        await stranger.reads(2)
        number = await approved(town.config, copied("abends.md", tmp_path))
        (message,) = await follower.reads()
        assert "<b>" not in message.text
        assert message.bold == ["Der Rufbus fährt länger", "bis 23 Uhr"]
        assert "Rufbus: auf Probe bis 31. März 2027." in message.text
        assert message.labels == ["1 (gar nicht)", "2", "3", "4", "5 (sehr)", "Keine Nachrichten mehr"]
        await state_is(town, number, BroadcastState.SENT)
        assert await counts(town, number) == {Outcome.ACCEPTED: 1}
        assert stranger.unread() == 0
        await follower.presses("5 (sehr)")
        (thanks,) = await follower.reads()
        assert "Ihre Antwort: 5 (sehr)" in thanks.text
        stored = await town.app.home.broadcasts.get(number)
        assert stored is not None
        assert stored.broadcast.question is not None
        assert await town.stored(stored.broadcast.question.survey) == [{"/data/answer": "5"}]


async def test_stop_ends_the_news_and_forgets_the_address(tmp_path: Path, valkey_url: str, settings_file: Path) -> None:
    async with running_town(tmp_path / "state", valkey_url) as town:
        await _ready(town, tmp_path)
        stays, leaves, blocks = await subscribed(town, 3)
        await leaves.says("stopp")
        assert "keine Nachrichten mehr" in (await leaves.reads())[0].text
        await blocks.blocks()
        number = await approved(town.config, news_file(tmp_path, "Hallo"))
        await stays.reads()
        await state_is(town, number, BroadcastState.SENT)
        assert leaves.unread() == 0

        async def one_contact_left() -> bool:
            rows = await town.app.home.database.read(
                lambda connection: connection.exec_driver_sql("select count(*) from contacts").scalar_one()
            )
            return rows == 1

        await until(one_contact_left)


async def test_nothing_is_sent_of_a_pilot_after_its_end(tmp_path: Path, valkey_url: str, settings_file: Path) -> None:
    clock = Noon("2027-03-31T12:00:00")
    async with running_town(tmp_path / "state", valkey_url, clock) as town:
        await _ready(town, tmp_path)
        (follower,) = await subscribed(town, 1, "Rufbus")
        (other,) = await subscribed(town, 1, "Verkehr")
        due = 'pilot = "rufbus"\nsend_at = 2027-04-01T10:00:00'
        number = await approved(town.config, news_file(tmp_path, "Zu spät", due))
        await state_is(town, number, BroadcastState.SCHEDULED)
        clock.moment += timedelta(days=1)
        await state_is(town, number, BroadcastState.EXPIRED)
        assert follower.unread() == other.unread() == 0
        await apply_pilot(
            town.config,
            tmp_path,
            state='state = "evaluated"\nreason = { de = "Die Probe ist vorbei." }',
        )
        await apply_pilot(
            town.config,
            tmp_path,
            state='state = "adopted"\nreason = { de = "Er bewährt sich." }',
        )
        (goodbye,) = await follower.reads()
        assert "Das ist die letzte Nachricht dazu" in goodbye.text

        async def parted() -> bool:
            return not await town.app.home.pilots.to_part()

        await until(parted)
        assert other.unread() == 0
        rows = await town.app.home.database.read(
            lambda connection: connection.exec_driver_sql("select kind, value from interests").all()
        )
        assert [tuple(row) for row in rows] == [("topic", "verkehr")]


async def test_those_who_asked_are_told_once_what_became_of_a_survey(
    tmp_path: Path, valkey_url: str, settings_file: Path
) -> None:
    async with running_town(tmp_path / "state", valkey_url) as town:
        await hire(town.config)
        await town.publish(benches(tmp_path), "baenke")
        people = talkers(town.telegram, 21)
        await asyncio.gather(*(person.walks() for person in people))
        asked = people[0]
        await asked.citizen.says("bescheid geben")
        await asked.hears("Ich sage Ihnen einmal Bescheid")
        with pytest.raises(ActError, match="is open"):
            await outcomes.archive(town.config, "baenke", "anna", ENGLISH)
        await close_survey(town.config, "baenke", ENGLISH)
        with pytest.raises(ActError, match="owed an answer"):
            await outcomes.archive(town.config, "baenke", "anna", ENGLISH)
        file = tmp_path / "outcome.toml"
        file.write_text(OUTCOME, "utf-8")
        await outcomes.publish_outcome(town.config, "baenke", file, "anna", ENGLISH)
        await outcomes.archive(town.config, "baenke", "anna", ENGLISH)
        await broadcasting.approve(town.config, 1, "bert", "", ENGLISH)
        told = await asked.hears("Was wir gehört haben")
        assert told.file_kind == "photo"
        assert "Darum hatten Sie einmal gebeten" in told.text
        await state_is(town, BroadcastId(1), BroadcastState.SENT)
        left = await town.app.home.database.read(
            lambda connection: [
                connection.exec_driver_sql(f"select count(*) from {table}").scalar_one()
                for table in ("contacts", "outcome_wishes")
            ]
        )
        assert left == [0, 0]
        assert all(person.citizen.unread() == 0 for person in people[1:])
        async with ClientSession() as http, http.get(f"http://127.0.0.1:{town.app.port}/s/baenke") as page:
            assert "Es fehlen viele." in await page.text()
        async with (
            ClientSession() as http,
            http.get(f"http://127.0.0.1:{town.app.port}/chat/picture/chart-baenke/chart.png") as picture,
        ):
            assert (await picture.read()).startswith(b"\x89PNG")
