"""Who follows what: rows by contact. Addresses and keys are the contact book's (`storage/contactbook.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, delete, exists, insert, select

from dialogs.follows import Frequency, Interest, InterestKind, Subscription
from dialogs.messages import Language
from dialogs.quiet import QuietHours
from privacy.contacts import ContactPurpose
from storage.contacts import ContactId
from storage.sql.audiences import is_awake, is_old_consent, is_silent
from storage.sql.database import Database
from storage.sql.news_tables import digest_items, interests, subscriptions
from storage.sql.tables import contacts, outcome_wishes
from storage.sql.upserts import AnyRow, put


class SqlSubscriptions:
    """`Subscriptions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, cid: ContactId, channel: str, subscription: Subscription) -> None:
        await self._database.write(lambda connection: _put(connection, cid, channel, subscription))

    async def get(self, cid: ContactId) -> Subscription | None:
        return await self._database.read(lambda connection: _get(connection, cid))

    async def remove(self, cids: Sequence[ContactId]) -> int:
        return await self._database.write(lambda connection: _remove(connection, cids))

    async def drop(self, interest: Interest) -> int:
        this = (interests.c.kind == interest.kind.value) & (interests.c.value == interest.value)
        gone = delete(interests).where(this)
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def aimless(self, most: int) -> Sequence[ContactId]:
        follows = exists().where(interests.c.cid == subscriptions.c.cid)
        aimless = select(subscriptions.c.cid).where(~follows).limit(most)
        found = await self._database.read(lambda connection: connection.execute(aimless).scalars().all())
        return [ContactId(cid) for cid in found]

    async def due_for_renewal(self, today: date) -> bool:
        old = select(subscriptions.c.cid).where(is_awake(today), is_old_consent(today)).limit(1)
        return await self._database.read(lambda connection: connection.execute(old).first() is not None)

    async def silent(self, today: date, most: int) -> Sequence[ContactId]:
        over = select(subscriptions.c.cid).where(is_silent(today)).limit(most)
        found = await self._database.read(lambda connection: connection.execute(over).scalars().all())
        return [ContactId(cid) for cid in found]

    async def strays(self, most: int) -> Sequence[ContactId]:
        needed = exists().where(subscriptions.c.cid == contacts.c.cid)
        stray = select(contacts.c.cid).where(contacts.c.purpose == ContactPurpose.SUBSCRIPTION.value, ~needed)
        found = await self._database.read(lambda connection: connection.execute(stray.limit(most)).scalars().all())
        return [ContactId(cid) for cid in found]

    async def wish(self, cid: ContactId, survey: str, channel: str, language: str) -> None:
        row = {"cid": cid, "survey": survey, "channel": channel, "language": language}
        await self._database.write(lambda connection: put(connection, outcome_wishes, row))

    async def remove_wishes(self, cids: Sequence[ContactId]) -> int:
        gone = delete(outcome_wishes).where(outcome_wishes.c.cid.in_(cids))
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)


def _put(connection: Connection, cid: ContactId, channel: str, subscription: Subscription) -> None:
    row = {
        "cid": cid,
        "channel": channel,
        "language": subscription.language,
        "frequency": subscription.frequency.value,
        "paused_until": subscription.paused_until,
        "consented": subscription.consented,
        "asked": subscription.asked,
        "quiet_from": subscription.quiet.begin if subscription.quiet else None,
        "quiet_until": subscription.quiet.end if subscription.quiet else None,
    }
    put(connection, subscriptions, row)
    connection.execute(delete(interests).where(interests.c.cid == cid))
    followed = [{"cid": cid, "kind": each.kind.value, "value": each.value} for each in sorted(subscription.interests)]
    if followed:
        connection.execute(insert(interests), followed)
    if subscription.frequency is Frequency.AT_ONCE:
        connection.execute(delete(digest_items).where(digest_items.c.cid == cid))


def _get(connection: Connection, cid: ContactId) -> Subscription | None:
    row = connection.execute(select(subscriptions).where(subscriptions.c.cid == cid)).first()
    if row is None:
        return None
    followed = connection.execute(select(interests).where(interests.c.cid == cid)).all()
    return _subscription(row, followed)


def _subscription(row: AnyRow, followed: Sequence[AnyRow]) -> Subscription:
    return Subscription(
        interests=frozenset(Interest(InterestKind(each.kind), each.value) for each in followed),
        language=Language(row.language),
        consented=row.consented,
        frequency=Frequency(row.frequency),
        paused_until=row.paused_until,
        asked=row.asked,
        quiet=own_hours(row),
    )


def own_hours(row: AnyRow) -> QuietHours | None:
    """Hours without news that somebody set."""
    return None if row.quiet_from is None else QuietHours(row.quiet_from, row.quiet_until)


def _remove(connection: Connection, cids: Sequence[ContactId]) -> int:
    connection.execute(delete(interests).where(interests.c.cid.in_(cids)))
    connection.execute(delete(digest_items).where(digest_items.c.cid.in_(cids)))
    return connection.execute(delete(subscriptions).where(subscriptions.c.cid.in_(cids))).rowcount
