"""What stands before every view: protection by headers, the session, the right, origin and token of whoever changes.

    request ── errors ── session ── right ── origin and token ── view
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
from desk.home import Home
from desk.pages import LANGUAGES, Pages
from desk.route import Route
from desk.sessions import COOKIE, Session, Sessions
from desk.visit import Visit
from dialogs.messages import Language
from storage.clock import Clock
from storage.errors import StorageError

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types default",  # one policy, in static/desk.js, that lets htmx parse what this server sent
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(), payment=(), usb=()",
}
STRICT_TRANSPORT_SECURITY: Final = "max-age=31536000"
TOKEN_FIELD: Final = "token"  # noqa: S105  # a name
TOKEN_HEADER: Final = "X-Zuruf-Token"  # noqa: S105
SAFE: Final = frozenset({"GET", "HEAD"})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """Lets requests in to views, or not."""

    home: Home
    config: DeskConfig
    clock: Clock
    pages: Pages
    sessions: Sessions

    def handler(self, route: Route) -> Handler:
        """The route as aiohttp's handler."""

        async def handle(request: web.Request) -> web.StreamResponse:
            session = self.sessions.find(request.cookies.get(COOKIE, ""), self.clock.now())
            visit = Visit(request, self.home, self.config, self.clock, self.pages, session, _language(request, session))
            return await self._let_in(route, visit)

        return handle

    async def _let_in(self, route: Route, visit: Visit) -> web.StreamResponse:
        request = visit.request
        if route.right is not None:
            if visit.session is None:
                if request.method not in SAFE:
                    return visit.page("problem.html", 403, problem="logged-out")
                return web.Response(status=303, headers={"Location": f"/login?next={quote(request.path_qs)}"})
            if not visit.may(route.right):
                return visit.page("problem.html", 403, problem="no-right")
        try:
            if request.method not in SAFE and not await self._is_ours(route, visit):
                return visit.page("problem.html", 403, problem="foreign")
            return await route.view(visit)
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
        if (request.content_length or 0) > route.most:
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
    wanted = request.query.get("lang", "") or (session.staff.language if session is not None else "") or ""
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


def protection(address: str) -> Middleware:
    """Every answer leaves with the headers; what goes wrong unforeseen shows a sentence, and logs the kind only."""
    headers = dict(HEADERS)
    if address.startswith("https://"):
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY

    @web.middleware
    async def protect(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = error
        except Exception as error:
            log.error("desk_failed", error=type(error).__name__, exc_info=error)
            response = web.Response(status=500, text="This did not work. Nothing was changed. Please try again.\n")
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return protect
