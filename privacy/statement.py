"""Is it really the town? Who the town is on each channel, signed with its own Ed25519 key, for everybody to check.

Pure. The signature covers the statement as canonical JSON: keys sorted, no blanks, UTF-8. How to check it is in
docs/privacy.md. Not here: where the key lies (`storage/townkey.py`), who is asked (`bot/`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

VERSION: Final = 1
FINGERPRINT_GROUP: Final = 4


class TownKey:
    """The town's signing key. Shows nothing of itself but the public part."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        """`seed`: 32 random bytes."""
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: str = _text(self._private.public_key().public_bytes_raw())
        """Base64."""

    def sign(self, statement: Mapping[str, Any]) -> bytes:
        """The document that is published: the statement, the public key, the signature."""
        signature = _text(self._private.sign(canonical(statement)))
        document = {"statement": statement, "key": self.public, "signature": signature}
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8")

    def __repr__(self) -> str:
        return f"<TownKey {self.public}>"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("keys are not to be stored")


def canonical(statement: Mapping[str, Any]) -> bytes:
    """The bytes that are signed."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def is_signed(document: bytes, key: str) -> bool:
    """Whether a published document was signed by this public key (base64), not merely by the one that it names."""
    try:
        read = json.loads(document)
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(read["signature"], validate=True), canonical(read["statement"]))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return False
    return bool(read["key"] == key)


def grouped(key: str) -> str:
    """A key in groups, to be compared by eye."""
    return " ".join(key[at : at + FINGERPRINT_GROUP] for at in range(0, len(key), FINGERPRINT_GROUP))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
