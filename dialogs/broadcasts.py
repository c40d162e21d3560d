"""Broadcasts: news to those who asked for it. The life of one, of each of its deliveries, and who may do what.

    draft -> submitted -> approved -> scheduled -> sending <-> paused -> sent
                                                      └─────────┴──────> stopped | expired

A delivery ends in exactly one final state, and none of them says "delivered": a messenger that took a message has
accepted it, no more. Not here: the words of a message (`news.py`), the work (`bot/broadcaster.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

from dialogs.i18n import fallbacks
from dialogs.messages import Language
from dialogs.roles import Right

BroadcastId = NewType("BroadcastId", int)
"""Counted from 1: how staff call it."""

TITLE_LIMIT: Final = 120  # characters
BODY_LIMIT: Final = 3000
"""Characters of the news itself: it stays one message on every channel."""
ALT_LIMIT: Final = 500  # characters of a picture's description
OPTIONS_MOST: Final = 6
OPTION_LIMIT: Final = 40  # characters
EXPIRES_HOURS: Final = 48
"""So long after its time news is still news, unless its file says otherwise."""
EXPIRES_HOURS_MOST: Final = 14 * 24
ONE_CLERK_MINUTES: Final = 10
"""Where the town lets the same person approve: so long after submitting, with a typed confirmation."""


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    """By another person. The bot fixes its time next."""
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    STOPPED = "stopped"
    EXPIRED = "expired"


class Act(StrEnum):
    """What moves a broadcast on."""

    CHANGE = "change"
    """A new version of its file: whatever was submitted must be submitted again."""
    SUBMIT = "submit"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FINISH = "finish"
    EXPIRE = "expire"


_S = BroadcastState
STEPS: Final[Mapping[tuple[BroadcastState, Act], BroadcastState]] = {
    (_S.DRAFT, Act.CHANGE): _S.DRAFT,
    (_S.SUBMITTED, Act.CHANGE): _S.DRAFT,
    (_S.DRAFT, Act.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, Act.APPROVE): _S.APPROVED,
    (_S.APPROVED, Act.SCHEDULE): _S.SCHEDULED,
    (_S.SCHEDULED, Act.BEGIN): _S.SENDING,
    (_S.SENDING, Act.PAUSE): _S.PAUSED,
    (_S.PAUSED, Act.RESUME): _S.SENDING,
    (_S.SENDING, Act.FINISH): _S.SENT,
    (_S.DRAFT, Act.STOP): _S.STOPPED,
    (_S.SUBMITTED, Act.STOP): _S.STOPPED,
    (_S.APPROVED, Act.STOP): _S.STOPPED,
    (_S.SCHEDULED, Act.STOP): _S.STOPPED,
    (_S.SENDING, Act.STOP): _S.STOPPED,
    (_S.PAUSED, Act.STOP): _S.STOPPED,
    (_S.APPROVED, Act.EXPIRE): _S.EXPIRED,
    (_S.SCHEDULED, Act.EXPIRE): _S.EXPIRED,
    (_S.SENDING, Act.EXPIRE): _S.EXPIRED,
    (_S.PAUSED, Act.EXPIRE): _S.EXPIRED,
}
"""Where an act leads; what is not here cannot be done."""

BY_STAFF: Final = frozenset({Act.CHANGE, Act.SUBMIT, Act.APPROVE, Act.PAUSE, Act.RESUME, Act.STOP})
"""The rest is the bot's."""
FINAL: Final = frozenset({_S.SENT, _S.STOPPED, _S.EXPIRED})
PUBLIC: Final = frozenset({_S.SENDING, _S.PAUSED, _S.SENT, _S.EXPIRED, _S.STOPPED})
"""Shown on pages, in feeds and as the latest news, if it began: what some have read is no secret."""


def after(state: BroadcastState, act: Act) -> BroadcastState | None:
    """Where an act leads from there; None if it cannot be done."""
    return STEPS.get((state, act))


# -- who may do what


MAY: Final[Mapping[Act, Right]] = {
    Act.CHANGE: Right.NEWS,
    Act.SUBMIT: Right.NEWS,
    Act.APPROVE: Right.NEWS_APPROVE,
    Act.PAUSE: Right.NEWS_STOP,
    Act.RESUME: Right.NEWS_STOP,
    Act.STOP: Right.NEWS_STOP,
}
"""Whoever may stop need not ask: an accident is stopped by the first who sees it."""


