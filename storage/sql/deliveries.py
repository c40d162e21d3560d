"""Deliveries: claimed in batches by many workers, stored as "sending" before the messenger is called, counted after.

On PostgreSQL workers step over each other's rows (FOR UPDATE SKIP LOCKED); on SQLite writers come one after the other.
Whatever ends a worker, each delivery is found again by its lease. Not here: who gets one (`audiences.py`), the pace and
the calls (`bot/broadcaster.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Date, and_, bindparam, delete, func, null, or_, select, union_all, update

from dialogs.broadcasts import ENDED, OUTCOMES, Broadcast, BroadcastId, BroadcastState, Outcome, Reason
from dialogs.follows import Frequency
from dialogs.pilots import OVER
from dialogs.quiet import QuietHours
from privacy.contacts import ContactPurpose
from storage.contacts import Contact, ContactId
from storage.errors import Conflict
from storage.news import Begun, Claimed, Count, Ready, Result
from storage.sql.audiences import audience
from storage.sql.broadcasts import aware
from storage.sql.database import Database
from storage.sql.news_tables import broadcasts, deliveries, delivery_counts, digest_items, pilots, subscriptions
from storage.sql.subscriptions import own_hours
from storage.sql.tables import contacts, outcome_wishes
from storage.sql.upserts import AnyRow, count_up, insert_new_rows

ENROLLED_AT_ONCE: Final = 2000
"""People whose deliveries are written in one transaction."""
CLOSED_AT_ONCE: Final = 5000
LEASE: Final = timedelta(seconds=120)
"""So long a worker holds what it has claimed: longer than any call, shorter than a clerk's patience."""
RESUMABLE: Final = timedelta(minutes=30)
"""So long a homeserver knows a repetition by its transaction id."""

_W, _S = Outcome.WAITING.value, Outcome.SENDING.value

# What every beginning runs is made once: SQLAlchemy takes longer to make a statement than SQLite to run it.
_THESE: Final = (deliveries.c.broadcast == bindparam("number")) & deliveries.c.cid.in_(
    bindparam("cids", expanding=True)
)
_HELD: Final = (
    select(deliveries.c.cid, deliveries.c.language, deliveries.c.tries)
    .where(_THESE, deliveries.c.worker == bindparam("worker"), deliveries.c.outcome == _W)
    .with_for_update()
)
_SENDING: Final = (
    update(deliveries).where(_THESE).values(outcome=_S, until=bindparam("leased"), tries=deliveries.c.tries + 1)
)
_AWAKE: Final = or_(
    subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until < bindparam("today", type_=Date)
)
_WANTING: Final = union_all(
    select(subscriptions.c.cid, subscriptions.c.quiet_from, subscriptions.c.quiet_until).where(
        subscriptions.c.cid.in_(bindparam("cids", expanding=True)), _AWAKE
    ),
    select(outcome_wishes.c.cid, null(), null()).where(outcome_wishes.c.cid.in_(bindparam("cids", expanding=True))),
)
_CONTACTS: Final = select(
    contacts.c.cid,
    contacts.c.cidx,
    contacts.c.keyver,
    contacts.c.purpose,
    contacts.c.sealed,
    contacts.c.day,
    contacts.c.until,
).where(contacts.c.cid.in_(bindparam("cids", expanding=True)))


