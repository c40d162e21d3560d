"""Conversations in Redis or Valkey: what a turn needs in one trip, all or nothing, by scripts on the server.

A conversation is four entries under its keyed name (session, anchor, debt, lock), a message one (mark), and
one index
says since when replies are owed. Every key comes from `key` and has a TTL. What is stored is sealed before
it comes
here: this file knows no key material and no person. Not here: running a server (`valkey.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

from privacy.chance import drawing
from storage.conversations import Claim, Counted, Debt, Loaded, Mark, OfferName, SessionName
from storage.errors import Lost, Unavailable
from storage.redis_scripts import (
    CLAIM,
    CLOSE,
    COUNT,
    LOAD,
    OWED,
    RELEASE,
    RENEW,
    SAVE,
    SETTLE,
    SHUT,
    SLOTS,
    SPEND,
    Script,
    Status,
)
from storage.redis_url import endpoint_of
from storage.resp import Broken, Line, ServerError

LOCK_SECONDS: Final = 8
"""A worker that died holds a conversation this long. A turn that takes longer renews its lock; one that could not loses
it and changes nothing."""

MARK_SECONDS: Final = 48 * 3600
"""How long a message is known when it comes again."""

DEBT_SECONDS: Final = 24 * 3600
"""How long a reply is owed; later it would come out of nowhere."""

DEBTS_AT_ONCE: Final = 100

DEBT_PAUSE: Final = 30
"""Seconds until a reply that was found owed is found again."""

RATE_SECONDS: Final = 10
"""Acts of a person are counted together for so long."""

DAY_SECONDS: Final = 24 * 3600
"""Files and reports of a person are counted together for so long."""

OPENS_SECONDS: Final = 60
"""New chats from one network address are counted together for so long."""

TOLD_SECONDS: Final = 600
"""How long it is known that somebody was told that they write too fast; `once` takes no more."""

CALL_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 1.0

SETTLE_PATIENCE: Final = 0.1
"""Seconds that a settlement waits for another call to travel with (docs/adr/0012-redis-trips.md): no citizen waits
for it, and within this process every later call comes after it."""

LOCK_BYTES: Final = 16

SHUT_SECONDS: Final = 7 * 24 * 3600
"""The longest wait that a messenger's request is kept for."""

SPENT_BYTES: Final = 8
"""Of a random name that tells two messages of the same millisecond apart."""

_lock_token, _spent_name = drawing(LOCK_BYTES), drawing(SPENT_BYTES)


class Space(bytes, Enum):
    """The kinds of entry, as their names begin; `privacy/retention.py` holds the limit of each."""

    SESSION = b"zs:"
    ANCHOR = b"za:"
    DEBT = b"zd:"
    LOCK = b"zl:"
    MARK = b"zm:"
    OWED = b"zo:"
    LONG = b"zp:"
    ACTS = b"zr:"
    FILES = b"zf:"
    REPORTS = b"zc:"
    TOLD = b"zt:"
    SPENT = b"ze:"
    SHUT = b"zh:"
    OPENS = b"zn:"
    PACE = b"zw:"
    """When a channel's next slot is free; the name is the channel."""
    DOOR = b"zg:"
    """Until when no news may be sent on a channel."""
    OFFER = b"zv:"
    TRIES = b"zx:"


def key(space: Space, name: bytes = b"") -> bytes:
    """The one function that names entries. `name` is keyed (HMAC): never anything of a person."""
    return space + name


_OF_A_CONVERSATION: Final = (Space.LOCK, Space.SESSION, Space.ANCHOR, Space.DEBT)
_COUNTERS: Final = (Space.ACTS, Space.FILES, Space.REPORTS)

_SCRIPTS: Final = (LOAD, SAVE, RELEASE, RENEW, SETTLE, OWED, SPEND, SHUT, COUNT, SLOTS, CLOSE, CLAIM)


def _conversation(names: Sequence[SessionName]) -> list[bytes]:
    return [key(space, name) for name in names for space in _OF_A_CONVERSATION]


