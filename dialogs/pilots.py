"""Pilots: what the town tries out. Their life as a table, what one needs before it goes live, and its timeline.

    planned -> on trial -> evaluated -> adopted | ended
       └───────────┴──────────────────────> ended (given up)

Each step but the first says why, in words for citizens. Not here: news of a pilot (`broadcasts.py`), its page
(`adapters/web/pilots.py`), who follows it (`subscriptions.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dialogs.forms.msgids import N_
from dialogs.i18n import Voice
from dialogs.wording import clipped, in_language

FINDINGS_DAYS: Final = 60
"""Days after the trial within which its findings may still be told to those who followed it; then it is quiet."""
FINDINGS_DAYS_MOST: Final = 365
NAME_LIMIT: Final = 60  # characters of a pilot's name in a message


class PilotState(StrEnum):
    """Where a pilot stands."""

    PLANNED = "planned"
    ON_TRIAL = "on_trial"
    EVALUATED = "evaluated"
    ADOPTED = "adopted"
    ENDED = "ended"


NEXT: Final[Mapping[PilotState, frozenset[PilotState]]] = {
    PilotState.PLANNED: frozenset({PilotState.ON_TRIAL, PilotState.ENDED}),
    PilotState.ON_TRIAL: frozenset({PilotState.EVALUATED, PilotState.ENDED}),
    PilotState.EVALUATED: frozenset({PilotState.ADOPTED, PilotState.ENDED}),
    PilotState.ADOPTED: frozenset(),
    PilotState.ENDED: frozenset(),
}
"""Where it may go from there."""

NEEDS_REASON: Final = frozenset({PilotState.EVALUATED, PilotState.ADOPTED, PilotState.ENDED})
OVER: Final = frozenset({PilotState.ADOPTED, PilotState.ENDED})
"""Nothing follows but a goodbye."""

STATE_NAMES: Final[Mapping[PilotState, str]] = {
    PilotState.PLANNED: N_("planned"),
    PilotState.ON_TRIAL: N_("on trial"),
    PilotState.EVALUATED: N_("being evaluated"),
    PilotState.ADOPTED: N_("adopted"),
    PilotState.ENDED: N_("ended"),
}


class Sort(StrEnum):
    """What an entry of the timeline is."""

    NEWS = "news"
    SETBACK = "setback"
    STEP = "step"
    """A step of its life; the words are the reason."""


class Needed(StrEnum):
    """What a pilot must say before it goes live; the values are the names in a pilot's file."""

    NAME = "name"
    GOAL = "goal"
    QUESTION = "question"
    OFFICE = "office"
    STARTS = "starts"
    ENDS = "ends"
    DATA_USED = "data_used"
    LIMITS = "limits"


Texts = Mapping[str, str]
"""By language; the key "" is the fallback."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    day: date
    sort: Sort
    texts: Texts
    titles: Texts = field(default_factory=dict)
    state: PilotState | None = None
    """STEP: where the pilot went."""


@dataclass(frozen=True, slots=True)
class Pilot:
    """One pilot, all of it public."""

    code: str
    names: Texts = field(default_factory=dict)
    goals: Texts = field(default_factory=dict)
    questions: Texts = field(default_factory=dict)
    """What the town wants to know by it."""
    office: str = ""
    starts: date | None = None
    ends: date | None = None
    """The last day of the trial."""
    data_used: Texts = field(default_factory=dict)
    limits: Texts = field(default_factory=dict)
    """What it cannot do, as far as it is known."""
    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    state: PilotState = PilotState.PLANNED
    findings: Texts = field(default_factory=dict)
    findings_days: int = FINDINGS_DAYS
    timeline: tuple[Entry, ...] = ()
    """The oldest first."""


def may_follow(now: PilotState, then: PilotState) -> bool:
    """Whether a pilot may go there."""
    return then in NEXT[now]


def missing(pilot: Pilot) -> tuple[Needed, ...]:
    """What it lacks before it can go live."""
    given: Mapping[Needed, object] = {
        Needed.NAME: pilot.names,
        Needed.GOAL: pilot.goals,
        Needed.QUESTION: pilot.questions,
        Needed.OFFICE: pilot.office.strip(),
        Needed.STARTS: pilot.starts,
        Needed.ENDS: pilot.ends,
        Needed.DATA_USED: pilot.data_used,
        Needed.LIMITS: pilot.limits,
    }
    return tuple(need for need in Needed if not given[need])


def takes_news(pilot: Pilot, today: date) -> bool:
    """Whether news of it may be sent today: up to the last day of the trial, and never once it is over."""
    return pilot.state not in OVER and pilot.ends is not None and today <= pilot.ends


def quiet_from(pilot: Pilot) -> date | None:
    """From this day on nothing at all is sent of it, and nobody follows it any more. None: no end is set."""
    return None if pilot.ends is None else pilot.ends + timedelta(days=pilot.findings_days + 1)


def can_be_followed(pilot: Pilot, today: date) -> bool:
    """Whether somebody may still subscribe to it."""
    return not missing(pilot) and takes_news(pilot, today)


def name_of(pilot: Pilot, voice: Voice) -> str:
    """The pilot's name in the nearest language."""
    return clipped(in_language(pilot.names, voice) or pilot.code, NAME_LIMIT)


def trial_words(pilot: Pilot, voice: Voice) -> str:
    """That it is a trial and until when: in every message of a pilot."""
    if pilot.ends is None:
        return voice.t("a trial")
    if voice.today > pilot.ends:
        return voice.t("a trial that ended on {day}", day=voice.day(pilot.ends))
    if pilot.starts is not None and voice.today < pilot.starts:
        return voice.t("a trial from {first} to {last}", first=voice.day(pilot.starts), last=voice.day(pilot.ends))
    return voice.t("a trial until {day}", day=voice.day(pilot.ends))
