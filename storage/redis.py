"""Conversations in Redis or Valkey: what a turn needs in one trip, all or nothing, by scripts on the server.

A conversation is four entries under its keyed name (session, anchor, debt, lock), a message one (mark), and
one index
says since when replies are owed. Every key comes from `key` and has a TTL. What is stored is sealed before
it comes
here: this file knows no key material and no person. Not here: running a server (`valkey.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from enum import Enum
from typing import Any, Final

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from storage.base import Debt, Loaded, Mark, SessionName
from storage.errors import Lost, Unavailable
from storage.redis_scripts import LOAD, OWED, RELEASE, SAVE, SETTLE, Script, Status

LOCK_SECONDS: Final = 30
"""A worker that died holds a conversation this long; a turn that takes longer loses its lock and changes
nothing."""

MARK_SECONDS: Final = 48 * 3600
"""How long a message is known when it comes again."""

DEBT_SECONDS: Final = 24 * 3600
"""How long a reply is owed; later it would come out of nowhere."""

DEBTS_AT_ONCE: Final = 100

CALL_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 1.0
POOL_SECONDS: Final = 2.0
"""How long a call waits for a free connection before the turn is refused."""

CONNECTIONS: Final = 32

LOCK_BYTES: Final = 16


class Space(Enum):
    """The kinds of entry; `privacy/retention.py` holds the limit of each."""

    SESSION = b"s"
    ANCHOR = b"a"
    DEBT = b"d"
    LOCK = b"l"
    MARK = b"m"
    OWED = b"o"


def key(space: Space, name: bytes = b"") -> bytes:
    """The one function that names entries. `name` is keyed (HMAC): never anything of a person."""
    return b"z" + space.value + b":" + name


_OF_A_CONVERSATION: Final = (Space.LOCK, Space.SESSION, Space.ANCHOR, Space.DEBT)


def _conversation(names: Sequence[SessionName]) -> list[bytes]:
    return [key(space, name) for name in names for space in _OF_A_CONVERSATION]


class RedisConversations:
    """`Conversations` over a pool of connections that waits rather than fails, and heals by itself."""

    def __init__(self, url: str, *, connections: int = CONNECTIONS, call_seconds: float = CALL_SECONDS) -> None:
        """`url`: redis://host:port/0, rediss://…, or unix:///path/to/socket."""
        pool: ConnectionPool = ConnectionPool.from_url(
            url,
            max_connections=connections,
            socket_timeout=call_seconds,
            socket_connect_timeout=CONNECT_SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._redis: Redis = Redis(connection_pool=pool)
        # redis-py's own blocking pool lets latecomers overtake until somebody has waited too long; this one is a queue.
        self._free = asyncio.Semaphore(connections)

    async def load(self, names: Sequence[SessionName], marks: Sequence[Mark]) -> Loaded | None:
        lock = os.urandom(LOCK_BYTES)
        keys = _conversation(names) + [key(Space.MARK, mark) for mark in marks]
        try:
            reply = await self._run(LOAD, keys, [len(names), lock, LOCK_SECONDS * 1000])
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
                found, sealed, anchor, debt = reply[1:]
                return Loaded(
                    lock=lock,
                    found=names[found - 1] if found else None,
                    sealed=sealed,
                    anchor=anchor,
                    debt=debt,
                )

    async def save(
        self,
        names: Sequence[SessionName],
        loaded: Loaded,
        sealed: bytes | None,
        ttl: int,
        mark: Mark | None,
        debt: bytes | None,
    ) -> None:
        keys = [*_conversation(names), key(Space.OWED)]
        if mark is not None:
            keys.append(key(Space.MARK, mark))
        arguments: list[bytes | int] = [
            len(names),
            loaded.lock,
            sealed or b"",
            ttl,
            MARK_SECONDS,
            debt or b"",
            DEBT_SECONDS,
            *names,
        ]
        if not await self._run(SAVE, keys, arguments):
            raise Lost("the conversation's lock ran out before the turn was saved")

    async def release(self, names: Sequence[SessionName], loaded: Loaded) -> None:
        await self._run(RELEASE, [key(Space.LOCK, name) for name in names], [loaded.lock])

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        keys = [*_conversation([name]), key(Space.OWED)]
        await self._run(SETTLE, keys, [anchor or b"", debt or b"", name])

    async def debts(self, older_than: float) -> Sequence[Debt]:
        reply = await self._run(OWED, [key(Space.OWED)], [int(older_than), DEBTS_AT_ONCE, key(Space.DEBT)])
        return [Debt(SessionName(name), sealed) for name, sealed in zip(reply[::2], reply[1::2], strict=True)]

    async def ping(self) -> None:
        await self._command("PING")

    async def rewrite_log(self) -> None:
        """Start an AOF rewrite, so that what expired leaves the disk; a server that keeps no log does not
        mind."""
        await self._command("BGREWRITEAOF")

    async def close(self) -> None:
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()

    async def _run(self, script: Script, keys: Sequence[bytes], arguments: Sequence[bytes | int]) -> Any:
        async with self._connection():
            try:
                return await self._redis.evalsha(script.sha, len(keys), *keys, *arguments)
            except NoScriptError:  # the server was restarted: EVAL runs the script and keeps it
                return await self._redis.eval(script.text, len(keys), *keys, *arguments)

    async def _command(self, *words: str) -> None:
        async with self._connection():
            await self._redis.execute_command(*words)  # type: ignore[no-untyped-call]

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[None]:
        """A free connection, in the order of asking. Raises `Unavailable` for whatever goes wrong within."""
        try:
            async with asyncio.timeout(POOL_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable("Redis is too slow: no connection was free in time") from None
        try:
            yield
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable(f"Redis did not do it: {type(error).__name__}") from error
        finally:
            self._free.release()
