"""Quiet hours, and when something that goes evenly will honestly be through. Pure: the time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

DAY = timedelta(days=1)


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

    def closes(self, now: datetime) -> datetime | None:
        """When the next quiet hours begin; None if there are none."""
        if self.begin == self.end:
            return None
        begins = datetime.combine(now.date(), time(self.begin), now.tzinfo)
        return begins if begins > now else begins + DAY


def through_at(start: datetime, messages: int, per_second: float, quiet: QuietHours) -> datetime:
    """When so many messages are through at this pace, nights left out."""
    left = timedelta(seconds=messages / per_second) if per_second > 0 else timedelta()
    now = quiet.opens(start)
    while (night := quiet.closes(now)) is not None and now + left > night:
        left -= night - now
        now = quiet.opens(night)
    return now + left
