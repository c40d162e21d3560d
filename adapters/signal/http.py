"""The daemon over HTTP: calls as POST, envelopes as a stream of server-sent events.

Nothing of an exception of aiohttp leaves this module: its URL holds the account.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from typing import Final

import aiohttp
import msgspec

from adapters.errors import Rejected, Unreachable
from adapters.signal.rpc import (
    ANSWER_LIMIT,
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    EVENT_LIMIT,
    SILENCE_SECONDS,
    Misdirected,
    NoAccount,
    read_answer,
    request,
    result_of,
)
from adapters.signal.settings import SignalSettings
from adapters.signal.sse import Reader, TooLong

CONNECTIONS: Final = 16
"""Calls under way at once, the stream of events apart."""
CHUNK: Final = 64 * 1024  # bytes

_JSON: Final = {"Content-Type": "application/json"}
_CALL: Final = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
"""The whole call has `asyncio.timeout` around it."""
_STREAM: Final = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)


class HttpRpc:
    """`Rpc` for one account. Opens its session at the first call, in the running loop."""

    def __init__(self, settings: SignalSettings) -> None:
        self._account = settings.account
        self._base = settings.http_base
        self._session: aiohttp.ClientSession | None = None
        self._numbers = itertools.count(1)

    def __repr__(self) -> str:
        return "<HttpRpc>"

    async def call(self, method: str, params: dict[str, object], seconds: float = ANSWER_SECONDS) -> msgspec.Raw:
        body = request(self._account, method, params, str(next(self._numbers)))
        status, payload = await self._post(body, seconds)
        if status != 200:
            raise _refusal(status)
        return result_of(read_answer(payload))

    async def _post(self, body: bytes, seconds: float) -> tuple[int, bytes]:
        problem: str
        try:
            async with (
                asyncio.timeout(seconds),
                self._open().post(
                    f"{self._base}/api/v1/rpc", data=body, headers=_JSON, timeout=_CALL, allow_redirects=False
                ) as response,
            ):
                return response.status, await _read(response)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            problem = type(error).__name__
        raise Unreachable(f"the daemon did not answer ({problem})")

    async def events(self) -> AsyncGenerator[bytes, None]:
        problem: str
        reader = Reader(EVENT_LIMIT)
        try:
            async with self._open().get(
                f"{self._base}/api/v1/events", params={"account": self._account}, timeout=_STREAM, allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise NoAccount if response.status == 400 else _refusal(response.status)
                async for chunk in response.content.iter_any():
                    for event in reader.feed(chunk):
                        yield event
            problem = "end of the stream"
        except TooLong:
            problem = "an event without end"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            problem = type(error).__name__
        raise Unreachable(f"the daemon's events broke off ({problem})")

    async def unsubscribe(self) -> bool:
        return False

    def started_with(self) -> Sequence[str]:
        return ()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS + 1),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
                trust_env=False,
                read_bufsize=CHUNK,
            )
        return self._session


def _refusal(status: int) -> Unreachable:
    return Misdirected() if status == 421 else Unreachable(f"no signal-cli daemon answers there (HTTP {status})")


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises `Rejected` beyond the limit."""
    if (response.content_length or 0) > ANSWER_LIMIT:
        raise Rejected("the daemon's answer is larger than allowed")
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > ANSWER_LIMIT:
            raise Rejected("the daemon's answer is larger than allowed")
        chunks.append(chunk)
    return b"".join(chunks)
