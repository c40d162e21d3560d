"""The daemon's doors: HTTP with server-sent events, and a socket with a document a line; each on loopback."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

from adapters.faults import ResetAfter, ResetBefore, ServerError
from adapters.signal.emulator.chats import Citizen, Group, Services
from adapters.signal.emulator.daemon import Daemon, method_of, pause_of
from adapters.signal.emulator.door import Door
from adapters.signal.emulator.faults import Faults
from adapters.signal.emulator.methods import Town
from adapters.signal.emulator.problems import Problem
from adapters.signal.emulator.service import Service

ACCOUNT: Final = "+49301234567"
VERSION: Final = "0.14.6"
BODY_LIMIT: Final = 200 * 1024 * 1024  # bytes
SIGN_OF_LIFE: Final = 15.0  # seconds
HOST_CHECK_FROM: Final = (0, 14, 4)


class Emulator:
    """signal-cli with Signal behind it, for one account. An async context manager; listens on free ports."""

    def __init__(
        self,
        *,
        account: str = ACCOUNT,
        version: str = VERSION,
        registered: bool = True,
        receive_mode: str = "manual",
        data: Path | None = None,
        socket: Path | None = None,
        sign_of_life: float = SIGN_OF_LIFE,
        port: int = 0,
        names: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"}),
    ) -> None:
        """`data`: the daemon's folder, for received files. `socket`: where to listen besides HTTP. `receive_mode`: as
        the daemon's option."""
        self.account = account
        self.faults = Faults()
        self.age = 0.0
        """Seconds that what is sent from now on lay with Signal."""
        self._clock = int(time.time() * 1000)
        self._people = itertools.count(1)
        self._data, self._socket, self._port = data, socket, port
        self._sign_of_life, self._names = sign_of_life, names
        self._checks_host = tuple(map(int, version.split("."))) >= HOST_CHECK_FROM
        self.town = Town(account, version, self._now)
        self.daemon = Daemon(self.town, self.faults, registered=registered)
        self.service = Service(account, self.faults, keeps=receive_mode != "on-start")
        self._tells_everybody = receive_mode != "manual"
        self._services = Services(
            self.service.deliver, self._now, self._keep_file, self.town.timers.__setitem__, lambda: int(self.age * 1000)
        )
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self.streams: dict[asyncio.Queue[bytes | None], Callable[[], None]] = {}
        """Who is told events, and what ends it."""
        self._doors: set[asyncio.Task[None]] = set()

    # -- for the test

    @property
    def url(self) -> str:
        """For `ZURUF_SIGNAL_URL`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def socket_url(self) -> str:
        return f"unix:{self._socket}"

    def citizen(self, name: str = "Ada", *, number: str | None = None) -> Citizen:
        """Somebody new, whose number is hidden unless given."""
        count = next(self._people)
        citizen = Citizen(self._services, str(uuid.UUID(int=(0xC1712E << 100) + count)), number, name)
        self.town.citizens[citizen.uuid] = citizen
        return citizen

    def group(self, member: Citizen) -> Group:
        """A group of which `member` is part."""
        group = Group(self._services, f"R3J1cHBl{next(self._people):04d}==", member)
        self.town.groups[group.id] = group
        return group

    def called(self, method: str) -> list[Mapping[str, Any]]:
        """Parameters of all calls of one method."""
        return [made.params for made in self.daemon.calls if made.method == method]

    def cut(self, *, half: bytes = b"") -> None:
        """Break every stream of events, after some bytes of an event that does not end; the daemon notices at once."""
        for queue, end in list(self.streams.items()):
            end()
            if half:
                queue.put_nowait(b"\0" + half)
            queue.put_nowait(None)

    # -- life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/api/v1/rpc", self._on_rpc)
        app.router.add_route("*", "/api/v1/events", self._on_events)
        app.router.add_get("/api/v1/check", self._on_check)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._on_line, self._socket, limit=BODY_LIMIT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
        for door in list(self._doors):
            door.cancel()
        await asyncio.gather(*self._doors, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    # -- HTTP

    async def _on_check(self, request: web.Request) -> web.Response:
        return web.Response(status=200)

    async def _on_rpc(self, request: web.Request) -> web.StreamResponse:
        if self._is_foreign(request):
            return web.Response(status=421)
        if request.method != "POST":
            return web.Response(status=405)
        if not request.headers.get("Content-Type", "").startswith("application/json"):
            return web.Response(status=415)
        body = await request.read()
        try:
            document = self.daemon.read(body) if body else None
        except Problem as problem:
            return _json({"jsonrpc": "2.0", "error": problem.as_json(), "id": None})
        if isinstance(document, list):
            answers = [answer for one in document if (answer := self.daemon.answer(one, None)) is not None]
            return _json(answers)
        fault = self.daemon.strike(method_of(document))
        if isinstance(fault, ServerError):
            return web.Response(text="<html>Bad Gateway</html>", status=fault.code, content_type="text/html")
        if isinstance(fault, ResetBefore):
            return _reset(request)
        answer = self.daemon.answer(document, fault)
        await asyncio.sleep(pause_of(fault))
        if isinstance(fault, ResetAfter):
            return _reset(request)
        return _json(answer) if answer is not None else web.Response(status=201)

    async def _on_events(self, request: web.Request) -> web.StreamResponse:
        if self._is_foreign(request):
            return web.Response(status=421)
        if request.method != "GET":
            return web.Response(status=405)
        account = request.query.get("account", "")
        if account and not (self.daemon.registered and account == self.account):
            return web.Response(status=400)
        if isinstance(self.daemon.strike("events"), ServerError | ResetBefore):
            return _reset(request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        end = self.streams[queue] = self.service.listen(queue.put_nowait)
        try:
            while (event := await self._next(queue)) is not None:
                await response.write(_framed(event))
        except (ConnectionError, OSError):
            return response
        finally:
            end()
            self.streams.pop(queue, None)
        return _reset(request)

    async def _next(self, queue: asyncio.Queue[bytes | None]) -> bytes | None:
        """The next event; b"" is a sign of life."""
        try:
            async with asyncio.timeout(self._sign_of_life):
                return await queue.get()
        except TimeoutError:
            return b""

    def _is_foreign(self, request: web.Request) -> bool:
        """From 0.14.4 on: a Host header that is none of the daemon's own names."""
        host = request.headers.get("Host", "").rpartition(":")[0] or request.headers.get("Host", "")
        return self._checks_host and host not in self._names

    # -- socket

    async def _on_line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._doors.add(task)
        door = Door(self, writer)
        if self._tells_everybody:
            door.listen(wrapped=False)
        try:
            while not door.is_cut and (line := await reader.readline()):
                door.take(line)
        except (ConnectionError, OSError, ValueError, asyncio.CancelledError):
            pass
        finally:
            self._doors.discard(task)
            door.close()

    # -- services

    def _now(self) -> int:
        self._clock = max(self._clock + 1, int(time.time() * 1000))
        return self._clock

    def _keep_file(self, data: bytes, extension: str) -> str:
        name = f"{uuid.UUID(int=next(self._people)).hex[-20:]}.{extension}"
        self.town.files[name] = data
        if self._data is not None:
            folder = self._data / "attachments"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        return name


def _framed(event: bytes) -> bytes:
    """As ServerSentEventSender writes it; nothing to say is a sign of life."""
    if not event:
        return b":\n"
    if event.startswith(b"\0"):
        return b"event:receive\ndata:" + event[1:]
    return b"event:receive\ndata:" + event + b"\n\n"


def _json(document: Any) -> web.Response:
    return web.Response(body=json.dumps(document).encode(), content_type="application/json")


def _reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
