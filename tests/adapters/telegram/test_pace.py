"""Free until Telegram says stop; then a pause that is kept, and even steps."""

from __future__ import annotations

import asyncio

import pytest

from adapters.errors import Busy
from adapters.telegram.pace import CALM_SECONDS, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def is_free(pace: Pace, chat: str | None) -> bool:
    """Whether a message may go without any wait."""
    try:
        await pace.wait(chat, 0.0)
    except Busy:
        return False
    return True


async def test_replies_are_never_held_back_without_need() -> None:
    pace = Pace(Clock())
    assert all([await is_free(pace, "1") for _ in range(1000)])


async def test_after_too_many_nobody_sends_before_the_end_of_the_pause() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.too_many(7)
    clock.now += 6.999
    assert not await is_free(pace, "1")
    assert not await is_free(pace, None)
    clock.now += 0.001
    assert await is_free(pace, "1")


async def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.too_many(10)
    pace.too_many(1)
    clock.now += 9
    assert pace.closed_for == pytest.approx(1)


async def test_after_a_pause_messages_go_evenly_and_a_chat_gets_one_a_second() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.too_many(1)
    clock.now += 1
    assert await is_free(pace, "a")
    assert not await is_free(pace, "b")
    clock.now += 1 / 25
    assert not await is_free(pace, "a")
    assert await is_free(pace, "b")
    clock.now += 1
    assert await is_free(pace, "a")


async def test_calls_that_are_no_messages_do_not_count() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.too_many(1)
    clock.now += 1
    assert all([await is_free(pace, None) for _ in range(100)])


async def test_when_it_is_calm_again_messages_go_freely() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.too_many(1)
    clock.now += 1 + CALM_SECONDS
    assert all([await is_free(pace, "a") for _ in range(100)])


async def test_a_pause_beyond_patience_is_told_at_once() -> None:
    pace = Pace(Clock())
    pace.too_many(86_400)
    with pytest.raises(Busy) as caught:
        await pace.wait("a", 60.0)
    assert caught.value.retry_after == pytest.approx(86_400)


async def test_the_even_rate_holds_on_a_real_clock() -> None:
    loop = asyncio.get_running_loop()
    pace = Pace(loop.time)
    pace.too_many(0.001)
    start = loop.time()
    await asyncio.gather(*(pace.wait(str(n), 10.0) for n in range(20)))
    assert loop.time() - start >= 19 / 25 - 0.05
