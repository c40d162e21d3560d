"""Pseudonyms: keyed names of 16 bytes, one domain for each use, so that no two uses can be joined.

A plain hash of an address is no protection (all mobile numbers hash in minutes); each of these needs a
secret key
that is not in the same store. Not here: addresses (`addresses.py`), keys and their lives (`keyring.py`).
"""

from __future__ import annotations

import hmac
import re
from enum import Enum
from typing import Final

from argon2.low_level import Type, hash_secret_raw

NAME_BYTES: Final = 16
"""128 bits: with a million people the chance of any collision is 1.5e-27."""

RETURN_CODE_DIGITS: Final = 16

CODE_COST = (2, 19 * 1024, 1)
"""Rounds, KiB, lanes of argon2id: what OWASP asks at least. Whoever holds the salts pays it for each code they try."""


class Domain(Enum):
    """What a keyed name is for. The values are part of the format: they never change, new uses get new
    ones."""

    CONVERSATION = b"sess/v1"
    MESSAGE = b"mark/v1"
    PARTICIPATION = b"part/v1"
    RATE = b"rate/v1"
    TOMBSTONE = b"tomb/v1"
    CONTACT = b"contact/v1"
    OFFER = b"offer/v1"
    GUESSER = b"guess/v1"


def parcel(*parts: bytes) -> bytes:
    """Join so that no other parts give the same bytes: each with its length (4 bytes, big endian) before
    it."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def unparcel(joined: bytes) -> tuple[bytes, ...]:
    """The parts that `parcel` joined. Raises ValueError."""
    parts: list[bytes] = []
    at = 0
    while at < len(joined):
        end = at + 4 + int.from_bytes(joined[at : at + 4], "big")
        if at + 4 > len(joined) or end > len(joined):
            raise ValueError("not a parcel")
        parts.append(joined[at + 4 : end])
        at = end
    return tuple(parts)


def pseudonym(key: bytes, domain: Domain, what: bytes) -> bytes:
    """HMAC-SHA256 of `what` under `key` in `domain`, cut to `NAME_BYTES`."""
    # hmac.digest would let go of the interpreter's lock for each of a turn's names: a switch costs ten times the name.
    return hmac.new(key, domain.value + what, "sha256").digest()[:NAME_BYTES]


def tombstone(pepper: bytes, response: bytes) -> bytes:
    """What remains of an erased response, so that a restored backup can be told to forget it again."""
    return pseudonym(pepper, Domain.TOMBSTONE, response)


def canonical_return_code(typed: str) -> str | None:
    """The digits of a return code as typed (spaces and dashes are free), or None if it is none."""
    digits = re.sub(r"[\s\-–.]", "", typed)
    return digits if len(digits) == RETURN_CODE_DIGITS and digits.isascii() and digits.isdigit() else None


def return_code_hash(salt: bytes, code: str) -> bytes:
    """argon2id of a canonical return code under the survey's secret salt (32 bytes).

    Slow on purpose (some 50 ms): call it in a thread. The salt is the survey's, so that a code can be
    looked up.
    """
    return hash_secret_raw(code.encode("ascii"), salt, *CODE_COST, NAME_BYTES, Type.ID)
