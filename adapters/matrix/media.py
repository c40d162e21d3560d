"""Where a file lies and how it is encrypted: the event's fields <-> an opaque handle, and the cipher itself. Pure.

Encrypted files are AES-256-CTR with a SHA-256 of the ciphertext:
https://spec.matrix.org/latest/client-server-api/#sending-encrypted-attachments
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from nio.crypto.attachments import decrypt_attachment, encrypt_attachment
from nio.exceptions import EncryptionError

from adapters.errors import Rejected
from dialogs.events import MediaRef

_MXC: Final = re.compile(r"mxc://([A-Za-z0-9.\-:\[\]]{1,255})/([A-Za-z0-9_-]{1,255})")
_KEY_BYTES: Final = 32
_FIELD_LIMIT: Final = 128

Json = Mapping[str, Any]


class Located(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A file on a homeserver; without a key it lies there in plain."""

    server: str
    media: str
    key: str = ""
    iv: str = ""
    sha256: str = ""

    def ref(self) -> MediaRef:
        return MediaRef(msgspec.json.encode(self).decode())

    def fields(self) -> dict[str, Any]:
        """As they stand in an event."""
        address = f"mxc://{self.server}/{self.media}"
        if not self.key:
            return {"url": address}
        key = {"kty": "oct", "alg": "A256CTR", "ext": True, "k": self.key, "key_ops": ["encrypt", "decrypt"]}
        return {"file": {"v": "v2", "url": address, "key": key, "iv": self.iv, "hashes": {"sha256": self.sha256}}}

    def opened(self, data: bytes) -> bytes:
        """The plain bytes. Raises `Rejected` if they were changed on the way."""
        if not self.key:
            return data
        try:
            plain: bytes = decrypt_attachment(data, self.key, self.sha256, self.iv)
        except (EncryptionError, ValueError, TypeError):
            raise Rejected("the file does not decrypt") from None
        return plain


def locate(content: Json) -> Located | None:
    """Where the file of an event lies; None if that is malformed."""
    file = content.get("file")
    if not isinstance(file, Mapping):
        return _at(content.get("url"))
    key, hashes = file.get("key"), file.get("hashes")
    if not isinstance(key, Mapping) or not isinstance(hashes, Mapping) or key.get("alg") != "A256CTR":
        return None
    found = _at(file.get("url"))
    parts = (key.get("k"), file.get("iv"), hashes.get("sha256"))
    if found is None or not all(isinstance(part, str) and 0 < len(part) <= _FIELD_LIMIT for part in parts):
        return None
    secret, iv, sha256 = (str(part) for part in parts)
    if len(_decoded(secret)) != _KEY_BYTES:
        return None
    return Located(found.server, found.media, secret, iv, sha256)


def located_by(ref: MediaRef) -> Located:
    """The handle read back. Raises `Rejected` for what is none of ours."""
    try:
        return msgspec.json.decode(ref, type=Located)
    except ValueError:
        raise Rejected("not a file of this channel") from None


def closed(data: bytes) -> tuple[bytes, Json]:
    """The ciphertext, and what opens it."""
    ciphertext, opener = encrypt_attachment(data)
    return ciphertext, opener


def placed(address: str, opener: Json | None) -> Located | None:
    """An uploaded file: its address, and what opens it if it is encrypted."""
    found = _at(address)
    if found is None or opener is None:
        return found
    return Located(found.server, found.media, opener["key"]["k"], opener["iv"], opener["hashes"]["sha256"])


def _at(address: object) -> Located | None:
    found = _MXC.fullmatch(address) if isinstance(address, str) else None
    return None if found is None else Located(found[1], found[2])


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-len(text) % 4))
    except ValueError:
        return b""
