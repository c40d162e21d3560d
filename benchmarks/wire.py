"""Just enough HTTP/1.1 for both ends of the benchmark, so that its own cost stays small beside the bots'.

Understands what the HTTP clients and servers of the three bots really send: keep-alive, Content-Length, chunked.
Not here: TLS, pipelining, HTTP/2; what is said (`bot_api.py`, `citizens.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, cast

HEAD_END = b"\r\n\r\n"
LONGEST_HEAD = 64 * 1024  # bytes


class WireError(Exception):
    """The other end spoke something else than HTTP/1.1, or hung up."""


class Heard(NamedTuple):
    """One complete request or response."""

    first_line: bytes
    headers: bytes
    """As they came, names in lower case."""
    body: bytes


class _Reader:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Heard]:
        """Whatever is complete now. Raises `WireError`."""
        self._buffer += data
        complete: list[Heard] = []
        while (cut := self._cut()) is not None:
            message, end = cut
            self._buffer = self._buffer[end:]
            complete.append(message)
        return complete

    def _cut(self) -> tuple[Heard, int] | None:
        head_end = self._buffer.find(HEAD_END)
        if head_end < 0:
            if len(self._buffer) > LONGEST_HEAD:
                raise WireError("headers without end")
            return None
        first_line, _, headers = self._buffer[:head_end].partition(b"\r\n")
        headers = b"\r\n" + headers.lower() + b"\r\n"
        start = head_end + len(HEAD_END)
        if b"\r\ntransfer-encoding: chunked" in headers:
            whole = _chunked(self._buffer, start)
            return None if whole is None else (Heard(first_line, headers, whole[0]), whole[1])
        end = start + int(header(headers, b"content-length") or 0)
        if len(self._buffer) < end:
            return None
        return Heard(first_line, headers, self._buffer[start:end]), end


def header(headers: bytes, name: bytes) -> bytes:
    """Value of a header (`name` in lower case, the value too), or nothing."""
    mark = b"\r\n" + name + b":"
    at = headers.find(mark)
    if at < 0:
        return b""
    at += len(mark)
    return headers[at : headers.index(b"\r\n", at)].strip()


def _chunked(buffer: bytes, at: int) -> tuple[bytes, int] | None:
    """Body and end of a chunked message, or None if it is not complete."""
    body = b""
    while (line_end := buffer.find(b"\r\n", at)) >= 0:
        size = int(buffer[at:line_end].split(b";")[0], 16)
        at = line_end + 2
        if len(buffer) < at + size + 2:
            return None
        if size == 0:
            return body, at + 2
        body += buffer[at : at + size]
        at += size + 2
    return None


Answer = Callable[[bytes, bytes, bytes], bytes]
"""(path, content type, body) -> JSON."""


class ServerConnection(asyncio.Protocol):
    """One connection of a bot to the Bot API; each request is answered at once, or after `delay` seconds."""

    def __init__(self, answer: Answer, delay: float) -> None:
        self._answer = answer
        self._delay = delay
        self._reader = _Reader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for request in self._reader.feed(data):
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._respond, request)
            else:
                self._respond(request)

    def _respond(self, request: Heard) -> None:
        if self._transport is None or self._transport.is_closing():
            return  # the bot hung up while the answer took its time
        path = request.first_line.split(b" ")[1]
        body = self._answer(path, header(request.headers, b"content-type"), request.body)
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )


class ClientConnection(asyncio.Protocol):
    """One keep-alive connection to a bot's webhook; one request at a time."""

    def __init__(self) -> None:
        self._reader = _Reader()
        self._transport: asyncio.Transport | None = None
        self._heard: asyncio.Future[Heard] | None = None

    @property
    def alive(self) -> bool:
        """Whether it can take another request."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        for response in self._reader.feed(data):
            if self._heard is not None and not self._heard.done():
                self._heard.set_result(response)
            if header(response.headers, b"connection") == b"close":
                self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._heard is not None and not self._heard.done():
            self._heard.set_exception(WireError("the bot hung up"))

    def request(self, raw: bytes) -> asyncio.Future[Heard]:
        """Send; the future is the response."""
        assert self._transport is not None
        self._heard = asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return self._heard

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
