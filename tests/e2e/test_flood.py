"""One person floods the bot; the others are served, and what waits is bounded."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from aiohttp import ClientSession
from e2e.network import free_port
from e2e.talking import benches, counted, eventually, faults, is_complete, quiet, talkers, webhook
from e2e.test_replies import reports
from e2e.test_rights import photo
from e2e.town import SECRET, TOKEN, TownUnderTest, running_town, settings

from adapters.telegram.emulator import Citizen
from bot import turn
from bot.app import running
from bot.lanes import MOST_WAITING
from privacy.addresses import Address, Person

ACCOUNT = TOKEN.partition(":")[0]
FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"


@pytest.fixture(autouse=True)
def long_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window of a count and no quiet ends meanwhile, however busy the machine is."""
    for name in (
        "storage.redis.RATE_SECONDS",
        "storage.redis.OPENS_SECONDS",
        "bot.flood.QUIET",
        "bot.turn.TOLD_SECONDS",
    ):
        monkeypatch.setattr(name, 3600)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_one_floods_and_twenty_are_served(way: str, tmp_path: Path, valkey_url: str) -> None:
    await flooded(tmp_path, valkey_url, webhook(free_port()) if way == "webhook" else {}, 400)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_one_floods_for_a_minute_and_twenty_are_served(way: str, tmp_path: Path, valkey_url: str) -> None:
    await flooded(tmp_path, valkey_url, webhook(free_port()) if way == "webhook" else {}, 12_000 if FULL else 2_000)


async def flooded(state: Path, redis_url: str, way: dict[str, str], messages: int) -> None:
    async with running_town(state, redis_url, **way) as town:
        await town.publish(benches(state), "baenke")
        flooder = town.telegram.citizen()
        people = talkers(town.telegram, 20)
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(most_waiting(town))
            flood = tasks.create_task(floods(flooder, messages))
            walks = [tasks.create_task(talker.walks()) for talker in people]
            await asyncio.wait([flood, *walks])
            watch.cancel()
        assert is_complete(await town.stored("baenke"), people)
        await quiet(town.app)
        told = [message.text for message in await flooder.reads(flooder.unread())]
        assert sum("schneller, als ich lesen kann" in text for text in told) == 1
        assert len(town.app.turns._lanes) == 0
        assert faults(town.app) == 0


async def floods(citizen: Citizen, messages: int) -> None:
    """Two hundred a second."""
    await citizen.says("/start baenke")
    for number in range(messages):
        await citizen.says(f"Flut {number}")
        if number % 10 == 9:
            await asyncio.sleep(0.05)


async def most_waiting(town: TownUnderTest) -> None:
    """Looks all the time: no lane holds more than it may, and not more lanes than people are there."""
    while True:
        lanes = town.app.turns._lanes._lanes
        assert len(lanes) <= 21
        assert all(users <= MOST_WAITING + 2 for _, users in lanes.values()), "and one place for our own word"
        await asyncio.sleep(0.01)


async def test_whoever_does_not_wait_for_an_answer_is_told_once_and_read_again_later(
    tmp_path: Path, valkey_url: str
) -> None:
    """A hundred acts of one person at the same moment: what is too much counts as taken, and is kept nowhere."""
    port = free_port()
    async with running_town(tmp_path, valkey_url, **webhook(port)) as town:
        await town.publish(benches(tmp_path), "baenke")
        talker, other = talkers(town.telegram, 2)
        await talker.begins()
        await quiet(town.app)
        turns, person = town.app.turns, Person(Address("telegram", ACCOUNT, str(talker.citizen.id)))
        (name, *_) = turns._vault.names(person)
        async with ClientSession() as session:
            await turns._lanes.enter(name)  # a turn that lasts until all of them have come
            storm = asyncio.gather(*(brings(session, port, talker.citizen, number) for number in range(100)))
            await eventually(lambda: counted(town.app, "flood") >= 100 - MOST_WAITING)
            turns._lanes.leave(name)
            assert set(await storm) == {200}, "Telegram does not bring it again"
        assert counted(town.app, "flood") == 100, "those that waited were dropped, too"
        await talker.hears("schneller, als ich lesen kann")
        await other.walks()
        await quiet(town.app)
        assert [text for text in talker.heard if "schneller, als" in text] == [talker.heard[-1]]
        assert talker.citizen.unread() == 0
        for name in town.app.turns._floods._until:
            town.app.turns._floods._until[name] = 0.0  # some quiet later
        await talker.citizen.says("Ja")
        await talker.hears("Wie viele fehlen?")
        assert faults(town.app) == 0


