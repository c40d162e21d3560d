"""When errors rise, a channel stops, and what it said meanwhile is doubted. Pure: no clock, no I/O.

An outage can look like "blocked by everybody": whoever believed it would unsubscribe a whole town. So "gone" is
believed only while the channel is well, and a channel is well while most of what is sent is taken.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

WINDOW: Final = 50
"""Outcomes that are looked at."""
LEAST: Final = 10
"""So many bad ones at least, before a share of them means anything."""
ERRORS: Final = 0.5
"""Share of errors at which a channel stops."""
GONE: Final = 0.3
"""Share of "gone" at which a channel stops."""
SETTLED: Final = 20
"""Outcomes after a "gone" that must come before it is believed, unless the run ends sooner."""
FIRST_PAUSE: Final = 30.0  # seconds; doubled each time
LONGEST_PAUSE: Final = 900.0


class Verdict(Enum):
    """What one call says of the channel."""

    TAKEN = "taken"
    GONE = "gone"
    ERROR = "error"


class Breaker:
    """Of one channel in one process."""

    def __init__(self) -> None:
        self._window: deque[Verdict] = deque()
        self._among = dict.fromkeys(Verdict, 0)
        """How many of each are in the window."""
        self._trips = 0
        self.probing = False
        """After a pause: one message at a time, until one is taken."""

    def note(self, verdict: Verdict) -> None:
        self._window.append(verdict)
        self._among[verdict] += 1
        if len(self._window) > WINDOW:
            self._among[self._window.popleft()] -= 1
        if verdict is Verdict.TAKEN and self.probing:
            self.probing = False
        if verdict is Verdict.TAKEN and len(self._window) == WINDOW and self.is_well:
            self._trips = 0

    @property
    def is_well(self) -> bool:
        """Whether what the channel says can be believed."""
        return not (self._over(Verdict.ERROR, ERRORS) or self._over(Verdict.GONE, GONE))

    def _over(self, verdict: Verdict, share: float) -> bool:
        bad = self._among[verdict]
        if self.probing:
            return bad > 0 and verdict is Verdict.ERROR
        return bad >= LEAST and bad / len(self._window) >= share

    def trip(self) -> float:
        """Stop for so many seconds; then begin with a single message."""
        self._window.clear()
        self._among = dict.fromkeys(Verdict, 0)
        self.probing = True
        pause = min(FIRST_PAUSE * 2.0 ** min(self._trips, 30), LONGEST_PAUSE)
        self._trips += 1
        return pause
