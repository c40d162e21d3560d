"""Protocols of storage: what the process needs kept, and for how long. No messenger is known here.

Two homes: conversations (Redis or Valkey; may be lost at the price of a draft) and records (SQL; what is
submitted).
Implementations: `memory.py`, `redis.py`, `sql/`; one contract test holds for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NewType, Protocol

from dialogs.effects import Submit
from dialogs.events import MediaName
from dialogs.world import Survey

SessionName = NewType("SessionName", bytes)
"""Keyed name of a conversation (16 bytes, HMAC of an epoch): all that Redis sees of a person."""

Mark = NewType("Mark", bytes)
"""Keyed name of one native message (16 bytes), to drop what comes twice."""

Token = NewType("Token", bytes)
"""Participation token: HMAC(pepper of the survey, address), 16 bytes."""

ResponseId = NewType("ResponseId", bytes)
"""Random, 16 bytes."""


# -- conversations


@dataclass(frozen=True, slots=True)
class Loaded:
    """A conversation under our lock."""

    lock: bytes
    """Proof of the lock; `save` and `release` want it back."""
    found: SessionName | None = None
    """The name (epoch) under which it was found."""
    sealed: bytes | None = None
    anchor: bytes | None = None
    """Sealed handle of the question that stands (a channel's MessageRef)."""
    debt: bytes | None = None
    """Sealed replies of an earlier turn that were never confirmed as sent."""
    duplicate: bool = False
    """The mark was seen before: drop the message. No lock is held then."""


@dataclass(frozen=True, slots=True)
class Debt:
    """Replies owed, found after a crash."""

    name: SessionName
    sealed: bytes


class Conversations(Protocol):
    """Sessions with lock, duplicate marks and replies owed. Each call is one round trip.

    All raise `Unavailable` when the server does not answer in time.
    """

    async def load(self, names: Sequence[SessionName], marks: Sequence[Mark]) -> Loaded | None:
        """Take the lock and read. `names`: the current epoch's first, then older ones. None: somebody holds
        the lock.

        `marks`: the message's names in the same epochs (empty: cannot come twice); what came before
        midnight is
        known after it."""

    async def save(
        self,
        names: Sequence[SessionName],
        loaded: Loaded,
        sealed: bytes | None,
        ttl: int,
        mark: Mark | None,
        debt: bytes | None,
    ) -> None:
        """Store under the current epoch's name (None: forget the conversation), remember the mark, note the
        replies
        owed, free the lock; all or nothing. `ttl` in seconds. Raises `Lost` if the lock is not ours any
        more."""

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        """Free the lock and change nothing."""

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        """The replies noted as `debt` (the same bytes) were sent: clear them; keep the question's handle."""

    async def debts(self, older_than: float) -> Sequence[Debt]:
        """Replies owed for more than so many seconds, a bounded number, to be sent after a crash."""

    async def ping(self) -> None:
        """For health."""

    async def close(self) -> None: ...


# -- records


@dataclass(frozen=True, slots=True)
class FormVersion:
    """A form as published: kept as long as a session or a response may need it."""

    hash: str
    xform: bytes
    attachments: dict[str, bytes]
    source_name: str
    source: bytes


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One answer as the database holds it: in plain, or sealed under the response's key."""

    ref: str
    plain: str | None
    sealed: bytes | None
    media: MediaName | None = None


@dataclass(frozen=True, slots=True)
class StoredResponse:
    id: ResponseId
    survey: str
    form: str
    day: date
    language: str
    values: tuple[StoredValue, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A `Submit` on its way into the database: who may change it, and under which key its texts are
    sealed."""

    submit: Submit
    token: Token
    key: bytes
    day: date
    channel: str
    return_code: bytes | None = None
    """Keyed hash of the return code (argon2id under the survey's pepper)."""


@dataclass(frozen=True, slots=True)
class RawCounts:
    """Unsafe counts of one survey at one moment; leaves the house only through `privacy.disclosure`."""

    survey: str
    responses: int
    by_ref: dict[str, dict[str, int]] = field(default_factory=dict)
    """ref (without [n]) -> canonical value -> responses; select_multiple counts each chosen value."""
    texts: dict[str, int] = field(default_factory=dict)
    """ref -> number of sealed answers (never their content)."""
    by_channel: dict[str, int] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)


class Surveys(Protocol):
    """Published surveys and their form versions."""

    async def publish(self, survey: Survey, form: FormVersion) -> None:
        """New survey, or a new version of an open one. Raises `Conflict`."""

    async def close_survey(self, code: str, day: date) -> None: ...

    async def all(self) -> Sequence[Survey]: ...

    async def form(self, hash_: str) -> FormVersion | None: ...

    async def revision(self) -> int:
        """Grows with each change, so that running processes notice (polled each second)."""


class Responses(Protocol):
    """What was submitted, apart from who took part."""

    async def submit(self, submission: Submission) -> None:
        """Idempotent by response id; replaces an earlier one of the same token. One transaction, durable on
        return."""

    async def find(self, survey: str, token: Token) -> StoredResponse | None: ...

    async def find_by_code(self, survey: str, code: bytes) -> StoredResponse | None: ...

    async def erase(self, survey: str, response: ResponseId) -> int:
        """Remove rows, files and key; leave a tombstone. Returns the number of responses removed (0 or 1)."""

    async def counts(self, survey: str) -> RawCounts: ...

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        """Every response of a closed survey, in random order, for the export."""


class Media(Protocol):
    """Cleaned files, sealed. A draft's file carries its key in the session only."""

    async def keep(self, name: MediaName, sealed: bytes, day: date) -> None: ...

    async def read(self, name: MediaName) -> bytes | None: ...

    async def drop(self, name: MediaName) -> None: ...


class Keys(Protocol):
    """Rows of the keyring: wrapped keys by purpose. A file or schema of its own, with its own backup rule."""

    async def get(self, purpose: str) -> bytes | None: ...

    async def put_new(self, purpose: str, wrapped: bytes, created: date) -> bytes:
        """Store unless there is one; returns the one that stands (two workers agree this way)."""

    async def destroy(self, purpose: str) -> None: ...

    async def purposes(self, prefix: str) -> Sequence[str]: ...
