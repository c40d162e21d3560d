"""What is kept of surveys and of what was submitted to them: the protocols and their values.

Implementations: `memory_records.py`, `sql/`; one contract test holds for all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NewType, Protocol

from dialogs.effects import Submit
from dialogs.events import MediaName
from dialogs.world import Survey

Token = NewType("Token", bytes)
"""Participation token: HMAC(pepper of the survey, address), 16 bytes."""

ResponseId = NewType("ResponseId", bytes)
"""Random, 16 bytes."""

UNTIED: Final = ResponseId(b"")
"""Strict surveys: this person took part, and nothing says with which answers."""


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
    """One answer as the database holds it: in plain, or sealed under the response's key (`privacy.answers`)."""

    ref: str
    plain: str | None
    sealed: bytes | None
    media: MediaName | None = None
    """The file, without its key (`privacy.files`); the full name is what is sealed."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    id: ResponseId
    survey: str
    form: str
    day: date | None
    """None where nothing ties the response to the person who asks (`UNTIED`)."""
    language: str
    values: tuple[StoredValue, ...]
    informed: str = ""
    """Version of the notice that it was given under."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A `Submit` on its way into the database, and who may change it."""

    submit: Submit
    token: Token
    day: date
    channel: str
    return_code: bytes | None = None
    """Keyed hash of the return code (argon2id under the survey's salt)."""
    replaces: ResponseId | None = None
    """The response that a return code led to: this one takes its place."""


@dataclass(frozen=True, slots=True)
class RawCounts:
    """Unsafe counts of one survey at one moment; leaves the house only through `privacy.disclosure`."""

    survey: str
    responses: int
    answered: dict[str, int] = field(default_factory=dict)
    """ref (without [n]) -> responses with a value there, plain or sealed."""
    by_ref: dict[str, dict[str, int]] = field(default_factory=dict)
    """ref (without [n]) -> canonical value -> responses; select_multiple counts each chosen value."""
    texts: dict[str, int] = field(default_factory=dict)
    """ref -> number of sealed answers (never their content)."""
    by_channel: dict[str, int] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)
    people: int = 0
    """Responses that have a bit in `members` and `answering`: all but those that are counted only."""
    members: dict[str, dict[str, int]] = field(default_factory=dict)
    """ref (without [n]) -> canonical value -> who gave it: one bit a response, the same one everywhere."""
    answering: dict[str, int] = field(default_factory=dict)
    """ref (without [n]) -> who has a value there, plain or sealed."""
    places: Mapping[bytes, int] = field(default_factory=dict, repr=False)
    """response -> its bit, for what is known of it from elsewhere (masked copies)."""


class Surveys(Protocol):
    """Published surveys and their form versions."""

    async def publish(self, survey: Survey, form: FormVersion) -> None:
        """New survey, or a new version of an open one. Raises `Conflict`."""

    async def close_survey(self, code: str, day: date) -> None:
        """No answers are taken from now on; the grace begins. Raises `Conflict` if there is no such open survey."""

    async def change(self, survey: Survey) -> None:
        """Another card around the same form. Raises `Conflict` if there is no such open survey, or for another mode."""

    async def all(self) -> Sequence[Survey]: ...

    async def form(self, hash_: str) -> FormVersion | None: ...

    async def revision(self) -> int:
        """Grows with each change, so that running processes notice (polled each second)."""


class Responses(Protocol):
    """What was submitted, apart from who took part."""

    async def submit(self, submission: Submission) -> None:
        """Idempotent by response id; replaces an earlier one of the same token. One transaction, durable on
        return."""

    async def find(self, survey: str, token: Token) -> StoredResponse | None:
        """What this person answered. Strict surveys: a response `UNTIED`, without day and values."""

    async def find_each(self, tokens: Mapping[str, Token]) -> Sequence[StoredResponse]:
        """The same for many surveys at once (survey -> token), in one transaction; without those not taken part
        in."""

    async def find_by_code(self, survey: str, code: bytes) -> StoredResponse | None: ...

    async def erase(self, survey: str, response: ResponseId) -> int:
        """Remove rows, files and key; leave a tombstone. Returns the number of responses removed (0 or 1).

        A later `submit` of the same response is a `Conflict`: late or double, it does not bring it back."""

    async def counts(self, survey: str, lists: Collection[str] = ()) -> RawCounts:
        """`lists`: refs (without [n]) whose values are lists with spaces between (select_multiple)."""

    async def progress(self, survey: str) -> int:
        """How many responses there are: what `counts` says, without counting answers."""

    async def rows(self, survey: str) -> Sequence[StoredResponse]:
        """Every response of a closed survey, in random order, for the export. Raises `Conflict` before."""


class Media(Protocol):
    """Cleaned files, sealed. A draft's file carries its key in the session only: a name's key (`privacy.files`) is
    cut off before anything is stored."""

    async def keep(self, name: MediaName, sealed: bytes, day: date) -> None: ...

    async def read(self, name: MediaName) -> bytes | None: ...

    async def drop(self, name: MediaName) -> None: ...
