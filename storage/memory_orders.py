"""Orders in memory, for tests: the same promises, kept only while the process lives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from storage.orders import ENDED, LEASE, Order, OrderId, OrderKind, Orders, OrderState, new_lease


class MemoryOrders(Orders):
    """`Orders`."""

    def __init__(self) -> None:
        self._orders: dict[OrderId, Order] = {}
        self._until: dict[OrderId, datetime] = {}

    async def put(self, order: Order) -> None:
        self.add(order)

    def add(self, order: Order) -> None:
        self._orders.setdefault(order.id, order)

    async def take(
        self, kinds: Collection[OrderKind], now: datetime, most: int, subject: str | None = None
    ) -> Sequence[Order]:
        found = sorted((each for each in self._orders.values() if each.kind in kinds), key=lambda each: each.due)
        taken = []
        for order in [each for each in found if self._free(each, now, subject)][:most]:
            mine = replace(order, state=OrderState.TAKEN, tries=order.tries + 1, lease=new_lease())
            self._orders[order.id], self._until[order.id] = mine, now + LEASE
            taken.append(mine)
        return taken

    def _free(self, order: Order, now: datetime, subject: str | None) -> bool:
        if subject is not None and order.subject != subject:
            return False
        if order.state is OrderState.WAITING:
            return order.due <= now or (subject is not None and order.tries > 0)
        return order.state is OrderState.TAKEN and self._until[order.id] < now

    async def hold(self, order: Order, now: datetime) -> bool:
        if not self._ours(order):
            return False
        self._until[order.id] = now + LEASE
        return True

    async def end(self, order: Order, state: OrderState) -> bool:
        return self._move(order, replace(order, state=state, lease=None))

    async def later(self, order: Order, due: datetime) -> bool:
        return self._move(order, replace(order, state=OrderState.WAITING, due=due, lease=None))

    async def go_on(self, order: Order, due: datetime) -> bool:
        return self._move(order, replace(order, state=OrderState.WAITING, due=due, tries=0, lease=None))

    async def about(self, subject: str) -> Sequence[Order]:
        return sorted((each for each in self._orders.values() if each.subject == subject), key=lambda each: each.due)

    async def drop(self, subject: str, kinds: Collection[OrderKind]) -> int:
        found = [
            each
            for each in self._orders.values()
            if each.subject == subject and each.kind in kinds and each.state is OrderState.WAITING
        ]
        self._orders.update({each.id: replace(each, state=OrderState.DROPPED) for each in found})
        return len(found)

    async def forget(self, ended_before: datetime) -> int:
        old = [each for each in self._orders.values() if each.state in ENDED and each.due < ended_before]
        for order in old:
            del self._orders[order.id]
        return len(old)

    def remove(self, subject: str) -> None:
        """What it was about is erased."""
        for order in [each for each in self._orders.values() if each.subject == subject]:
            del self._orders[order.id]

    def _ours(self, order: Order) -> bool:
        standing = self._orders.get(order.id)
        return standing is not None and standing.lease is not None and standing.lease == order.lease

    def _move(self, order: Order, then: Order) -> bool:
        if not self._ours(order):
            return False
        self._orders[order.id] = then
        return True