class SqlDeliveries:
    """`Deliveries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def audience(self, broadcast: Broadcast, today: date) -> Mapping[str, Mapping[str, int]]:
        people = audience(broadcast, today).subquery()
        wanted = select(people.c.channel, people.c.frequency, func.count()).group_by(
            people.c.channel, people.c.frequency
        )
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for channel, frequency, number in rows:
            found[channel][frequency] = number
        return found

    async def enrol(self, number: BroadcastId, today: date) -> bool:
        return await self._database.write(partial(_enrol, number=number, today=today))

    async def claim(
        self, number: BroadcastId, channel: str, worker: bytes, now: datetime, most: int
    ) -> Sequence[Claimed]:
        return await self._database.write(lambda connection: _claim(connection, number, channel, worker, now, most))

    async def begin(
        self,
        number: BroadcastId,
        worker: bytes,
        cids: Sequence[ContactId],
        results: Sequence[Result],
        now: datetime,
        today: date,
    ) -> Begun:
        def work(connection: Connection) -> Begun:
            _record(connection, number, worker, results)
            return _begin(connection, number, worker, cids, now, today)

        return await self._database.write(work)

    async def is_wanted(self, number: BroadcastId, cid: ContactId, now: datetime, today: date) -> bool:
        def work(connection: Connection) -> bool:
            is_sent = _state(connection, number, now, today) is BroadcastState.SENDING
            return is_sent and cid in _wanting(connection, [cid], today)

        return await self._database.read(work)

    async def record(self, number: BroadcastId, worker: bytes, results: Sequence[Result]) -> None:
        await self._database.write(lambda connection: _record(connection, number, worker, results))

    async def release(self, number: BroadcastId, worker: bytes) -> None:
        mine = (deliveries.c.broadcast == number) & (deliveries.c.worker == worker) & (deliveries.c.outcome == _W)
        free = update(deliveries).where(mine).values(worker=None, until=None)
        await self._database.write(lambda connection: connection.execute(free))

    async def recover(self, now: datetime, resumable: Collection[str]) -> int:
        return await self._database.write(lambda connection: _recover(connection, now.astimezone(UTC), resumable))

    async def waiting(self, number: BroadcastId) -> Mapping[str, int]:
        open_ones = (deliveries.c.broadcast == number) & deliveries.c.outcome.in_((_W, _S))
        wanted = select(deliveries.c.channel, func.count()).where(open_ones).group_by(deliveries.c.channel)
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return dict(rows)

    async def close_rest(self, number: BroadcastId, outcome: Outcome) -> int:
        assert outcome in OUTCOMES[Outcome.WAITING], "only what may follow"
        some = select(deliveries.c.cid).where(deliveries.c.broadcast == number, deliveries.c.outcome == _W)
        these = (deliveries.c.broadcast == number) & deliveries.c.cid.in_(some.limit(CLOSED_AT_ONCE).scalar_subquery())
        closed = update(deliveries).where(these, deliveries.c.outcome == _W).values(outcome=outcome.value, worker=None)
        return await self._database.write(lambda connection: connection.execute(closed).rowcount)

    async def ask_again(self, number: BroadcastId) -> int:
        unknown = (deliveries.c.broadcast == number) & (deliveries.c.outcome == Outcome.UNKNOWN.value)
        again = update(deliveries).where(unknown).values(outcome=_W, worker=None, until=None)
        return await self._database.write(lambda connection: connection.execute(again).rowcount)

    async def strand(self, number: BroadcastId, channel: str) -> None:
        these = (deliveries.c.broadcast == number) & (deliveries.c.channel == channel) & (deliveries.c.outcome == _W)
        failed = {"outcome": Outcome.FAILED.value, "reason": Reason.NO_CHANNEL.value, "worker": None}
        await self._database.write(
            lambda connection: connection.execute(update(deliveries).where(these).values(**failed))
        )

    async def doubt(self, number: BroadcastId, cids: Sequence[ContactId]) -> None:
        these = (deliveries.c.broadcast == number) & deliveries.c.cid.in_(cids)
        gone = these & (deliveries.c.reason == Reason.GONE.value)
        doubted = update(deliveries).where(gone).values(reason=Reason.DOUBTFUL.value)
        await self._database.write(lambda connection: connection.execute(doubted))

    async def digests_wait(self) -> bool:
        some = select(digest_items.c.cid).limit(1)
        return await self._database.read(lambda connection: connection.execute(some).first() is not None)

    async def counts(self, number: BroadcastId) -> Sequence[Count]:
        return await self._database.read(partial(_counts, number=number))

    async def forget(self, before: datetime) -> int:
        old = select(broadcasts.c.number).where(broadcasts.c.ended < before.astimezone(UTC))
        forgotten = 0
        for number in await self._database.read(lambda connection: connection.execute(old).scalars().all()):
            forgotten += await self._database.write(partial(_forget, number=BroadcastId(number)))
        return forgotten


# -- enrolling


def _enrol(connection: Connection, number: BroadcastId, today: date) -> bool:
    wanted = select(broadcasts.c.card, broadcasts.c.state, broadcasts.c.enrolled, broadcasts.c.cursor)
    row = connection.execute(wanted.where(broadcasts.c.number == number).with_for_update()).first()
    if row is None or row.enrolled or row.state != BroadcastState.SENDING.value:
        return True
    broadcast = msgspec.json.decode(row.card, type=Broadcast)
    people = audience(broadcast, today).subquery()
    page = select(people).where(people.c.cid > row.cursor).order_by(people.c.cid).limit(ENROLLED_AT_ONCE)
    found = connection.execute(page).all()
    _enter(connection, number, found)
    if broadcast.is_renewal:
        asked = subscriptions.c.cid.in_([each.cid for each in found])
        connection.execute(update(subscriptions).where(asked).values(asked=today))
    done = len(found) < ENROLLED_AT_ONCE
    moved = {"enrolled": done, "cursor": found[-1].cid if found else row.cursor}
    connection.execute(update(broadcasts).where(broadcasts.c.number == number).values(**moved))
    return done


def _enter(connection: Connection, number: BroadcastId, people: Iterable[AnyRow]) -> None:
    now, weekly = [], []
    for each in people:
        if each.frequency == Frequency.WEEKLY.value:
            weekly.append({"cid": each.cid, "broadcast": number})
        else:
            now.append(
                {
                    "broadcast": number,
                    "cid": each.cid,
                    "channel": each.channel,
                    "language": each.language,
                    "outcome": _W,
                    "reason": "",
                    "tries": 0,
                }
            )
    insert_new_rows(connection, deliveries, now)
    insert_new_rows(connection, digest_items, weekly)


# -- claiming


def _claim(
    connection: Connection, number: BroadcastId, channel: str, worker: bytes, now: datetime, most: int
) -> Sequence[Claimed]:
    at = now.astimezone(UTC)
    free = or_(deliveries.c.until.is_(None), deliveries.c.until < at)
    waits = and_(deliveries.c.broadcast == number, deliveries.c.channel == channel, deliveries.c.outcome == _W, free)
    some = select(deliveries.c.cid).where(waits).limit(most).with_for_update(skip_locked=True)
    cids = connection.execute(some).scalars().all()
    if not cids:
        return ()
    these = (deliveries.c.broadcast == number) & deliveries.c.cid.in_(cids)
    taken = update(deliveries).where(these).values(worker=worker, until=at + LEASE)
    rows = connection.execute(taken.returning(deliveries.c.cid, deliveries.c.language)).all()
    return [Claimed(ContactId(row.cid), row.language) for row in rows]


# -- beginning


def _begin(
    connection: Connection, number: BroadcastId, worker: bytes, cids: Sequence[ContactId], now: datetime, today: date
) -> Begun:
    state = _state(connection, number, now, today)
    if state is not BroadcastState.SENDING or not cids:
        return Begun(state)
    held = connection.execute(_HELD, {"number": number, "cids": cids, "worker": worker}).all()
    wanting = _wanting(connection, [row.cid for row in held], today)
    away = [row.cid for row in held if row.cid not in wanting]
    asleep = {cid: quiet for cid, quiet in wanting.items() if quiet is not None and quiet.is_quiet(now)}
    going = [row for row in held if row.cid in wanting and row.cid not in asleep]
    if away:
        ended = update(deliveries).where(deliveries.c.broadcast == number, deliveries.c.cid.in_(away))
        connection.execute(ended.values(outcome=Outcome.UNSUBSCRIBED.value, worker=None, until=None))
    _let_sleep(connection, number, asleep, now)
    if not going:
        return Begun(state)
    these = [row.cid for row in going]
    until = now.astimezone(UTC) + LEASE
    connection.execute(_SENDING, {"number": number, "cids": these, "leased": until})
    sealed = _contacts(connection, these)
    items = _digests(connection, number, these)
    return Begun(
        state,
        tuple(
            Ready(ContactId(row.cid), row.language, sealed.get(row.cid), items.get(row.cid, ()), row.tries + 1)
            for row in going
        ),
    )


def _state(connection: Connection, number: BroadcastId, now: datetime, today: date) -> BroadcastState:
    """How the broadcast stands in this moment: stopped, paused, too late, or its pilot over."""
    wanted = (
        select(
            broadcasts.c.state,
            broadcasts.c.expires,
            broadcasts.c.goodbye,
            broadcasts.c.pilot,
            pilots.c.state.label("pilot_state"),
            pilots.c.ends,
            pilots.c.quiet_from,
        )
        .select_from(broadcasts.outerjoin(pilots, pilots.c.code == broadcasts.c.pilot))
        .where(broadcasts.c.number == number)
    )
    if connection.dialect.name == "postgresql":
        wanted = wanted.with_for_update(read=True, of=broadcasts)
    row = connection.execute(wanted).first()
    if row is None:
        raise Conflict("there is no such broadcast")
    state = BroadcastState(row.state)
    if state is not BroadcastState.SENDING:
        return state
    if row.expires is not None and aware(row.expires) <= now:
        return BroadcastState.EXPIRED
    if row.pilot and _is_over(row, today):
        return BroadcastState.EXPIRED
    return state


def _is_over(row: AnyRow, today: date) -> bool:
    """Nothing is sent of a pilot after its end, but for its goodbye within the days that are set for it."""
    if row.goodbye:
        return row.quiet_from is not None and today >= row.quiet_from
    over = row.pilot_state in [state.value for state in OVER]
    return over or (row.ends is not None and today > row.ends)


def _wanting(connection: Connection, cids: Sequence[bytes], today: date) -> dict[bytes, QuietHours | None]:
    """Of these, who wants it still, each with their quiet hours: a subscription that is not paused, or an outcome that
    was asked for."""
    return {row.cid: own_hours(row) for row in connection.execute(_WANTING, {"cids": cids, "today": today})}


def _let_sleep(connection: Connection, number: BroadcastId, asleep: Mapping[bytes, QuietHours], now: datetime) -> None:
    """They wait, claimed by nobody, until their own quiet hours are over."""
    by_hours: dict[QuietHours, list[bytes]] = defaultdict(list)
    for cid, quiet in asleep.items():
        by_hours[quiet].append(cid)
    for quiet, cids in by_hours.items():
        these = (deliveries.c.broadcast == number) & deliveries.c.cid.in_(cids)
        wakes = quiet.opens(now).astimezone(UTC)
        connection.execute(update(deliveries).where(these).values(worker=None, until=wakes))


def _contacts(connection: Connection, cids: Sequence[bytes]) -> Mapping[bytes, Contact]:
    return {
        cid: Contact(ContactId(cid), cidx, keyver, ContactPurpose(purpose), sealed, day, until)
        for cid, cidx, keyver, purpose, sealed, day, until in connection.execute(_CONTACTS, {"cids": cids})
    }


def _digests(
    connection: Connection, number: BroadcastId, cids: Sequence[bytes]
) -> Mapping[bytes, tuple[BroadcastId, ...]]:
    """What waits for these people's weekly message; nothing for any other broadcast."""
    card = connection.execute(select(broadcasts.c.card).where(broadcasts.c.number == number)).scalar_one()
    if '"is_digest":true' not in card:
        return {}
    wanted = select(digest_items).where(digest_items.c.cid.in_(cids)).order_by(digest_items.c.broadcast)
    found: dict[bytes, list[BroadcastId]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.cid].append(BroadcastId(row.broadcast))
    return {cid: tuple(numbers) for cid, numbers in found.items()}


