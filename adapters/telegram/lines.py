"""Connections to the Bot API that stay open: one request at a time on each, so many of them at most.

A general client costs more than the call itself: 95 µs of processor time where this takes 26, and there are two
calls a turn (docs/adr/0020-lines-to-the-bot-api.md). Not here: what a request says (`wire.py`), how an answer is read
(`http11.py`), when to try again (`delivery.py`).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from socket import SOCK_STREAM
from typing import Final, cast

from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from adapters.telegram.http11 import Malformed, Response

NEXT_ADDRESS_SECONDS: Final = 0.25
"""Until a server's next address is tried beside the one that does not answer (RFC 8305)."""


class Unsent(Exception):
    """The request did not leave: no connection. Says what kind of error it was, never where to."""


class BrokenOff(Exception):
    """The request left, and no whole answer came. Says what kind of error it was."""


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._response: Response | None = None
        self._answered: asyncio.Future[Response] | None = None
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float, limit: int) -> Response:
        """Raises `BrokenOff`. Whatever goes wrong, or whoever gives up, the connection is closed then."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Response] = loop.create_future()
        self._answered = answered
        self._response = Response(limit)
        timer = loop.call_later(seconds, self._break_off, "TimeoutError")
        try:
            assert self._transport is not None
            self._transport.write(request)
            response = await answered
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
            self._answered = self._response = None
        if not response.stays:
            self.close()
        return response

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def _break_off(self, why: str) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(BrokenOff(why))

    # -- what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is none by inheritance

    def data_received(self, data: bytes) -> None:
        if self._response is None or self._answered is None or self._answered.done():
            self.close()  # nobody asked
            return
        try:
            if self._response.feed(data):
                self._answered.set_result(self._response)
        except Malformed as error:
            self._break_off(type(error).__name__)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._response is not None and self._answered is not None and not self._answered.done():
            if error is None and self._response.end():
                self._answered.set_result(self._response)
            else:
                self._break_off(type(error).__name__ if error is not None else "closed")


class Lines:
    """To one origin. Made in any place, used in one event loop."""

    def __init__(self, origin: URL, *, most: int, connect_seconds: float, idle_seconds: float) -> None:
        self._origin = origin
        self._most = most
        self._connect_seconds = connect_seconds
        self._idle_seconds = idle_seconds
        self._tls = _trust() if origin.scheme == "https" else None
        self._free: deque[_Line] = deque()
        """The longest idle first. Those that the other side closed meanwhile are among them."""
        self._taken = 0
        self._waiting: deque[asyncio.Future[_Line | None]] = deque()
        self._closed = False

    async def ask(self, request: bytes, seconds: float, limit: int) -> Response:
        """Send a whole request, and read an answer of at most `limit` bytes. Raises `Unsent`, `BrokenOff`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        line = self._idle() if self._taken < self._most else None
        if line is None:
            line = await self._another(deadline)
        else:
            self._taken += 1
        try:
            return await line.ask(request, max(deadline - loop.time(), 0.0), limit)
        finally:
            self._give_back(line)

    async def close(self) -> None:
        """For good. What runs may end; what waits is refused."""
        self._closed = True
        while self._free:
            self._free.pop().close()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(Unsent("closed"))

    # -- who has which

    def _idle(self) -> _Line | None:
        """The one that was used last, if it lives."""
        while self._free:
            line = self._free.pop()
            if line.is_open:
                return line
        return None

    async def _another(self, deadline: float) -> _Line:
        """A new connection, or the next that is given back. Counted as taken when this returns."""
        problem: str
        try:
            async with asyncio.timeout_at(deadline):
                line = None
                if self._taken < self._most:
                    self._taken += 1
                else:
                    line = await self._turn()
                return line if line is not None and line.is_open else await self._connect_counted()
        except (OSError, TimeoutError) as error:
            problem = type(error).__name__
        raise Unsent(problem)

    async def _turn(self) -> _Line | None:
        """Wait for a place, which stays counted as it changes hands."""
        waiter: asyncio.Future[_Line | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except BaseException:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on(waiter.result())
            raise

    async def _connect_counted(self) -> _Line:
        try:
            async with asyncio.timeout(self._connect_seconds):
                return await self._connect()
        except BaseException:
            self._pass_on(None)
            raise

    async def _connect(self) -> _Line:
        loop = asyncio.get_running_loop()
        host = self._origin.host or ""
        found = await loop.getaddrinfo(host, self._origin.port, type=SOCK_STREAM)
        addresses: list[AddrInfoType] = list(found)
        connected = await start_connection(addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1)
        try:
            name = host if self._tls is not None else None
            _, line = await loop.create_connection(_Line, sock=connected, ssl=self._tls, server_hostname=name)
        except BaseException:
            connected.close()
            raise
        return line

    def _give_back(self, line: _Line) -> None:
        self._pass_on(line if line.is_open else None)

    def _pass_on(self, line: _Line | None) -> None:
        """A place is free: for the next who waits, with its connection if that lives."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(line)
                return
        self._taken -= 1
        now = asyncio.get_running_loop().time()
        if line is not None and self._closed:
            line.close()
        elif line is not None:
            line.idle_since = now
            self._free.append(line)
        while self._free and (self._free[0].idle_since < now - self._idle_seconds or not self._free[0].is_open):
            self._free.popleft().close()


def _trust() -> ssl.SSLContext:
    """The system's certificates, host names checked."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
