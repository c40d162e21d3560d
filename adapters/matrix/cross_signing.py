"""Our own cross-signing, which nio has not: strict clients (MSC4153) speak only to devices that their owner signed.

Three Ed25519 keys from the keyring's seeds: the master key signs the self-signing key, that one signs our device; the
device signs the master key, so that whoever verified the device knows the account. Pure: requests are made and read
here, sent by `login.py`. https://spec.matrix.org/latest/client-server-api/#cross-signing
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.matrix.keys import Keys

Signed = dict[str, Any]
Sign = Callable[[str], str]
"""Signs canonical JSON with the device's key, in base64."""

_UNSIGNED: Final = ("signatures", "unsigned")
GROUP: Final = 4
"""Characters of a fingerprint between blanks, as clients show it."""


def canonical(document: Signed) -> bytes:
    """What is signed of a document: https://spec.matrix.org/latest/appendices/#signing-json."""
    bare = {key: value for key, value in document.items() if key not in _UNSIGNED}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class Signer:
    """One Ed25519 key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: str = _unpadded(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, user: str, document: Signed) -> Signed:
        """The document with our signature beside those it has."""
        return signed(document, user, f"ed25519:{self.public}", _unpadded(self._key.sign(canonical(document))))

    def __repr__(self) -> str:
        return "<Signer>"


def signed(document: Signed, user: str, key_id: str, signature: str) -> Signed:
    signatures: dict[str, dict[str, str]] = document.get("signatures", {})
    return {**document, "signatures": {**signatures, user: {**signatures.get(user, {}), key_id: signature}}}


@dataclass(frozen=True, slots=True)
class CrossSigning:
    """The account's three keys."""

    user: str
    master: Signer
    self_signing: Signer
    user_signing: Signer

    @classmethod
    def of(cls, keys: Keys, user: str) -> CrossSigning:
        return cls(
            user, Signer(keys.seed("master")), Signer(keys.seed("self_signing")), Signer(keys.seed("user_signing"))
        )

    @property
    def fingerprint(self) -> str:
        """The master key, in groups, as a client shows it: to be compared with what the town publishes."""
        public = self.master.public
        return " ".join(public[at : at + GROUP] for at in range(0, len(public), GROUP))

    def upload(self, device: str, sign: Sign) -> Signed:
        """Body of `keys/device_signing/upload`; the device signs the master key."""
        master = self._key("master", self.master)
        master = signed(master, self.user, f"ed25519:{device}", sign(canonical(master).decode()))
        return {
            "master_key": master,
            "self_signing_key": self.master.sign(self.user, self._key("self_signing", self.self_signing)),
            "user_signing_key": self.master.sign(self.user, self._key("user_signing", self.user_signing)),
        }

    def signatures(self, device: str, queried: Signed, sign: Sign) -> Signed | None:
        """Body of `keys/signatures/upload` for what is still without signature in our own `keys/query`."""
        missing: Signed = {}
        own = queried.get("device_keys", {}).get(self.user, {}).get(device)
        if own is not None and not self._has(own, f"ed25519:{self.self_signing.public}"):
            bare = {key: value for key, value in own.items() if key not in _UNSIGNED}
            missing[device] = self.self_signing.sign(self.user, bare)
        master = queried.get("master_keys", {}).get(self.user)
        if master is not None and not self._has(master, f"ed25519:{device}"):
            bare = {key: value for key, value in master.items() if key not in _UNSIGNED}
            missing[self.master.public] = signed(bare, self.user, f"ed25519:{device}", sign(canonical(bare).decode()))
        return {self.user: missing} if missing else None

    def _has(self, document: Signed, key_id: str) -> bool:
        return key_id in document.get("signatures", {}).get(self.user, {})

    def _key(self, usage: str, signer: Signer) -> Signed:
        return {"user_id": self.user, "usage": [usage], "keys": {f"ed25519:{signer.public}": signer.public}}


def master_key(queried: Signed, user: str) -> str:
    """The user's master key in a `keys/query`, '' if there is none (or it is malformed)."""
    document = queried.get("master_keys", {}).get(user)
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, dict) or len(keys) != 1:
        return ""
    key_id, public = next(iter(keys.items()))
    return public if isinstance(public, str) and key_id == f"ed25519:{public}" else ""


def is_signed(document: Signed, user: str, public: str) -> bool:
    """Whether the document carries a true signature of this key of the user."""
    signature = document.get("signatures", {}).get(user, {}).get(f"ed25519:{public}")
    if not isinstance(signature, str):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_padded(public)).verify(_padded(signature), canonical(document))
    except (InvalidSignature, ValueError):
        return False
    return True


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _padded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
