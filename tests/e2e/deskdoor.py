"""A member of staff with a browser at the desk's door, over HTTP: invited, logged in, with codes on their phone."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from aiohttp import ClientResponse
from argon2 import PasswordHasher

from desk import codes
from desk.sessions import COOKIE, hashed, new_token, token_of
from dialogs.roles import Role
from storage.people import Invitation, Staff

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Of passwords in tests."""
GOOD = "vier Wörter ohne Sinn"
SAME = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}


class Browser:
    """Keeps cookies as a browser does; ours are Secure, which the test's http client would not send."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.cookies: dict[str, str] = {}

    async def get(self, path: str) -> ClientResponse:
        return self._kept(await self.desk.client.get(path, headers=self._headers(), allow_redirects=False))

    async def post(self, path: str, **fields: str) -> ClientResponse:
        data = {"token": token_of(self.cookies.get(COOKIE, "")), **fields}
        headers = self._headers() | SAME
        return self._kept(await self.desk.client.post(path, data=data, headers=headers, allow_redirects=False))

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, answer: ClientResponse) -> ClientResponse:
        for line in answer.headers.getall("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer


async def invited(desk: Any, name: str = "anna", *roles: Role) -> str:
    token = new_token()
    await desk.home.people.put(Staff(name, frozenset(roles or {Role.EDITOR})), desk.clock.today())
    await desk.home.people.invite(hashed(token), Invitation(name, "berta", desk.clock.now() + timedelta(days=3)))
    return f"/invitation/{token}"


async def set_up(desk: Any, name: str = "anna") -> tuple[Browser, bytes]:
    """Somebody with a password and codes, logged in; and the secret on their phone."""
    browser = Browser(desk)
    answer = await browser.post(await invited(desk, name), password=GOOD, again=GOOD)
    assert answer.headers["Location"] == "/"
    assert (await browser.get("/")).headers["Location"] == "/account/codes"
    page = await (await browser.get("/account/codes")).text()
    spelled = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert spelled is not None
    secret = base64.b32decode(spelled[1].replace(" ", ""))
    done = await browser.post("/account/codes", code=codes.code_at(secret, desk.clock.now()))
    assert done.headers["Location"] == "/"
    assert (await browser.get("/")).status == 200
    return browser, secret
