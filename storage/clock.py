"""The time, asked for in one place, so that a test can move it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime:
        """The time in the town's zone."""

    def today(self) -> date:
        """The town's day."""


class TownClock:
    """The machine's clock, read in the town's time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def now(self) -> datetime:
        return datetime.now(self._zone)

    def today(self) -> date:
        return self.now().date()
