"""Bytes to and from the Bot API: bounded connections, time-outs, and errors that say nothing.

What is said goes over `lines.py`; files go over an aiohttp session, which knows forms and streams. The token is part of
every URL, so no exception of aiohttp leaves this module, neither as text nor as `__context__`.
Telegram's own words in an error can quote the message that we sent: they are kept apart for `verdicts.py` and shown
nowhere. Not here: what to call (`codec.py`), what an error means (`verdicts.py`), when to try again (`delivery.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import cache
from typing import Final

import aiohttp
import msgspec
from yarl import URL

from adapters.base import File
from adapters.errors import Rejected, Uncertain, Unreachable
from adapters.telegram.lines import BrokenOff, Lines, Unsent
from adapters.telegram.settings import TelegramSettings
from dialogs.letters import well_formed

CONNECTIONS: Final = 64
"""To the Bot API at once, and as many for files; more calls wait for a free connection."""
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 20.0
"""For one call, waiting for a connection included."""
UPLOAD_SECONDS: Final = 120.0
FILE_SECONDS: Final = 30.0
KEEP_ALIVE_SECONDS: Final = 60.0
REPLY_LIMIT: Final = 16 * 1024 * 1024  # bytes; a hundred updates are far below
CHUNK: Final = 64 * 1024  # bytes

_UNSAID: Final = ("Accept", "Accept-Encoding", "User-Agent")
"""What aiohttp would say of itself. Answers are short: asking for them compressed would cost more than it saves."""
_CONNECT_ONLY: Final = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
"""The whole call has `asyncio.timeout` around it, which costs half of aiohttp's own."""


