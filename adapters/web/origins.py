"""Who may speak to the chat: our own pages only. Cookies, the Origin check and network addresses of requests.

A citizen is a 128-bit random token in a cookie that scripts cannot read. Over https its name begins with `__Host-`;
plain http is served to this machine only. Pure functions of a request.
"""

from __future__ import annotations

import ipaddress
import re
import secrets

from aiohttp import web

from adapters.web import settings
from adapters.web.chats import Token
from adapters.web.settings import WebSettings

SECURE_COOKIE = "__Host-zuruf"
LOOPBACK_COOKIE = "zuruf"

_TOKEN = re.compile(r"[0-9a-f]{32}")


def new_token() -> Token:
    """128 random bits."""
    return Token(secrets.token_hex(16))


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine."""
    name = _host_name(host).lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def own_origin(request: web.Request, settings_: WebSettings) -> str | None:
    """The origin under which this request reaches us; None if it is none of ours (a foreign Host header)."""
    host = request.headers.get("Host", "").lower()
    address = settings_.web_address.lower()
    if address and address.partition("://")[2] == host:
        return address
    if is_loopback(host):
        return f"http://{host}"
    return None


def check(request: web.Request, settings_: WebSettings) -> None:
    """Refuse what does not come from one of our own pages. Raises `web.HTTPForbidden`."""
    own = own_origin(request, settings_)
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if own is None or request.headers.get("Origin", "").lower() != own or site != "same-origin":
        raise web.HTTPForbidden(text="Not from here.\n")


def is_own_page(request: web.Request, settings_: WebSettings) -> bool:
    """Whether a form was sent by one of our own pages. Browsers hide the Origin of a form where pages tell no referrer,
    and say by another header whether it is the same site."""
    own = own_origin(request, settings_)
    site = request.headers.get("Sec-Fetch-Site")
    if own is None or site is not None:
        return own is not None and site == "same-origin"
    return request.headers.get("Origin", "").lower() == own


def _is_secure(request: web.Request, settings_: WebSettings) -> bool:
    own = own_origin(request, settings_) or ""
    return own.startswith("https://")


def _cookie(request: web.Request, settings_: WebSettings) -> str:
    return SECURE_COOKIE if _is_secure(request, settings_) else LOOPBACK_COOKIE


def token(request: web.Request, settings_: WebSettings) -> Token | None:
    """The citizen's token; None if there is none or it is not one of ours."""
    value = request.cookies.get(_cookie(request, settings_), "")
    return Token(value) if _TOKEN.fullmatch(value) else None


def give(response: web.StreamResponse, request: web.Request, settings_: WebSettings, value: Token) -> None:
    """Set the cookie (or give it a new term)."""
    response.set_cookie(
        _cookie(request, settings_),
        value,
        max_age=settings.COOKIE_AGE,
        path="/",
        secure=_is_secure(request, settings_),
        httponly=True,
        samesite="Strict",
    )


def take_away(response: web.StreamResponse, request: web.Request, settings_: WebSettings) -> None:
    """Remove the cookie."""
    response.del_cookie(
        _cookie(request, settings_),
        path="/",
        secure=_is_secure(request, settings_),
        httponly=True,
        samesite="Strict",
    )


def remote(request: web.Request, settings_: WebSettings) -> str:
    """The network address to count by: the one that the outermost trusted proxy saw."""
    if settings_.trusted_proxies:
        lines = request.headers.getall("X-Forwarded-For", [])  # some proxies add a line instead of a word
        seen = [part.strip() for part in ",".join(lines).split(",") if part.strip()]
        if len(seen) >= settings_.trusted_proxies:
            return seen[-settings_.trusted_proxies]
    return request.remote or ""
