"""What stands before every view: protection by headers, the session, the right, origin and token of whoever changes.

    request ── errors ── session ── codes set up ── right ── origin and token ── password again ── view
                 └ every answer leaves with the headers

Fails closed: a route without a login or right is not reached, and an error shows a sentence and no cause.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from desk.config import DeskConfig
from desk.gate import Gate
from desk.home import Home
from desk.pages import LANGUAGES, Pages
from desk.proving import asked_again
from desk.route import Route
from desk.sessions import COOKIE, Session
from desk.visit import Visit
from dialogs.looks.protection import content_security_policy, headers_of
from dialogs.messages import Language
from storage.clock import Clock
from storage.errors import StorageError
from storage.townsettings import LiveTown

CONTENT_SECURITY_POLICY: Final = content_security_policy("default")
"""One policy, in static/desk.js, that lets htmx parse what this server sent."""
TOKEN_FIELD: Final = "token"  # noqa: S105  # a name
TOKEN_HEADER: Final = "X-Zuruf-Token"  # noqa: S105
LANGUAGE_COOKIE: Final = "__Host-language"
LANGUAGE_SECONDS: Final = 365 * 24 * 3600
SAFE: Final = frozenset({"GET", "HEAD"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """Lets requests in to views, or not."""

    home: Home
    live: LiveTown[DeskConfig]
    clock: Clock
    pages: Pages
    gate: Gate

    @property
    def config(self) -> DeskConfig:
        """As the town has it now."""
        return self.live.config

    def handler(self, route: Route) -> Handler:
        """The route as aiohttp's handler."""

        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                await self.live.refresh()
                session = await self.gate.sessions.find(request.cookies.get(COOKIE, ""), self.clock.now())
            except StorageError as error:
                log.warning("desk_store", error=type(error).__name__)
                return self._visit(request, None).page("problem.html", 503, problem="store")
            visit = self._visit(request, session)
            response = await self._let_in(route, visit)
            _remember_language(request, response, visit.language)
            return response

        return handle

    def _visit(self, request: web.Request, session: Session | None) -> Visit:
        language = _language(request, session)
        return Visit(request, self.home, self.config, self.clock, self.pages, session, language, self.gate, self.live)

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        """The page for an address that leads nowhere."""
        if request.path.startswith("/static/"):
            return web.Response(status=404, text="Not Found\n")
        return self._visit(request, None).page("problem.html", 404, problem="not-found")

    async def _let_in(self, route: Route, visit: Visit) -> web.StreamResponse:
        request = visit.request
        if route.right is not None:
            if visit.session is None:
                if request.method not in SAFE:
                    return visit.page("problem.html", 403, problem="logged-out")
                return visit.go(f"/login?next={quote(request.path_qs)}")
            if self.gate.asks_codes and not visit.session.has_codes and not route.before_codes:
                return visit.go("/account/codes")
            if not visit.may(route.right):
                return visit.page("problem.html", 403, problem="no-right")
        try:
            if request.method not in SAFE and not await self._is_ours(route, visit):
                return visit.page("problem.html", 403, problem="foreign")
            return await asked_again(route, visit) or await route.view(visit)
        except web.HTTPRequestEntityTooLarge:
            return visit.page("problem.html", 413, problem="too-large")
        except web.HTTPNotFound:
            return visit.page("problem.html", 404, problem="not-found")
        except StorageError as error:
            log.warning("desk_store", error=type(error).__name__)
            return visit.page("problem.html", 503, problem="store")

    async def _is_ours(self, route: Route, visit: Visit) -> bool:
        """Sent by a page of the desk, in this very session."""
        request = visit.request
        if not _same_origin(request, self.config.desk_address):
            return False
        if request.content_length is None or request.content_length > route.most:  # looked at before anything is read
            raise web.HTTPRequestEntityTooLarge(route.most, request.content_length or 0)
        request._client_max_size = route.most  # aiohttp knows one limit for all; each route has its own
        token = visit.session.token if visit.session is not None else ""
        given = request.headers.get(TOKEN_HEADER, "") or str((await request.post()).get(TOKEN_FIELD, ""))
        return visit.session is None or hmac.compare_digest(given.encode(), token.encode())


def _same_origin(request: web.Request, address: str) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc in {urlsplit(address).netloc, request.host}


def _language(request: web.Request, session: Session | None) -> Language:
    wanted = (
        request.query.get("lang", "")
        or request.cookies.get(LANGUAGE_COOKIE, "")
        or (session.staff.language if session is not None else "")
        or ""
    )
    accepted = (
        [wanted]
        if wanted
        else [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")]
    )
    for each in accepted:
        for language in LANGUAGES:
            if each.lower().split("-")[0] == language:
                return language
    return LANGUAGES[0]


def _remember_language(request: web.Request, response: web.StreamResponse, language: Language) -> None:
    """Whoever chose one at the foot of a page keeps it in this browser."""
    if request.query.get("lang") == language and not response.prepared:
        response.set_cookie(
            LANGUAGE_COOKIE, language, secure=True, httponly=True, samesite="Strict", max_age=LANGUAGE_SECONDS
        )


def protection(address: str, nothing: Handler) -> Middleware:
    """Every answer leaves with the headers; what goes wrong unforeseen shows a sentence, and logs the kind only.

    `nothing`: the page for an address that is none.
    """
    headers = headers_of(CONTENT_SECURITY_POLICY, address)

    @web.middleware
    async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPNotFound:
            response = await nothing(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n", headers=_allow(error))
        except Exception as error:
            log.error("desk_failed", error=type(error).__name__, exc_info=error)
            response = web.Response(status=500, text="This did not work. Nothing was changed. Please try again.\n")
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return protect


def _allow(error: web.HTTPException) -> dict[str, str]:
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
