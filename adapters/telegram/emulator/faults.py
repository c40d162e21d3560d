"""What can go wrong between a bot and Telegram, to be switched on by a test.

emulator.faults.add(TooMany(retry_after=2), times=3, method="sendMessage")
emulator.faults.copies = 4          # every update comes five times
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

FOREVER: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TooMany:
    """429. `retry_after` in seconds; None: Telegram forgot to say. Earlier calls are noted in `Emulator.early`."""

    retry_after: float | None = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """5xx with a proxy's HTML page for a body. Nothing is processed."""

    code: int = 502


@dataclass(frozen=True, slots=True)
class ResetBefore:
    """The connection breaks, nothing is processed."""


@dataclass(frozen=True, slots=True)
class ResetAfter:
    """The call is processed, then the connection breaks before the answer."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Processed at once, answered after so many seconds."""

    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Refused:
    """The Bot API says no, with a description of its own."""

    code: int
    description: str


Fault = TooMany | ServerError | ResetBefore | ResetAfter | Slow | Refused


@dataclass(slots=True)
class _Planned:
    fault: Fault
    times: int
    method: str
    share: float


@dataclass(slots=True)
class Faults:
    """The faults in force. `seed` makes shares repeatable."""

    seed: int = 1
    copies: int = 0
    """Every update is delivered so many times more, at the same time."""
    swaps: bool = False
    """Each update waits for the next one and comes after it."""
    _planned: list[_Planned] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (chance of a test)

    def add(self, fault: Fault, *, times: int = 1, method: str = "", share: float = 1.0) -> None:
        """The next `times` calls (of `method`, or any) fail so; with `share`, each only by that chance."""
        self._planned.append(_Planned(fault, times, method, share))

    def clear(self) -> None:
        self._planned.clear()
        self.copies = 0
        self.swaps = False

    def strike(self, method: str) -> Fault | None:
        """The fault that hits this call, if one does."""
        for planned in self._planned:
            if planned.times <= 0 or planned.method not in {"", method}:
                continue
            if planned.share < 1.0 and self._random.random() >= planned.share:
                continue
            planned.times -= 1
            return planned.fault
        return None
