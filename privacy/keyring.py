"""The keyring: which keys there are, what they are for, and how they rest wrapped under the root key.

    root key (a file) ── HKDF ──> KEK_ring ── wraps ──> every key of the ring (a row each, in a store of its
    own)
    epoch key (a row a day) ── HKDF ──> name, mark and seal keys of that day's conversations
    contact pair (a row a year each part) ── X25519 ──> opens every contact's own key (`contacts.py`)

Peppers and response keys are random, never derived: destroying the row is destroying what it protected.
Not here: files and tables (`storage/rootkey.py`, `storage/sql/keys.py`) and the cache in memory
(`storage/keychain.py`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, StrEnum
from typing import Final, NewType

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.sealing import KEY_BYTES, SESSION_STEP, Sealer, Unsealable, pad, unpad

Purpose = NewType("Purpose", str)
"""Name of a row of the keyring, `kind/of`; made by the functions below only."""

ROOT_ID_BYTES: Final = 4
LONG_NAME_BYTES: Final = 16
LEAST_DISTINCT_BYTES: Final = 8
"""A root key with fewer different bytes was typed or zeroed, not drawn (1e-40 for a random one)."""
EPOCH_MARGIN: Final = timedelta(days=1)
"""An epoch's key lives this much longer than the longest entry that needs it."""


class KeyKind(StrEnum):
    """What keys of the ring are for; `retention.py` knows how long each lives."""

    PEPPER = "pepper"
    """One a survey: participation tokens, tombstones."""
    RETURN_CODE = "return-code"
    """One a survey: salt of the return codes."""
    RESPONSE = "response"
    """One a response: its free texts, places and files."""
    STAGING = "staging"
    """One a strict survey: answers that wait to be moved in a batch."""
    EPOCH = "epoch"
    """One a day: conversations."""
    RATE = "rate"
    """One a day: rate counters, shared by all workers."""
    CONTACT_INDEX = "contact-index"
    """One a year: finds a person's row in the contact book."""
    CONTACT_PUBLIC = "contact-public"
    """One a year: what seals contacts' keys; opens none."""
    CONTACT_PRIVATE = "contact-private"
    """One a year: what opens contacts' keys; fetched by the sender only."""
    CONTACT = "contact"
    """One a contact, sealed for the pair of a year: its address."""
    CASE = "case"
    """One a case of feedback: its words, place, photo and messages."""
    CASE_CODES = "case-codes"
    """One in all: salt of the case codes."""
    READING_PUBLIC = "reading-public"
    """One in all: seals the keys of the copies that staff read; opens none."""
    INTAKE = "intake"
    """One in all: opens what the desk seals for the bot."""
    CHANNEL = "channel"
    """One a messenger whose own keys we keep: its store, its identity."""


def survey_pepper(survey: str) -> Purpose:
    return _purpose(KeyKind.PEPPER, survey)


def return_code_salt(survey: str) -> Purpose:
    return _purpose(KeyKind.RETURN_CODE, survey)


def response_key(response: bytes) -> Purpose:
    return _purpose(KeyKind.RESPONSE, response.hex())


def staging_key(survey: str) -> Purpose:
    return _purpose(KeyKind.STAGING, survey)


def session_epoch(day: date) -> Purpose:
    return _purpose(KeyKind.EPOCH, day.isoformat())


def rate_window(day: date) -> Purpose:
    return _purpose(KeyKind.RATE, day.isoformat())


def contact_index_key(year: int) -> Purpose:
    return _purpose(KeyKind.CONTACT_INDEX, str(year))


def contact_public_key(year: int) -> Purpose:
    return _purpose(KeyKind.CONTACT_PUBLIC, str(year))


def contact_private_key(year: int) -> Purpose:
    return _purpose(KeyKind.CONTACT_PRIVATE, str(year))


def contact_key(contact: bytes) -> Purpose:
    return _purpose(KeyKind.CONTACT, contact.hex())


def case_key(case: bytes) -> Purpose:
    return _purpose(KeyKind.CASE, case.hex())


def case_codes_salt() -> Purpose:
    return _purpose(KeyKind.CASE_CODES, "all")


def reading_public_key() -> Purpose:
    return _purpose(KeyKind.READING_PUBLIC, "all")


def intake_key() -> Purpose:
    return _purpose(KeyKind.INTAKE, "all")


def channel_key(channel: str) -> Purpose:
    return _purpose(KeyKind.CHANNEL, channel)


def _purpose(kind: KeyKind, of: str) -> Purpose:
    return Purpose(f"{kind.value}/{of}")


def kind_of(purpose: str) -> KeyKind:
    """Raises ValueError for a row that no code of ours made."""
    return KeyKind(purpose.partition("/")[0])


def subject_of(purpose: str) -> str:
    """The survey, day, year, response or contact (hex) that a key belongs to."""
    return purpose.partition("/")[2]


# -- the root


