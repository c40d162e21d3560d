"""The server itself: reads a call in any of the Bot API's three encodings, checks it, lets faults strike, answers."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web

from adapters.faults import Common as Fault
from adapters.faults import Faults, Refused, ResetAfter, ServerError, Slow, TooMany
from adapters.telegram.emulator.chats import Citizen, Group, Services
from adapters.telegram.emulator.methods import METHODS, Params, Town, Upload
from adapters.telegram.emulator.problems import BadRequest, Problem
from adapters.telegram.emulator.schema import Schema
from adapters.telegram.emulator.updates import Updates

TOKEN: Final = "4242424242:AAEmulatorTokenThatOpensNothing_00000"  # noqa: S105  (opens nothing)
BODY_LIMIT: Final = 60 * 1024 * 1024  # bytes
CALLS_KEPT: Final = 10_000
_STRUCTURED: Final = frozenset(
    {"reply_markup", "allowed_updates", "link_preview_options", "commands", "scope", "entities", "caption_entities",
     "reply_parameters"}
)  # fmt: skip
"""Parameters that are JSON inside a form's text."""
_MESSAGES: Final = ("send", "edit")
"""Beginnings of the methods that count for early calls."""


@dataclass(frozen=True, slots=True)
class Made:
    """A call that arrived, in the order of arrival."""

    method: str
    params: Mapping[str, Any]
    at: float
    """Seconds, monotonic."""


