"""The servers: chat.signal.org over HTTP and its websocket, the CDN, and the ways by which daemons come here.

A table of doors at the end says what is answered; anything else is 404 and stands in `unknown`, so that a newer daemon
that wants more is noticed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from aiohttp import WSMsgType, web
from servers.signal.accounts import Account, Json, Keys
from servers.signal.trust import Trust
from servers.signal.ways import HOST, Way
from servers.signal.wire import Request, Response, message, read

CDN = 3
BODY_LIMIT = 200 * 1024 * 1024  # bytes
SEALED = 6
"""Envelope.Type.UNIDENTIFIED_SENDER."""
KEPT = 1000


@dataclass(frozen=True)
class Asked:
    """One request, whichever way it came."""

    verb: str
    path: str
    document: Any
    account: Account | None
    access: str = ""
    """What a sealed sender shows."""
    secret: str = ""
    """The password of whoever registers."""

    def query(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    @property
    def own(self) -> Account:
        """Whose request it is; refused by the table if it is nobody's."""
        assert self.account is not None
        return self.account


@dataclass(frozen=True)
class Answer:
    status: int = 200
    document: Any = None
    headers: tuple[str, ...] = ()


Door = Callable[["Service", Asked, tuple[str, ...]], Awaitable[Answer]]


@dataclass
class Service:
    """One Signal."""

    trust: Trust
    accounts: dict[str, Account] = field(default_factory=dict)
    """By number."""
    refusals: dict[str, Answer] = field(default_factory=dict)
    """What sends to an account (ACI) are answered instead, until a captcha is solved or the test takes it out."""
    solved: list[str] = field(default_factory=list)
    """Challenges for which a captcha was solved."""
    age: float = 0.0
    """Seconds that what is sent from now on has lain here, as its envelope says."""
    unknown: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    ways: list[Way] = field(default_factory=list)
    _port: int = 0
    _sessions: dict[str, str] = field(default_factory=dict)
    _files: dict[str, bytes] = field(default_factory=dict)

    # -- for tests

    async def open_way(self) -> Way:
        """One more, which can be cut without the others."""
        way = Way(self._port)
        await way.open()
        self.ways.append(way)
        return way

    def by_aci(self, aci: str) -> Account | None:
        return next((one for one in self.accounts.values() if str(one.aci) == aci), None)

    # -- the lines

    async def on_http(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/v1/websocket"):
            return await self._on_websocket(request)
        if request.path.startswith(("/upload/", "/attachments/", "/profiles/")) or request.path == "/":
            return await self._on_cdn(request)
        body = await request.read()
        secret = _credentials(request.headers.get("Authorization", ""))[1]
        account = self._who(request.headers.get("Authorization", ""))
        answer = await self._answer(Asked(request.method, request.path_qs, _document(body), account, secret=secret))
        return web.Response(status=answer.status, body=_body(answer), content_type="application/json")

    async def _on_websocket(self, request: web.Request) -> web.WebSocketResponse:
        account = self._who(request.headers.get("Authorization", ""))
        if account is None and "Authorization" in request.headers:
            raise web.HTTPForbidden
        line = web.WebSocketResponse(max_msg_size=BODY_LIMIT)
        await line.prepare(request)
        wire = line.send_bytes
        try:
            if account is not None:
                await account.connect(wire)
            async for received in line:
                if received.type is not WSMsgType.BINARY:
                    continue
                match read(received.data):
                    case Response(number=number, status=200) if account is not None:
                        account.has(number)
                    case Request() as asked:
                        await wire((await self._asked(asked, account)).encoded())
        except (ConnectionError, OSError):
            pass  # the daemon comes again
        finally:
            if account is not None:
                account.disconnect(wire)
        return line

    async def _asked(self, request: Request, account: Account | None) -> Response:
        access = request.header("unidentified-access-key")
        answer = await self._answer(Asked(request.verb, request.path, _document(request.body), account, access))
        return Response(
            request.number, answer.status, _body(answer), ("Content-Type: application/json", *answer.headers)
        )

    async def _answer(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path).path.rstrip("/")
        for verb, pattern, door in DOORS:
            if verb == asked.verb and (found := pattern.fullmatch(path)):
                return await door(self, asked, found.groups())
        self.unknown.append(f"{asked.verb} {path}")
        return Answer(404)

    def _who(self, authorization: str) -> Account | None:
        user, password = _credentials(authorization)
        name = user.partition(".")[0]
        account = self.accounts.get(name) or self.by_aci(name)
        return account if account is not None and account.password == password else None

    async def _on_cdn(self, request: web.Request) -> web.Response:
        """Attachments come by the protocol of tus.io in one piece, pictures of profiles as a form."""
        key = request.path.rpartition("/")[2]
        match request.method:
            case "POST" if request.path == "/":
                form = await request.post()
                picture = form["file"]
                assert isinstance(picture, web.FileField)
                self._files[str(form["key"]).rpartition("/")[2]] = picture.file.read()
                return web.Response(status=204)
            case "POST":
                self._files[key] = b""
                return web.Response(status=201, headers={"Location": f"https://cdn3.signal.org/upload/{key}"})
            case "HEAD":
                return web.Response(headers={"Upload-Offset": str(len(self._files[key]))})
            case "PATCH":
                self._files[key] += await request.read()
                return web.Response(status=204)
            case _ if key in self._files:
                return web.Response(body=self._files[key])
            case _:
                return web.Response(status=404)

    # -- registration

    async def begin(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        session = base64.urlsafe_b64encode(uuid4().bytes).rstrip(b"=").decode()
        self._sessions[session] = asked.document["number"]
        return Answer(200, _session(session, verified=False))

    async def code(self, asked: Asked, found: tuple[str, ...]) -> Answer:
        """Any code is right: no text message can come here."""
        return Answer(200, _session(found[0], verified=asked.verb == "PUT"))

    async def register(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        given = asked.document
        number = self._sessions[given["sessionId"]]
        keys = {
            kind: Keys(given[f"{kind}IdentityKey"], given[f"{kind}SignedPreKey"], given[f"{kind}PqLastResortPreKey"])
            for kind in ("aci", "pni")
        }
        account = Account(number, given["accountAttributes"], keys, asked.secret)
        if number in self.accounts:  # a new phone, the same account
            account.aci, account.pni = self.accounts[number].aci, self.accounts[number].pni
        self.accounts[number] = account
        return Answer(200, {
            "uuid": str(account.aci), "pni": str(account.pni), "number": number,
            "storageCapable": False, "reregistration": False,
        })  # fmt: skip

    async def unregister(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        self.accounts.pop(asked.own.number, None)
        return Answer(204)

    async def who_am_i(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        own = asked.own
        return Answer(200, {"uuid": str(own.aci), "pni": str(own.pni), "number": own.number})

    async def attributes(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        asked.own.attributes = {**asked.own.attributes, **asked.document}
        return Answer(200)

    # -- keys, profiles

    async def put_keys(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        asked.own.keys[asked.query("identity")].renew(asked.document)
        return Answer(200)

    async def count_keys(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        keys = asked.own.keys[asked.query("identity")]
        return Answer(200, {"count": len(keys.once), "pqCount": len(keys.kyber)})

    async def get_keys(self, asked: Asked, found: tuple[str, ...]) -> Answer:
        account = self.by_aci(found[0])
        if account is None:
            return Answer(404)
        return Answer(200, account.keys["aci"].bundle(account.registration))

    async def put_profile(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        own = asked.own
        own.profile = asked.document
        if not own.profile.get("avatar"):
            own.avatar = None
            return Answer(200)
        if own.profile.get("sameAvatar"):
            return Answer(200)
        own.avatar = f"profiles/{uuid4().hex}"
        fields = ("credential", "acl", "algorithm", "date", "policy", "signature")
        return Answer(200, {"key": own.avatar, **dict.fromkeys(fields, "x")})

    async def get_profile(self, asked: Asked, found: tuple[str, ...]) -> Answer:
        account = self.by_aci(found[0])
        if account is None:
            return Answer(404)
        if asked.account is None and asked.access != account.access:
            return Answer(401)
        return Answer(200, account.shown())

    async def certificate(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        own = asked.own
        number = None if asked.query("includeE164") == "false" else own.number
        sealed = self.trust.sender(own.aci, number, base64.b64decode(own.keys["aci"].identity + "=="))
        return Answer(200, {"certificate": base64.b64encode(sealed).decode()})

    # -- messages, files

    async def send(self, asked: Asked, found: tuple[str, ...]) -> Answer:
        """Sealed, or by an account that names itself; to the registration that the sender knows."""
        if found[0] in self.refusals:
            return self.refusals[found[0]]
        account = self.by_aci(found[0])
        if account is None:
            return Answer(404)
        if asked.account is None and asked.access != account.access:
            return Answer(401)
        document = asked.document
        if any(one["destinationRegistrationId"] != account.registration for one in document["messages"]):
            return Answer(410, {"staleDevices": [1]})
        for one in document["messages"]:
            await account.deliver(_envelope(one, document, asked.account, account.aci, self.age))
        return Answer(200, {"needsSync": False})

    async def solve(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        self.solved.append(asked.document["token"])
        self.refusals.clear()
        return Answer(200)

    async def upload_form(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        key = uuid4().hex
        place = f"https://cdn{CDN}.signal.org/upload/{key}"
        return Answer(200, {"cdn": CDN, "key": key, "headers": {}, "signedUploadLocation": place})

    async def yes(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        return Answer(200)

    async def settings(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        return Answer(200, {"config": []})

    async def devices(self, asked: Asked, _: tuple[str, ...]) -> Answer:
        return Answer(200, {"devices": []})


_ACI = r"([0-9a-f-]{36})"
_SESSION = r"/v1/verification/session/([\w-]+)"
DOORS: tuple[tuple[str, re.Pattern[str], Door], ...] = tuple(
    (verb, re.compile(pattern), door)
    for verb, pattern, door in (
        ("POST", r"/v1/verification/session", Service.begin),
        ("GET", _SESSION, Service.code),
        ("POST", _SESSION + "/code", Service.code),
        ("PUT", _SESSION + "/code", Service.code),
        ("POST", r"/v1/registration", Service.register),
        ("DELETE", r"/v1/accounts/me", Service.unregister),
        ("DELETE", r"/v1/accounts/gcm", Service.yes),
        ("GET", r"/v1/accounts/whoami", Service.who_am_i),
        ("PUT", r"/v1/accounts/attributes", Service.attributes),
        ("PUT", r"/v2/keys", Service.put_keys),
        ("GET", r"/v2/keys", Service.count_keys),
        ("POST", r"/v2/keys/check", Service.yes),
        ("GET", rf"/v2/keys/{_ACI}/[^/]+", Service.get_keys),
        ("PUT", r"/v1/profile", Service.put_profile),
        ("GET", rf"/v1/profile/{_ACI}(?:/[^/]+)?", Service.get_profile),
        ("GET", r"/v1/certificate/delivery", Service.certificate),
        ("PUT", rf"/v1/messages/{_ACI}", Service.send),
        ("GET", r"/v4/attachments/form/upload", Service.upload_form),
        ("PUT", r"/v1/challenge", Service.solve),
        ("GET", r"/v1/keepalive", Service.yes),
        ("GET", r"/v1/config", Service.settings),
        ("GET", r"/v1/devices", Service.devices),
    )
)


@contextlib.asynccontextmanager
async def serving(trust: Trust, context: ssl.SSLContext) -> AsyncIterator[Service]:
    """On free ports of loopback."""
    service = Service(trust)
    app = web.Application(client_max_size=BODY_LIMIT)
    app.router.add_route("*", "/{tail:.*}", service.on_http)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0, ssl_context=context).start()
    service._port = int(runner.addresses[0][1])
    try:
        yield service
    finally:
        for way in service.ways:
            way.close()
        await runner.cleanup()


def _envelope(one: Json, whole: Json, sender: Account | None, to: UUID, age: float) -> bytes:
    content = base64.b64decode(one["content"] + "==")
    return message(
        _1=SEALED if sender is None else one["type"],
        _11=None if sender is None else str(sender.aci),
        _7=None if sender is None else 1,
        _13=str(to),
        _5=whole["timestamp"],
        _8=content,
        _9=str(uuid4()),
        _10=int((time.time() - age) * 1000),
        _12=whole.get("online", False),
        _14=whole.get("urgent", True),
    )


def _session(number: str, *, verified: bool) -> Json:
    return {
        "id": number, "nextSms": 0, "nextCall": 0, "nextVerificationAttempt": 0, "allowedToRequestCode": True,
        "requestedInformation": [], "verified": verified,
    }  # fmt: skip


def _credentials(authorization: str) -> tuple[str, str]:
    kind, _, value = authorization.partition(" ")
    user, _, password = base64.b64decode(value).decode().partition(":") if kind == "Basic" else ("", "", "")
    return user, password


def _document(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _body(answer: Answer) -> bytes:
    return b"" if answer.document is None else json.dumps(answer.document).encode()
