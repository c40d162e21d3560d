"""What each response says to the browser for the citizen's protection (`dialogs/looks/protection.py`).

Used twice, on purpose: by every handler of this channel (`guarded`) and as a middleware of the whole listener
(`middleware`), so that neither a forgotten route nor an error page goes without. Not here: who may ask (`origins.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dialogs.looks.protection import content_security_policy, headers_of

CONTENT_SECURITY_POLICY: Final = content_security_policy("'none'", "media-src blob:")


class Protection:
    """The headers of one listener; over https also Strict-Transport-Security."""

    def __init__(self, web_address: str) -> None:
        self._headers = headers_of(CONTENT_SECURITY_POLICY, web_address, sensors="self")

    def protect(self, response: web.StreamResponse) -> None:
        """Add what is missing. Nothing is cached unless its handler said so."""
        framed = "Content-Security-Policy" in response.headers  # says itself who may frame it
        for name, value in self._headers.items():
            if not (framed and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")

    def guarded(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Handler:
        """The handler, with its responses and its HTTP errors protected."""

        @wraps(handler)
        async def protected(request: web.Request) -> web.StreamResponse:
            try:
                response = await handler(request)
            except web.HTTPException as error:
                self.protect(error)
                raise
            if not response.prepared:
                self.protect(response)
            return response

        return protected

    def middleware(self) -> Middleware:
        """The same for a whole listener."""

        @web.middleware
        async def protect_all(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.guarded(handler)(request)

        return protect_all
