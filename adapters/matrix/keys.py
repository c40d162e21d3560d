"""All keys of the Matrix channel, derived from the one that the keyring keeps for it. Pure.

Whoever has the keyring's key has the account's cross-signing identity, even when the store was lost: that is how a new
device is known as ours (`login.py`). Not here: nio's own keys of the device (they are in the store, `crypto_store.py`).
"""

from __future__ import annotations

import hmac
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adapters.secret import Secret
from privacy.sealing import KEY_BYTES, Sealer

NAME_BYTES: Final = 16


class Keys:
    """One account's. `material` is the keyring's key, `user` binds what is derived to the account."""

    __slots__ = ("_material", "_names", "_user", "pickle", "sealer")

    def __init__(self, material: bytes, user: str) -> None:
        if len(material) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._material, self._user = material, user
        self._names = self._derive("matrix-store-name/v1")
        self.sealer = Sealer(self._derive("matrix-store-seal/v1"))
        self.pickle = self._derive("matrix-pickle/v1").hex()
        """nio wants a passphrase for each thing that it hands over; the store seals it once more."""

    @classmethod
    def of(cls, key: Secret, user: str) -> Keys:
        """From the settings' key in hex."""
        return cls(bytes.fromhex(key.reveal()), user)

    def name(self, kind: str, of: str) -> bytes:
        """Keyed name of a row: finds it, says nothing."""
        return hmac.digest(self._names, kind.encode("ascii") + b"\x00" + of.encode("utf-8"), "sha256")[:NAME_BYTES]

    def seed(self, of: str) -> bytes:
        """Seed of a cross-signing key: `master`, `self_signing` or `user_signing`."""
        return self._derive(f"matrix-cross-signing/v1/{of}")

    def _derive(self, info: str) -> bytes:
        context = f"{info}\x00{self._user}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=context).derive(self._material)

    def __repr__(self) -> str:
        return "<Keys>"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("keys are not to be stored")
