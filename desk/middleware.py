"""What stands before every view: protection by headers, the session, the right, origin and token of whoever changes.

    request ── errors ── session ── codes set up ── right ── origin and token ── password again ── view
                 └ every answer leaves with the headers

Fails closed: a route without a login or right is not reached, and an error shows a sentence and no cause.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from desk.config import DeskConfig
from desk.gate import Gate
from desk.home import Home
from desk.pages import LANGUAGES, Pages
from desk.proving import asked_again, carried, inside
from desk.route import Route
from desk.sent import form_of, leads_nowhere
from desk.sessions import COOKIE, Session
from desk.visit import Visit
from dialogs.looks.protection import content_security_policy, headers_of
from dialogs.messages import Language
from storage.clock import Clock
from storage.errors import Conflict, KeyMissing, StorageError
from storage.townsettings import LiveTown

CONTENT_SECURITY_POLICY: Final = content_security_policy("default")
"""One policy, in static/desk.js, that lets htmx parse what this server sent."""
TOKEN_FIELD: Final = "token"  # noqa: S105  # a name
TOKEN_HEADER: Final = "X-Zuruf-Token"  # noqa: S105
LANGUAGE_COOKIE: Final = "__Host-language"
LANGUAGE_SECONDS: Final = 365 * 24 * 3600
SAFE: Final = frozenset({"GET", "HEAD"})
GIVEN_BACK_MOST: Final = 128 * 1024
"""Bytes of a form that are read of whoever is not logged in any more, to be given back to them."""
STOP_POLLING: Final = 286
"""At this status htmx asks no more."""

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
                cookie = request.cookies.get(COOKIE, "")
                session = await self.gate.sessions.find(cookie, self.clock.now(), seen=not route.polls)
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

    async def nothing(self, request: web.Request, status: int = 404) -> web.StreamResponse:
        """The page for an address that leads nowhere (404), that is only sent to (405), or where something unforeseen
        happened (500)."""
        if request.path.startswith("/static/"):
            return web.Response(status=status, text=f"{HTTPStatus(status).phrase}\n")
        return self._visit(request, None).page("problem.html", status, problem=PROBLEMS[status])

    async def _let_in(self, route: Route, visit: Visit) -> web.StreamResponse:
        request = visit.request
        if route.right is not None:
            if visit.session is None:
                return await self._logged_out(route, visit)
            if self.gate.asks_codes and not visit.session.has_codes and not route.before_codes:
                return visit.go("/account/codes")
            if not visit.may(route.right):
                return visit.page("problem.html", 403, problem="no-right")
        try:
            if request.method not in SAFE and not await self._is_ours(route, visit):
                return await self._once_more(route, visit, "foreign")
            return await asked_again(route, visit) or await route.view(visit)
        except web.HTTPRequestEntityTooLarge:
            return visit.page("problem.html", 413, problem="too-large")
        except web.HTTPBadRequest:
            return visit.page("problem.html", 400, problem="unreadable")
        except web.HTTPNotFound:
            return visit.page("problem.html", 404, problem="not-found")
        except web.HTTPSeeOther as other:
            return visit.go(str(other.location))
        except KeyMissing:
            return visit.page("cases/keyless.html", 503)
        except Conflict:
            return visit.page("problem.html", 409, problem="conflict")
        except StorageError as error:
            log.warning("desk_store", error=type(error).__name__)
            return visit.page("problem.html", 503, problem="store")

    async def _logged_out(self, route: Route, visit: Visit) -> web.StreamResponse:
        """To the login, and from there to what was asked for; nothing that was typed is lost on the way."""
        request = visit.request
        if "HX-Request" in request.headers:
            if route.polls:
                return visit.part("entry/over.html", STOP_POLLING)
            here = urlsplit(request.headers.get("HX-Current-URL", "/"))
            there = inside(f"{here.path}?{here.query}" if here.query else here.path)
            return web.Response(status=403, headers={"HX-Redirect": f"/login?next={quote(there)}"})
        if request.method in SAFE:
            return visit.go(f"/login?next={quote(request.path_qs)}")
        try:
            return await self._once_more(route, visit, "logged-out")
        except web.HTTPBadRequest:
            return visit.page("problem.html", 400, problem="unreadable")
        except web.HTTPRequestEntityTooLarge:
            return visit.page("problem.html", 413, problem="too-large")

    async def _once_more(self, route: Route, visit: Visit, problem: str) -> web.StreamResponse:
        """Refused, with what was typed: whoever is logged in sends it from there once more, with the token of now."""
        request, typed = visit.request, []
        if not route.secret and _same_origin(request, self.config.desk_address):
            length = request.content_length
            if length is not None and length <= min(route.most, GIVEN_BACK_MOST):
                typed = carried(await visit.form())
        return visit.page("problem.html", 403, problem=problem, fields=typed)

    async def _is_ours(self, route: Route, visit: Visit) -> bool:
        """Sent by a page of the desk, in this very session."""
        request = visit.request
        if not _same_origin(request, self.config.desk_address):
            return False
        if request.content_length is None or request.content_length > route.most:  # looked at before anything is read
            raise web.HTTPRequestEntityTooLarge(route.most, request.content_length or 0)
        request._client_max_size = route.most  # aiohttp knows one limit for all; each route has its own
        token = visit.session.token if visit.session is not None else ""
        given = request.headers.get(TOKEN_HEADER, "") or str((await form_of(request)).get(TOKEN_FIELD, ""))
        return visit.session is None or hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())


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


PROBLEMS: Final = {404: "not-found", 405: "only-sent-to", 500: "unforeseen"}
Nothing = Callable[[web.Request, int], Awaitable[web.StreamResponse]]


def protection(address: str, nothing: Nothing) -> Middleware:
    """Every answer leaves with the headers; what goes wrong unforeseen shows a sentence, and logs the kind only.

    `nothing`: the page for one of `PROBLEMS`.
    """
    headers = headers_of(CONTENT_SECURITY_POLICY, address)

    @web.middleware
    async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await nothing(request, 404) if leads_nowhere(request) else await handler(request)
        except web.HTTPNotFound:
            response = await nothing(request, 404)
        except web.HTTPMethodNotAllowed as error:
            response = await nothing(request, 405)
            response.headers["Allow"] = error.headers["Allow"]
        except web.HTTPException as error:
            response = web.Response(status=error.status, text=f"{error.reason}\n")
        except Exception as error:
            log.error("desk_failed", error=type(error).__name__, exc_info=error)
            response = await nothing(request, 500)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return protect
