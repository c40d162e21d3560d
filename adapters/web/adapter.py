"""The web channel: a chat in the browser, without an account. WebSocket, and POST with long poll where that fails.

A citizen is a random token in a cookie. Nothing of a citizen is kept here beyond the ring of an open chat (`chats.py`)
and an upload during its turn (`uploads.py`). Not here: pages (`pages.py`), the wire (`codec.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from adapters.base import Host, Identity, Outgoing
from adapters.errors import Away
from adapters.inbox import Gate
from adapters.web import codec, origins, settings, uploads
from adapters.web.chats import Chat, Chats, Cursor, NoRoom, Token
from adapters.web.connection import Connection
from adapters.web.headers import Protection
from adapters.web.intake import AGAIN_AFTER, Intake
from adapters.web.limits import Buckets, Marks, Places, TooMany, network_of
from adapters.web.settings import WebSettings
from dialogs.capabilities import WEB, Capabilities
from dialogs.events import Gone, MediaRef, MediaSent, MessageRef, Reopened
from dialogs.messages import Language, Picture
from privacy.addresses import Address

ACCOUNT = ""  # the web has no account of ours
NETWORK = "web/network"  # of network addresses, which are counted like people, never stored
SWEEP_SECONDS = 60.0
_PICTURE_TYPES = frozenset(
    (
        *("image/png", "image/jpeg", "image/gif", "image/webp"),
        *("audio/mpeg", "audio/ogg", "audio/mp4", "video/mp4", "video/webm"),
    )
)
"""What a form's picture may be served as; an SVG could carry a script, so it is none of them."""


