"""What can go wrong between a bot, its daemon and Signal, to be switched on by a test.

emulator.faults.add(TooMany(retry_after=2), times=3, method="send")
emulator.faults.copies = 4          # every envelope comes five times
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

FOREVER: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TooMany:
    """Signal answered 413. `retry_after` in seconds; None: a daemon before 0.14.3, which does not say. Earlier sends
    are noted in `Emulator.early`."""

    retry_after: float | None = 1


@dataclass(frozen=True, slots=True)
class Captcha:
    """Signal wants a person to solve a captcha: every send fails until `submitRateLimitChallenge` brings one."""

    token: str = "1b2f7f2e-7c0d-4c0a-9d63-5a3c2d1e0f00"  # noqa: S105  (a name)
    retry_after: float = 86_400


@dataclass(frozen=True, slots=True)
class NetworkFailure:
    """The daemon could not reach Signal for this message."""


@dataclass(frozen=True, slots=True)
class IoError:
    """The daemon could not reach Signal at all (-3)."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """Something answers in the daemon's place, with a page. Over a socket: the connection breaks."""

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
    """The daemon says no, with a code and words of its own."""

    code: int
    message: str


Fault = TooMany | Captcha | NetworkFailure | IoError | ServerError | ResetBefore | ResetAfter | Slow | Refused


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
    """Every envelope is handed over so many times more."""
    swaps: bool = False
    """Each envelope waits for the next one and comes after it."""
    struck: int = 0
    """How many calls were hit so far."""
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
            self.struck += 1
            return planned.fault
        return None
