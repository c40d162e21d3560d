"""The table of URLs, walked as every role and as nobody; what stands before every view."""

from __future__ import annotations

import pytest

from desk.middleware import CONTENT_SECURITY_POLICY
from desk.routes import ROUTES
from dialogs.roles import Role, may


@pytest.mark.parametrize("role", [None, *Role], ids=str)
async def test_every_url_lets_in_whoever_has_its_right_and_nobody_else(desk, role: Role | None) -> None:
    person = desk.as_role(role) if role is not None else desk.as_nobody()
    wrong = []
    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "")  # names nothing that exists
        answer = await (person.get(path) if route.method == "GET" else person.post(path))
        refused = answer.status == 403 or (answer.status == 303 and answer.headers["Location"].startswith("/login"))
        allowed = route.right is None or (role is not None and may([role], route.right))
        if refused == allowed or answer.status >= 500:
            wrong.append((route.method, route.path, answer.status))
    assert wrong == []


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
