"""The contact book at work: rows and keys together, for the process that talks to citizens and for the one that sends.

`ContactBook` adds, finds and forgets; it holds the year's index key and the public part of the pair, and cannot read an
address back. `Sender` fetches the private part, opens one address at a time just before it sends, and carries the book
over to the new keys once a year. Forgetting destroys the key first: whatever stops it then, nothing opens any more.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from privacy.addresses import Address
from privacy.contacts import (
    CASE_SLOTS,
    ContactPurpose,
    case_index,
    contact_index,
    open_about,
    open_contact,
    seal_about,
    seal_contact,
)
from privacy.keyring import (
    KeyKind,
    Purpose,
    contact_index_key,
    contact_key,
    contact_private_key,
    contact_public_key,
    new_key,
    subject_of,
)
from privacy.pairs import PrivatePart, new_private, open_for, open_with, private_part, public_of, seal_for
from privacy.sealing import Unsealable
from storage.contacts import Contact, ContactId, Contacts
from storage.keychain import Keychain
from storage.keys import Keys

OUTCOME_DAYS: Final = 365
"""A one-time notification that was never sent is forgotten after so many days."""
OLD_KEYS_DAYS: Final = 2
"""So many days into a year the old year's keys are destroyed: a turn that began before midnight has ended."""
AT_ONCE: Final = 200
_ID_BYTES: Final = 16


class ContactBook:
    """For the process that talks to citizens."""

    def __init__(self, contacts: Contacts, keychain: Keychain, keys: Keys) -> None:
        self._contacts = contacts
        self._keychain = keychain
        self._keys = keys

    async def add(self, address: Address, purpose: ContactPurpose, today: date, about: str = "") -> ContactId:
        """The person's contact for this purpose, made if there is none. (Contacts of cases: `caseties.py`.)"""
        standing = await self.find(address, purpose, today, about)
        if standing is not None:
            return standing
        cid = ContactId(os.urandom(_ID_BYTES))
        public = await self.public(today)
        sealed = seal_contact(public, cid, purpose, address)
        await self._keychain.put_new(contact_key(cid), sealed.key, today)
        index = contact_index(await self.index_key(today.year, today), purpose, address, about)
        until = today + timedelta(days=OUTCOME_DAYS) if purpose is ContactPurpose.OUTCOME else None
        stored = await self._contacts.add(Contact(cid, index, today.year, purpose, sealed.address, today, until))
        if stored.cid != cid:  # another turn of the same person was quicker
            await self._keys.destroy([contact_key(cid)])
        return stored.cid

    async def find(self, address: Address, purpose: ContactPurpose, today: date, about: str = "") -> ContactId | None:
        """Under this year's index or, while the book is carried over, under an older one."""
        keys = [await self.index_key(year, today) for year in await self.years()]
        found = (
            await self._contacts.find([contact_index(key, purpose, address, about) for key in keys]) if keys else None
        )
        return None if found is None else found.cid

    async def forget(self, cids: Sequence[ContactId]) -> int:
        """Key and row; returns how many rows there were."""
        await self._keys.destroy([contact_key(cid) for cid in cids])
        return await self._contacts.remove(cids)

    async def forget_over(self, today: date) -> int:
        """Contacts whose last day is over, and keys that have no row (a crash in between)."""
        forgotten = 0
        while cids := await self._contacts.over(today, AT_ONCE):
            forgotten += await self.forget(cids)
        left = await self._keys.purposes(f"{KeyKind.CONTACT.value}/", today - timedelta(days=1))
        alone = [key for key in left if await self._contacts.get(ContactId(bytes.fromhex(subject_of(key)))) is None]
        await self._keys.destroy(alone)
        return forgotten

    async def years(self) -> Sequence[int]:
        """Years of which there is an index key: one, and two while the book is carried over."""
        return [int(subject_of(purpose)) for purpose in await self._keys.purposes(f"{KeyKind.CONTACT_INDEX.value}/")]

    async def index_key(self, year: int, today: date) -> bytes:
        return await self._keychain.existing(contact_index_key(year)) or await self._keychain.put_new(
            contact_index_key(year), new_key(), today
        )

    async def public(self, today: date) -> bytes:
        public = await self._keychain.existing(contact_public_key(today.year))
        if public is None:  # whoever makes the pair knows its private part for this moment
            private = await self._keychain.put_new(contact_private_key(today.year), new_private(), today)
            public = await self._keychain.put_new(contact_public_key(today.year), public_of(private), today)
        return public


@dataclass(frozen=True, slots=True)
class Privates:
    """Private parts, ready to open; never stored, never printed."""

    parts: tuple[PrivatePart, ...] = field(default=(), repr=False)


