"""Quiet hours, what somebody means by "20-9", and when something that goes evenly will honestly be through.

Pure: the time is an argument.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from dialogs.reading.outcomes import Taken
from dialogs.reading.times import read_time

DAY = timedelta(days=1)
LEAST_AWAKE: Final = 4
"""Hours of a day that quiet hours must leave: whoever wants less wants a pause."""
_BETWEEN: Final = re.compile(r"\s*(?:[-–—]|\b(?:bis|to|until|till|und|and)\b)\s*", re.IGNORECASE)
_BEFORE: Final = re.compile(r"^(?:von|ab|zwischen|from|between|after)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Nothing is sent from the hour `begin` up to the hour `end` (of the town's day); both the same: never quiet."""

    begin: int = 21
    end: int = 8

    def is_quiet(self, now: datetime) -> bool:
        if self.begin == self.end:
            return False
        if self.begin < self.end:
            return self.begin <= now.hour < self.end
        return now.hour >= self.begin or now.hour < self.end

    def opens(self, now: datetime) -> datetime:
        """When something may be sent: now, or when the quiet hours end."""
        if not self.is_quiet(now):
            return now
        ends = datetime.combine(now.date(), time(self.end), now.tzinfo)
        return ends if ends > now else ends + DAY

    @property
    def length(self) -> int:
        """Hours of a day that are quiet."""
        return (self.end - self.begin) % 24

    def closes(self, now: datetime) -> datetime | None:
        """When the next quiet hours begin; None if there are none."""
        if self.begin == self.end:
            return None
        begins = datetime.combine(now.date(), time(self.begin), now.tzinfo)
        return begins if begins > now else begins + DAY


def hours_meant(text: str, language: str) -> QuietHours | None:
    """ "20-9", "von 20 bis 9 Uhr", "from 8 pm to 9 am": full hours only; None for anything else."""
    parts = [part for part in _BETWEEN.split(_BEFORE.sub("", text.strip())) if part]
    if len(parts) != 2:
        return None
    begin, end = (_hour(part, language) for part in parts)
    return None if begin is None or end is None else QuietHours(begin, end)


def _hour(text: str, language: str) -> int | None:
    if text.isascii() and text.isdecimal():
        return int(text) % 24 if int(text) <= 24 else None
    read = read_time(text, language, None)
    if not isinstance(read, Taken) or not read.value.endswith(":00:00.000"):
        return None
    return int(read.value[:2])


def through_at(start: datetime, messages: int, per_second: float, quiet: QuietHours) -> datetime:
    """When so many messages are through at this pace, nights left out."""
    left = timedelta(seconds=messages / per_second) if per_second > 0 else timedelta()
    now = quiet.opens(start)
    while (night := quiet.closes(now)) is not None and now + left > night:
        left -= night - now
        now = quiet.opens(night)
    return now + left
