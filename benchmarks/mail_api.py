"""A Bot API with Telegram's limits, for broadcasts: answers at once, counts, and says 429 to whoever is too fast.

    token bucket   so many at once, refilled evenly: how Telegram's limit is described most often
    strict window  never more than so many in any one second; whoever asks too early is shut out for `retry_after`

Not here: chats with keyboards (`bot_api.py`), what speaks to it (`broadcast.py`).
"""

from __future__ import annotations

import asyncio
import time
from asyncio import AbstractServer, get_running_loop
from collections import deque
from typing import Protocol

import msgspec

from benchmarks.bot_api import BOT, HOST
from benchmarks.wire import Heard, ServerConnection

RETRY_AFTER = 1
DELAY = 0.01
"""Seconds until each answer."""


class Limit(Protocol):
    """Whether a message may come now."""

    def allows(self, now: float) -> bool: ...


class NoLimit:
    def allows(self, now: float) -> bool:
        del now
        return True


class TokenBucket:
    """`rate` a second, `rate` at once; after a 429 nothing for a second, as Telegram shuts out the whole bot."""

    def __init__(self, rate: float) -> None:
        self._rate, self._left, self._at, self._shut = rate, rate, 0.0, 0.0

    def allows(self, now: float) -> bool:
        if now < self._shut:
            return False
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            self._shut = now + RETRY_AFTER
            return False
        self._left -= 1
        return True


class StrictWindow:
    """At most `rate` in any second; after a 429 nothing for a second."""

    def __init__(self, rate: int) -> None:
        self._rate, self._shut = rate, 0.0
        self._taken: deque[float] = deque()

    def allows(self, now: float) -> bool:
        while self._taken and self._taken[0] <= now - 1.0:
            self._taken.popleft()
        if now < self._shut:
            return False
        if len(self._taken) >= self._rate:
            self._shut = now + RETRY_AFTER
            return False
        self._taken.append(now)
        return True


class MailApi:
    """Takes messages. `first` and `last`: when they came (monotonic)."""

    def __init__(self, limit: Limit, wanted: int) -> None:
        self._limit, self._wanted = limit, wanted
        self.taken = 0
        self.refused = 0
        self.first = self.last = 0.0
        self.chats: set[int] = set()
        self.twice = 0
        self.done = asyncio.Event()

    async def serve(self) -> tuple[AbstractServer, str]:
        server = await get_running_loop().create_server(lambda: _Connection(self), HOST, 0)
        return server, f"http://{HOST}:{server.sockets[0].getsockname()[1]}"

    def answer(self, request: Heard) -> bytes:
        method = request.first_line.split(b" ")[1].rpartition(b"/")[2].partition(b"?")[0].lower()
        if method == b"getme":
            return _response(200, {"ok": True, "result": BOT})
        if not method.startswith(b"sendm"):
            return _response(200, {"ok": True, "result": [] if method.startswith(b"get") else True})
        now = time.monotonic()
        if not self._limit.allows(now):
            self.refused += 1
            problem = {"error_code": 429, "description": f"Too Many Requests: retry after {RETRY_AFTER}"}
            return _response(429, {"ok": False, **problem, "parameters": {"retry_after": RETRY_AFTER}})
        chat = _chat(request)
        self.twice += chat in self.chats
        self.chats.add(chat)
        self.first = self.first or now
        self.last = now
        self.taken += 1
        if self.taken >= self._wanted:
            self.done.set()
        message = {"message_id": self.taken, "date": 1_700_000_000, "text": "-", "from": BOT}
        return _response(200, {"ok": True, "result": {**message, "chat": {"id": chat, "type": "private"}}})


def _chat(request: Heard) -> int:
    at = request.body.find(b"chat_id")
    digits = bytes(byte for byte in request.body[at + 7 : at + 120].lstrip(b'":=\r\n ') if byte in b"0123456789")[:7]
    return int(digits or 0)


def _response(status: int, document: object) -> bytes:
    body = msgspec.json.encode(document)
    head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(body)) + body


class _Connection(ServerConnection):
    def __init__(self, api: MailApi) -> None:
        super().__init__(lambda *_: b"", 0.0)
        self._api = api

    def _respond(self, request: Heard) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        reply = self._api.answer(request)
        get_running_loop().call_later(DELAY, self._write, reply) if DELAY else self._write(reply)

    def _write(self, reply: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(reply)
