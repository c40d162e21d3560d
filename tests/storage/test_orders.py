"""One contract for every implementation of `Orders`: an order is done by one worker at a time, and none is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from made_tables import database_of

from storage.memory_orders import MemoryOrders
from storage.orders import (
    ENDED,
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    MOST_TRIES,
    NEXT,
    Order,
    OrderKind,
    Orders,
    OrderState,
    pause_after,
)
from storage.sql.database import Database, open_database
from storage.sql.orders import CHANNEL, SqlOrders

NOW = datetime(2026, 11, 22, 12, 34, 56, tzinfo=UTC)
KINDS = tuple(OrderKind)
CASE = "c" * 32


def order(minutes: int = 0, subject: str = CASE, kind: OrderKind = OrderKind.CASE_MESSAGE) -> Order:
    return Order(kind, subject, NOW + timedelta(minutes=minutes), "m" * 32)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def orders(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Orders]:
    if request.param == "memory":
        yield MemoryOrders()
        return
    url = database_of(request)
    database = await open_database(url, tmp_path)
    yield SqlOrders(database)
    await database.close()


async def test_what_is_due_is_taken_once_and_what_is_not_waits(orders: Orders) -> None:
    due, later = order(), order(minutes=1)
    for each in (later, due, due):
        await orders.put(each)
    (taken,) = await orders.take(KINDS, NOW, 10)
    assert replace(taken, lease=None) == replace(due, state=OrderState.TAKEN, tries=1)
    assert not await orders.take(KINDS, NOW, 10)
    assert [each.id for each in await orders.take(KINDS, NOW + timedelta(minutes=1), 10)] == [later.id]


async def test_only_kinds_that_are_asked_for_are_taken(orders: Orders) -> None:
    await orders.put(order(kind=OrderKind.CASE_STATUS))
    assert not await orders.take([OrderKind.CASE_MESSAGE], NOW, 10)
    assert not await orders.take([], NOW, 10)
    assert await orders.take([OrderKind.CASE_STATUS], NOW, 10)


@pytest.mark.parametrize("state", sorted(ENDED))
async def test_an_order_that_ended_is_not_taken_again(orders: Orders, state: OrderState) -> None:
    await orders.put(order())
    (taken,) = await orders.take(KINDS, NOW, 10)
    assert await orders.end(taken, state)
    assert not await orders.take(KINDS, NOW + 2 * LEASE, 10)
    assert [each.state for each in await orders.about(CASE)] == [state]


async def test_what_could_not_be_done_is_taken_again_when_it_is_due(orders: Orders) -> None:
    await orders.put(order())
    (taken,) = await orders.take(KINDS, NOW, 10)
    assert await orders.later(taken, NOW + timedelta(seconds=30))
    assert not await orders.take(KINDS, NOW, 10)
    (again,) = await orders.take(KINDS, NOW + timedelta(seconds=30), 10)
    assert again.tries == 2


async def test_what_is_done_in_parts_is_counted_from_nought(orders: Orders) -> None:
    await orders.put(order())
    (taken,) = await orders.take(KINDS, NOW, 10)
    assert await orders.go_on(taken, NOW)
    (again,) = await orders.take(KINDS, NOW, 10)
    assert again.tries == 1


async def test_what_a_dead_worker_held_is_taken_by_another_when_the_lease_is_over(orders: Orders) -> None:
    await orders.put(order())
    (dead,) = await orders.take(KINDS, NOW, 10)
    assert not await orders.take(KINDS, NOW + LEASE, 10)
    (alive,) = await orders.take(KINDS, NOW + LEASE + timedelta(seconds=1), 10)
    assert (alive.id, alive.tries) == (dead.id, 2)
    assert not await orders.end(dead, OrderState.DONE)
    assert not await orders.later(dead, NOW)
    assert not await orders.hold(dead, NOW)
    assert await orders.end(alive, OrderState.DONE)


async def test_who_works_long_holds_on(orders: Orders) -> None:
    await orders.put(order())
    (mine,) = await orders.take(KINDS, NOW, 10)
    assert await orders.hold(mine, NOW + LEASE)
    assert not await orders.take(KINDS, NOW + 2 * LEASE, 10)


async def test_what_waits_for_somebody_who_came_back_is_taken_at_once(orders: Orders) -> None:
    tried, planned = order(), order(minutes=5)
    await orders.put(tried)
    (taken,) = await orders.take(KINDS, NOW, 10)
    await orders.later(taken, NOW + timedelta(hours=1))
    await orders.put(planned)
    assert not await orders.take(KINDS, NOW, 10, "d" * 32)
    assert [each.id for each in await orders.take(KINDS, NOW, 10, CASE)] == [tried.id]


async def test_what_is_no_longer_wanted_is_dropped(orders: Orders) -> None:
    await orders.put(order(kind=OrderKind.CASE_QUESTION))
    await orders.put(order())
    assert await orders.drop(CASE, [OrderKind.CASE_QUESTION]) == 1
    assert [each.kind for each in await orders.take(KINDS, NOW, 10)] == [OrderKind.CASE_MESSAGE]


async def test_ended_orders_are_forgotten_and_others_are_not(orders: Orders) -> None:
    await orders.put(order())
    (taken,) = await orders.take(KINDS, NOW, 10)
    await orders.end(taken, OrderState.DONE)
    await orders.put(order(minutes=-60, subject="d" * 32))
    assert await orders.forget(NOW) == 0
    assert await orders.forget(NOW + timedelta(seconds=1)) == 1
    assert await orders.about("d" * 32)


async def test_many_workers_do_each_order_once(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgres_database: Callable[[], str]
) -> None:
    url = new_postgres_database()
    workers = [await open_database(url, tmp_path) for _ in range(4)]
    for _ in range(60):
        await SqlOrders(workers[0]).put(order())
    done: Counter[bytes] = Counter()

    async def work(database: Database) -> None:
        mine = SqlOrders(database)
        while taken := await mine.take(KINDS, NOW, 3):
            for each in taken:
                done[each.id] += 1
                assert await mine.end(each, OrderState.DONE)

    await asyncio.gather(*(work(each) for each in workers for _ in range(2)))
    assert len(done) == 60
    assert set(done.values()) == {1}
    for database in workers:
        await database.close()


async def test_postgresql_tells_that_there_is_something_to_do(
    tmp_path: Path, new_postgres_database: Callable[[], str]
) -> None:
    url = new_postgres_database()
    bot, desk = await open_database(url, tmp_path), await open_database(url, tmp_path)
    await bot.news(CHANNEL, 0.01)  # it listens from now on
    async with asyncio.timeout(20):
        waiting = asyncio.create_task(bot.news(CHANNEL, 30))
        await SqlOrders(desk).put(order())
        await waiting
    await bot.close()
    await desk.close()


def test_an_order_has_an_end() -> None:
    assert {after for states in NEXT.values() for after in states} >= ENDED
    assert pause_after(1).total_seconds() == FIRST_PAUSE
    pauses = [pause_after(tries).total_seconds() for tries in range(1, MOST_TRIES + 1)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert timedelta(days=3) < timedelta(seconds=sum(pauses)) < timedelta(days=5)
