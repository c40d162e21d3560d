from __future__ import annotations

import asyncio
import time

from bot.window import WATCHED, Window


async def test_calls_that_come_together_are_no_crowd() -> None:
    window, calls = Window(time.monotonic), list[float]()

    async def call() -> None:
        await window.enter(29.5)
        calls.append(time.monotonic())

    await asyncio.gather(*(call() for _ in range(35)))
    assert all(later - earlier >= 30 / 29.5 - 0.005 for earlier, later in zip(calls, calls[30:], strict=False))


async def test_they_enter_in_the_order_of_coming() -> None:
    window, order = Window(time.monotonic), list[int]()

    async def call(number: int) -> None:
        await window.enter(10.0)
        order.append(number)

    await asyncio.gather(*(call(number) for number in range(12)))
    assert order == sorted(order)


async def test_who_allows_more_than_can_be_counted_is_not_counted() -> None:
    window = Window(lambda: 0.0)
    async with asyncio.timeout(5):
        for _ in range(1000):
            await window.enter(WATCHED + 1)
