"""Surveys change and end, midnight comes, drafts grow old, while people are answering."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import redis.asyncio
from e2e.talking import BENCHES, benches, faults, is_complete, quiet, talkers
from e2e.town import Noon, TownUnderTest, running_town

from bot.staff import close_survey
from bot.voice import terminal_voice
from storage.redis import Space, key

TREES = BENCHES.replace("Fehlt eine Bank?", "Fehlt ein Baum?").replace("bank |", "baum |")


async def test_a_survey_is_updated_while_people_answer(tmp_path: Path, valkey_url: str) -> None:
    """Who began with the old version finishes it; who comes later gets the new one."""
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        early, late = talkers(town.telegram, 2)
        await early.begins()
        old = town.app.library.surveys["baenke"].form
        await town.publish(benches(tmp_path, TREES), "baenke")
        assert town.app.library.surveys["baenke"].form != old
        await late.citizen.says("/start baenke")
        await late.hears("Fehlt ein Baum?")
        await asyncio.gather(early.answers(), late.answers())
        await quiet(town.app)
        stored = {row["/data/wort"]: row for row in await town.stored("baenke")}
        assert stored[early.words] == early.given
        assert stored[late.words] == {
            "/data/baum" if ref == "/data/bank" else ref: text for ref, text in late.given.items()
        }
        forms = await town.app.home.database.read(
            lambda connection: connection.exec_driver_sql("select distinct form from responses").all()
        )
        assert len(forms) == 2
        assert faults(town.app) == 0


async def test_a_survey_is_closed_in_the_middle(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        quick, slow = talkers(town.telegram, 2)
        await quick.walks()
        await slow.begins()
        await slow.citizen.presses("Ja", slow.last)
        await slow.hears("Wie viele fehlen?")
        await close_survey(town.config, "baenke", terminal_voice({"LANG": "de"}))
        await town.app.library.refresh()
        await slow.citizen.says("3")
        text = (await slow.citizen.reads(1, 30))[0].text
        assert "beendet" in text or "zu Ende" in text or "geschlossen" in text, text
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), [quick])
        assert faults(town.app) == 0


async def test_a_survey_is_closed_before_this_process_knows(tmp_path: Path, valkey_url: str) -> None:
    """Closed between two looks at the database: the database has the last word, and the citizen is told."""
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        await talker.citizen.presses("Ja", talker.last)
        await talker.hears("Wie viele fehlen?")
        await talker.citizen.says("3")
        await talker.hears("Was noch?")
        await talker.citizen.says("nichts")
        review = await talker.hears("Absenden")
        await quiet(town.app)
        town.app.library.refresh = _learns_nothing  # type: ignore[method-assign]
        await close_survey(town.config, "baenke", terminal_voice({"LANG": "de"}))
        await talker.citizen.presses("Absenden", review)
        assert (await talker.citizen.reads(1, 30))[0].text
        await quiet(town.app)
        assert await town.stored("baenke") == []
        assert faults(town.app) == 0


async def _learns_nothing() -> bool:
    return False


async def _moves(town: TownUnderTest, clock: Noon, by: timedelta) -> None:
    clock.moment += by
    await town.app.turns._vault.refresh()


async def test_a_conversation_goes_on_after_midnight(tmp_path: Path, valkey_url: str) -> None:
    clock = Noon("2026-11-22T23:50:00")
    async with running_town(tmp_path, valkey_url, clock) as town, redis.asyncio.Redis.from_url(valkey_url) as client:
        await town.publish(benches(tmp_path), "baenke")
        people = talkers(town.telegram, 3)
        await asyncio.gather(*(talker.begins() for talker in people))
        await quiet(town.app)
        names = set(await client.keys(key(Space.SESSION) + b"*"))
        await _moves(town, clock, timedelta(minutes=20))
        for talker in people:
            await talker.citizen.presses("Ja", talker.last)
            await talker.hears("Wie viele fehlen?")
        await quiet(town.app)
        moved = set(await client.keys(key(Space.SESSION) + b"*"))
        assert len(moved) == len(names) == 3
        assert not moved & names, "under the new day's names, the old ones are gone"
        for talker in people:
            await talker.citizen.says(str(talker.number))
            await talker.hears("Was noch?")
            await talker.citizen.says(talker.words)
            await talker.sends()
        assert is_complete(await town.stored("baenke"), people)
        assert faults(town.app) == 0


async def test_drafts_live_a_day_after_the_last_word_and_a_week_at_most(tmp_path: Path, valkey_url: str) -> None:
    clock = Noon()
    day = 24 * 3600
    async with running_town(tmp_path, valkey_url, clock) as town, redis.asyncio.Redis.from_url(valkey_url) as client:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        await quiet(town.app)
        assert await _lives(client) == [day]
        for _ in range(7):
            await _moves(town, clock, timedelta(hours=23))
            await talker.citizen.says("warum")
            await talker.citizen.reads(1, 30)
            await quiet(town.app)
        assert await _lives(client) == [7 * 3600], "a week is over in seven hours"
        await client.delete(*await client.keys(key(Space.SESSION) + b"*"))  # what the time to live does
        await talker.citizen.presses("Ja", talker.last)
        assert (await talker.citizen.reads(1, 30))[0].text
        await talker.walks()
        assert is_complete(await town.stored("baenke"), [talker])
        assert faults(town.app) == 0


async def _lives(client: redis.asyncio.Redis) -> list[int]:
    """Seconds left to each conversation, as they were when it was stored a moment ago."""
    return [-(-await client.ttl(name) // 60) * 60 for name in await client.keys(key(Space.SESSION) + b"*")]
