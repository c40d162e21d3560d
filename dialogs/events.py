"""What comes in: a citizen's act, or the answer to a query that the engine asked in the same turn.

No event carries who it is from. `MessageRef` and `MediaRef` are opaque handles that only the adapter understands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from dialogs.follows import Subscription
from dialogs.moderation import CaseStatus
from dialogs.session import Session

MessageRef = NewType("MessageRef", str)
"""A message of this chat, to edit it; means nothing outside the adapter."""

MediaRef = NewType("MediaRef", str)
"""A file that waits at the messenger; to be fetched in the same turn, kept nowhere."""

MediaName = NewType("MediaName", str)
"""A file that Zuruf keeps (sealed) for a draft or a response; the value of an image or audio question."""


class MediaKind(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    STICKER = "sticker"


class MediaProblem(StrEnum):
    """Why a file was not kept, for the citizen's ear."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    WRONG_KIND = "wrong_kind"
    HEIC = "heic"
    """A photo as newer telephones store it, which only few programs can open."""
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"
    """The messenger or our own converter did not answer: trying again may help."""


# -- acts of the citizen


@dataclass(frozen=True, slots=True)
class Started:
    """Opened the conversation: a deep link, /start, a first visit. `code` names a survey, or is empty."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Wrote a text. May hold anything; adapters replace lone surrogates and cut at `TEXT_LIMIT`."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """Tapped a button. `action` is the button's, or garbage from an attacker or an older version."""

    action: str
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Voted:
    """Voted in a poll. `actions` are all options that are chosen now, so a later vote replaces an earlier one; none if
    the vote was taken back. A vote in a poll of an earlier question corrects its answer."""

    actions: tuple[str, ...]
    message: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """Changed a message that was sent before."""

    text: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """Put a sign (an emoji) on a message of the bot. It can answer a question that is a yes or no; anything else is a
    courtesy that needs no answer. `message` must be the question that stands, which the process checks."""

    sign: str
    message: MessageRef


@dataclass(frozen=True, slots=True)
class Retracted:
    """Deleted a message that was sent before, for both."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Sent a place (WGS 84, degrees; accuracy in metres, 0 when not known)."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class MediaSent:
    """Sent a file. `size` in bytes as the messenger states it, 0 when not known."""

    kind: MediaKind
    media: MediaRef
    mime: str = ""
    size: int = 0
    caption: str = ""
    """Words under it: read as an answer where the file is none."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Sent something that no question takes: a contact, a dice, a poll; `encrypted`: could not be decrypted; `perhaps`:
    it may have been nothing that anybody said ("typing", a receipt)."""

    encrypted: bool = False
    perhaps: bool = False


@dataclass(frozen=True, slots=True)
class Reopened:
    """Came back to an open chat that lost what was shown (a browser after our restart): say what stands now."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Blocked the bot or left: the conversation ends quietly."""


@dataclass(frozen=True, slots=True)
class CodeEntered:
    """Typed a return code into the web page's own field (16 digits, as typed)."""

    code: str


# -- answers to queries (see effects.py)


@dataclass(frozen=True, slots=True)
class Participated:
    """What is stored of this person's earlier participation in a survey.

    `response` is None if there is none, and empty bytes if the person took part but nothing ties the answers to
    them any more (strict surveys). `answers` are (ref, canonical text) in the form's order, sealed ones opened,
    with the form version they were given to.
    """

    survey: str
    response: bytes | None
    form: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    language: str = ""
    day: date | None = None
    informed: str = ""
    """Version of the notice that the answers were given under."""


class Aim(StrEnum):
    """What everything that is stored of a person is looked up for."""

    MY_DATA = "my_data"
    """To hand it over."""
    DELETE = "delete"
    """To ask which of it is to be deleted."""
    DELETE_ALL = "delete_all"
    """To ask whether all of it is to be deleted."""
    DELETED = "deleted"
    """To delete all of it, and say how much it was."""
    CORRECT = "correct"
    """To change answers that were sent."""
    RETURN_CODE = "return_code"
    """To find what a return code belongs to."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that a person sent with a response, opened for that person."""

    survey: str
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is stored of this person: one `Participated` for each survey whose pepper lives and that was answered.

    `files`: for `Aim.MY_DATA` only, as far as they fit into a bounded number of bytes; `left_out` says how many did
    not.
    """

    aim: Aim
    found: tuple[Participated, ...] = ()
    files: tuple[KeptFile, ...] = ()
    left_out: int = 0
    cases: tuple[CaseFound, ...] = ()
    """Reports about which the town may write to this person; others hang on nobody."""
    subscription: Subscription | None = None
    """Which news this person gets."""
    outcomes: tuple[str, ...] = ()
    """Surveys of which this person is to be told what becomes of them."""


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """One message of a case, as the citizen may read it."""

    by_town: bool
    day: date
    words: str


class Replies(StrEnum):
    """Where the town's words about a case go."""

    NOWHERE = "nowhere"
    """They are read with the case code."""
    HERE = "here"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class CaseFound:
    """What became of a report; `status` None if no case has the code (any more).

    `code`: the code that it was found by or, where it was found for this person, a key that means it to us.
    """

    code: str
    status: CaseStatus | None = None
    category: str = ""
    office: str = ""
    opened: date | None = None
    words: str = ""
    reason: str = ""
    """Why it will not be done."""
    messages: tuple[CaseMessage, ...] = ()
    key: str = ""
    """Its random id, 32 hex digits: means it to us wherever a code does, and is never shown."""
    replies: Replies = Replies.NOWHERE
    asked: bool = False
    """The citizen was asked whether it is fixed, and has not answered yet."""
    place: str = ""
    language: str = ""
    informed: str = ""
    photo: bool = False


