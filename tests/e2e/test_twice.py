"""What comes twice, late or in the wrong order has its effect once: at two workers at the same time, too."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio
from aiohttp import ClientSession, web
from e2e.network import free_port
from e2e.talking import benches, faults, is_complete, quiet, talkers
from e2e.town import SECRET, TOKEN, Noon, TownUnderTest, publish_form, running_town, settings

from adapters.telegram.emulator import Emulator
from bot.app import running

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
PATH = "/hooks/telegram"


class Echo:
    """Stands before the workers and brings each update one to five times, at the same time, to any of them."""

    def __init__(self, ports: list[int], seed: int) -> None:
        self._ports, self._random = ports, random.Random(seed)
        self.brought = 0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        copies = [self._bring(request, body) for _ in range(self._random.randint(1, 5))]
        self.brought += len(copies)
        statuses = await asyncio.gather(*copies)
        return web.Response(status=200 if set(statuses) == {200} else 503)

    async def _bring(self, request: web.Request, body: bytes) -> int:
        port = self._random.choice(self._ports)
        headers = {name: text for name, text in request.headers.items() if name.startswith("X-Telegram")}
        async with (
            ClientSession() as session,
            session.post(f"http://127.0.0.1:{port}{PATH}", data=body, headers=headers) as answer,
        ):
            return answer.status


@asynccontextmanager
async def echoing(seed: int) -> AsyncIterator[tuple[Echo, int, list[int]]]:
    ports = [free_port(), free_port()]
    echo = Echo(ports, seed)
    app = web.Application(client_max_size=1 << 20)
    app.router.add_post(PATH, echo.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield echo, runner.addresses[0][1], ports
    finally:
        await runner.cleanup()


async def twice(state: Path, redis_url: str, database_url: str, people: int, seed: int = 1) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushall()
    async with echoing(seed) as (echo, front, ports), Emulator(token=TOKEN) as telegram, AsyncExitStack() as stack:
        more = {
            "ZURUF_DATABASE_URL": database_url,
            "ZURUF_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{front}{PATH}",
            "ZURUF_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }
        configs = [settings(state, redis_url, telegram, **more, **{"ZURUF_HTTP_PORT": str(port)}) for port in ports]
        await publish_form(configs[0], benches(state), "baenke")
        towns = [
            TownUnderTest(await stack.enter_async_context(running(config, Noon())), telegram, config)
            for config in configs
        ]
        telegram.faults.swaps = True
        everybody = talkers(telegram, people)
        await asyncio.gather(*(talker.walks() for talker in everybody))
        await telegram.updates.all_taken(60)
        for town in towns:
            await quiet(town.app)
            assert faults(town.app) == 0
        assert is_complete(await towns[0].stored("baenke"), everybody)
        assert echo.brought > 6 * people, "there were duplicates"
        for talker in everybody:
            assert len(talker.heard) == len(set(talker.heard)), "nothing was said twice"
        assert set(telegram.updates.delivered.statuses) <= {200, 503}


async def test_updates_come_several_times_to_two_workers(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    await twice(tmp_path, valkey_url, new_postgres_database(), 8)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10 if FULL else 2))
async def test_updates_of_many_come_several_times_to_two_workers(
    seed: int, tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    await twice(tmp_path, valkey_url, new_postgres_database(), 400 if FULL else 60, seed)


async def test_update_ids_may_jump_back(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        town.telegram.faults.copies = 2
        people = talkers(town.telegram, 3)
        await asyncio.gather(*(talker.begins() for talker in people))
        await quiet(town.app)
        town.telegram.updates.jump(1000)
        await asyncio.gather(*(talker.answers() for talker in people))
        assert is_complete(await town.stored("baenke"), people)


async def test_sending_is_tapped_many_times(tmp_path: Path, valkey_url: str) -> None:
    """Different updates, one wish: an impatient thumb."""
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        for words in ("Ja", str(talker.number), talker.words):
            await talker.citizen.says(words)
        review = await talker.hears("Absenden")
        for _ in range(5):
            await talker.citizen.presses("Absenden", review)
        await talker.hears("Beleg")
        await talker.citizen.spinner_ends(30)
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), [talker])
        assert faults(town.app) == 0
