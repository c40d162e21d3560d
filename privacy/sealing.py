"""Sealing: bytes that only the holder of a key can read, in sizes that say little.

AES-256-GCM (the faster of the two AEADs on machines with AES instructions: 1.0 against 1.4 µs for half a
kilobyte).
A sealed value is `version (1) | nonce (12, random) | ciphertext | tag (16)`. Whoever seals names what it is
(`aad`),
so that a value moved to another place does not open there. Not here: where keys come from (`keyring.py`).
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy.chance import drawing

VERSION: Final = b"\x01"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
OVERHEAD: Final = len(VERSION) + NONCE_BYTES + TAG_BYTES
"""Bytes that sealing adds (29)."""

KEY_BYTES: Final = 32

SESSION_STEP: Final = 512
"""Sealed drafts come in multiples of this many bytes: Redis learns a coarse size only."""

TEXT_STEP: Final = 64
"""Sealed free texts and places come in multiples of this many bytes."""

_PAD_MARK: Final = b"\x80"

_nonce = drawing(NONCE_BYTES)


class Unsealable(Exception):
    """Not sealed with this key for this place, damaged, or of an unknown version. The message never holds
    content."""


class Sealer:
    """One key, ready for use (setting up AES costs more than sealing a session)."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._aead = AESGCM(key)

    def seal(self, data: bytes, aad: bytes) -> bytes:
        """`OVERHEAD` bytes longer than `data`; never twice the same."""
        nonce = _nonce()
        return VERSION + nonce + self._aead.encrypt(nonce, data, aad)

    def unseal(self, sealed: bytes, aad: bytes) -> bytes:
        """What was sealed. Raises `Unsealable`."""
        if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
            raise Unsealable("not a sealed value of a known version")
        nonce = sealed[1 : 1 + NONCE_BYTES]
        try:
            return self._aead.decrypt(nonce, sealed[1 + NONCE_BYTES :], aad)
        except InvalidTag:
            raise Unsealable("another key, another place, or damaged") from None

    def __repr__(self) -> str:
        return "<Sealer>"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("a key is not to be stored")


def seal(key: bytes, data: bytes, aad: bytes) -> bytes:
    """Seal once with a key that is not used again soon."""
    return Sealer(key).seal(data, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Open once. Raises `Unsealable`."""
    return Sealer(key).unseal(sealed, aad)


def pad(data: bytes, step: int = SESSION_STEP) -> bytes:
    """Lengthen so that the *sealed* value is a multiple of `step` bytes (ISO/IEC 7816-4: a mark, then
    zeros)."""
    marked = len(data) + len(_PAD_MARK) + OVERHEAD
    return data + _PAD_MARK + bytes(-marked % step)


def unpad(padded: bytes) -> bytes:
    """What `pad` was given. Raises `Unsealable` where nothing was padded."""
    stripped = padded.rstrip(b"\x00")
    if stripped[-1:] != _PAD_MARK:
        raise Unsealable("not padded")
    return stripped[:-1]
