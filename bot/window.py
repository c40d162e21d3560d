"""No more calls in any one moment than a channel's pace allows, whatever was late.

Slots come evenly, but what goes before a call (a transaction, a busy machine) takes now less, now longer: a late call
with punctual ones behind it is a crowd, and a messenger that counts strictly refuses it. So just before each call this
process looks at its own last ones. Not here: the pace that all workers share (`storage/paces.py`).
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from typing import Final

WATCHED: Final = 200.0
"""Calls a second up to which it is looked; a messenger that takes more does not count single ones."""


class Window:
    """Of one channel in one process. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: deque[float] = deque(maxlen=math.ceil(WATCHED))
        self._door = asyncio.Lock()

    async def enter(self, per_second: float) -> None:
        """Return when one more call is no crowd: at most as many together as `per_second` gives in that time."""
        if per_second > WATCHED:
            return
        together = max(1, math.ceil(per_second))
        async with self._door:  # in the order of coming, each by the time of those before
            if len(self._calls) >= together:
                free = self._calls[-together] + together / per_second
                await asyncio.sleep(free - self._clock())
            self._calls.append(self._clock())