# -- ending


def _record(connection: Connection, number: BroadcastId, worker: bytes, results: Sequence[Result]) -> None:
    if not results:
        return
    assert all(each.outcome in OUTCOMES[Outcome.SENDING] for each in results), "only what may follow"
    this = and_(
        deliveries.c.broadcast == number,
        deliveries.c.cid == bindparam("of"),
        deliveries.c.worker == worker,
        deliveries.c.outcome == _S,
    )
    new: dict[str, Any] = {"outcome": bindparam("then"), "reason": bindparam("why"), "worker": None, "until": None}
    rows = [
        {"of": each.cid, "then": each.outcome.value, "why": each.reason.value if each.reason else ""}
        for each in results
    ]
    connection.execute(update(deliveries).where(this).values(**new), rows)
    told = [
        {"to": each.cid, "item": item} for each in results if each.outcome is Outcome.ACCEPTED for item in each.items
    ]
    if told:  # what came while the message was on its way waits for the next one
        item = (digest_items.c.cid == bindparam("to")) & (digest_items.c.broadcast == bindparam("item"))
        connection.execute(delete(digest_items).where(item), told)


def _recover(connection: Connection, now: datetime, resumable: Collection[str]) -> int:
    left = (deliveries.c.outcome == _S) & (deliveries.c.until < now)
    recent = deliveries.c.until > now - RESUMABLE + LEASE
    again = left & recent & deliveries.c.channel.in_(resumable)
    free = {"worker": None, "until": None}
    resumed = connection.execute(update(deliveries).where(again).values(outcome=_W, **free)).rowcount
    unknown = connection.execute(update(deliveries).where(left).values(outcome=Outcome.UNKNOWN.value, **free)).rowcount
    return resumed + unknown


