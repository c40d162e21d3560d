"""Whoever writes faster than anybody can is not read for a while: told once, and read again after some quiet.

Two measures: how many acts of one person wait in this process (`lanes.py`), and how many all processes together took of
them in a window (counted in Redis, in the trip that loads the conversation). What is dropped costs no trip, is kept
nowhere, and counts as taken, so that no messenger brings it again. Not here: what is told (`dialogs/limits.py`).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_ACTS: Final = 100
"""Acts of one person within `storage.redis.RATE_SECONDS`, in all processes together: ten a second, ten seconds long."""
QUIET: Final = 10.0
"""Seconds without a word after which somebody is read again."""
MOST_OPENS: Final = 300
"""Web chats that are opened from one network address within `storage.redis.OPENS_SECONDS`: a school has one, too."""
MOST_FILES: Final = 60
"""Files of one person that are taken within a day."""
MOST_REPORTS: Final = 20
"""Reports of one person that are taken within a day."""
REMEMBERED: Final = 10_000
"""People who are not read just now; the one who has been quiet longest is forgotten first."""


class Floods:
    """Who is not read just now, by the keyed name of the conversation. In memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._until)

    def drops(self, name: bytes) -> bool:
        """Whether an act that has just come is to be dropped; if so, the quiet begins anew."""
        if not self._until:
            return False
        until = self._until.get(name)
        if until is None:
            return False
        if until <= self._clock():
            del self._until[name]
            return False
        self._until[name] = self._clock() + QUIET
        self._until.move_to_end(name)
        return True

    def begin(self, name: bytes) -> bool:
        """Drop what comes from now on. True if it was read until now."""
        new = name not in self._until
        self._until[name] = self._clock() + QUIET
        self._until.move_to_end(name)
        if len(self._until) > REMEMBERED:
            self._until.popitem(last=False)
        return new