class UnsafeRoot(Exception):
    """The root key cannot be used as it is; the message says what to do."""


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def check_root(raw: bytes, mode: int) -> bytes:
    """The root key, if the file's content and mode (st_mode) are safe. Raises `UnsafeRoot`."""
    if mode & (stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP):
        raise UnsafeRoot("the root key can be read or changed by others on this machine: chmod 0400")
    if len(raw) != KEY_BYTES:
        raise UnsafeRoot(
            f"the root key must be {KEY_BYTES} bytes, this file has {len(raw)}: restore it from its backup"
        )
    if len(set(raw)) < LEAST_DISTINCT_BYTES:
        raise UnsafeRoot("the root key is not random: restore it from its backup")
    return raw


def _derive(key: bytes, info: str, length: int = KEY_BYTES) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info.encode("ascii")).derive(key)


def root_id(root: bytes) -> bytes:
    """Name of a root key; says nothing of it, and may be shown."""
    return _derive(root, "root-id/v1", ROOT_ID_BYTES)


def root_of(wrapped: bytes) -> bytes:
    """Name of the root key that a row is wrapped under."""
    return wrapped[:ROOT_ID_BYTES]


class UnknownRoot(Unsealable):
    """Wrapped under a root key that this ring has not got: perhaps it was rotated meanwhile."""


class Ring:
    """Wraps and unwraps keys. With an older root beside the current one, both open: a rotation stops
    nobody."""

    __slots__ = ("_current", "_sealers")

    def __init__(self, root: bytes, *others: bytes) -> None:
        """`root` wraps; `others` open only."""
        self._sealers = {root_id(each): Sealer(_derive(each, "ring/v1")) for each in (root, *others)}
        self._current = root_id(root)

    @property
    def root(self) -> bytes:
        """Name of the root key that wraps."""
        return self._current

    @property
    def roots(self) -> frozenset[bytes]:
        """Names of the root keys that open."""
        return frozenset(self._sealers)

    def under(self, current: bytes) -> Ring:
        """The same ring, wrapping under another of its roots. Raises `UnknownRoot`."""
        if current not in self._sealers:
            raise UnknownRoot("this root key is not here")
        other = Ring.__new__(Ring)
        other._sealers, other._current = self._sealers, current
        return other

    def wrap(self, purpose: Purpose, key: bytes) -> bytes:
        """Bound to its purpose: a row under another name does not open."""
        return self._current + self._sealers[self._current].seal(key, purpose.encode("utf-8"))

    def unwrap(self, purpose: Purpose, wrapped: bytes) -> bytes:
        """Raises `UnknownRoot` or `Unsealable`."""
        sealer = self._sealers.get(root_of(wrapped))
        if sealer is None:
            raise UnknownRoot("wrapped under another root key")
        return sealer.unseal(wrapped[ROOT_ID_BYTES:], purpose.encode("utf-8"))

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a row needs no re-wrapping."""
        return wrapped.startswith(self._current)

    def __repr__(self) -> str:
        return "<Ring>"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("keys are not to be stored")


# -- epochs


class Entry(Enum):
    """What is sealed in a conversation's name: each opens in its own place only."""

    SESSION = b"session"
    ANCHOR = b"anchor"
    DEBT = b"debt"
    ADDRESS = b"address"
    OFFER = b"offer"


@dataclass(frozen=True, slots=True, eq=False)
class SessionEpoch:
    """The keys of one day's conversations, derived from one random key of the ring."""

    day: date
    name_key: bytes = field(repr=False)
    mark_key: bytes = field(repr=False)
    sealer: Sealer = field(repr=False)
    long_name: bytes = field(repr=False)
    """Under which it is noted that a draft of this day is kept for longer than usual."""

    @classmethod
    def derive(cls, day: date, key: bytes) -> SessionEpoch:
        return cls(
            day=day,
            name_key=_derive(key, "epoch-name/v1"),
            mark_key=_derive(key, "epoch-mark/v1"),
            sealer=Sealer(_derive(key, "epoch-seal/v1")),
            long_name=_derive(key, "epoch-long/v1", LONG_NAME_BYTES),
        )

    def seal(self, entry: Entry, name: bytes, data: bytes, step: int = SESSION_STEP) -> bytes:
        """Sealed for a conversation's name, in multiples of `step` bytes."""
        return self.sealer.seal(pad(data, step), entry.value + name)

    def unseal(self, entry: Entry, name: bytes, sealed: bytes) -> bytes:
        """Raises `Unsealable`."""
        return unpad(self.sealer.unseal(sealed, entry.value + name))

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("keys are not to be stored")


def unseal_any(epochs: Sequence[SessionEpoch], entry: Entry, name: bytes, sealed: bytes) -> tuple[SessionEpoch, bytes]:
    """Open with whichever epoch fits, and say which. Raises `Unsealable`."""
    for epoch in epochs:
        try:
            return epoch, epoch.unseal(entry, name, sealed)
        except Unsealable:
            continue
    raise Unsealable("no live epoch opens it")


def live_days(today: date, longest: timedelta) -> tuple[date, ...]:
    """Days whose epoch may still have an entry alive, the current one first. `longest`: the longest TTL in
    force."""
    whole = -(-longest // timedelta(days=1))
    return tuple(today - timedelta(days=back) for back in range(whole + 1))


def is_expired(day: date, today: date, longest: timedelta) -> bool:
    """Whether the epoch of `day` can be destroyed: nothing sealed under it is alive, and the margin has
    passed."""
    return day < today - longest - EPOCH_MARGIN
