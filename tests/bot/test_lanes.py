"""One conversation, one turn at a time; and only so many wait."""

from __future__ import annotations

import asyncio

import pytest

from bot.lanes import MOST_WAITING, LaneFull, Lanes


async def test_a_second_act_waits_for_the_first() -> None:
    lanes, order = Lanes(), []
    await lanes.enter(b"a")

    async def second() -> None:
        await lanes.enter(b"a")
        order.append("second")
        lanes.leave(b"a")

    task = asyncio.create_task(second())
    await asyncio.sleep(0)
    order.append("first")
    lanes.leave(b"a")
    await task
    assert order == ["first", "second"]


async def test_conversations_do_not_wait_for_each_other() -> None:
    lanes = Lanes()
    await lanes.enter(b"a")
    await asyncio.wait_for(lanes.enter(b"b"), 1)


async def test_an_idle_lane_is_forgotten() -> None:
    lanes = Lanes()
    await lanes.enter(b"a")
    lanes.leave(b"a")
    assert len(lanes) == 0


async def test_whoever_floods_is_refused_before_the_queue_grows_without_bound() -> None:
    lanes = Lanes()
    await lanes.enter(b"a")
    waiting = [asyncio.create_task(lanes.enter(b"a")) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(LaneFull):
        await lanes.enter(b"a")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    lanes.leave(b"a")
    assert len(lanes) == 0
