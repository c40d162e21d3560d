"""Protocols of storage: what the process needs kept, and for how long. No messenger is known here.

Two homes: conversations (Redis or Valkey; may be lost at the price of a draft) and records (SQL; what is
submitted).
Implementations: `memory.py`, `redis.py`, `sql/`; one contract test holds for all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NewType, Protocol

from dialogs.effects import Submit
from dialogs.events import MediaName
from dialogs.world import Survey
from privacy.contacts import ContactPurpose

SessionName = NewType("SessionName", bytes)
"""Keyed name of a conversation (16 bytes, HMAC of an epoch): all that Redis sees of a person."""

Mark = NewType("Mark", bytes)
"""Keyed name of one native message (16 bytes), to drop what comes twice."""

Token = NewType("Token", bytes)
"""Participation token: HMAC(pepper of the survey, address), 16 bytes."""

OfferName = NewType("OfferName", bytes)
"""Keyed name of a moving code, 16 bytes."""

ResponseId = NewType("ResponseId", bytes)
"""Random, 16 bytes."""

ContactId = NewType("ContactId", bytes)
"""Random, 16 bytes."""

UNTIED: Final = ResponseId(b"")
"""Strict surveys: this person took part, and nothing says with which answers."""


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
    acts: int = 0
    """How many acts of the person were counted in this window, this one included."""
    files: int = 0
    """How many files today, this one included if it is one."""
    reports: int = 0
    """How many reports today, so far."""


@dataclass(frozen=True, slots=True)
class Counted:
    """An act that is counted: under the person's keyed name of the day (16 bytes); a file is counted as such, too."""

    name: bytes
    file: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """Replies owed, found after a crash."""

    name: SessionName
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What a moving code led to."""

    found: int | None = None
    """Which of the names asked for; None: none of them is there."""
    sealed: bytes | None = None
    refused: bool = False
    """Too many wrong codes: none was looked at."""


class Conversations(Protocol):
    """Sessions with lock, duplicate marks and replies owed. Each call is one round trip.

    All raise `Unavailable` when the server does not answer in time.
    """

    async def load(
        self, names: Sequence[SessionName], marks: Sequence[Mark], counted: Counted | None = None
    ) -> Loaded | None:
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
        reporter: bytes | None = None,
    ) -> None:
        """Store under the current epoch's name (None: forget the conversation), remember the mark, note the
        replies
        owed, free the lock; all or nothing. `ttl` in seconds. Raises `Lost` if the lock is not ours any
        more. `reporter`: the name under which a report is counted."""

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        """Free the lock and change nothing."""

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        """The turn takes longer: hold the lock for another term. False if it is not ours any more."""

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        """The replies noted as `debt` (the same bytes) were sent: clear them; keep the question's handle.

        May travel with a later call, a tenth of a second late. Calls from here that begin after it find it done."""

    async def note_long(self, name: bytes, seconds: int) -> None:
        """A day on which a draft was paused, by a keyed name: only for such days old names are looked under."""

    async def noted_long(self, names: Sequence[bytes]) -> Sequence[bool]:
        """Which of these days were noted."""

    async def offer(self, name: OfferName, sealed: bytes, ttl: int) -> None:
        """Keep where a draft is, for `ttl` seconds."""

    async def claim(self, names: Sequence[OfferName], guesser: bytes, most: int, window: int) -> Claim:
        """Take what was offered under one of the names: whoever comes first has it. A wrong name is counted under
        `guesser`, for all workers; after `most` within `window` seconds nothing is looked at."""

    async def debts(self, older_than: float) -> Sequence[Debt]:
        """Replies owed for more than so many seconds, a bounded number, to be sent after a crash.

        What is found is found again half a minute later, if it is still owed: until then others have their turn."""

    async def spend(self, budget: bytes, most: int, seconds: int) -> float:
        """Count one message of a budget (a channel's name) in a sliding window, shared by all processes.

        0.0: counted, for fewer than `most` were in the last `seconds`. Otherwise seconds until asking again may help.
        Holds times only."""

    async def shut(self, budget: bytes, seconds: float) -> None:
        """Nothing of this budget may go for so many seconds (seven days at most), whatever else was asked: `spend` says
        so in every process, and after a restart."""

    async def opened(self, name: bytes) -> int:
        """A chat is opened from a network address of this keyed name: the how-manieth in this minute it is."""

    async def once(self, name: bytes, seconds: int) -> bool:
        """True for whoever asks first in so many seconds, in whichever process."""

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
    """A `Submit` on its way into the database: who may change it, and under which key its texts are
    sealed."""

    submit: Submit
    token: Token
    key: bytes
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


@dataclass(frozen=True, slots=True)
class KeyCount:
    """Keys of one kind that are wrapped under one root key."""

    kind: str
    root: bytes
    number: int
    oldest: date
    newest: date


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A key of what staff read, sealed for the reading pair (`privacy.readings`)."""

    id: bytes
    """The response, for its masked copies; an unmasking, for the original that it shows."""
    response: bytes
    sealed: bytes = field(repr=False)


class Keys(Protocol):
    """Rows of the keyring: wrapped keys by purpose, and the tombstones of erased responses.

    A file or schema of its own, with its own backup rule: what was destroyed here does not come back with the data.
    """

    async def get(self, purpose: str) -> bytes | None: ...

    async def get_all(self, purposes: Sequence[str]) -> Mapping[str, bytes]:
        """Those that there are."""

    async def put_new(self, purpose: str, wrapped: bytes, created: date) -> bytes:
        """Store unless there is one; returns the one that stands (two workers agree this way).

        Raises `StaleRoot` if it is wrapped under another root key than the current one."""

    async def destroy(self, purposes: Sequence[str]) -> None:
        """Gone for good when this returns, from the log of the database too where it is ours."""

    async def purposes(self, prefix: str, before: date | None = None) -> Sequence[str]:
        """Rows whose purpose begins so, made before a day."""

    async def adopt_root(self, root: bytes) -> bytes:
        """Name the current root key, unless one is named; returns the one that is."""

    async def move_root(self, root: bytes) -> None:
        """From when this returns, nothing is stored any more that is wrapped under another root key."""

    async def under_other_roots(self, root: bytes, after: str, most: int) -> Mapping[str, bytes]:
        """Rows that are wrapped under other root keys, in the order of their purposes, from `after` on."""

    async def exchange(self, rows: Mapping[str, tuple[bytes, bytes]]) -> int:
        """By purpose: what stood there, and what is to stand there from now on. A row that was destroyed or changed
        meanwhile is left as it is. Returns how many were exchanged. Raises `StaleRoot` as `put_new` does."""

    async def census(self) -> Sequence[KeyCount]:
        """How many keys of each kind there are, without any."""

    async def keep_readings(self, rows: Sequence[ReadingRow], created: date) -> None:
        """In place of what stood there."""

    async def readings(self, ids: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Those that there are."""

    async def readings_before(self, day: date) -> Sequence[bytes]:
        """Responses that have rows from before a day."""

    async def forget_readings(self, responses: Sequence[bytes]) -> None:
        """As `destroy`, every row of these responses: neither copies nor unmasked originals open any more."""

    async def bury(self, survey: str, tombstone: bytes, day: date) -> None:
        """Remember that a response was erased."""

    async def is_buried(self, survey: str, tombstone: bytes) -> bool: ...

    async def buried(self, survey: str) -> frozenset[bytes]: ...

    async def forget_tombstones(self, survey: str) -> None:
        """After the grace: without pepper and pseudonyms nothing can come back that they would have to stop."""


# -- the contact book


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of the contact book: an address that the store cannot read."""

    cid: ContactId
    cidx: bytes = field(repr=False)
    """Keyed index of the person for this purpose (16 bytes)."""
    keyver: int
    """Year of the index key and of the pair that the contact's key is sealed for."""
    purpose: ContactPurpose
    sealed: bytes = field(repr=False)
    day: date
    until: date | None = None
    """The last day, where one is set."""
    about: bytes | None = field(default=None, repr=False)
    """Which case it is for, sealed (`privacy.contacts`); None where it is for none."""


class Contacts(Protocol):
    """Sealed addresses. Their keys are in the keyring (`storage.contactbook` does both)."""

    async def add(self, contact: Contact) -> Contact:
        """Store unless there is a row with this index; returns the one that stands."""

    async def find(self, indexes: Sequence[bytes]) -> Contact | None: ...

    async def find_all(self, indexes: Sequence[bytes]) -> Sequence[Contact]: ...

    async def get(self, cid: ContactId) -> Contact | None: ...

    async def page(self, purpose: ContactPurpose, after: ContactId, most: int) -> Sequence[Contact]:
        """In the order of their random ids, from `after` (b"" at the start) on."""

    async def keyed_before(self, year: int, most: int) -> Sequence[Contact]:
        """Some that are still under an older year's keys."""

    async def rekey(self, cid: ContactId, cidx: bytes, keyver: int, about: bytes | None = None) -> None: ...

    async def survey_of(self, cid: ContactId) -> str:
        """The survey whose outcome the contact is for; '' for any other contact."""

    async def limit(self, cid: ContactId, until: date | None) -> None:
        """Set the last day, or take it away."""

    async def over(self, today: date, most: int) -> Sequence[ContactId]:
        """Some whose last day is over."""

    async def remove(self, cids: Sequence[ContactId]) -> int: ...


# -- staff


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A view of results as it was shown: the next one steps forward from it (`privacy.disclosure`)."""

    shown_at: datetime
    respondents: int
    tally: str
    """The safe tally as JSON."""
    words: str = field(default="", repr=False)
    """Words that many used, by question, as JSON; sealed for the reading key, so empty where that is not."""


class Snapshots(Protocol):
    """Views of results that were shown to staff."""

    async def last(self, survey: str) -> Snapshot | None: ...

    async def keep(self, survey: str, snapshot: Snapshot) -> Snapshot:
        """Store as the newest view; returns the one that stands if another process was quicker."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who of the staff did what."""

    at: datetime
    actor: str
    act: str
    subject: str
    detail: str = ""


class Audit(Protocol):
    """The staff's acts, append-only; each entry is chained to the one before, so that none can be changed unseen."""

    async def append(self, entry: AuditEntry) -> None: ...

    async def entries(self) -> Sequence[AuditEntry]:
        """All, oldest first. Raises `Tampered` if the chain is broken."""

    async def heads(self) -> Sequence[str]:
        """What the chain came to after each entry (hex), oldest first."""
