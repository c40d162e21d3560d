"""Storage in memory, for tests and the terminal player: the same promises, kept only while the process
lives."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from storage.conversations import Claim, Counted, Debt, Loaded, Mark, OfferName, SessionName
from storage.errors import Lost
from storage.redis import (
    DAY_SECONDS,
    DEBT_PAUSE,
    DEBT_SECONDS,
    DEBTS_AT_ONCE,
    LOCK_BYTES,
    LOCK_SECONDS,
    MARK_SECONDS,
    OPENS_SECONDS,
    RATE_SECONDS,
    SHUT_SECONDS,
)


@dataclass(slots=True)
class _Shelf:
    """Values by name, each with an end (seconds of the clock)."""

    clock: Callable[[], float]
    kept: dict[bytes, tuple[float, bytes]] = field(default_factory=dict)

    def get(self, name: bytes) -> bytes | None:
        until, value = self.kept.get(name, (0.0, b""))
        if until > self.clock():
            return value
        self.kept.pop(name, None)
        return None

    def put(self, name: bytes, value: bytes, ttl: float) -> None:
        self.kept[name] = (self.clock() + ttl, value)

    def drop(self, name: bytes) -> None:
        self.kept.pop(name, None)

    def ttl(self, name: bytes) -> float:
        until, _ = self.kept.get(name, (0.0, b""))
        return until - self.clock()


class MemoryConversations:
    """`Conversations`; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions = _Shelf(clock)
        self._anchors = _Shelf(clock)
        self._debts = _Shelf(clock)
        self._locks = _Shelf(clock)
        self._marks = _Shelf(clock)
        self._long = _Shelf(clock)
        self._offers = _Shelf(clock)
        self._tries = _Shelf(clock)
        self._owed: dict[SessionName, float] = {}
        self._counts = _Shelf(clock)
        self._spent: dict[bytes, list[float]] = {}
        self._shut: dict[bytes, float] = {}

    async def load(
        self, names: Sequence[SessionName], marks: Sequence[Mark], counted: Counted | None = None
    ) -> Loaded | None:
        if any(self._marks.get(mark) is not None for mark in marks):
            return Loaded(lock=b"", duplicate=True)
        if any(self._locks.get(name) is not None for name in names):
            return None
        lock = os.urandom(LOCK_BYTES)
        for name in names:
            self._locks.put(name, lock, LOCK_SECONDS)
        found = next((name for name in names if self._sessions.get(name) is not None), None)
        debts = [self._debts.get(name) for name in names]
        return Loaded(
            lock=lock,
            found=found,
            sealed=self._sessions.get(found) if found else None,
            anchor=self._anchors.get(found) if found else None,
            debt=next((debt for debt in debts if debt is not None), None),
            acts=self._count(b"acts", counted.name, RATE_SECONDS) if counted is not None else 0,
            files=self._count(b"files", counted.name, DAY_SECONDS) if counted is not None and counted.file else 0,
            reports=int(self._counts.get(b"reports" + counted.name) or 0) if counted is not None else 0,
        )

    def _count(self, what: bytes, name: bytes, seconds: int) -> int:
        before = self._counts.get(what + name)
        number = int(before or 0) + 1
        ttl = seconds if before is None else self._counts.ttl(what + name)
        self._counts.put(what + name, str(number).encode(), ttl)
        return number

    async def save(
        self,
        names: Sequence[SessionName],
        loaded: Loaded,
        sealed: bytes | None,
        ttl: int,
        mark: Mark | None,
        debt: bytes | None,
        reporter: bytes | None = None,
    ) -> None:
        if any(self._locks.get(name) != loaded.lock for name in names):
            raise Lost("the conversation's lock ran out before the turn was saved")
        current, *older = names
        for name in names:
            self._locks.drop(name)
            self._debts.drop(name)
            self._owed.pop(name, None)
        for name in older:
            self._sessions.drop(name)
            self._anchors.drop(name)
        anchor = self._anchors.get(current)
        self._anchors.drop(current)
        if sealed is None:
            self._sessions.drop(current)
        else:
            self._sessions.put(current, sealed, ttl)
            if anchor is not None:
                self._anchors.put(current, anchor, ttl)
        if mark is not None:
            self._marks.put(mark, b"", MARK_SECONDS)
        if reporter is not None:
            self._count(b"reports", reporter, DAY_SECONDS)
        if debt is not None:
            self._debts.put(current, debt, DEBT_SECONDS)
            self._owed[current] = self._clock()

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        for name in names:
            if self._locks.get(name) == loaded.lock:
                self._locks.drop(name)

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        if any(self._locks.get(name) != loaded.lock for name in names):
            return False
        for name in names:
            self._locks.put(name, loaded.lock, LOCK_SECONDS)
        return True

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        if debt is not None:
            if self._debts.get(name) != debt:
                return
            self._debts.drop(name)
            self._owed.pop(name, None)
        if anchor is not None and self._sessions.get(name) is not None:
            self._anchors.put(name, anchor, self._sessions.ttl(name))

    async def note_long(self, name: bytes, seconds: int) -> None:
        self._long.put(name, b"", seconds)

    async def noted_long(self, names: Sequence[bytes]) -> Sequence[bool]:
        return [self._long.get(name) is not None for name in names]

    async def offer(self, name: OfferName, sealed: bytes, ttl: int) -> None:
        self._offers.put(name, sealed, ttl)

    async def claim(self, names: Sequence[OfferName], guesser: bytes, most: int, window: int) -> Claim:
        tries = int(self._tries.get(guesser) or b"0")
        if tries >= most:
            return Claim(refused=True)
        for index, name in enumerate(names):
            if (sealed := self._offers.get(name)) is not None:
                self._offers.drop(name)
                return Claim(index, sealed)
        self._tries.put(guesser, str(tries + 1).encode(), window)
        return Claim()

    async def debts(self, older_than: float) -> Sequence[Debt]:
        due = sorted(
            (name for name, since in self._owed.items() if since <= self._clock() - older_than),
            key=self._owed.__getitem__,
        )
        found = []
        for name in due[:DEBTS_AT_ONCE]:
            sealed = self._debts.get(name)
            if sealed is None:
                del self._owed[name]
            else:
                found.append(Debt(name, sealed))
                self._owed[name] = self._clock() - older_than + min(DEBT_PAUSE, older_than)
        return found

    async def opened(self, name: bytes) -> int:
        return self._count(b"opens", name, OPENS_SECONDS)

    async def once(self, name: bytes, seconds: int) -> bool:
        if self._counts.get(b"told" + name) is not None:
            return False
        self._counts.put(b"told" + name, b"", seconds)
        return True

    async def shut(self, budget: bytes, seconds: float) -> None:
        self._shut[budget] = max(self._shut.get(budget, 0.0), self._clock() + min(seconds, SHUT_SECONDS))

    async def spend(self, budget: bytes, most: int, seconds: int) -> float:
        now = self._clock()
        if self._shut.get(budget, 0.0) > now:
            return self._shut[budget] - now
        spent = self._spent[budget] = [at for at in self._spent.get(budget, []) if at > now - seconds]
        if len(spent) < most:
            spent.append(now)
            return 0.0
        return spent[len(spent) - most] + seconds - now

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        return