async def test_two_workers_count_together_and_tell_once(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each for itself has not seen too much: what they share is in Redis."""
    monkeypatch.setattr(turn, "MOST_ACTS", 6)
    ports = [free_port(), free_port()]
    async with running_town(tmp_path, valkey_url, **webhook(ports[0])) as town:
        second = settings(tmp_path, valkey_url, town.telegram, **webhook(ports[1]))
        async with running(second, town.clock), ClientSession() as session:
            (talker,) = talkers(town.telegram, 1)
            await talker.citizen.says("/start")
            await talker.hears("")
            for number in range(10):
                assert await brings(session, ports[number % 2], talker.citizen, number) == 200
            await talker.hears("schneller, als ich lesen kann")
            await brings(session, ports[0], talker.citizen, 10)
            await brings(session, ports[1], talker.citizen, 11)
            await quiet(town.app)
            heard = talker.heard + [each.text for each in await talker.citizen.reads(talker.citizen.unread())]
            assert sum("schneller, als" in text for text in heard) == 1


async def test_chats_opened_from_one_network_are_bounded_by_all_workers_together(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "MOST_OPENS", 3)
    async with running_town(tmp_path, valkey_url) as town:
        second = settings(tmp_path, valkey_url, town.telegram)
        async with running(second, town.clock) as other:
            statuses = []
            for number in range(5):
                port = (town.app.port, other.port)[number % 2]
                home = f"http://127.0.0.1:{port}"
                async with ClientSession(headers={"Origin": home}) as browser, browser.post(f"{home}/chat/open") as it:
                    statuses.append(it.status)
            assert statuses == [204, 204, 204, 429, 429]


async def test_what_one_person_sends_in_a_day_is_bounded(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "MOST_REPORTS", 1)
    monkeypatch.setattr(turn, "MOST_FILES", 1)
    async with running_town(tmp_path, valkey_url) as town:
        (talker,) = talkers(town.telegram, 1)
        await reports(talker, "Mehr Bänke")
        citizen = talker.citizen
        await citizen.says("melden")
        await talker.hears("Worum geht es?")
        await citizen.presses("Idee oder Lob", talker.last)
        await talker.hears("Was ist es?")
        await citizen.says("Noch mehr Bänke")
        await talker.hears("Foto davon")
        await citizen.sends_photo(photo())
        await talker.hears("hier dazu schreiben?")
        await citizen.says("zurück")
        await talker.hears("Foto davon")
        await citizen.sends_photo(photo())
        await talker.hears("mehr Dateien")
        await citizen.says("überspringen")
        await talker.hears("hier dazu schreiben?")
        await citizen.says("nein")
        await talker.hears("Bitte einmal prüfen")
        await citizen.says("absenden")
        kept = await talker.hears("Bitte senden Sie diese morgen")
        assert "Noch mehr Bänke" in kept.text
        assert len(await town.app.home.cases.all()) == 1
        assert faults(town.app) == 0


async def brings(session: ClientSession, port: int, citizen: Citizen, number: int) -> int:
    message = {"message_id": 9000 + number, "chat": citizen.chat, "from": citizen.user, "text": f"Sturm {number}"}
    body = {"update_id": 900_000 + number, "message": message}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with session.post(f"http://127.0.0.1:{port}/hooks/telegram", json=body, headers=headers) as answer:
        return answer.status
