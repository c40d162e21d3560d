"""Whose request it is."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from adapters.web import origins
from adapters.web.chats import Token
from adapters.web.settings import WebSettings

TOWN = WebSettings(web_address="https://zuruf.musterstadt.de")


def request(host: str, origin: str = "", **headers: str) -> web.Request:
    written = {"Host": host, **({"Origin": origin} if origin else {}), **headers}
    return make_mocked_request("POST", "/chat/open", headers=written)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("zuruf.musterstadt.de", "https://zuruf.musterstadt.de"),
        ("localhost:8080", "http://localhost:8080"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_our_own_pages_may_speak(host: str, origin: str) -> None:
    origins.check(request(host, origin), TOWN)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("zuruf.musterstadt.de", "http://zuruf.musterstadt.de"),
        ("zuruf.musterstadt.de", "https://zuruf.musterstadt.de.evil.example"),
        ("zuruf.musterstadt.de", "https://musterstadt.de"),
        ("evil.example", "https://evil.example"),
        ("127.0.0.1.evil.example", "http://127.0.0.1.evil.example"),
        ("localhost:8080", "http://localhost:9090"),
        ("", ""),
    ],
)
def test_others_may_not(host: str, origin: str) -> None:
    with pytest.raises(web.HTTPForbidden):
        origins.check(request(host, origin), TOWN)


def test_over_https_the_cookie_belongs_to_this_host_alone() -> None:
    asked = request("zuruf.musterstadt.de", "https://zuruf.musterstadt.de")
    response = web.Response()
    origins.give(response, asked, TOWN, Token("0" * 32))
    cookie = response.cookies["__Host-zuruf"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Strict", "/")
    assert cookie["domain"] == ""


def test_the_plain_cookie_counts_nothing_over_https() -> None:
    token = "0" * 32
    asked = request("zuruf.musterstadt.de", Cookie=f"zuruf={token}")
    assert origins.token(asked, TOWN) is None
    assert origins.token(request("zuruf.musterstadt.de", Cookie=f"__Host-zuruf={token}"), TOWN) == token
    assert origins.token(request("localhost", Cookie=f"zuruf={token}"), TOWN) == token


def test_a_forwarded_address_is_believed_only_from_trusted_proxies() -> None:
    asked = request("localhost", **{"X-Forwarded-For": "6.6.6.6, 192.0.2.7"})
    assert origins.remote(asked, WebSettings()) != "192.0.2.7"
    assert origins.remote(asked, WebSettings(trusted_proxies=1)) == "192.0.2.7"
    assert origins.remote(asked, WebSettings(trusted_proxies=2)) == "6.6.6.6"


def test_tokens_have_128_random_bits() -> None:
    tokens = {origins.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 32 for token in tokens)
