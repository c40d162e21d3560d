"""Redis is gone, slow, killed, emptied or full in the middle of conversations: nothing submitted is lost, and when it
is back everybody goes on. A draft may be lost with it, never more."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from conftest import missing
from e2e.network import MortalRedis, free_port, line_to, mortal_redis
from e2e.talking import benches, counted, faults, is_complete, quiet, refused, talkers, webhook
from e2e.town import TownUnderTest, running_town

FULL = os.environ.get("ZURUF_TEST_SCALE") == "full"
GONE_SECONDS = 5.0

Ways = Callable[[], dict[str, str]]


@pytest.fixture(params=["polling", "webhook"])
def way(request: pytest.FixtureRequest) -> dict[str, str]:
    """Both ways in which updates come."""
    return webhook(free_port()) if request.param == "webhook" else {}


@pytest.fixture
def mortal() -> object:
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    with mortal_redis(str(binary)) as server:
        yield server


def statuses(town: TownUnderTest) -> set[int]:
    """What the webhook answered."""
    return set(town.telegram.updates.delivered.statuses)


async def away_in_the_middle(state: Path, redis_url: str, way: dict[str, str], seconds: float) -> None:
    async with line_to(redis_url) as line, running_town(state, line.url, **way) as town:
        await town.publish(benches(state), "baenke")
        people = talkers(town.telegram, 5)
        await asyncio.gather(*(talker.begins() for talker in people))
        await quiet(town.app)
        line.cut_now()
        async with asyncio.TaskGroup() as tasks:
            for talker in people:
                tasks.create_task(talker.answers())
            await refused(town.app, 2 * len(people))
            await asyncio.sleep(seconds)
            town.app.health._kept = None  # what was asked a moment ago is answered from memory
            assert not (await town.app.health.report()).works
            line.mend()
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), people)
        assert statuses(town) <= {200, 503}
        assert not way or 503 in statuses(town)
        assert faults(town.app) == 0
        assert len(town.app.turns._lanes) == 0


async def test_redis_is_away_and_comes_back(tmp_path: Path, valkey_url: str, way: dict[str, str]) -> None:
    await away_in_the_middle(tmp_path, valkey_url, way, 0.0)


@pytest.mark.long
@pytest.mark.parametrize("seconds", [GONE_SECONDS, *([120.0] if FULL else [])])
async def test_redis_is_away_for_long(tmp_path: Path, redis_url: str, way: dict[str, str], seconds: float) -> None:
    await away_in_the_middle(tmp_path, redis_url, way, seconds)


async def bad_line(state: Path, redis_url: str, delay: float, resets: float, people: int) -> None:
    async with line_to(redis_url) as line, running_town(state, line.url) as town:
        await town.publish(benches(state), "baenke")
        line.delay, line.resets = delay, resets
        everybody = talkers(town.telegram, people)
        async with asyncio.TaskGroup() as tasks:
            for talker in everybody:
                tasks.create_task(talker.walks())
        line.mend()
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), everybody)
        assert faults(town.app) == 0


async def test_a_slow_line_that_breaks_now_and_then(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the line broke after `save`, the reply is owed and collected: here sooner than in life."""
    monkeypatch.setattr("bot.app.COLLECT_EVERY", 0.5)
    monkeypatch.setattr("bot.turn.IN_DOUBT_AFTER", 1.0)
    await bad_line(tmp_path, valkey_url, 0.02, 0.05, 4)


@pytest.mark.long
async def test_a_very_slow_line_that_breaks_now_and_then(tmp_path: Path, redis_url: str) -> None:
    await bad_line(tmp_path, redis_url, 0.5, 0.05, 10)


async def test_redis_is_killed_and_reads_its_log(tmp_path: Path, mortal: MortalRedis) -> None:
    async with running_town(tmp_path, mortal.url) as town:
        await town.publish(benches(tmp_path), "baenke")
        people = talkers(town.telegram, 3)
        await asyncio.gather(*(talker.begins() for talker in people))
        await quiet(town.app)
        mortal.kill()
        async with asyncio.TaskGroup() as tasks:
            for talker in people:
                tasks.create_task(talker.answers())
            await refused(town.app, 1)
            mortal.start()
        assert is_complete(await town.stored("baenke"), people)
        assert faults(town.app) == 0


@pytest.mark.parametrize("loss", ["flushed", "killed, its disk lost"])
async def test_redis_loses_everything(tmp_path: Path, mortal: MortalRedis, loss: str) -> None:
    """Drafts are gone, and it is said so; what was sent stands, and is known when its citizen comes again."""
    async with running_town(tmp_path, mortal.url) as town:
        await town.publish(benches(tmp_path), "baenke")
        done, *drafting = talkers(town.telegram, 3)
        await done.walks()
        await asyncio.gather(*(talker.begins() for talker in drafting))
        await quiet(town.app)
        if loss == "flushed":
            redis.Redis.from_url(mortal.url).flushall()
        else:
            mortal.kill()
            mortal.forget()
            mortal.start()
        for talker in drafting:
            await talker.citizen.presses("Ja", talker.last)  # a button of a draft that is forgotten
            assert (await talker.citizen.reads(1, 30))[0].text
            await talker.walks()
        await done.citizen.says("/start baenke")
        await done.hears("schon")
        await quiet(town.app)
        assert is_complete(await town.stored("baenke"), [done, *drafting])
        assert faults(town.app) == 0


async def test_redis_is_full(tmp_path: Path, mortal: MortalRedis, way: dict[str, str]) -> None:
    """Without room nothing is taken, and nothing is thrown away; with room it goes on."""
    async with running_town(tmp_path, mortal.url, **way) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        await quiet(town.app)
        with redis.Redis.from_url(mortal.url) as client:
            client.config_set("maxmemory", "1")
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(talker.answers())
                await refused(town.app, 2)
                assert counted(town.app, "fault") == 0
                client.config_set("maxmemory", "0")
        assert is_complete(await town.stored("baenke"), [talker])
        assert statuses(town) <= {200, 503}
