"""Names of kept files: a random locator, and the key that opens the file, in one word.

The whole name lives in the sealed session and, after sending, sealed in the response: destroying the response's key
destroys the file with it, in every backup. The store sees the locator only.
"""

from __future__ import annotations

import base64
import os
import re
from typing import Final

from privacy.sealing import KEY_BYTES, seal, unseal

LOCATOR_BYTES: Final = 16

_NAME: Final = re.compile(r"(?P<locator>[0-9a-f]{32})(?:-(?P<key>[A-Za-z0-9_-]{43}))?(?P<suffix>\.[a-z0-9]{1,5})?")


class NoFileName(ValueError):
    """Not a name that `new_file_name` made."""


def new_file_name(suffix: str) -> str:
    """A name with a new key; `suffix` such as ".jpg" or ""."""
    key = base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).rstrip(b"=").decode("ascii")
    return f"{os.urandom(LOCATOR_BYTES).hex()}-{key}{suffix}"


def locator(name: str) -> bytes:
    """Where the file is kept. Raises `NoFileName`."""
    return bytes.fromhex(_parsed(name)["locator"])


def without_key(name: str) -> str:
    """What may be stored and shown. Raises `NoFileName`."""
    parsed = _parsed(name)
    return parsed["locator"] + (parsed["suffix"] or "")


def seal_file(name: str, data: bytes) -> bytes:
    """Raises `NoFileName`."""
    return seal(_key(name), data, b"file/v1" + locator(name))


def open_file(name: str, sealed: bytes) -> bytes:
    """Raises `NoFileName` or `privacy.sealing.Unsealable`."""
    return unseal(_key(name), sealed, b"file/v1" + locator(name))


def _key(name: str) -> bytes:
    key = _parsed(name)["key"]
    if key is None:
        raise NoFileName("a file's name without its key")
    return base64.urlsafe_b64decode(key + "=")


def _parsed(name: str) -> re.Match[str]:
    parsed = _NAME.fullmatch(name)
    if parsed is None:
        raise NoFileName("not the name of a kept file")
    return parsed
