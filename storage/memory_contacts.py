"""The contact book's rows in memory, for tests and the terminal player."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from privacy.contacts import ContactPurpose
from storage.contacts import Contact, ContactId


class MemoryContacts:
    """`Contacts`."""

    def __init__(self) -> None:
        self._rows: dict[ContactId, Contact] = {}

    async def add(self, contact: Contact) -> Contact:
        standing = await self.find([contact.cidx])
        return standing or self._rows.setdefault(contact.cid, contact)

    async def find(self, indexes: Sequence[bytes]) -> Contact | None:
        return next((row for row in self._rows.values() if row.cidx in indexes), None)

    async def find_all(self, indexes: Sequence[bytes]) -> Sequence[Contact]:
        return [row for row in self._rows.values() if row.cidx in indexes]

    async def get(self, cid: ContactId) -> Contact | None:
        return self._rows.get(cid)

    async def page(self, purpose: ContactPurpose, after: ContactId, most: int) -> Sequence[Contact]:
        found = sorted((row for row in self._rows.values() if row.purpose is purpose), key=lambda row: row.cid)
        return [row for row in found if row.cid > after][:most]

    async def keyed_before(self, year: int, most: int) -> Sequence[Contact]:
        return [row for row in self._rows.values() if row.keyver < year][:most]

    async def rekey(self, cid: ContactId, cidx: bytes, keyver: int, about: bytes | None = None) -> None:
        if cid in self._rows:
            self._rows[cid] = replace(self._rows[cid], cidx=cidx, keyver=keyver, about=about)

    async def survey_of(self, cid: ContactId) -> str:
        return ""

    async def limit(self, cid: ContactId, until: date | None) -> None:
        if cid in self._rows:
            self._rows[cid] = replace(self._rows[cid], until=until)

    async def over(self, today: date, most: int) -> Sequence[ContactId]:
        return [row.cid for row in self._rows.values() if row.until is not None and row.until < today][:most]

    async def remove(self, cids: Sequence[ContactId]) -> int:
        return sum(self._rows.pop(cid, None) is not None for cid in cids)
