"""Who tries passwords waits longer with each wrong one, and nobody is ever locked out.

Each try has its turn in two lanes: that of the account, and that of the network it comes from. A lane that saw several
wrong tries lets the next one through only after a pause, twice as long each time, up to a minute. A browser that was
logged in to the account before has a lane of its own and no network (a signed cookie says so), so that strangers who
hammer at a name, or at many names from the same network, do not slow down the person whose it is. In memory: an
attacker who makes the desk restart wins a few tries.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

FREE_TRIES: Final = 5
FIRST_PAUSE: Final = 1.0  # seconds
LONGEST_PAUSE: Final = 60.0  # seconds
FORGET_AFTER: Final = 3600.0
"""Seconds without a try, after which a lane is as new."""
PATIENCE: Final = 8.0
"""Seconds that a try waits for its turn at most; one whose turn is later is told to come again."""
LANES: Final = 20_000
"""Kept at once; the one unused for longest goes first."""
NETWORK_TRIES: Final = 20
"""Wrong tries of a whole network before it is slowed: a town hall is one network."""


class TooManyTries(Exception):
    """Its turn is too far off; `seconds` until it is."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many tries")
        self.seconds = seconds


@dataclass(slots=True)
class _Lane:
    wrong: int = 0
    next: float = 0.0
    used: float = 0.0


class Slowing:
    """The lanes of one desk."""

    def __init__(
        self, now: Callable[[], float] | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """`now` (seconds, never back) and `sleep` are for tests that move the time."""
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()

    async def turn(self, account: str, network: str) -> None:
        """Wait until a try may be made. `network`: '' for a known browser. Raises `TooManyTries`."""
        now = self._now()
        lanes = [(self._lane(key, now), free) for key, free in _keys(account, network)]
        at = max(now, *(lane.next for lane, _ in lanes))
        if at - now > PATIENCE:
            raise TooManyTries(at - now)
        for lane, free in lanes:
            lane.next = max(lane.next, at + _pause(lane.wrong - free))
        if at > now:
            await self._sleep(at - now)

    def wrong(self, account: str, network: str) -> None:
        """It was."""
        now = self._now()
        for key, free in _keys(account, network):
            lane = self._lane(key, now)
            lane.wrong += 1
            lane.next = max(lane.next, now + _pause(lane.wrong - free))

    def right(self, account: str) -> None:
        """The account's lane is as new; the network's is not: who knows one password may be guessing others."""
        self._lanes.pop(account, None)

    def __len__(self) -> int:
        return len(self._lanes)

    def _lane(self, key: str, now: float) -> _Lane:
        lane = self._lanes.get(key)
        if lane is None or now - lane.used > FORGET_AFTER:
            lane = self._lanes[key] = _Lane()
        lane.used = now
        self._lanes.move_to_end(key)
        while len(self._lanes) > LANES:
            self._lanes.popitem(last=False)
        return lane


def _keys(account: str, network: str) -> list[tuple[str, int]]:
    """The lanes of a try, each with how many wrong ones are free."""
    return [(account, FREE_TRIES), *([(network, NETWORK_TRIES)] if network else [])]


def _pause(over: int) -> float:
    return 0.0 if over < 0 else min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(over, 10))


def network_of(address: str) -> str:
    """The network that an address is counted under: /24, or /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


KNOWN_COOKIE: Final = "__Host-known"
"""Says that somebody was logged in here before; lasts for months, opens nothing."""


def known_mark(key: bytes, name: str, token: str) -> str:
    """The cookie of a browser in which somebody logged in."""
    return f"{token}.{_sign(key, name, token)}"


def lane_of(key: bytes, name: str, mark: str) -> str:
    """The account's lane for a browser: its own if it is known there."""
    token, _, sign = mark.partition(".")
    if token and hmac.compare_digest(sign, _sign(key, name, token)):
        return f"account {name} {token}"
    return f"account {name}"


def _sign(key: bytes, name: str, token: str) -> str:
    return hmac.digest(key, b"known browser\0" + name.encode() + b"\0" + token.encode(), "sha256").hex()