class RedisConversations:
    """`Conversations` on one connection that all share, and that heals by itself."""

    def __init__(self, url: str, *, call_seconds: float = CALL_SECONDS) -> None:
        """`url`: see `redis_url`. Raises `ValueError` if it is none."""
        self._line = Line(
            endpoint_of(url),
            connect_seconds=CONNECT_SECONDS,
            reply_seconds=call_seconds,
            # A script that the server had to be told first would fall behind what was asked after it.
            greeting=[("SCRIPT", "LOAD", script.text) for script in _SCRIPTS],
        )

    async def load(
        self, names: Sequence[SessionName], marks: Sequence[Mark], counted: Counted | None = None
    ) -> Loaded | None:
        lock = _lock_token()
        keys = _conversation(names) + [key(Space.MARK, mark) for mark in marks]
        arguments: list[bytes | int] = [len(names), lock, LOCK_SECONDS * 1000, len(marks)]
        if counted is not None:
            keys += [key(space, counted.name) for space in _COUNTERS]
            arguments += [RATE_SECONDS, DAY_SECONDS, int(counted.file)]
        try:
            reply = await self._run(LOAD, keys, arguments)
        except Unavailable:
            # The lock may have been taken and only the answer lost: it must not stand in the citizen's way.
            with contextlib.suppress(Unavailable):
                await self._run(RELEASE, [key(Space.LOCK, name) for name in names], [lock])
            raise
        match Status(reply[0]):
            case Status.HELD:
                return None
            case Status.DUPLICATE:
                return Loaded(lock=b"", duplicate=True)
            case Status.TAKEN:
                found, sealed, anchor, debt, acts, files, reports = reply[1:]
                return Loaded(
                    lock=lock,
                    found=names[found - 1] if found else None,
                    sealed=sealed,
                    anchor=anchor,
                    debt=debt,
                    acts=acts,
                    files=files,
                    reports=reports,
                )

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
        keys = [*_conversation(names), key(Space.OWED)]
        if mark is not None:
            keys.append(key(Space.MARK, mark))
        if reporter is not None:
            keys.append(key(Space.REPORTS, reporter))
        arguments: list[bytes | int] = [
            len(names),
            loaded.lock,
            sealed or b"",
            ttl,
            MARK_SECONDS if mark is not None else 0,
            debt or b"",
            DEBT_SECONDS,
            *names,
            DAY_SECONDS if reporter is not None else 0,
        ]
        if not await self._run(SAVE, keys, arguments):
            raise Lost("the conversation's lock ran out before the turn was saved")

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        await self._run(RELEASE, [key(Space.LOCK, name) for name in names], [loaded.lock])

    async def renew(self, names: Sequence[SessionName], loaded: Loaded) -> bool:
        keys = [key(Space.LOCK, name) for name in names]
        return bool(await self._run(RENEW, keys, [loaded.lock, LOCK_SECONDS * 1000]))

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        keys = [*_conversation([name]), key(Space.OWED)]
        await self._run(SETTLE, keys, [anchor or b"", debt or b"", name], SETTLE_PATIENCE)

    async def note_long(self, name: bytes, seconds: int) -> None:
        await self._command("SET", key(Space.LONG, name), b"", "EX", seconds)

    async def noted_long(self, names: Sequence[bytes]) -> Sequence[bool]:
        if not names:
            return []
        return [value is not None for value in await self._command("MGET", *(key(Space.LONG, name) for name in names))]

    async def offer(self, name: OfferName, sealed: bytes, ttl: int) -> None:
        await self._command("SET", key(Space.OFFER, name), sealed, "EX", ttl)

    async def claim(self, names: Sequence[OfferName], guesser: bytes, most: int, window: int) -> Claim:
        keys = [key(Space.TRIES, guesser), *(key(Space.OFFER, name) for name in names)]
        found, sealed = await self._run(CLAIM, keys, [most, window])
        if found < 0:
            return Claim(refused=True)
        return Claim(found - 1, sealed) if found else Claim()

    async def debts(self, older_than: float) -> Sequence[Debt]:
        reply = await self._run(OWED, [key(Space.OWED)], [int(older_than), DEBTS_AT_ONCE, key(Space.DEBT), DEBT_PAUSE])
        return [Debt(SessionName(name), sealed) for name, sealed in zip(reply[::2], reply[1::2], strict=True)]

    async def once(self, name: bytes, seconds: int) -> bool:
        told = key(Space.TOLD, name)
        return await self._command("SET", told, b"", "NX", "EX", min(seconds, TOLD_SECONDS)) is not None

    async def spend(self, budget: bytes, most: int, seconds: int) -> float:
        keys = [key(Space.SPENT, budget), key(Space.SHUT, budget)]
        return int(await self._run(SPEND, keys, [most, seconds * 1000, _spent_name()])) / 1000

    async def shut(self, budget: bytes, seconds: float) -> None:
        await self._run(SHUT, [key(Space.SHUT, budget)], [max(1, min(int(seconds * 1000), SHUT_SECONDS * 1000))])

    async def opened(self, name: bytes) -> int:
        return int(await self._run(COUNT, [key(Space.OPENS, name)], [OPENS_SECONDS]))

    async def ping(self) -> None:
        await self._command("PING")

    async def rewrite_log(self) -> None:
        """Start an AOF rewrite, so that what expired leaves the disk; a server that keeps no log does not
        mind."""
        await self._command("BGREWRITEAOF")

    async def run(self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]) -> Any:
        """One of the scripts of `redis_scripts.py`, for whoever shares this connection. Raises `Unavailable`."""
        return await self._run(script, keys, arguments)

    async def close(self) -> None:
        await self._line.close()

    async def _run(
        self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int], patience: float = 0.0
    ) -> Any:
        try:
            return await self._line.ask("EVALSHA", script.sha, len(keys), *keys, *arguments, patience=patience)
        except ServerError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise _unavailable(error) from None
        except Broken as error:
            raise _unavailable(error) from None
        # The server forgot its scripts (SCRIPT FLUSH): EVAL runs this one and keeps it.
        return await self._command("EVAL", script.text, len(keys), *keys, *arguments)

    async def _command(self, *words: bytes | str | int) -> Any:
        try:
            return await self._line.ask(*words)
        except (Broken, ServerError) as error:
            raise _unavailable(error) from None


def _unavailable(error: Exception) -> Unavailable:
    """Without the server's own words, which may quote what it was given."""
    return Unavailable(f"Redis did not do it: {type(error).__name__}")
