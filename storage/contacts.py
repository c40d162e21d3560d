"""The contact book's rows: sealed addresses of those who want to be written to. Opened by `contactbook.py` alone.

Implementations: `memory_contacts.py`, `sql/contacts.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NewType, Protocol

from privacy.contacts import ContactPurpose

ContactId = NewType("ContactId", bytes)
"""Random, 16 bytes."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of the contact book: an address that the store cannot read."""

    cid: ContactId
    cidx: bytes = field(repr=False)
    """Keyed index of the person for this purpose (16 bytes)."""
    keyver: int
    """Year of the index key and of the pair that the contact's key is sealed for."""
    purpose: ContactPurpose
    sealed: bytes = field(repr=False)
    day: date
    until: date | None = None
    """The last day, where one is set."""
    about: bytes | None = field(default=None, repr=False)
    """Which case it is for, sealed (`privacy.contacts`); None where it is for none."""


class Contacts(Protocol):
    """Sealed addresses. Their keys are in the keyring (`storage.contactbook` does both)."""

    async def add(self, contact: Contact) -> Contact:
        """Store unless there is a row with this index; returns the one that stands."""

    async def find(self, indexes: Sequence[bytes]) -> Contact | None: ...

    async def find_all(self, indexes: Sequence[bytes]) -> Sequence[Contact]: ...

    async def get(self, cid: ContactId) -> Contact | None: ...

    async def page(self, purpose: ContactPurpose, after: ContactId, most: int) -> Sequence[Contact]:
        """In the order of their random ids, from `after` (b"" at the start) on."""

    async def keyed_before(self, year: int, most: int) -> Sequence[Contact]:
        """Some that are still under an older year's keys."""

    async def rekey(self, cid: ContactId, cidx: bytes, keyver: int, about: bytes | None = None) -> None: ...

    async def survey_of(self, cid: ContactId) -> str:
        """The survey whose outcome the contact is for; '' for any other contact."""

    async def limit(self, cid: ContactId, until: date | None) -> None:
        """Set the last day, or take it away."""

    async def over(self, today: date, most: int) -> Sequence[ContactId]:
        """Some whose last day is over."""

    async def remove(self, cids: Sequence[ContactId]) -> int: ...