class Emulator:
    """Telegram, for one bot. An async context manager; listens on a free port of 127.0.0.1."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        schema: Schema | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        first_update: int = 100_000_000,
        first_citizen: int = 5_000_000_001,
    ) -> None:
        self.token = token
        self.faults = Faults[Fault]()
        self.calls: deque[Made] = deque(maxlen=CALLS_KEPT)
        """Every call that was understood, faults included."""
        self.rejected: list[str] = []
        """Descriptions of all 400s: a test of a well-behaved bot finds none."""
        self.early: list[str] = []
        """Messages sent before a `retry_after` was over."""
        self._closed_until = 0.0
        self._schema = schema
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self._message_ids = itertools.count(1)
        self._citizen_ids = itertools.count(first_citizen)
        self._file_ids = itertools.count(1)
        account = int(token.partition(":")[0])
        bot = {"id": account, "is_bot": True, "first_name": "Zuruf", "username": "zuruf_test_bot"}
        self.updates = Updates(self.faults, first_update)
        self.town = Town(bot, self.updates, self._message_ids.__next__)
        self.updates.on_call_within = self._on_call_within
        self.age = 0.0
        """Seconds that have passed since people wrote what they send from now on."""
        self._services = Services(
            self.updates.post, self._message_ids.__next__, self._keep_file, bot, lambda: int(time.time() - self.age)
        )

    # -- for the test

    @property
    def api_base(self) -> str:
        """For `ZURUF_TELEGRAM_API_BASE`."""
        return f"http://{self._host}:{self._port}"

    @property
    def webhook_url(self) -> str:
        """Where the bot wants its updates; '' while it polls."""
        return self.updates.hook.url if self.updates.hook else ""

    def citizen(self, language_code: str = "de", first_name: str = "Ada", username: str = "") -> Citizen:
        """Somebody new."""
        citizen = Citizen(self._services, next(self._citizen_ids), first_name, username, language_code)
        self.town.citizens[citizen.id] = citizen
        return citizen

    def group(self, member: Citizen, title: str = "Nachbarschaft") -> Group:
        """A group of which `member` is part and the bot not yet."""
        group = Group(self._services, -1_000_000_000_000 - next(self._citizen_ids), title, member)
        self.town.groups[group.id] = group
        return group

    def called(self, method: str) -> list[Mapping[str, Any]]:
        """Parameters of all calls of one method."""
        return [made.params for made in self.calls if made.method == method]

    # -- life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/bot{token}/{method}", self._on_call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._on_download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- requests

    async def _on_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _failure(Problem(401, "Unauthorized"))
        handler = METHODS.get(method)
        if handler is None:
            return _failure(Problem(404, "Not Found"))
        try:
            params = await _read_params(request)
        except BadRequest as problem:
            return self._refuse(problem)
        self.calls.append(Made(method, params, time.monotonic()))
        if method.startswith(_MESSAGES) and time.monotonic() < self._closed_until:
            self.early.append(method)
        fault = self.faults.strike(method)
        if fault is not None and not isinstance(fault, ResetAfter | Slow):
            return self._fail(request, fault)
        try:
            self._check(method, params)
            result = await handler(self.town, params)
        except KeyError as missing:
            return self._refuse(BadRequest(f"{missing.args[0]} is missing"))
        except (ValueError, TypeError, AttributeError):
            return self._refuse(BadRequest("can't parse the parameters"))
        except Problem as problem:
            return self._refuse(problem)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        elif isinstance(fault, ResetAfter):
            return _reset(request)
        return _reply({"ok": True, "result": result}, 200)

    async def _on_call_within(self, method: str, params: Params) -> None:
        """A call in the answer to an update: done like any other, but its result is told to nobody."""
        self.calls.append(Made(method, params, time.monotonic()))
        try:
            self._check(method, params)
            await METHODS[method](self.town, params)
        except (KeyError, ValueError, TypeError, AttributeError):
            self.rejected.append(f"can't parse the call {method} within an answer")
        except Problem as problem:
            self._refuse(problem)

    def _check(self, method: str, params: Params) -> None:
        if self._schema is not None:
            files = frozenset(name for name, value in params.items() if isinstance(value, Upload))
            plain = {name: value for name, value in params.items() if name not in files}
            self._schema(method, plain, files)

    def _refuse(self, problem: Problem) -> web.Response:
        if problem.code == 400:
            self.rejected.append(problem.description)
        return _failure(problem)

    def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault:
            case TooMany(retry_after):
                if retry_after is None:
                    return _failure(Problem(429, "Too Many Requests"))
                self._closed_until = max(self._closed_until, time.monotonic() + max(retry_after, 0))
                description = f"Too Many Requests: retry after {retry_after:g}"
                return _failure(Problem(429, description, {"retry_after": retry_after}))
            case ServerError(code):
                page = "<html><h1>Bad Gateway</h1></html>"
                return web.Response(text=page, status=code, content_type="text/html")
            case Refused(code, description):
                return _failure(Problem(code, description))
            case _:
                return _reset(request)

    async def _on_download(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _failure(Problem(404, "Not Found"))
        fault = self.faults.strike("download")
        if fault is not None:
            return self._fail(request, fault)
        for path, data in self.town.files.values():
            if path == request.match_info["path"]:
                return web.Response(body=data, content_type="application/octet-stream")
        return _failure(Problem(404, "Not Found"))

    def _keep_file(self, data: bytes, extension: str) -> tuple[str, str]:
        number = next(self._file_ids)
        file_id = f"AgACAgIAAxkBAAI{number:08d}"
        self.town.files[file_id] = (f"files/file_{number}.{extension}", data)
        return file_id, f"AQAD{number:08d}"


async def _read_params(request: web.Request) -> Params:
    """A call's parameters from its query, JSON, form or multipart body. Raises `BadRequest`."""
    params: Params = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        try:
            document = json.loads(body) if body else {}
        except ValueError:
            raise BadRequest("can't parse JSON object") from None
        if not isinstance(document, dict):
            raise BadRequest("object expected")
        params |= document
    elif request.content_type.startswith("multipart/") or request.content_type.endswith("urlencoded"):
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                params[name] = Upload(value.filename, value.file.read())
            else:
                params[name] = value
    for name in _STRUCTURED & params.keys():
        if isinstance(params[name], str):
            try:
                params[name] = json.loads(params[name])
            except ValueError:
                raise BadRequest(f"can't parse {name}") from None
    return params


def _reply(document: dict[str, Any], status: int) -> web.Response:
    return web.Response(body=json.dumps(document).encode(), status=status, content_type="application/json")


def _failure(problem: Problem) -> web.Response:
    document: dict[str, Any] = {"ok": False, "error_code": problem.code, "description": problem.description}
    if problem.parameters:
        document["parameters"] = problem.parameters
    return _reply(document, problem.code)


def _reset(request: web.Request) -> web.StreamResponse:
    """Cut the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
