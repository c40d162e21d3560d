"""Passwords of staff: argon2id in threads, few at a time, and none that everybody tries first.

At least twelve characters and not a common one; no rules about which signs (they make passwords worse). Whoever is
not there is checked as long as whoever is. Not here: how often somebody may try (`slowing.py`).
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from dialogs.i18n import N_

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters: enough for a long sentence, too few to keep the machine busy."""
COST: Final[Mapping[str, Any]] = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
"""Passes, KiB, lanes: what OWASP asks of argon2id at least, so that fifty people who come at eight do not wait."""
AT_ONCE: Final = 2
"""Passwords that are checked at the same time."""
COMMON_FILE: Final = "common-passwords.txt"

TOO_SHORT: Final = N_("Choose at least 12 characters. A few words in a row are easy to keep in mind.")
TOO_LONG: Final = N_("Choose at most 256 characters.")
TOO_COMMON: Final = N_("This password is among those that are tried first. Choose one that is yours alone.")
NOT_THE_SAME: Final = N_("The two passwords are not the same.")
LIKE_THE_NAME: Final = N_("Do not use your name or the town's as the password.")

_ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET: Final = str.maketrans("013457$@!€", "oieastsaie")


class Passwords:
    """Makes and checks hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """`hasher`: a cheap one for tests."""
        self._hasher = hasher or PasswordHasher(**COST)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """argon2id, with a salt of its own."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, normal(password))

    async def check(self, hash_: str | None, password: str) -> bool:
        """Whether it is the password; for nobody (None) as long as for somebody."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        async with self._turns:
            right = await asyncio.to_thread(self._matches, hash_ or self._nobody, normal(password)[:LONGEST])
        return right and hash_ is not None

    def is_outdated(self, hash_: str) -> bool:
        """Whether it should be made anew, with today's parameters."""
        return self._hasher.check_needs_rehash(hash_)

    def _matches(self, hash_: str, password: str) -> bool:
        try:
            return self._hasher.verify(hash_, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


def normal(password: str) -> str:
    """The same characters, however a keyboard composed them."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *names: str) -> str | None:
    """Why a new password is not taken, as a msgid; None if it is. `names`: the person's and the town's."""
    if len(normal(password)) < SHORTEST:
        return TOO_SHORT
    if len(normal(password)) > LONGEST:
        return TOO_LONG
    core = _core(password)
    if any(name and core in {_core(name), _core(name) * 2} for name in names):
        return LIKE_THE_NAME
    if is_common(password):
        return TOO_COMMON
    return None


def is_common(password: str) -> bool:
    """Whether it is on the list of common ones: as it stands, without the digits and signs at its ends, with letters
    for look-alike digits, or two of them in a row; or one word again and again."""
    folded = normal(password).casefold()
    words = common()
    parts = [part for part in re.split(r"[\W\d_]+", folded) if part]
    if len(set(parts)) == 1 and len(parts) > 1:
        return True
    for shape in {folded, _core(password), _core(password).translate(_LEET)}:
        if not shape or len(set(shape)) <= 2 or shape in words:
            return True
        if any(shape[:cut] in words and shape[cut:] in words for cut in range(3, len(shape) - 2)):
            return True
    return False


def _core(text: str) -> str:
    return _ENDS.sub("", normal(text).casefold())


@cache
def common() -> frozenset[str]:
    """The list, folded."""
    lines = (files("desk") / COMMON_FILE).read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))