class WebAdapter:
    """The web chat as a channel."""

    capabilities: Capabilities = WEB

    def __init__(self, host: Host, web_settings: WebSettings) -> None:
        self._host = host
        self._settings = web_settings
        self._intake = Intake(host, Gate(WEB.channel, ACCOUNT))
        self._networks = Gate(NETWORK, ACCOUNT)
        self._chats = Chats()
        self._uploads = uploads.Uploads()
        self._marks = Marks()
        self._opens = Buckets(settings.OPENS_PER_SECOND, settings.OPENS_BURST)
        self._places = Places(settings.CONNECTIONS_PER_ADDRESS, settings.CONNECTIONS)
        self._connections: set[Connection] = set()

    # -- the channel's contract

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The chat itself; pages are `Pages.routes()`."""
        guarded = Protection(self._settings.web_address).guarded
        return (
            web.post("/chat/open", guarded(self._open)),
            web.get("/chat/socket", guarded(self._socket)),
            web.post("/chat/send", guarded(self._send)),
            web.post("/chat/poll", guarded(self._poll)),
            web.post("/chat/upload", guarded(self._upload)),
            web.get(codec.PICTURES + "/{form}/{name}", guarded(self._picture)),
        )

    async def run(self) -> None:
        """Forget idle chats until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._chats.sweep(time.monotonic())

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        """Put the message into the citizen's ring. Raises `Away` if no chat of theirs is open here: when the
        browser comes back, its `Reopened` (and the replies still owed) say what stands."""
        chat = self._chats.find(Token(to.reveal()))
        if chat is None:
            raise Away("no open chat")
        return chat.say(outgoing)

    def attends(self, to: Address) -> bool:
        """Whether a browser of theirs is connected, or was just now: what is said to nobody is lost with the ring."""
        chat = self._chats.find(Token(to.reveal()))
        return chat is not None and (chat.connections > 0 or time.monotonic() - chat.used < settings.POLL_GAP)

    async def typing(self, to: Address) -> None:
        """Show that an answer is on its way, to who is connected now."""
        chat = self._chats.find(Token(to.reveal()))
        if chat is not None:
            chat.show_typing()

    async def fetch(self, media: MediaRef, limit: int) -> bytes:
        """The bytes of an upload, during its turn only."""
        return self._uploads.fetch(media, limit)

    async def introduce(self, languages: Sequence[Language]) -> None:
        """Nothing to set up: the pages speak for themselves."""

    async def identity(self) -> Identity | None:
        """The web has no account: its certificate says whose it is."""
        return None

    async def check(self) -> str:
        """Whether citizens can reach the chat as it is set."""
        address = self._settings.web_address
        if address and not address.startswith("https://"):
            host = address.partition("://")[2]
            if not origins.is_loopback(host):
                return (
                    "The web chat needs https: set http.public_url to the https:// address under which citizens "
                    "reach it, and put a reverse proxy with a certificate in front."
                )
        return ""

    async def close(self) -> None:
        """End every connection; the browsers try again."""
        async with asyncio.timeout(settings.SEND_SECONDS):
            await asyncio.gather(*(connection.close() for connection in self._connections), return_exceptions=True)

    # -- requests

    async def _open(self, request: web.Request) -> web.Response:
        """Give the citizen a token, or the one that they have a new term."""
        origins.check(request, self._settings)
        token = origins.token(request, self._settings)
        if token is None:
            mark = self._marks.mark(origins.remote(request, self._settings))
            if (wait := self._opens.take(mark, time.monotonic())) > 0.0:
                raise web.HTTPTooManyRequests(headers={"Retry-After": str(int(wait) + 1)})
            network = network_of(origins.remote(request, self._settings))
            if not await self._host.admits(self._networks.admit(network, Reopened(), "").person):
                raise web.HTTPTooManyRequests(headers={"Retry-After": "60"})
            token = origins.new_token()
        response = web.Response(status=204)
        origins.give(response, request, self._settings, token)
        return response

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        token = self._citizen(request)
        async with self._connected(request, token) as chat:
            connection = Connection(self._intake, token, chat)
            self._connections.add(connection)
            try:
                return await connection.serve(request)
            finally:
                self._connections.discard(connection)

    async def _poll(self, request: web.Request) -> web.Response:
        """The frames since the client's `Hello`, as soon as there are any."""
        token = self._citizen(request)
        hello = await self._frame(request)
        if not isinstance(hello, codec.Hello):
            raise web.HTTPBadRequest
        async with self._connected(request, token) as chat:
            chat.language = hello.lang
            cursor = Cursor(chat, hello)
            frames = cursor.frames()
            if len(frames) == 1 and chat.knows(hello.chat, hello.seen):
                try:
                    async with asyncio.timeout(settings.POLL_SECONDS):
                        await cursor.news()
                except TimeoutError:
                    pass
                frames += cursor.frames()
        return _json(b"[" + b",".join(frames) + b"]")

    async def _send(self, request: web.Request) -> web.Response:
        """Take one act; the answer is its acknowledgement."""
        token = self._citizen(request)
        sent = await self._frame(request)
        if not isinstance(sent, codec.Sent):
            raise web.HTTPBadRequest
        answer = await self._intake.take(token, self._chat(token), sent)
        response = _json(codec.encode(answer))
        if isinstance(sent.event, Gone) and isinstance(answer, codec.Acknowledged):
            self._chats.forget(token)
            origins.take_away(response, request, self._settings)
        return response

    async def _upload(self, request: web.Request) -> web.Response:
        """Take a photo or a voice message: the body is the file, `?id=` the client's id of the act."""
        token = self._citizen(request)
        id_ = request.query.get("id", "")
        if not codec.is_id(id_):
            raise web.HTTPBadRequest
        sort = uploads.accepted(request.content_type)
        try:
            async with self._uploads.place():
                data = await uploads.read(request, sort.limit)
                with self._uploads.hold(data) as ref:
                    event = MediaSent(sort.kind, ref, request.content_type, len(data))
                    answer = await self._intake.take(token, self._chat(token), codec.Sent(id_, event))
        except uploads.TooLarge:
            return _json(codec.encode(codec.Refused(id_, codec.Why.TOO_LARGE)), 413, close=True)
        except TimeoutError:
            return _json(codec.encode(codec.Again(id_, AGAIN_AFTER)), 503, close=True)
        return _json(codec.encode(answer))

    async def _picture(self, request: web.Request) -> web.Response:
        """A picture of a form. Its form's hash is in the path, so it never changes."""
        picture = Picture(request.match_info["form"], request.match_info["name"], "")
        file = await self._host.picture(picture)
        if file is None or file.mime not in _PICTURE_TYPES:
            raise web.HTTPNotFound
        return web.Response(
            body=file.data, content_type=file.mime, headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    # -- who asks, and how much

    def _citizen(self, request: web.Request) -> Token:
        """The token of a request from our own page. Raises `HTTPForbidden`, or `HTTPUnauthorized` without a token."""
        origins.check(request, self._settings)
        token = origins.token(request, self._settings)
        if token is None:
            raise web.HTTPUnauthorized(text="Open the chat first.\n")
        return token

    def _chat(self, token: Token) -> Chat:
        try:
            return self._chats.open(token, time.monotonic())
        except NoRoom:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "30"}) from None

    @asynccontextmanager
    async def _connected(self, request: web.Request, token: Token) -> AsyncIterator[Chat]:
        """The citizen's chat while a connection of theirs is open."""
        mark = self._marks.mark(origins.remote(request, self._settings))
        chat = self._chat(token)
        if chat.connections >= settings.CONNECTIONS_PER_CHAT:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "5"})
        try:
            with self._places.hold(mark):
                chat.connections += 1
                try:
                    yield chat
                finally:
                    chat.connections -= 1
                    chat.used = time.monotonic()
        except TooMany:
            raise web.HTTPTooManyRequests(headers={"Retry-After": "5"}) from None

    async def _frame(self, request: web.Request) -> codec.Hello | codec.Sent:
        try:
            async with asyncio.timeout(settings.SEND_SECONDS):
                return codec.decode(await uploads.read(request, codec.FRAME_LIMIT))
        except uploads.TooLarge:
            raise web.HTTPRequestEntityTooLarge(codec.FRAME_LIMIT, codec.FRAME_LIMIT + 1) from None
        except (codec.Malformed, TimeoutError):
            raise web.HTTPBadRequest from None


def _json(body: bytes, status: int = 200, close: bool = False) -> web.Response:
    response = web.Response(body=body, status=status, content_type="application/json")
    if close:
        response.force_close()  # the rest of the body is not read
    return response
