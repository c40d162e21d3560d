"""The contact book's rows: sealed addresses under random ids. Their keys are in the keyring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, select, update

from privacy.contacts import ContactPurpose
from storage.contacts import Contact, ContactId
from storage.sql.database import Database
from storage.sql.tables import contacts, outcome_wishes
from storage.sql.upserts import AnyRow, insert_new


class SqlContacts:
    """`Contacts`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, contact: Contact) -> Contact:
        row = {
            "cid": contact.cid,
            "cidx": contact.cidx,
            "keyver": contact.keyver,
            "purpose": contact.purpose.value,
            "sealed": contact.sealed,
            "day": contact.day,
            "until": contact.until,
            "about": contact.about,
        }
        await self._database.write(lambda connection: insert_new(connection, contacts, row))
        standing = await self.find([contact.cidx])
        assert standing is not None
        return standing

    async def find(self, indexes: Sequence[bytes]) -> Contact | None:
        return next(iter(await self._read(select(contacts).where(contacts.c.cidx.in_(indexes)))), None)

    async def find_all(self, indexes: Sequence[bytes]) -> Sequence[Contact]:
        return await self._read(select(contacts).where(contacts.c.cidx.in_(indexes)))

    async def get(self, cid: ContactId) -> Contact | None:
        return next(iter(await self._read(select(contacts).where(contacts.c.cid == cid))), None)

    async def page(self, purpose: ContactPurpose, after: ContactId, most: int) -> Sequence[Contact]:
        wanted = select(contacts).where(contacts.c.purpose == purpose.value, contacts.c.cid > after)
        return await self._read(wanted.order_by(contacts.c.cid).limit(most))

    async def keyed_before(self, year: int, most: int) -> Sequence[Contact]:
        return await self._read(select(contacts).where(contacts.c.keyver < year).order_by(contacts.c.cid).limit(most))

    async def rekey(self, cid: ContactId, cidx: bytes, keyver: int, about: bytes | None = None) -> None:
        moved = update(contacts).where(contacts.c.cid == cid).values(cidx=cidx, keyver=keyver, about=about)
        await self._database.write(lambda connection: connection.execute(moved))

    async def survey_of(self, cid: ContactId) -> str:
        wanted = select(outcome_wishes.c.survey).where(outcome_wishes.c.cid == cid)
        return await self._database.read(lambda connection: connection.execute(wanted).scalar_one_or_none() or "")

    async def limit(self, cid: ContactId, until: date | None) -> None:
        ended = update(contacts).where(contacts.c.cid == cid).values(until=until)
        await self._database.write(lambda connection: connection.execute(ended))

    async def over(self, today: date, most: int) -> Sequence[ContactId]:
        wanted = select(contacts.c.cid).where(contacts.c.until < today).limit(most)
        found = await self._database.read(lambda connection: connection.execute(wanted).scalars().all())
        return [ContactId(cid) for cid in found]

    async def remove(self, cids: Sequence[ContactId]) -> int:
        gone = delete(contacts).where(contacts.c.cid.in_(cids))
        removed = await self._database.write(lambda connection: connection.execute(gone).rowcount)
        await self._database.forget_log()
        return removed

    async def _read(self, wanted: Select[Any]) -> list[Contact]:
        rows = await self._database.read(lambda connection: connection.execute(wanted).all())
        return [_contact(row) for row in rows]


def _contact(row: AnyRow) -> Contact:
    return Contact(
        ContactId(row.cid), row.cidx, row.keyver, ContactPurpose(row.purpose), row.sealed, row.day, row.until, row.about
    )
