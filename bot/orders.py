"""Does what staff ordered: takes what is due from the database, one worker each order, and tries again within bounds.

Looks each second; on PostgreSQL it is told at once. Every process that runs does this beside the others. Not here: what
an order is (`storage/orders.py`), what its kind does (the handlers, `wiring/orders.py`), how words reach a contact
(`bot/courier.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.delivery import Tasks
from storage.clock import Clock
from storage.errors import StorageError
from storage.orders import MOST_TRIES, Order, OrderKind, Orders, OrderState, pause_after

AT_ONCE = 20
"""Orders under way in one process; further ones wait in the database, for this worker or another."""
ORDERS_EVERY = 1.0
"""Seconds between two looks."""
RUN_LIMIT = 240.0
"""Seconds for one try: less than the lease. What takes longer is done in parts (`GoOn`)."""
SPREAD = 0.2
"""Part of a pause that is left to chance, so that what failed together is not tried together."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Done:
    """It is done."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing is left to do: what it was about is gone."""


@dataclass(frozen=True, slots=True)
class GoOn:
    """A part of it is done (a batch): any worker goes on with the rest, and the tries are counted from nought."""

    after: float = 0.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Later:
    """It could not be done now (an outage, a messenger that says wait): within bounds, try again."""

    after: float = 0.0
    """Seconds at least."""


Outcome = Done | Dropped | GoOn | Later
Handler = Callable[[Order], Awaitable[Outcome]]
"""Does one order. May raise `StorageError`, which is `Later`; any other exception is a defect of ours, and so is
tried again like it. What it does must be fit to be done twice: a worker may die after it and before it is noted."""


class OrderWorker:
    """One process's hands. `handlers` says which kinds it takes."""

    def __init__(self, orders: Orders, handlers: Mapping[OrderKind, Handler], clock: Clock, tasks: Tasks) -> None:
        self._orders = orders
        self._handlers = handlers
        self._clock = clock
        self._tasks = tasks
        self._under_way = 0

    async def look(self, subject: str | None = None) -> int:
        """Take what is due and begin with it; returns how much. With `subject`: what waits for it, now.

        Raises `StorageError` if the database is away."""
        room = AT_ONCE - self._under_way
        if room <= 0:
            return 0
        taken = await self._orders.take(tuple(self._handlers), self._clock.now(), room, subject)
        self._under_way += len(taken)
        for order in taken:
            self._tasks.start(self._run(order), "order")
        return len(taken)

    async def _run(self, order: Order) -> None:
        try:
            outcome = await self._try(order)
            with contextlib.suppress(StorageError):  # its lease ends by itself, and it is done once more
                await self._note(order, outcome)
        finally:
            self._under_way -= 1

    async def _try(self, order: Order) -> Outcome:
        try:
            async with asyncio.timeout(RUN_LIMIT):
                return await self._handlers[order.kind](order)
        except (StorageError, TimeoutError) as error:
            log.warning("order_waits", task=order.kind.value, error=type(error).__name__)
        except asyncio.CancelledError:
            with contextlib.suppress(StorageError):
                await asyncio.shield(self._orders.later(order, self._clock.now()))
            raise
        except Exception as error:
            log.error("order_failed", task=order.kind.value, exc_info=error)
        return Later()

    async def _note(self, order: Order, outcome: Outcome) -> None:
        match outcome:
            case Done():
                await self._orders.end(order, OrderState.DONE)
            case Dropped():
                await self._orders.end(order, OrderState.DROPPED)
            case GoOn(after):
                await self._orders.go_on(order, self._clock.now() + timedelta(seconds=after))
            case Later() if order.tries >= MOST_TRIES:
                log.error("order_given_up", task=order.kind.value)
                await self._orders.end(order, OrderState.FAILED)
            case Later(after):
                pause = max(pause_after(order.tries).total_seconds(), after)
                pause *= 1 + SPREAD * random.random()  # noqa: S311  (spreads load, guards nothing)
                await self._orders.later(order, self._clock.now() + timedelta(seconds=pause))
