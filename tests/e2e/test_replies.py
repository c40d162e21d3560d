"""The town writes back: staff on the command line, citizens in Telegram and in a browser, an order between them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from e2e.talking import Talker, benches, faults, quiet, talkers
from e2e.town import Noon, TownUnderTest, running_town
from e2e.webchat import web_citizen

from adapters.web.settings import POLL_GAP
from bot.feedback import reply, set_status
from bot.housekeeping import housekeep
from bot.voice import terminal_voice
from dialogs.moderation import CaseStatus
from storage.casebook import Case
from storage.caseties import CASE_DAYS
from storage.memory import MemoryConversations

GERMAN = terminal_voice({"LANG": "de"})


async def reports(talker: Talker, words: str, wish: str = "Ja, schreiben Sie mir hier") -> str:
    """An idea, with a wish for a reply; returns the case code."""
    citizen = talker.citizen
    await citizen.says("melden")
    await talker.hears("Worum geht es?")
    await citizen.presses("Idee oder Lob", talker.last)
    await talker.hears("Was ist es?")
    await citizen.says(words)
    await talker.hears("Foto davon")
    await citizen.presses("Überspringen", talker.last)
    await talker.hears("hier dazu schreiben?")
    await citizen.presses(wish, talker.last)
    await talker.hears("Bitte einmal prüfen")
    await citizen.presses("Absenden", talker.last)
    return (await talker.hears("Ihr Fallcode")).text.split("Ihr Fallcode: ")[1].split()[0]


async def only(town: TownUnderTest) -> Case:
    (case,) = await town.app.home.cases.all()
    found = await town.app.home.cases.get(case.stored.id)
    assert found is not None
    return found


async def replies(town: TownUnderTest, words: str) -> None:
    await reply(town.config, (await only(town)).stored.id.hex(), words, GERMAN, town.clock)


async def steps(town: TownUnderTest, status: CaseStatus, office: str = "", reason: str = "") -> None:
    await set_status(town.config, (await only(town)).stored.id.hex(), status, office, reason, GERMAN, town.clock)


async def test_words_go_both_ways_and_the_survey_keeps_its_own(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await reports(talker, "Mehr Bänke")
        await replies(town, "An welcher Stelle?")
        await talker.hears("An welcher Stelle?")
        await talker.citizen.says("Am Teich")
        await talker.hears("weitergegeben an: Musterstadt")
        await talker.begins()
        await steps(town, CaseStatus.WITH_OFFICE, "Grünflächenamt")
        told = await talker.hears("Sie liegt bei: Grünflächenamt")
        await talker.citizen.says("ja")
        await talker.hears("Wie viele fehlen?")
        await talker.citizen.presses("Der Stadt antworten", told)
        await talker.hears("ergänzen")
        await talker.citizen.says("Danke sehr")
        await talker.hears("Wie viele fehlen?")
        await talker.citizen.says(str(talker.number))
        await talker.hears("Was noch?")
        await talker.citizen.says(talker.words)
        await talker.sends()
        await quiet(town.app)
        assert await town.stored("baenke") == [talker.given]
        assert [message.words for message in (await only(town)).messages] == [
            "An welcher Stelle?",
            "Am Teich",
            "Danke sehr",
        ]
        assert faults(town.app) == 0


async def test_weeks_later_it_is_asked_whether_it_is_fixed_and_then_the_tie_dies(
    tmp_path: Path, valkey_url: str
) -> None:
    clock = Noon()
    async with running_town(tmp_path, valkey_url, clock) as town:
        (talker,) = talkers(town.telegram, 1)
        code = await reports(talker, "Mehr Bänke")
        await steps(town, CaseStatus.DONE)
        await talker.hears("Sie ist erledigt")
        for answer, then in (("nein", CaseStatus.WITH_OFFICE), ("ja", CaseStatus.DONE)):
            clock.moment += timedelta(weeks=4) - timedelta(hours=3)
            await town.app.turns._vault.refresh()
            assert (await only(town)).stored.asked is None, "not a day too early"
            clock.moment += timedelta(hours=3)
            await talker.hears("Ist es behoben?")
            await talker.citizen.says(answer)  # the conversation of four weeks ago is long forgotten
            await talker.hears("tut mir leid" if answer == "nein" else "freut uns")
            assert (await only(town)).stored.status is then
            if then is CaseStatus.WITH_OFFICE:
                await talker.citizen.says("Es steht noch keine da")
                await talker.hears("weitergegeben")
                await steps(town, CaseStatus.DONE)
                await talker.hears("Sie ist erledigt")
        closed = (await only(town)).stored.closed
        assert closed is not None
        await housekeep(town.app.home.housekeeping, MemoryConversations(), closed + timedelta(days=CASE_DAYS))
        assert await town.app.home.ties.is_tied((await only(town)).stored.id)
        await housekeep(town.app.home.housekeeping, MemoryConversations(), closed + timedelta(days=CASE_DAYS + 1))
        assert not await town.app.home.ties.is_tied((await only(town)).stored.id)
        await talker.citizen.says(code)
        await talker.hears("kenne ich nicht")
        assert faults(town.app) == 0


async def test_whoever_blocked_the_bot_is_forgotten(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        (talker,) = talkers(town.telegram, 1)
        await reports(talker, "Mehr Bänke")
        await talker.citizen.blocks()
        case = await only(town)
        await quiet(town.app)
        await replies(town, "Danke!")
        async with asyncio.timeout(30):
            while await town.app.home.ties.is_tied(case.stored.id):
                await town.app.home.database.news("none", 0.02)
        assert faults(town.app) == 0


async def test_another_channel_reads_writes_and_takes_the_replies(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        (talker,) = talkers(town.telegram, 1)
        code = await reports(talker, "Mehr Bänke", "Nein, der Code genügt")
        async with web_citizen(town.app.port) as browser:
            await browser.opens()
            await browser.polls()
            await browser.acts("said", text=code)
            await browser.until("Ihre Meldung vom")
            await browser.acts("said", text="Schreiben Sie mir hier dazu")
            await browser.until("Ab jetzt schreibt")
            await replies(town, "Wo denn?")
            await browser.until("Wo denn?")
            await browser.acts("said", text="Am Teich")
            await browser.until("weitergegeben")
        assert [message.words for message in (await only(town)).messages] == ["Wo denn?", "Am Teich"]
        assert faults(town.app) == 0


async def test_a_closed_browser_is_told_when_it_comes_back(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        async with web_citizen(town.app.port) as browser:
            await browser.opens()
            await browser.polls()
            await browser.acts("said", text="mensch")
            await browser.until("Was möchten Sie sagen")
            await browser.acts("said", text="Wann ist der Markt?")
            await browser.until("Ihr Fallcode")
            for chat in town.app.adapters["web"]._chats._by_token.values():
                chat.used -= POLL_GAP  # the browser was closed a while ago
            await replies(town, "Am Samstag.")
            subject = (await only(town)).stored.id.hex()
            while (await town.app.home.orders.about(subject))[0].tries < 1:
                await town.app.home.database.news("none", 0.02)
            await browser.acts("reopened")
            await browser.until("Am Samstag.")
        assert faults(town.app) == 0
