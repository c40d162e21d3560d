"""Who is logged in, by a random token in a cookie; the database keeps its hash, so that a restart logs nobody out.

Roles are read anew with each request: what an administrator takes away is gone at once. Not here: how somebody proves
who they are (`passwords.py`, `codes.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from privacy.retention import LOGGED_IN
from storage.people import Hash, People, Staff

__all__ = ["COOKIE", "FRESH", "IDLE", "LONGEST", "Session", "Sessions", "Staff", "hashed", "new_token", "token_of"]

COOKIE: Final = "__Host-desk"
TOKEN_BYTES: Final = 32
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = LOGGED_IN
FRESH: Final = timedelta(minutes=5)
"""So long after the password was typed it is not asked for again."""
TOUCH_EVERY: Final = timedelta(minutes=1)
"""That a browser is there is written down so often."""
SAID_KEPT: Final = 1000
"""Browsers whose next page has something to tell."""


@dataclass(slots=True)
class Session:
    """One browser's login, in one request."""

    staff: Staff
    began: datetime
    seen: datetime
    proved: datetime
    """When the password was typed last."""
    token: str = field(repr=False)
    """What each form of this session carries."""
    hash: Hash = field(repr=False)
    has_codes: bool = True
    """Whether codes (TOTP) are set up."""
    said: list[str] = field(default_factory=list)
    """What the next page tells once."""


class Sessions:
    """Browsers that are logged in."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._said: OrderedDict[Hash, list[str]] = OrderedDict()

    async def begin(self, name: str, now: datetime) -> str:
        """Log in; the new cookie."""
        await self._people.forget(now - LONGEST, now - IDLE, now)
        cookie = new_token()
        await self._people.begin(hashed(cookie), name, now)
        return cookie

    async def find(self, cookie: str, now: datetime, *, seen: bool = True) -> Session | None:
        """The session; None if it is over or never was. `seen`: somebody is there; False for what a page asks for by
        itself."""
        if not cookie:
            return None
        hash_ = hashed(cookie)
        found = await self._people.find(hash_)
        if found is None:
            return None
        if now - found.seen > IDLE or now - found.began > LONGEST:
            await self.end(hash_)
            return None
        if seen and now - found.seen >= TOUCH_EVERY:
            await self._people.touch(hash_, now, found.proved)
        token = token_of(cookie)
        said = self._said.setdefault(hash_, [])
        self._said.move_to_end(hash_)
        while len(self._said) > SAID_KEPT:
            self._said.popitem(last=False)
        return Session(found.staff, found.began, now, found.proved, token, hash_, found.has_codes, said)

    async def prove(self, session: Session, now: datetime) -> None:
        """The password was typed again."""
        session.proved = now
        await self._people.touch(session.hash, now, now)

    async def end(self, hash_: Hash) -> None:
        """Log out."""
        self._said.pop(hash_, None)
        await self._people.end(hash_)


def token_of(cookie: str) -> str:
    """What each form of a session carries: known to whoever holds the cookie, and tells nothing of it."""
    return hmac.digest(cookie.encode(), b"token of forms", "sha256").hex()


def new_token() -> str:
    """256 random bits, for cookies and links."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> Hash:
    """What is kept of a token: its bits are random, so a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).digest()
