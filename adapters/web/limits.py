"""Counting what one chat or one network address may do. Network addresses are held as keyed marks under a key that
lives in this process only. Not here: what the limits are (`settings.py`)."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

_NAMES = 20_000  # marks remembered at once; the oldest is forgotten first


class Bucket:
    """A token bucket: `rate` a second, at most `burst` at once. Times are seconds of a monotonic clock."""

    __slots__ = ("_burst", "_full", "_last", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._full, self._last = rate, burst, burst, now

    def take(self, now: float) -> float:
        """Take one. 0.0 if there was one, else the seconds until there is."""
        self._full = min(self._burst, self._full + max(0.0, now - self._last) * self._rate)
        self._last = now
        if self._full >= 1.0:
            self._full -= 1.0
            return 0.0
        return (1.0 - self._full) / self._rate


class Buckets:
    """One bucket for each name."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._by_name: OrderedDict[bytes, Bucket] = OrderedDict()

    def take(self, name: bytes, now: float) -> float:
        """As `Bucket.take`, for this name."""
        bucket = self._by_name.get(name)
        if bucket is None:
            bucket = self._by_name[name] = Bucket(self._rate, self._burst, now)
            if len(self._by_name) > _NAMES:
                self._by_name.popitem(last=False)
        self._by_name.move_to_end(name)
        return bucket.take(now)


class TooMany(Exception):
    """No place left."""


class Places:
    """At most `each` things at once for one name and `total` for all."""

    def __init__(self, each: int, total: int) -> None:
        self._each, self._total = each, total
        self._taken: dict[bytes, int] = {}

    @contextmanager
    def hold(self, name: bytes) -> Iterator[None]:
        """Hold one place. Raises `TooMany`."""
        held = self._taken.get(name, 0)
        if held >= self._each or sum(self._taken.values()) >= self._total:
            raise TooMany
        self._taken[name] = held + 1
        try:
            yield
        finally:
            left = self._taken[name] - 1
            if left:
                self._taken[name] = left
            else:
                del self._taken[name]


def network_of(remote: str) -> str:
    """What counts as one network: of IPv6 the first 64 bits, since a household has all the rest."""
    return ":".join(remote.split(":")[:4]) if ":" in remote else remote or "?"


class Marks:
    """Turns network addresses into marks that mean nothing outside this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mark(self, remote: str) -> bytes:
        """The mark of a network address."""
        return hashlib.blake2b(network_of(remote).encode("utf-8", "replace"), key=self._key, digest_size=16).digest()