def _counts(connection: Connection, number: BroadcastId) -> Sequence[Count]:
    keys = (deliveries.c.channel, deliveries.c.outcome, deliveries.c.reason)
    live = select(*keys, func.count().label("people")).where(deliveries.c.broadcast == number).group_by(*keys)
    past = select(
        delivery_counts.c.channel, delivery_counts.c.outcome, delivery_counts.c.reason, delivery_counts.c.people
    ).where(delivery_counts.c.broadcast == number)
    rows = (*connection.execute(live), *connection.execute(past))
    return sorted(
        (Count(row.channel, Outcome(row.outcome), row.reason, row.people) for row in rows),
        key=lambda count: (count.channel, count.outcome, count.reason),
    )


def _forget(connection: Connection, number: BroadcastId) -> int:
    ended = deliveries.c.outcome.in_([outcome.value for outcome in ENDED])
    here = (deliveries.c.broadcast == number) & ended
    keys = (deliveries.c.channel, deliveries.c.outcome, deliveries.c.reason)
    counted = connection.execute(select(*keys, func.count().label("people")).where(here).group_by(*keys)).all()
    for row in counted:
        values = {"channel": row.channel, "outcome": row.outcome, "reason": row.reason, "people": row.people}
        count_up(connection, delivery_counts, {"broadcast": number, **values}, "people")
    return connection.execute(delete(deliveries).where(here)).rowcount
