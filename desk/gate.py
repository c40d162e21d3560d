"""What stands at the desk's entrance: sessions, passwords, codes, and how fast somebody may try.

name and password ──> pending ──> code ──> session
                        (5 minutes, in memory, one browser)
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from desk import codes
from desk.passwords import Passwords
from desk.sessions import Sessions, hashed, new_token
from desk.slowing import Slowing
from storage.people import Hash, Login, People

PENDING_LASTS: Final = timedelta(minutes=5)
PENDING_MOST: Final = 1000


@dataclass(slots=True)
class Pending:
    """Somebody typed the right password and owes the code."""

    name: str
    until: datetime
    next: str


@dataclass(slots=True)
class Gate:
    """One desk's."""

    people: People
    sessions: Sessions
    passwords: Passwords
    slowing: Slowing
    key: bytes = field(repr=False)
    """The desk's own: seals secrets of codes, signs known browsers."""
    asks_codes: bool = True
    pending: OrderedDict[Hash, Pending] = field(default_factory=OrderedDict)
    new_secrets: OrderedDict[Hash, bytes] = field(default_factory=OrderedDict, repr=False)
    """Secrets that are being set up, by session: kept once a first code was right."""

    def wait(self, name: str, next_: str, now: datetime) -> str:
        """The password was right; the token under which the code is expected."""
        token = new_token()
        self.pending[hashed(token)] = Pending(name, now + PENDING_LASTS, next_)
        while len(self.pending) > PENDING_MOST:
            self.pending.popitem(last=False)
        return token

    def waiting(self, token: str, now: datetime) -> Pending | None:
        """Who owes the code."""
        found = self.pending.get(hashed(token))
        return found if found is not None and found.until > now else None

    def done(self, token: str) -> None:
        """The code came."""
        self.pending.pop(hashed(token), None)

    def secret_for(self, hash_: Hash) -> bytes:
        """The secret that this browser is shown, the same until it is taken."""
        if hash_ not in self.new_secrets:
            self.new_secrets[hash_] = codes.new_secret()
            while len(self.new_secrets) > PENDING_MOST:
                self.new_secrets.popitem(last=False)
        return self.new_secrets[hash_]

    async def takes_code(self, name: str, login: Login, code: str, now: datetime) -> bool:
        """Whether it is a code of now that was not used before."""
        secret = codes.opened(self.key, login.secret, name) if login.secret is not None else None
        step = codes.step_of(secret if secret is not None else secrets.token_bytes(codes.SECRET_BYTES), code, now)
        return secret is not None and step is not None and await self.people.use_step(name, step)
