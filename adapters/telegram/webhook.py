"""Updates that Telegram brings: who may bring them, how large, how many at once, and when they count as taken.

200 is said when the turn is committed, never before; 503 asks Telegram to come again. A stranger learns nothing: a
wrong secret looks like a page that does not exist.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import Final

import aiohttp
import msgspec
import structlog
from aiohttp import web

from adapters.base import NotTaken
from adapters.telegram.intake import Admitted, Intake

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a name)
BODY_LIMIT: Final = 1024 * 1024  # bytes; Telegram's updates are far below
BODY_SECONDS: Final = 10.0
AT_ONCE: Final = 200
"""Updates under way; more are asked to come again."""
MAX_CONNECTIONS: Final = 100
"""What Telegram is told (its own maximum)."""
SPINNER_SECONDS: Final = 0.5
"""A tapped button's spinner ends with the answer to its update, which costs no call; if the turn takes longer than
this, with a call of its own."""
COME_AGAIN: Final = {"Retry-After": "1"}

log = structlog.get_logger()


class Webhook:
    """The route's handler."""

    def __init__(self, secret: str, intake: Intake, end_spinner: Callable[[str], None]) -> None:
        self._secret = secret.encode()
        self._intake = intake
        self._end_spinner = end_spinner
        self._open = 0

    async def handle(self, request: web.Request) -> web.Response:
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            raise web.HTTPNotFound
        if self._open >= AT_ONCE:
            return _come_again()
        self._open += 1
        try:
            return await self._take(await _read(request))
        finally:
            self._open -= 1

    async def _take(self, body: bytes) -> web.Response:
        try:
            admitted = self._intake.admit(body)
        except ValueError:
            log.warning("update_unreadable", channel="telegram")
            return web.Response(status=400)
        if not admitted.callback:
            return web.Response() if await self._taken(admitted) else _come_again()
        loop = asyncio.get_running_loop()
        spinner = loop.call_later(SPINNER_SECONDS, self._end_spinner, admitted.callback)
        taken = await self._taken(admitted)
        if loop.time() >= spinner.when():
            return web.Response() if taken else _come_again()
        spinner.cancel()
        if taken:
            return _and_end_spinner(admitted.callback)
        self._end_spinner(admitted.callback)
        return _come_again()

    async def _taken(self, admitted: Admitted) -> bool:
        if admitted.envelope is None:
            return True
        try:
            await self._intake.take(admitted.envelope)
        except NotTaken:
            return False
        return True


def _come_again() -> web.Response:
    return web.Response(status=503, headers=COME_AGAIN)


def _and_end_spinner(callback: str) -> web.Response:
    """The update was taken; a call of the Bot API within the answer (core.telegram.org/bots/api, "Making requests when
    getting updates")."""
    call = {"method": "answerCallbackQuery", "callback_query_id": callback}
    return web.Response(body=msgspec.json.encode(call), content_type="application/json")


async def _read(request: web.Request) -> bytes:
    """The body. Raises 413 beyond `BODY_LIMIT` without reading on, 408 if it does not come, 400 if it breaks off."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=request.content_length or 0)
    if request.content.is_eof():  # as a rule all of it came with the headers
        return request.content.read_nowait()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > BODY_LIMIT:
                    raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=size)
                chunks.append(chunk)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (aiohttp.ClientError, ConnectionError, ValueError):
        raise web.HTTPBadRequest from None
    return b"".join(chunks)