# -- a delivery


class Outcome(StrEnum):
    """Where the delivery to one person stands."""

    WAITING = "waiting"
    SENDING = "sending"
    """Stored before the messenger is called."""
    ACCEPTED = "accepted"
    """The messenger took it. Whether anybody saw it is not known."""
    FAILED = "failed"
    """The messenger said no, or was never reached; the reason stands beside it."""
    UNKNOWN = "unknown"
    """The call was cut off: it may have arrived or not. Never sent again unless asked."""
    UNSUBSCRIBED = "unsubscribed"
    """The person ended or paused the news before their turn came."""
    EXPIRED = "expired"
    """Too late to be news."""
    STOPPED = "stopped"
    """The broadcast was stopped before their turn came."""


_O = Outcome
OUTCOMES: Final[Mapping[Outcome, frozenset[Outcome]]] = {
    _O.WAITING: frozenset({_O.SENDING, _O.FAILED, _O.UNSUBSCRIBED, _O.EXPIRED, _O.STOPPED}),
    _O.SENDING: frozenset({_O.ACCEPTED, _O.FAILED, _O.UNKNOWN, _O.WAITING}),
    _O.UNKNOWN: frozenset({_O.WAITING}),
    _O.ACCEPTED: frozenset(),
    _O.FAILED: frozenset(),
    _O.UNSUBSCRIBED: frozenset(),
    _O.EXPIRED: frozenset(),
    _O.STOPPED: frozenset(),
}
"""SENDING goes back to WAITING only when the messenger definitely did not take it (too many, its own error) or knows a
repetition by its transaction id; UNKNOWN only when staff ask for it."""

ENDED: Final = frozenset({_O.ACCEPTED, _O.FAILED, _O.UNKNOWN, _O.UNSUBSCRIBED, _O.EXPIRED, _O.STOPPED})


class Reason(StrEnum):
    """Why a delivery failed."""

    GONE = "gone"
    """Blocked the bot, left or does not exist any more: the messenger said so, and the subscription ended."""
    DOUBTFUL = "doubtful"
    """"Gone", said of so many at once that it was not believed: the subscription stands."""
    REJECTED = "rejected"
    """The messenger does not take the message as it is."""
    UNREACHABLE = "unreachable"
    """The messenger did not answer, again and again."""
    LOST_KEY = "lost_key"
    """The address cannot be opened any more."""
    NO_CHANNEL = "no_channel"
    """The channel is not configured any more."""


# -- what is sent


class QuestionSort(StrEnum):
    """What is asked under the news."""

    SCALE = "scale"
    """1 to 5, the ends named."""
    BUTTONS = "buttons"
    SURVEY = "survey"
    """A survey that stands by itself."""


@dataclass(frozen=True, slots=True)
class Text:
    """The news in one language: a title and a body with formatting (`formatting.py`)."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Option:
    """One answer."""

    key: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked under the news; the answers count for the pilot."""

    sort: QuestionSort
    texts: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    survey: str = ""
    """The survey that holds the answers."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with what it shows in words, by language."""

    name: str
    alts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets it: those who follow the pilot, one of the topics, or everything; of these, only people of the
    districts, if any are named."""

    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    outcome_of: str = ""
    """Instead: those who asked what becomes of this survey."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What is sent, to whom. Everything of it is public once it is sent."""

    texts: Mapping[str, Text]
    fallback: str
    """Whoever speaks none of its languages reads this one."""
    pilot: str = ""
    audience: Audience = Audience()
    picture: Picture | None = None
    question: Question | None = None
    expires_hours: int = EXPIRES_HOURS
    corrects: int = 0
    """The broadcast that it corrects: goes only to those who got that one, or may have."""
    goodbye: bool = False
    """The pilot's last message: after it, nobody follows the pilot any more."""
    is_digest: bool = False
    """A week's news in one message, other for everybody."""
    is_renewal: bool = False
    """Asks whether the news are still wanted."""


def text_for(broadcast: Broadcast, language: Language | str) -> tuple[Language, Text]:
    """The text and its language: the person's own, the language it comes from (easy German: German), else the
    fallback."""
    for candidate in fallbacks(Language(language)):
        if candidate in broadcast.texts:
            return candidate, broadcast.texts[candidate]
    return Language(broadcast.fallback), broadcast.texts[broadcast.fallback]