class CasesFor(StrEnum):
    """What a person's cases are looked up for."""

    WORDS = "words"
    """Whether words that mean nothing else are meant for one of them."""
    TAP = "tap"
    """A button under what the town wrote."""
    REPLY = "reply"
    """To answer what the town wrote."""
    SHOW = "show"
    """To read what became of the newest one."""
    WISH = "wish"
    """Whether one more can be written about."""
    TIE = "tie"
    """The same, for a case that was found by its code."""


@dataclass(frozen=True, slots=True)
class CasesFound:
    """The cases about which the town may write to this person, the oldest first."""

    aim: CasesFor
    about: str
    cases: tuple[CaseFound, ...] = ()


class NewsAim(StrEnum):
    """What a subscription is looked up for."""

    NEWS = "news"
    """To say what this person gets."""
    FOLLOW = "follow"
    """To add something to it."""
    WEEKLY = "weekly"
    AT_ONCE = "at_once"
    KEEP = "keep"
    """To agree once more."""
    PAUSE = "pause"
    QUIET = "quiet"
    """To set hours without news."""
    END = "end"
    """To end the news, and nothing else."""
    ANSWER = "answer"
    """Whether a yes or no is the answer to "are they still wanted?"."""
    STOP = "stop"
    """To end everything."""


@dataclass(frozen=True, slots=True)
class SubscriptionFound:
    """Which news this person gets; None: none."""

    aim: NewsAim
    subscription: Subscription | None = None
    argument: str = ""
    outcomes: tuple[str, ...] = ()
    """Surveys of which this person is to be told what becomes of them; looked up for `NewsAim.STOP` only."""


@dataclass(frozen=True, slots=True)
class MediaKept:
    """A file was cleaned and kept for the draft."""

    name: MediaName
    size: int


@dataclass(frozen=True, slots=True)
class MediaRefused:
    problem: MediaProblem


@dataclass(frozen=True, slots=True)
class NotStored:
    """The database did not take the durable acts of this turn.

    Resume with the session as it was before the turn: nothing of the turn counts, its words are not said, and the
    answer to this event says so instead.
    """


@dataclass(frozen=True, slots=True)
class TooManyReports:
    """The person has sent as many reports as are taken in a day. Resume as for `NotStored`."""

    most: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was removed, at the citizen's word. For the record: the words were said with the `Erase`."""

    responses: int


class NotFetched(StrEnum):
    """Why a draft could not be fetched from another channel."""

    UNKNOWN = "unknown"
    """No draft has the code (any more)."""
    TOO_MANY = "too_many"
    """This person tried too many codes that were none."""
    SAME = "same"
    """It is the code of this very conversation."""


@dataclass(frozen=True, slots=True)
class DraftFetched:
    """The conversation that a moving code leads to, as it stands; the code is used up."""

    code: str
    session: Session | None = None
    problem: NotFetched | None = None
    took_part: bool = False
    """Whoever wrote the code has answered the draft's survey before."""


@dataclass(frozen=True, slots=True)
class TooFast:
    """So much came from this person that it is not read any more until they were quiet for so many seconds."""

    quiet: int


# -- from the town


class News(StrEnum):
    """What the town has to say about a case."""

    MESSAGE = "message"
    """Somebody of the staff wrote."""
    STATUS = "status"
    QUESTION = "question"
    """Is it fixed?"""


@dataclass(frozen=True, slots=True)
class CaseNews:
    """The town writes to whoever reported a case; nobody has asked for anything just now."""

    case: CaseFound
    news: News
    words: str = ""


TEXT_LIMIT = 10_000
"""Characters of a citizen's message that are read; what is beyond is refused politely, never cut silently."""

Act = (
    Started
    | Said
    | Pressed
    | Voted
    | Edited
    | Retracted
    | Reacted
    | Placed
    | MediaSent
    | Unreadable
    | Reopened
    | Gone
    | CodeEntered
)
Answer = (
    Participated
    | Everything
    | CaseFound
    | CasesFound
    | SubscriptionFound
    | MediaKept
    | MediaRefused
    | DraftFetched
    | NotStored
    | TooManyReports
    | Erased
)
Event = Act | Answer | CaseNews | TooFast
