"""Slots of a channel come evenly, one after the other, for all workers together, and the door stays shut as asked."""

from __future__ import annotations

import pytest
import redis

from storage.paces import AHEAD, LATE, MemoryPaces, Paces, RedisPaces
from storage.redis import RedisConversations


@pytest.fixture(params=["memory", "redis"])
async def paces(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    if request.param == "memory":
        yield MemoryPaces()
        return
    url = request.getfixturevalue("valkey_url")
    with redis.Redis.from_url(url) as client:
        client.flushall()
    conversations = RedisConversations(url)
    yield RedisPaces(conversations)
    await conversations.close()


async def test_slots_follow_one_another(paces: Paces) -> None:
    first = await paces.take("telegram", 100.0, 10)
    second = await paces.take("telegram", 100.0, 10)
    assert first.granted == second.granted == 10
    assert first.wait < 0.05
    assert 0.05 <= second.wait <= 0.1


async def test_no_slot_is_given_far_ahead(paces: Paces) -> None:
    await paces.take("telegram", 1.0, 5)
    later = await paces.take("telegram", 1.0, 5)
    assert later.granted == 0
    assert AHEAD < later.wait <= 5.0


async def test_slots_that_nobody_took_in_time_are_given_late_but_not_for_long() -> None:
    now = [1000.0]
    paces = MemoryPaces(lambda: now[0])
    await paces.take("telegram", 10.0, 1)
    now[0] += 0.2
    assert (await paces.take("telegram", 10.0, 1)).wait == pytest.approx(-0.1)
    now[0] += 60.0
    assert (await paces.take("telegram", 10.0, 1)).wait == pytest.approx(-LATE)


async def test_channels_do_not_wait_for_each_other(paces: Paces) -> None:
    await paces.take("telegram", 1.0, 5)
    assert (await paces.take("matrix", 1.0, 1)).wait < 0.1


async def test_nobody_sends_before_the_longest_pause_is_over(paces: Paces) -> None:
    await paces.shut("telegram", 60.0)
    await paces.shut("telegram", 2.0)
    closed = await paces.take("telegram", 30.0, 1)
    assert closed.granted == 0
    assert 55.0 < closed.wait <= 60.0


@pytest.mark.parametrize("seconds", [-5.0, 0.0])
async def test_a_pause_of_nothing_shuts_nothing(paces: Paces, seconds: float) -> None:
    await paces.shut("telegram", seconds)
    assert (await paces.take("telegram", 30.0, 1)).granted == 1


async def test_a_pause_without_end_is_believed_for_a_day(paces: Paces) -> None:
    await paces.shut("telegram", 10.0**9)
    assert (await paces.take("telegram", 30.0, 1)).wait <= 24 * 3600.0


async def test_every_entry_has_an_end(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
        conversations = RedisConversations(valkey_url)
        paces = RedisPaces(conversations)
        await paces.shut("telegram", 86400.0)
        await paces.take("matrix", 30.0, 10)
        await conversations.close()
        ends = {key: client.ttl(key) for key in client.scan_iter()}
    assert len(ends) == 2
    assert all(0 < end <= 86400 for end in ends.values())
