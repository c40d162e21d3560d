"""Contacts: addresses that whoever stores them cannot read back.

    K_idx (a year's) ── HMAC ──> cidx: finds a person's row, and no other way
    DEK (a contact's) ── seals the address; itself sealed for the year's X25519 pair:
        public part: seals, for the process that talks to citizens
        private part: opens, fetched by the sender alone

A case of feedback has a contact of its own, so that two cases of one person have nothing in common. Nothing in the rows
ties it to the case: its id is derived from the case's key, the case's id lies in it sealed (`about`), and a person's
contacts are found by an index for each of a bounded number of slots.

Destroying a contact's key destroys the address in every copy of the row. A row is for one purpose: its seal does not
open under another, and a person's rows for two purposes have nothing in common. Only people who subscribed, have an
open case or asked for an outcome get one. Not here: rows and years (`storage/contactbook.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.addresses import Address
from privacy.keyring import new_key
from privacy.pairs import seal_for
from privacy.pseudonyms import Domain, parcel, pseudonym, unparcel
from privacy.sealing import KEY_BYTES, Unsealable, pad, seal, unpad, unseal

ADDRESS_STEP: Final = 128
"""Sealed addresses come in multiples of this many bytes, so that their length does not name the channel."""

CASE_SLOTS: Final = 20
"""Cases that one person can have tied to them at once: open ones, and closed ones for 90 days more."""

_PARTS: Final = 3
_ID_BYTES: Final = 16
_ABOUT: Final = b"contact-about/v1"
_LENIENT: Final = "surrogatepass"  # as in addresses.py: broken UTF-16 must not raise with the id in the text


class ContactPurpose(StrEnum):
    """What a contact may be used for; the values are part of the seal."""

    SUBSCRIPTION = "subscription"
    """News that the person asked for, until they end it."""
    CASE = "case"
    """Replies to feedback, until 90 days after the case was closed."""
    OUTCOME = "outcome"
    """One message about what became of something, then no more."""


def contact_index(key: bytes, purpose: ContactPurpose, address: Address, about: str = "") -> bytes:
    """Under which the person's row for this purpose is found (16 bytes). With `about`, each thing has its own row."""
    parts = (purpose.encode("ascii"), address.material(), *((about.encode("utf-8"),) if about else ()))
    return pseudonym(key, Domain.CONTACT, parcel(*parts))


# -- cases


def case_index(key: bytes, address: Address, slot: int) -> bytes:
    """Under which the contact in one of a person's slots for cases is found (16 bytes)."""
    purpose = ContactPurpose.CASE.encode("ascii")
    return pseudonym(key, Domain.CONTACT, parcel(purpose, address.material(), slot.to_bytes(1, "big")))


def case_contact(case_key: bytes) -> bytes:
    """The id of a case's contact (16 bytes): whoever has the case's key finds the contact, and nobody else."""
    return _derived(case_key, b"case-contact/v1", _ID_BYTES)


def seal_about(index_key: bytes, contact: bytes, case: bytes) -> bytes:
    """Which case the contact is for, under the year's index key."""
    return seal(_derived(index_key, _ABOUT, KEY_BYTES), case, _ABOUT + contact)


def open_about(index_key: bytes, contact: bytes, sealed: bytes) -> bytes:
    """Raises `Unsealable`."""
    return unseal(_derived(index_key, _ABOUT, KEY_BYTES), sealed, _ABOUT + contact)


def _derived(key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


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
