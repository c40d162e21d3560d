"""Who is logged in, by a random token in a cookie; the server keeps its hash only.

Not here: how somebody proves who they are.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dialogs.messages import Language
from dialogs.roles import Role

COOKIE: Final = "__Host-desk"
TOKEN_BYTES: Final = 32
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
FRESH: Final = timedelta(minutes=5)
"""So long after the password was typed it is not asked for again."""
MOST: Final = 10_000
"""Sessions that are kept at once; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff."""

    name: str
    roles: frozenset[Role] = frozenset()
    offices: frozenset[str] = frozenset()
    """Offices whose cases they see; empty: none."""
    language: Language | None = None


@dataclass(slots=True)
class Session:
    """One browser's login."""

    staff: Staff
    began: datetime
    seen: datetime
    proved: datetime
    """When the password was typed last."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES), repr=False)
    """What each form of this session carries."""
    said: list[str] = field(default_factory=list)
    """What the next page tells once."""


class Sessions:
    """All of this process's."""

    def __init__(self) -> None:
        self._by_hash: dict[bytes, Session] = {}

    def begin(self, staff: Staff, now: datetime) -> str:
        """The new session's cookie."""
        cookie = secrets.token_urlsafe(TOKEN_BYTES)
        while len(self._by_hash) >= MOST:
            self._by_hash.pop(next(iter(self._by_hash)))
        self._by_hash[_hash(cookie)] = Session(staff, now, now, now)
        return cookie

    def find(self, cookie: str, now: datetime) -> Session | None:
        """The session, seen now; None if it is over or never was."""
        session = self._by_hash.get(_hash(cookie))
        if session is None:
            return None
        if now - session.seen > IDLE or now - session.began > LONGEST:
            self.end(cookie)
            return None
        session.seen = now
        return session

    def end(self, cookie: str) -> None:
        """Log out."""
        self._by_hash.pop(_hash(cookie), None)


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
