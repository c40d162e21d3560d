"""Keys sealed for a pair (X25519): whoever has the public part seals, only the holder of the private part opens.

Used by the contact book (`contacts.py`: the sender opens) and by the copies that staff read (`readings.py`: the desk
opens). Not here: where the parts are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from privacy.sealing import KEY_BYTES, Unsealable, seal, unseal


def new_private() -> bytes:
    """The private part of a new pair, 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The pair's public part, 32 bytes: seals, and opens nothing."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_for(public: bytes, key: bytes, owner: bytes) -> bytes:
    """The key of `owner` (a contact, a response): only the private part opens it. `ephemeral public | sealed`."""
    ephemeral = X25519PrivateKey.generate()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    mine = ephemeral.public_key().public_bytes_raw()
    return mine + seal(_agreed(shared, mine, public), key, _aad(owner))


def open_for(private: bytes, sealed: bytes, owner: bytes) -> bytes:
    """Raises `Unsealable`."""
    return open_with(private_part(private), sealed, owner)


@dataclass(frozen=True, slots=True)
class PrivatePart:
    """The private part of a pair, ready to open many keys in a row."""

    own: X25519PrivateKey = field(repr=False)
    public: bytes
    """Goes into every key that is agreed on; finding it costs as much as agreeing."""


def private_part(private: bytes) -> PrivatePart:
    own = X25519PrivateKey.from_private_bytes(private)
    return PrivatePart(own, own.public_key().public_bytes_raw())


def open_with(part: PrivatePart, sealed: bytes, owner: bytes) -> bytes:
    """As `open_for`. Raises `Unsealable`."""
    theirs = sealed[:KEY_BYTES]
    try:
        shared = part.own.exchange(X25519PublicKey.from_public_bytes(theirs))
    except ValueError:  # cut short, or a point of small order
        raise Unsealable("not sealed for a pair") from None
    key = _agreed(shared, theirs, part.public)
    return unseal(key, sealed[KEY_BYTES:], _aad(owner))


def _agreed(shared: bytes, ephemeral: bytes, public: bytes) -> bytes:
    info = b"pair-dek/v1" + ephemeral + public
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared)


def _aad(owner: bytes) -> bytes:
    return b"pair-key/v1" + owner
