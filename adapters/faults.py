"""What can go wrong between a bot and a messenger's emulator, to be switched on by a test.

emulator.faults.add(TooMany(retry_after=2), times=3, method="sendMessage")
emulator.faults.copies = 4          # everything comes five times

Not here: what only one messenger can do wrong (each emulator's own `faults.py`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

FOREVER: Final = 1_000_000_000
"""Times."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The messenger asks us to wait: `retry_after` in seconds; None: it does not say how long. Earlier calls are noted
    by the emulator (`early`)."""

    retry_after: float | None = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """Something answers in the messenger's place, with a page. Over a socket: the connection breaks."""

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
    """A no, with a code and words of its own."""

    code: int
    message: str


Common = TooMany | ServerError | ResetBefore | ResetAfter | Slow | Refused
F = TypeVar("F")


@dataclass(slots=True)
class _Planned(Generic[F]):
    fault: F
    times: int
    method: str
    share: float


@dataclass(slots=True)
class Faults(Generic[F]):
    """The faults in force. `seed` makes shares repeatable."""

    seed: int = 1
    copies: int = 0
    """Everything that a citizen sends is brought so many times more."""
    swaps: bool = False
    """Each message waits for the next one and comes after it."""
    struck: int = 0
    """How many calls were hit so far."""
    _planned: list[_Planned[F]] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  (chance of a test)

    def add(self, fault: F, *, times: int = 1, method: str = "", share: float = 1.0) -> None:
        """The next `times` calls (of `method`, or any) fail so; with `share`, each only by that chance."""
        self._planned.append(_Planned(fault, times, method, share))

    def clear(self) -> None:
        self._planned.clear()
        self.copies = 0
        self.swaps = False

    def strike(self, method: str) -> F | None:
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


__all__ = [
    "FOREVER",
    "Common",
    "Faults",
    "Refused",
    "ResetAfter",
    "ResetBefore",
    "ServerError",
    "Slow",
    "TooMany",
]
