"""The staff as the desk knows them: who they are, how they prove it, which browsers are theirs.

Values and the protocol; the tables are `storage/sql/people.py`. Not here: what a role may (`dialogs/roles.py`), how a
password or a code is checked (`desk/passwords.py`, `desk/codes.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from dialogs.messages import Language
from dialogs.roles import Role

Hash = bytes
"""SHA-256 of a random token that only a browser or a link holds."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff."""

    name: str
    roles: frozenset[Role] = frozenset()
    offices: frozenset[str] = frozenset()
    """Offices whose cases they see; empty: none."""
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody proves who they are."""

    password: str = field(repr=False)
    """argon2id, with its parameters."""
    secret: bytes | None = field(default=None, repr=False)
    """Sealed; None until codes are set up."""
    step: int = 0
    """Of the last code that was used."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that lets somebody choose a password once."""

    name: str
    by: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A browser that is logged in."""

    staff: Staff
    began: datetime
    seen: datetime
    proved: datetime
    has_codes: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the list of staff."""

    staff: Staff
    has_login: bool
    has_codes: bool
    invited_until: datetime | None
    browsers: int


class People(Protocol):
    """The staff and their logins. Every call raises `Unavailable`."""

    async def all(self, now: datetime) -> Sequence[Standing]:
        """By name."""

    async def get(self, name: str) -> Staff | None: ...

    async def put(self, member: Staff, day: date) -> None:
        """Add somebody, or change them; their login stays."""

    async def speak(self, name: str, language: Language) -> None:
        """Somebody chose a language; nothing else of them changes, and whoever was removed meanwhile stays removed."""

    async def remove(self, name: str) -> bool:
        """With login, invitations and browsers."""

    async def administrators(self) -> int:
        """How many can log in and have the role."""

    # -- logins

    async def login(self, name: str) -> Login | None: ...

    async def set_password(self, name: str, password: str, day: date) -> None:
        """The codes stay."""

    async def set_secret(self, name: str, secret: bytes | None, step: int) -> None:
        """None: codes have to be set up anew."""

    async def use_step(self, name: str, step: int) -> bool:
        """Whether no code of this step or a later one was used before; in one step, so that none serves twice."""

    # -- invitations

    async def invite(self, hash_: Hash, invitation: Invitation) -> None:
        """One for each name: an older one ends."""

    async def invitation(self, hash_: Hash, now: datetime) -> Invitation | None: ...

    async def accept(self, hash_: Hash, member: Staff | None, password: str, now: datetime) -> str | None:
        """Use an invitation up and set the password; `member`: the first administrator. Whose it was; None if it is
        over. Browsers that were logged in and codes of before are gone."""

    # -- browsers

    async def begin(self, hash_: Hash, name: str, now: datetime) -> None: ...

    async def find(self, hash_: Hash) -> LoggedIn | None: ...

    async def touch(self, hash_: Hash, seen: datetime, proved: datetime) -> None: ...

    async def end(self, hash_: Hash) -> None: ...

    async def end_all(self, name: str, but: Hash = b"") -> int:
        """How many browsers of somebody were logged out."""

    async def forget(self, began_before: datetime, seen_before: datetime, now: datetime) -> None:
        """Browsers that are logged out by time, invitations that are over."""
