"""Subscribers by the thousand, written as the contact book would write them, only many in one transaction.

For tests and measurements that need a crowd: one by one, a million would take an hour.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert

from bot.home import Home
from privacy.addresses import Address
from privacy.contacts import ContactPurpose, contact_index, seal_contact
from privacy.keyring import contact_key
from storage.contacts import ContactId
from storage.rootkey import open_ring
from storage.sql.key_tables import keys
from storage.sql.news_tables import interests, subscriptions
from storage.sql.tables import contacts

AT_ONCE = 2000
FIRST_CHAT = 1_000_000


async def subscribe(
    home: Home, number: int, today: date, account: str, channel: str = "telegram", first: int = FIRST_CHAT
) -> None:
    """So many people who follow everything; their chats are numbered from `first` on."""
    ring = open_ring(home.state)
    public, index = await home.book.public(today), await home.book.index_key(today.year, today)
    for start in range(0, number, AT_ONCE):
        people = [
            (ContactId(os.urandom(16)), Address(channel, account, str(first + each)))
            for each in range(start, min(start + AT_ONCE, number))
        ]
        sealed = {cid: seal_contact(public, cid, ContactPurpose.SUBSCRIPTION, address) for cid, address in people}
        rows = [
            {
                "cid": cid,
                "cidx": contact_index(index, ContactPurpose.SUBSCRIPTION, address),
                "keyver": today.year,
                "purpose": ContactPurpose.SUBSCRIPTION.value,
                "sealed": sealed[cid].address,
                "day": today,
            }
            for cid, address in people
        ]
        wrapped = [
            {"purpose": contact_key(cid), "wrapped": ring.wrap(contact_key(cid), sealed[cid].key), "created": today}
            for cid, _ in people
        ]
        await home.database.ring_write(lambda connection, rows=wrapped: connection.execute(insert(keys), rows))  # type: ignore[misc]
        await _write(home, rows, [cid for cid, _ in people], channel, today)


async def _write(
    home: Home, rows: Sequence[dict[str, object]], cids: Sequence[ContactId], channel: str, today: date
) -> None:
    await home.database.write(lambda connection: connection.execute(insert(contacts), list(rows)))
    followers = [
        {"cid": cid, "channel": channel, "language": "de", "frequency": "at_once", "consented": today} for cid in cids
    ]
    await home.database.write(lambda connection: connection.execute(insert(subscriptions), followers))
    followed = [{"cid": cid, "kind": "all", "value": ""} for cid in cids]
    await home.database.write(lambda connection: connection.execute(insert(interests), followed))
