"""Contacts: addresses that whoever stores them cannot read back.

    K_idx (a year's) ── HMAC ──> cidx: finds a person's row, and no other way
    DEK (a contact's) ── seals the address; itself sealed for the year's X25519 pair:
        public part: seals, for the process that talks to citizens
        private part: opens, fetched by the sender alone

Destroying a contact's key destroys the address in every copy of the row. A row is for one purpose: its seal does not
open under another, and a person's rows for two purposes have nothing in common. Only people who subscribed, have an
open case or asked for an outcome get one. Not here: rows and years (`storage/contactbook.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from privacy.addresses import Address
from privacy.keyring import new_key
from privacy.pairs import seal_for
from privacy.pseudonyms import Domain, parcel, pseudonym, unparcel
from privacy.sealing import Unsealable, pad, seal, unpad, unseal

ADDRESS_STEP: Final = 128
"""Sealed addresses come in multiples of this many bytes, so that their length does not name the channel."""

_PARTS: Final = 3
_LENIENT: Final = "surrogatepass"  # as in addresses.py: broken UTF-16 must not raise with the id in the text


class ContactPurpose(StrEnum):
    """What a contact may be used for; the values are part of the seal."""

    SUBSCRIPTION = "subscription"
    """News that the person asked for, until they end it."""
    CASE = "case"
    """Replies to feedback, until 90 days after the case was closed."""
    OUTCOME = "outcome"
    """One message about what became of something, then no more."""


def contact_index(key: bytes, purpose: ContactPurpose, address: Address) -> bytes:
    """Under which the person's row for this purpose is found (16 bytes)."""
    return pseudonym(key, Domain.CONTACT, parcel(purpose.encode("ascii"), address.material()))


# -- the address


@dataclass(frozen=True, slots=True)
class SealedContact:
    """A new contact, ready to be stored: the address in the row, its key in the keyring."""

    address: bytes = field(repr=False)
    key: bytes = field(repr=False)
    """The contact's key, sealed for the pair."""


def seal_contact(public: bytes, contact: bytes, purpose: ContactPurpose, address: Address) -> SealedContact:
    """Under a key of its own, which nobody here keeps."""
    key = new_key()
    data = pad(address.material(), ADDRESS_STEP)
    return SealedContact(seal(key, data, _address_aad(contact, purpose)), seal_for(public, key, contact))


def open_contact(key: bytes, contact: bytes, purpose: ContactPurpose, sealed: bytes) -> Address:
    """For the sender, with the contact's key (`open_for`), just before it sends. Raises `Unsealable`."""
    parts = unparcel(unpad(unseal(key, sealed, _address_aad(contact, purpose))))
    if len(parts) != _PARTS:
        raise Unsealable("not an address")
    return Address(*(part.decode("utf-8", _LENIENT) for part in parts))


def _address_aad(contact: bytes, purpose: ContactPurpose) -> bytes:
    return parcel(b"contact/v1", contact, purpose.encode("ascii"))
