"""The table of URLs, walked as every role and as nobody; what stands before every view."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientResponse

from desk.middleware import CONTENT_SECURITY_POLICY
from desk.routes import ROUTES
from desk.sessions import COOKIE
from dialogs.roles import Role, may


@pytest.mark.parametrize("role", [None, *Role], ids=str)
async def test_every_url_lets_in_whoever_has_its_right_and_nobody_else(desk, role: Role | None) -> None:
    wrong = []
    for route in ROUTES:
        person = desk.as_role(role) if role is not None else desk.as_nobody()  # anew: some routes log out
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        answer = await (person.get(path) if route.method == "GET" else person.post(path))
        allowed = route.right is None or (role is not None and may([role], route.right))
        if is_refused(answer) == allowed or answer.status >= 500:
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []


def is_refused(answer: ClientResponse) -> bool:
    return answer.status == 403 or (answer.status == 303 and answer.headers["Location"].startswith("/login?next="))


async def test_no_form_is_taken_from_another_origin_or_without_the_sessions_own_token(desk) -> None:
    taken = []
    for route in ROUTES:
        if route.method == "GET":
            continue
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        somebody, other = desk.as_role(*Role, name="somebody"), desk.as_role(*Role, name="other")
        ours = {"Cookie": f"{COOKIE}={somebody.cookie}"}
        tries = {
            "cross-site": (ours | {"Sec-Fetch-Site": "cross-site"}, somebody.token),
            "same-site": (ours | {"Sec-Fetch-Site": "same-site"}, somebody.token),
            "another origin": (ours | {"Origin": "https://evil.example"}, somebody.token),
            "no origin": (ours, somebody.token),
            "null": (ours | {"Origin": "null"}, somebody.token),
            "no token": (ours | {"Sec-Fetch-Site": "same-origin"}, ""),
            "another's token": (ours | {"Sec-Fetch-Site": "same-origin"}, other.token),
        }
        for kind, (headers, token) in tries.items():
            answer = await desk.client.post(path, data={"token": token}, headers=headers, allow_redirects=False)
            if answer.status != 403:
                taken.append((route.path, kind, answer.status))
    assert taken == []


async def test_no_other_method_reaches_a_view(desk) -> None:
    person, open_methods = desk.as_role(*Role), []
    for path in sorted({re.sub(r"\{[^}]*\}", "1", route.path) for route in ROUTES}):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"):
            headers = {"Cookie": f"{COOKIE}={person.cookie}", "Sec-Fetch-Site": "same-origin"}
            answer = await desk.client.request(method, path, headers=headers, allow_redirects=False)
            if answer.status != 405:
                open_methods.append((method, path, answer.status))
    assert open_methods == []


async def test_what_is_asked_with_head_is_guarded_as_with_get(desk) -> None:
    reader, seen = desk.as_role(Role.READER), []
    for route in ROUTES:
        if route.method == "GET" and route.right is not None and not may([Role.READER], route.right):
            path = re.sub(r"\{[^}]*\}", "1", route.path)
            headers = {"Cookie": f"{COOKIE}={reader.cookie}"}
            answer = await desk.client.head(path, headers=headers, allow_redirects=False)
            if not is_refused(answer) and answer.status != 405:
                seen.append((route.path, answer.status))
    assert seen == []


async def test_a_body_without_a_length_or_beyond_the_routes_limit_is_not_read(desk) -> None:
    person = desk.as_role(*Role)
    headers = {"Cookie": f"{COOKIE}={person.cookie}", "Sec-Fetch-Site": "same-origin", "X-Zuruf-Token": person.token}

    async def endless():
        yield b"name="
        yield b"a" * 100

    assert (await desk.client.post("/login", data=endless(), headers=headers)).status == 413
    assert (await desk.client.post("/login", data=b"a" * (64 * 1024), headers=headers)).status == 413


async def test_every_answer_carries_the_policy(desk) -> None:
    for path in ("/", "/nothing", "/static/x/y"):
        answer = await desk.as_nobody().get(path)
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["X-Frame-Options"] == "DENY"


async def test_a_page_is_in_the_language_of_the_browser(desk) -> None:
    text = await (await desk.as_role(Role.EDITOR).get("/")).text()
    assert "What needs you now" in text
    german = await (await desk.as_role(Role.EDITOR).get("/?lang=de")).text()
    assert "Was jetzt ansteht" in german