class Opener:
    """Opens addresses one at a time; lives as long as the messages of a moment."""

    __slots__ = ("_keys", "_privates")

    def __init__(self, privates: Privates, keys: Mapping[ContactId, bytes]) -> None:
        self._privates = privates
        self._keys = keys

    def address(self, contact: Contact) -> Address | None:
        """None once the contact is forgotten. Raises `Unsealable` if keys were lost."""
        sealed = self._keys.get(contact.cid)
        if sealed is None:
            return None
        for private in self._privates.parts:
            with contextlib.suppress(Unsealable):
                key = open_with(private, sealed, contact.cid)
                return open_contact(key, contact.cid, contact.purpose, contact.sealed)
        raise Unsealable("the pair that this contact was sealed for is gone")


class Sender:
    """For the process that sends: the only one that asks for the private part."""

    def __init__(self, contacts: Contacts, keychain: Keychain, keys: Keys, book: ContactBook) -> None:
        self._contacts = contacts
        self._keychain = keychain
        self._keys = keys
        self._book = book

    async def address(self, cid: ContactId) -> Address | None:
        """Where to send to; None once the contact is forgotten. Raises `Unsealable` if keys were lost."""
        contact = await self._contacts.get(cid)
        sealed = await self._keychain.existing(contact_key(cid))
        if contact is None or sealed is None:
            return None
        return open_contact(await self._key(contact, sealed), cid, contact.purpose, contact.sealed)

    async def privates(self) -> Privates:
        """The private parts of the pairs in use, for the messages of some seconds."""
        found = []
        for purpose in await self._keys.purposes(f"{KeyKind.CONTACT_PRIVATE.value}/"):
            private = await self._keychain.existing(Purpose(purpose))
            if private is not None:
                found.append(private_part(private))
        return Privates(tuple(found))

    async def opener(self, cids: Sequence[ContactId], privates: Privates) -> Opener:
        """The keys of many contacts at once: each address is opened from it just before it is sent to."""
        purposes = {cid: contact_key(cid) for cid in cids}
        wrapped = await self._keys.get_all(list(purposes.values()))
        keys = {
            cid: await self._keychain.unwrap(purpose, wrapped[purpose])
            for cid, purpose in purposes.items()
            if purpose in wrapped
        }
        return Opener(privates, keys)

    async def renew(self, today: date) -> int:
        """Carry contacts over to this year's keys; when none is left under older ones, destroy those."""
        renewed = 0
        while some := await self._contacts.keyed_before(today.year, AT_ONCE):
            for contact in some:
                renewed += await self._carry_over(contact, today)
        if today >= date(today.year, 1, 1) + timedelta(days=OLD_KEYS_DAYS):
            await self._keys.destroy([key for key in await self._yearly() if int(subject_of(key)) < today.year])
        return renewed

    async def _carry_over(self, contact: Contact, today: date) -> bool:
        """The key first: a crash in between leaves a row of the old year whose key opens with the new pair."""
        purpose = contact_key(contact.cid)
        sealed = await self._keychain.existing(purpose)
        if sealed is None:  # forgotten in this moment, or half forgotten by a crash
            await self._contacts.remove([contact.cid])
            return False
        key = await self._key(contact, sealed)
        address = open_contact(key, contact.cid, contact.purpose, contact.sealed)
        public = await self._book.public(today)
        if await self._keychain.change(purpose, lambda _: seal_for(public, key, contact.cid)):
            now = await self._book.index_key(today.year, today)
            index = contact_index(now, contact.purpose, address, await self._contacts.survey_of(contact.cid))
            about = None
            before = await self._keychain.existing(contact_index_key(contact.keyver))
            if contact.about is not None and before is not None:
                about = seal_about(now, contact.cid, open_about(before, contact.cid, contact.about))
                index = case_index(now, address, _slot(before, address, contact.cidx))
            await self._contacts.rekey(contact.cid, index, today.year, about)
        return True

    async def _key(self, contact: Contact, sealed: bytes) -> bytes:
        for purpose in await self._keys.purposes(f"{KeyKind.CONTACT_PRIVATE.value}/"):
            private = await self._keychain.existing(Purpose(purpose))
            if private is not None:
                with contextlib.suppress(Unsealable):
                    return open_for(private, sealed, contact.cid)
        raise Unsealable("the pair that this contact was sealed for is gone")

    async def _yearly(self) -> list[str]:
        kinds = (KeyKind.CONTACT_INDEX, KeyKind.CONTACT_PUBLIC, KeyKind.CONTACT_PRIVATE)
        return [purpose for kind in kinds for purpose in await self._keys.purposes(f"{kind.value}/")]


def _slot(key: bytes, address: Address, index: bytes) -> int:
    """In which of the person's slots a case's contact is. Raises `Unsealable` if it is in none."""
    for slot in range(CASE_SLOTS):
        if case_index(key, address, slot) == index:
            return slot
    raise Unsealable("the contact is under the index of another person or another year")
