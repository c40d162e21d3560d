"""One connection to Redis or Valkey that many callers share: what is asked in one moment travels in one trip.

While replies are awaited, further commands gather; when the last reply is there, they go out together. So a trip costs
one write and one read, however many conversations are in it, and a command never waits longer for company than a trip
takes. Replies come in the order of the commands (RESP2, parsed by hiredis). Why not redis-py: docs/adr/0012. Not here:
which commands (`redis.py`), addresses (`redis_url.py`).
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Sequence
from typing import Any, Final, cast

import hiredis

from storage.redis_url import Endpoint

MOST_WAITING: Final = 4096
"""Commands that wait for their replies; more are turned away at once."""

Words = tuple[bytes | str | int, ...]


class Broken(OSError):
    """The server is away, hung up or did not answer in time. What was under way may have been done, or not."""


class Crowded(Broken):
    """Too many commands wait already; this one was not sent."""


class ServerError(Exception):
    """The server answered with an error; its text begins with the kind (NOSCRIPT, OOM, LOADING …)."""


class _Garbled(Exception):
    """No RESP."""


class _Connection(asyncio.Protocol):
    """An open connection: at most one batch is on its way, the next one gathers."""

    def __init__(self, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = seconds
        self._reader = hiredis.Reader(protocolError=_Garbled, replyError=ServerError)
        self._transport: asyncio.Transport | None = None
        self._gathered: list[bytes] = []
        self._askers: list[asyncio.Future[Any]] = []
        """Of the gathered commands, in their order."""
        self._awaited: deque[asyncio.Future[Any]] = deque()
        """Of the batch that is on its way."""
        self._departure: asyncio.Handle | None = None
        self._departs_at = 0.0
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    # -- out

    def ask(self, words: Words, patience: float = 0.0) -> asyncio.Future[Any]:
        """The reply to a command. It leaves in this moment's batch, or within `patience` seconds with a later one."""
        asker: asyncio.Future[Any] = self._loop.create_future()
        if len(self._askers) + len(self._awaited) >= MOST_WAITING:
            asker.set_exception(Crowded("too many commands wait for Redis"))
            return asker
        self._askers.append(asker)
        self._gathered.append(hiredis.pack_command(words))  # type: ignore[arg-type]  # its stub means a longer tuple
        if not self._awaited:
            self._depart_in(patience)
        return asker

    def _depart_in(self, seconds: float) -> None:
        """Send what has gathered then, unless it goes sooner."""
        when = self._loop.time() + seconds if seconds else 0.0
        if self._departure is not None:
            if self._departs_at <= when:
                return
            self._departure.cancel()
        self._departs_at = when
        self._departure = self._loop.call_at(when, self._depart) if seconds else self._loop.call_soon(self._depart)

    def _depart(self) -> None:
        self._departure = None
        if self._transport is None or not self._askers:
            return
        self._awaited.extend(self._askers)
        self._transport.write(b"".join(self._gathered))
        self._askers, self._gathered = [], []
        self._deadline = self._loop.call_later(self._seconds, self._expire)

    # -- in

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while (reply := self._reader.gets()) is not False:
                self._hand_over(reply)
        except (_Garbled, IndexError):  # no RESP, or more replies than commands
            self.abort("the server does not speak as Redis does")

    def _hand_over(self, reply: Any) -> None:
        asker = self._awaited.popleft()
        if not asker.done():  # its caller may have given up
            if isinstance(reply, ServerError):
                asker.set_exception(reply)
            else:
                asker.set_result(reply)
        if not self._awaited:
            self._rest()
            if self._askers:
                self._depart_in(0.0)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    # -- the connection itself

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("the server hung up")

    def _expire(self) -> None:
        # Replies are told apart by their order alone, so a connection that owes one is of no use any more.
        self.abort("the server did not answer in time")

    def abort(self, why: str) -> None:
        """Hang up; whoever waits is told."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(why)

    def _fail(self, why: str) -> None:
        self._transport = None
        self._rest()
        if self._departure is not None:
            self._departure.cancel()
        askers = [*self._awaited, *self._askers]
        self._awaited.clear()
        self._askers, self._gathered = [], []
        for asker in askers:
            if not asker.done():
                asker.set_exception(Broken(why))

    async def close(self) -> None:
        """Send what has gathered, wait for the replies, hang up."""
        if self._askers:
            last = self._askers[-1]
            if not self._awaited:
                self._depart_in(0.0)
            await asyncio.wait([last], timeout=self._seconds)
        if self._transport is not None:
            self._transport.close()
        self._fail("the connection was closed")


class Line:
    """The connection, made when it is first needed and again when it broke."""

    def __init__(
        self, endpoint: Endpoint, *, connect_seconds: float, reply_seconds: float, greeting: Sequence[Words] = ()
    ) -> None:
        """`greeting`: commands that open every connection, after its login. A trip has `reply_seconds`."""
        self._endpoint = endpoint
        self._connect_seconds = connect_seconds
        self._reply_seconds = reply_seconds
        self._greeting = (*endpoint.login, *greeting)
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def ask(self, *words: bytes | str | int, patience: float = 0.0) -> Any:
        """The server's reply. `patience`: seconds that the command may wait for company on its way.

        Raises `Broken`; `ServerError` if the server says no.
        """
        connection = self._connection
        if connection is None or not connection.is_open:
            connection = await self._connect()
        return await connection.ask(words, patience)

    async def close(self) -> None:
        """What still waits to be sent is sent. The line may be used again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _connect(self) -> _Connection:
        async with self._connecting:
            if self._connection is not None and self._connection.is_open:
                return self._connection
            try:
                async with asyncio.timeout(self._connect_seconds):
                    connection = await self._open()
            except OSError as error:  # TimeoutError is one
                raise Broken(f"Redis cannot be reached ({type(error).__name__})") from None
            try:
                for reply in [connection.ask(words) for words in self._greeting]:
                    await reply
            except BaseException:
                connection.abort("the greeting failed")
                raise
            self._connection = connection
            return connection

    async def _open(self) -> _Connection:
        loop = asyncio.get_running_loop()
        endpoint = self._endpoint
        make = lambda: _Connection(self._reply_seconds)  # noqa: E731
        if endpoint.path:
            _, connection = await loop.create_unix_connection(make, endpoint.path)
            return connection
        transport, connection = await loop.create_connection(make, endpoint.host, endpoint.port, ssl=endpoint.tls)
        open_socket = transport.get_extra_info("socket")
        if open_socket is not None:  # a line that was cut silently is noticed without a citizen's help
            open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection


__all__ = ["Broken", "Line", "ServerError", "Words"]
