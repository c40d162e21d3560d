"""The WebSocket of one tab. It says `Hello`, is told what it has not seen, and then everything new; what it says is
acknowledged when it is committed. Not here: the same over POST and long poll, pages, uploads (`adapter.py`).
"""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSMsgType, web

from adapters.web import codec, settings
from adapters.web.chats import Chat, Cursor, Token
from adapters.web.intake import Intake

CLOSE_SECONDS = 4.0  # a closing handshake may take so long
_GONE = (ConnectionError, TimeoutError)
"""How a browser that is gone shows: `aiohttp.ClientConnectionResetError` is a `ConnectionError`."""


class Connection:
    """One WebSocket."""

    def __init__(self, intake: Intake, token: Token, chat: Chat) -> None:
        self._intake = intake
        self._token = token
        self._chat = chat
        self._ws = web.WebSocketResponse(
            heartbeat=settings.HEARTBEAT, max_msg_size=codec.FRAME_LIMIT, timeout=CLOSE_SECONDS, compress=False
        )

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk until either side ends it."""
        await self._ws.prepare(request)
        hello = await self._hello()
        if hello is not None:
            self._chat.language = hello.lang
            speaker = asyncio.create_task(self._speak(Cursor(self._chat, hello)))
            try:
                with contextlib.suppress(*_GONE):
                    await self._listen()
            finally:
                speaker.cancel()
                with contextlib.suppress(asyncio.CancelledError, *_GONE):
                    await speaker
        await self._ws.close()
        return self._ws

    async def close(self) -> None:
        """The process ends: the browser shall try again soon."""
        await self._ws.close(code=1012)  # "service restart"

    async def _hello(self) -> codec.Hello | None:
        """The first frame, if it is a `Hello` and comes in time."""
        with contextlib.suppress(TimeoutError, codec.Malformed):
            async with asyncio.timeout(settings.SEND_SECONDS):
                message = await self._ws.receive()
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                frame = codec.decode(message.data)
                return frame if isinstance(frame, codec.Hello) else None
        return None

    async def _listen(self) -> None:
        bad = 0
        async for message in self._ws:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            try:
                frame = codec.decode(message.data)
            except codec.Malformed:
                bad += 1
                if bad >= settings.BAD_FRAMES:
                    return
                continue
            if isinstance(frame, codec.Sent):
                await self._send(codec.encode(await self._intake.take(self._token, self._chat, frame)))

    async def _speak(self, cursor: Cursor) -> None:
        try:
            while True:
                for frame in cursor.frames():
                    await self._send(frame)
                await cursor.news()
        except _GONE:
            await self._ws.close()

    async def _send(self, frame: bytes) -> None:
        """Raises one of `_GONE` when the browser takes nothing any more."""
        async with asyncio.timeout(settings.SEND_SECONDS):
            await self._ws.send_str(frame.decode())