class ApiError(Exception):
    """Telegram said no. `description` is for `verdicts.py` alone: it may quote what was sent."""

    def __init__(self, code: int, description: str, retry_after: float | None) -> None:
        super().__init__(f"Telegram answered {code}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


class _Parameters(msgspec.Struct):
    retry_after: float | None = None


class _Reply(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: _Parameters | None = None


_REPLY: Final = msgspec.json.Decoder(_Reply)
_ENCODER: Final = msgspec.json.Encoder()


def read_reply(status: int, payload: bytes) -> msgspec.Raw:
    """The result, still as JSON. Raises `ApiError`; `Unreachable` if a proxy answered and not the Bot API."""
    reply = None
    for clean in (bytes, well_formed):
        with contextlib.suppress(ValueError, RecursionError):
            reply = _REPLY.decode(clean(payload))
            break
    if reply is None:
        if status in {401, 403, 404}:
            raise ApiError(status, "", None)
        raise Unreachable(f"no answer of the Bot API (HTTP {status})")
    if not reply.ok:
        retry_after = reply.parameters.retry_after if reply.parameters else None
        raise ApiError(reply.error_code or status, reply.description, retry_after)
    return reply.result


class Wire:
    """The connection of one bot. Opens its session at the first call, in the running loop."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._method_base = settings.method_base
        self._file_base = settings.file_base
        self._origin = URL(settings.method_base).origin()
        self._session: aiohttp.ClientSession | None = None
        self._lines: Lines | None = None
        self._head = cache(_head)  # a bot calls a dozen methods, each at one address

    def __repr__(self) -> str:
        return "<Wire to the Bot API>"

    async def call(self, method: str, params: dict[str, object], seconds: float = ANSWER_SECONDS) -> msgspec.Raw:
        """One method with JSON parameters. Raises `ApiError`, `Unreachable`."""
        status, payload = await self.post(self._method_base + method, _ENCODER.encode(params), seconds)
        return read_reply(status, payload)

    async def upload(self, method: str, field: str, file: File, params: dict[str, object]) -> msgspec.Raw:
        """One method with a file. Raises `ApiError`, `Unreachable`, `Uncertain`."""
        form = aiohttp.FormData(quote_fields=False)
        for name, value in params.items():
            form.add_field(name, value if isinstance(value, str) else _ENCODER.encode(value).decode("utf-8"))
        form.add_field(field, file.data, filename=f"{field}.jpg", content_type=file.mime)
        status, payload = await self.post(self._method_base + method, form, UPLOAD_SECONDS)
        return read_reply(status, payload)

    async def post(
        self, url: str, body: bytes | aiohttp.FormData, seconds: float = ANSWER_SECONDS
    ) -> tuple[int, bytes]:
        """The answer's status and body, whatever they are. Raises `Unreachable`, `Uncertain`."""
        if isinstance(body, bytes):
            return await self._say(url, body, seconds)
        return await self._send(url, body, seconds)

    async def _say(self, url: str, body: bytes, seconds: float) -> tuple[int, bytes]:
        if self._lines is None:
            self._lines = Lines(
                self._origin, most=CONNECTIONS, connect_seconds=CONNECT_SECONDS, idle_seconds=KEEP_ALIVE_SECONDS
            )
        request = b"%b%d\r\n\r\n%b" % (self._head(url), len(body), body)
        failure: Unreachable
        try:
            response = await self._lines.ask(request, seconds, REPLY_LIMIT)
        except Unsent as error:
            failure = _not_reached(str(error))
        except BrokenOff as error:
            failure = _no_answer(str(error))
        else:
            return response.status, response.body
        raise failure

    async def _send(self, url: str, form: aiohttp.FormData, seconds: float) -> tuple[int, bytes]:
        failure: Unreachable
        try:
            async with (
                asyncio.timeout(seconds),
                self._open().post(url, data=form, allow_redirects=False) as response,
            ):
                return response.status, await _read(response, REPLY_LIMIT)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure = _not_reached(type(error).__name__)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            failure = _no_answer(type(error).__name__)
        raise failure  # out here, so that not even `__context__` holds the URL

    async def download(self, path: str, limit: int) -> bytes:
        """A file of the Bot API, from its own address only. Raises `Rejected` if larger than `limit` or not there."""
        if path.startswith("/") or ".." in path or "\\" in path or ":" in path or "?" in path or "#" in path:
            raise Rejected("the Bot API names a file outside its own address")
        problem: str
        try:
            async with (
                asyncio.timeout(FILE_SECONDS),
                self._open().get(self._file_base + path, allow_redirects=False) as response,
            ):
                if response.status >= 500:
                    problem = f"HTTP {response.status}"
                elif response.status != 200:
                    raise Rejected(f"the file is not there (HTTP {response.status})")
                else:
                    return await _read(response, limit)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            problem = type(error).__name__
        raise Unreachable(f"the file did not come ({problem})")

    async def close(self) -> None:
        if self._lines is not None:
            await self._lines.close()
            self._lines = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # nothing was asked for compressed, and what inflates must not
                skip_auto_headers=_UNSAID,
                timeout=_CONNECT_ONLY,
                trust_env=False,
            )
        return self._session


def _head(url: str) -> bytes:
    """A request's head up to the length of its body. Nothing is asked for compressed: answers are short."""
    address = URL(url)
    lines = (
        f"POST {address.raw_path_qs} HTTP/1.1",
        f"Host: {address.host_port_subcomponent}",
        "Content-Type: application/json",
        "Content-Length: ",
    )
    return "\r\n".join(lines).encode("ascii")


def _not_reached(problem: str) -> Unreachable:
    return Unreachable(f"the Bot API was not reached ({problem})")


def _no_answer(problem: str) -> Unreachable:
    return Uncertain(f"the Bot API did not answer ({problem})")


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The whole body. Raises `Rejected` beyond `limit` bytes, whatever the headers say."""
    if (response.content_length or 0) > limit:
        raise Rejected("the file is larger than allowed")
    if response.content_length is not None:
        return await response.read()
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Rejected("the file is larger than allowed")
        chunks.append(chunk)
    return b"".join(chunks)
