"""Codes of an app on one's phone (TOTP, RFC 6238): six digits for 30 seconds, each of which serves once.

The secret is sealed with the desk's own key and for one name; nobody reads it again, a lost phone means a new one.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from privacy.sealing import Unsealable, seal, unseal

SECONDS: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
STEPS_OFF: Final = 1
"""A phone's clock may be so many steps off, to either side."""


def new_secret() -> bytes:
    """For one person."""
    return os.urandom(SECRET_BYTES)


def address(secret: bytes, name: str, town: str) -> str:
    """What the app reads from the picture: an otpauth address."""
    return _totp(secret).get_provisioning_uri(quote(name), town)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step that a code is of; None if it is of none around now."""
    typed = "".join(code.split()).encode()
    here = int(now.timestamp()) // SECONDS
    for step in range(here - STEPS_OFF, here + STEPS_OFF + 1):
        try:
            _totp(secret).verify(typed, step * SECONDS)
        except (InvalidToken, ValueError):
            continue
        return step
    return None


def code_at(secret: bytes, now: datetime) -> str:
    """The code of this moment, as the app shows it: for tests and the demonstration."""
    return _totp(secret).generate(int(now.timestamp())).decode()


def sealed(key: bytes, secret: bytes, name: str) -> bytes:
    """As it is kept."""
    return seal(key, secret, _place(name))


def opened(key: bytes, kept: bytes, name: str) -> bytes | None:
    """None if it was sealed with another key: codes have to be set up anew."""
    try:
        return unseal(key, kept, _place(name))
    except Unsealable:
        return None


def _place(name: str) -> bytes:
    return b"codes of " + name.encode()


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303  # what every app of phones knows; the RFC's own
