"""One person floods the bot; the others are served, and what waits is bounded."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from aiohttp import ClientSession
from e2e.network import free_port
from e2e.talking import benches, counted, faults, is_complete, quiet, talkers, webhook
from e2e.town import SECRET, TownUnderTest, running_town

from adapters.telegram.emulator import Citizen
from bot.lanes import MOST_WAITING

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"


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
        assert all(users <= MOST_WAITING + 1 for _, users in lanes.values())
        await asyncio.sleep(0.01)


async def test_more_than_may_wait_are_asked_to_come_again(tmp_path: Path, valkey_url: str) -> None:
    """A hundred acts of one person at the same moment: so many wait, the rest is given back to the messenger."""
    port = free_port()
    async with running_town(tmp_path, valkey_url, **webhook(port)) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        await quiet(town.app)
        async with ClientSession() as session:
            statuses = await asyncio.gather(*(brings(session, port, talker.citizen, number) for number in range(100)))
        assert set(statuses) == {200, 503}
        assert statuses.count(200) >= MOST_WAITING
        assert counted(town.app, "too_many") == statuses.count(503)
        await quiet(town.app)
        await talker.citizen.says("Ja")
        await talker.hears("Wie viele fehlen?")
        assert faults(town.app) == 0


async def brings(session: ClientSession, port: int, citizen: Citizen, number: int) -> int:
    message = {"message_id": 9000 + number, "chat": citizen.chat, "from": citizen.user, "text": f"Sturm {number}"}
    body = {"update_id": 900_000 + number, "message": message}
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with session.post(f"http://127.0.0.1:{port}/hooks/telegram", json=body, headers=headers) as answer:
        return answer.status
