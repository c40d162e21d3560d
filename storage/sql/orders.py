"""Orders in SQL: put in the transaction of what they follow from, taken by one worker at a time.

On PostgreSQL a worker skips rows that another one is just taking, and is told of new ones; on SQLite writers come one
after the other. Not here: what an order means (`storage/orders.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from storage.orders import ENDED, LEASE, NEXT, Order, OrderId, OrderKind, Orders, OrderState, new_lease
from storage.sql.database import Database
from storage.sql.tables import orders
from storage.sql.upserts import AnyRow, insert_new

CHANNEL: Final = "zuruf_orders"
"""On PostgreSQL: whoever listens is told when an order was put."""


class SqlOrders(Orders):
    """`Orders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, order: Order) -> None:
        await self._database.write(lambda connection: put_order(connection, order))

    async def take(
        self, kinds: Collection[OrderKind], now: datetime, most: int, subject: str | None = None
    ) -> Sequence[Order]:
        wanted = select(orders).where(_free(kinds, now, subject)).order_by(orders.c.due, orders.c.id).limit(most)
        # Most looks find nothing: they take no lock.
        if await self._database.read(lambda connection: connection.execute(wanted.limit(1)).first()) is None:
            return ()
        locked = wanted.with_for_update(skip_locked=True)

        def work(connection: Connection) -> list[Order]:
            return [_taken(connection, _order(row), now) for row in connection.execute(locked).all()]

        return await self._database.write(work)

    async def hold(self, order: Order, now: datetime) -> bool:
        return await self._change(order, leased_until=(now + LEASE).astimezone(UTC))

    async def end(self, order: Order, state: OrderState) -> bool:
        assert state in ENDED & NEXT[OrderState.TAKEN]
        return await self._change(order, state=state.value, lease=None, leased_until=None)

    async def later(self, order: Order, due: datetime) -> bool:
        waiting = OrderState.WAITING.value
        return await self._change(order, state=waiting, due=due.astimezone(UTC), lease=None, leased_until=None)

    async def go_on(self, order: Order, due: datetime) -> bool:
        waiting = {"state": OrderState.WAITING.value, "due": due.astimezone(UTC), "tries": 0}
        return await self._change(order, **waiting, lease=None, leased_until=None)

    async def about(self, subject: str) -> Sequence[Order]:
        wanted = select(orders).where(orders.c.subject == subject).order_by(orders.c.due, orders.c.id)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_order(row) for row in rows]

    async def drop(self, subject: str, kinds: Collection[OrderKind]) -> int:
        names = [kind.value for kind in kinds]
        waiting = and_(
            orders.c.subject == subject, orders.c.kind.in_(names), orders.c.state == OrderState.WAITING.value
        )
        dropped = update(orders).where(waiting).values(state=OrderState.DROPPED.value)
        return await self._database.write(lambda connection: connection.execute(dropped).rowcount)

    async def forget(self, ended_before: datetime) -> int:
        ended = orders.c.state.in_([state.value for state in ENDED])
        old = delete(orders).where(ended, orders.c.due < ended_before.astimezone(UTC))
        return await self._database.write(lambda connection: connection.execute(old).rowcount)

    async def _change(self, order: Order, **values: Any) -> bool:
        assert order.lease is not None, "only what was taken can be held, ended or given back"
        ours = and_(orders.c.id == order.id, orders.c.lease == order.lease)
        changed = update(orders).where(ours).values(**values)
        return await self._database.write(lambda connection: connection.execute(changed).rowcount == 1)


def put_order(connection: Connection, order: Order) -> None:
    """Inside a caller's transaction: the order stands if what it follows from does."""
    row = {
        "id": order.id,
        "kind": order.kind.value,
        "subject": order.subject,
        "detail": order.detail,
        "state": order.state.value,
        "due": order.due.astimezone(UTC),
        "tries": order.tries,
    }
    insert_new(connection, orders, row)
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_notify(CHANNEL, "")))


def forget_about(connection: Connection, subjects: Sequence[str]) -> None:
    """What they were about is erased: so are they."""
    connection.execute(delete(orders).where(orders.c.subject.in_(subjects)))


def _free(kinds: Collection[OrderKind], now: datetime, subject: str | None) -> ColumnElement[bool]:
    at = now.astimezone(UTC)
    waits = orders.c.state == OrderState.WAITING.value
    due = orders.c.due <= at if subject is None else or_(orders.c.due <= at, orders.c.tries > 0)
    left = and_(orders.c.state == OrderState.TAKEN.value, orders.c.leased_until < at)
    free = and_(orders.c.kind.in_([kind.value for kind in kinds]), or_(and_(waits, due), left))
    return free if subject is None else and_(free, orders.c.subject == subject)


def _taken(connection: Connection, order: Order, now: datetime) -> Order:
    mine = replace(order, state=OrderState.TAKEN, tries=order.tries + 1, lease=new_lease())
    values = {"state": mine.state.value, "tries": mine.tries, "lease": mine.lease}
    until = (now + LEASE).astimezone(UTC)
    connection.execute(update(orders).where(orders.c.id == mine.id).values(**values, leased_until=until))
    return mine


def _order(row: AnyRow) -> Order:
    return Order(
        kind=OrderKind(row.kind),
        subject=row.subject,
        due=row.due.replace(tzinfo=UTC) if row.due.tzinfo is None else row.due,
        detail=row.detail,
        id=OrderId(row.id),
        state=OrderState(row.state),
        tries=row.tries,
        lease=row.lease,
    )
