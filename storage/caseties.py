"""The tie between a case and whoever reported it: a contact of its own for each case, found from both ends by keys.

From the case: the contact's id is derived from the case's key. From the person: an index for each slot, and the case's
id sealed in the contact. The rows alone tie nothing to anything, and two cases of one person have nothing in common.
The tie dies with the contact: 90 days after the case was closed, at the citizen's word, or when the messenger says that
nobody is there any more. Not here: cases (`casebook.py`), opening an address (`contactbook.Sender`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from privacy.addresses import Address
from privacy.contacts import (
    CASE_SLOTS,
    ContactPurpose,
    case_contact,
    case_index,
    open_about,
    seal_about,
    seal_contact,
)
from privacy.keyring import case_key, contact_index_key, contact_key
from privacy.sealing import Unsealable
from storage.cases import CaseId
from storage.contactbook import AT_ONCE, ContactBook
from storage.contacts import Contact, ContactId, Contacts
from storage.errors import Conflict
from storage.keychain import Keychain
from storage.keys import Keys

CASE_DAYS: Final = 90
"""The tie is cut so many days after the case was closed."""


class CaseTies:
    """All raise `Unavailable` when a store is away."""

    def __init__(self, contacts: Contacts, keychain: Keychain, keys: Keys, book: ContactBook) -> None:
        self._contacts = contacts
        self._keychain = keychain
        self._keys = keys
        self._book = book

    async def tie(self, case: CaseId, address: Address, today: date) -> bool:
        """What is written about the case goes to this address from now on, and to no other.

        False if the person has as many ties as they may have (`CASE_SLOTS`). Raises `Conflict` if the case is gone.
        """
        cid = await self.contact_of(case)
        if cid is None:
            raise Conflict("there is no such case")
        await self._book.forget([cid])
        index_key = await self._book.index_key(today.year, today)
        taken = {contact.cidx for contact in await self._of(address, today)}
        about = seal_about(index_key, cid, case)
        keys = await self._index_keys(today)
        for slot in range(CASE_SLOTS):
            if any(case_index(key, address, slot) in taken for key in keys):
                continue
            index = case_index(index_key, address, slot)
            sealed = seal_contact(await self._book.public(today), cid, ContactPurpose.CASE, address)
            await self._keychain.put_new(contact_key(cid), sealed.key, today)
            new = Contact(cid, index, today.year, ContactPurpose.CASE, sealed.address, today, None, about)
            if (await self._contacts.add(new)).cid == cid:
                return True
            await self._keys.destroy([contact_key(cid)])  # another turn of the same person was quicker: the next slot
        return False

    async def untie(self, cases: Sequence[CaseId]) -> int:
        """Nobody can be written to about these cases any more. Returns how many ties there were."""
        found = [await self.contact_of(case) for case in cases]
        return await self._book.forget([cid for cid in found if cid is not None])

    async def contact_of(self, case: CaseId) -> ContactId | None:
        """The id of the case's contact, whether there is one or not; None if the case is gone."""
        key = await self._keychain.existing(case_key(case))
        return None if key is None else ContactId(case_contact(key))

    async def is_tied(self, case: CaseId) -> bool:
        """Whether somebody can be written to about the case."""
        cid = await self.contact_of(case)
        return cid is not None and await self._contacts.get(cid) is not None

    async def cases_of(self, address: Address, today: date) -> Sequence[CaseId]:
        """The cases that are tied to this address."""
        cases = []
        for contact in await self._of(address, today):
            case = await self._about(contact)
            if case is not None:
                cases.append(case)
        return cases

    async def settle(self, closed: Mapping[CaseId, date | None]) -> int:
        """Set each tie's last day by its case (`closed`: every case that there is, and the day on which it was closed),
        and cut ties to cases that are gone. Idempotent; returns how many changed."""
        changed, after = 0, ContactId(b"")
        while page := await self._contacts.page(ContactPurpose.CASE, after, AT_ONCE):
            after = page[-1].cid
            for contact in page:
                changed += await self._settle(contact, closed)
        return changed

    async def _settle(self, contact: Contact, closed: Mapping[CaseId, date | None]) -> bool:
        case = await self._about(contact)
        if case is None or case not in closed:
            return bool(await self._book.forget([contact.cid]))
        day = closed[case]
        until = None if day is None else day + timedelta(days=CASE_DAYS)
        if until == contact.until:
            return False
        await self._contacts.limit(contact.cid, until)
        return True

    async def _of(self, address: Address, today: date) -> Sequence[Contact]:
        keys = await self._index_keys(today)
        indexes = [case_index(key, address, slot) for key in keys for slot in range(CASE_SLOTS)]
        return await self._contacts.find_all(indexes) if indexes else ()

    async def _index_keys(self, today: date) -> Sequence[bytes]:
        return [await self._book.index_key(year, today) for year in await self._book.years()]

    async def _about(self, contact: Contact) -> CaseId | None:
        if contact.about is None:
            return None
        key = await self._keychain.existing(contact_index_key(contact.keyver))
        if key is None:
            return None
        try:
            return CaseId(open_about(key, contact.cid, contact.about))
        except Unsealable:
            return None
