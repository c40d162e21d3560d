"""What somebody follows, and how: the values of a subscription. The dialogue about it is `subscriptions.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dialogs.messages import Language
from dialogs.quiet import QuietHours

RENEW_AFTER: Final = timedelta(days=182)
"""Six months after somebody last said that they want news, they are asked again."""
SILENCE: Final = timedelta(days=28)
"""Whoever does not answer that within so many days gets no more news."""
PAUSE_MOST: Final = timedelta(days=366)
INTERESTS_MOST: Final = 40
"""Topics, districts and pilots that one person can follow."""


class InterestKind(StrEnum):
    """What sort of thing is followed."""

    EVERYTHING = "all"
    TOPIC = "topic"
    DISTRICT = "district"
    PILOT = "pilot"


class Frequency(StrEnum):
    """How often."""

    AT_ONCE = "at_once"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, order=True)
class Interest:
    """One thing that is followed. `value` is a topic's or pilot's code or a district's name; '' for everything."""

    kind: InterestKind
    value: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one person asked for. It says nothing of who that is."""

    interests: frozenset[Interest]
    language: Language
    consented: date
    """The last day on which the person said that they want it."""
    frequency: Frequency = Frequency.AT_ONCE
    paused_until: date | None = None
    """No news up to and including this day."""
    asked: date | None = None
    """Asked again on this day, and not answered yet."""
    quiet: QuietHours | None = None
    """Hours in which this person wants none, besides the town's own."""

    def is_paused(self, today: date) -> bool:
        return self.paused_until is not None and today <= self.paused_until
