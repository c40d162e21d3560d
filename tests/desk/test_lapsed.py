"""A session that ends in the middle of a sentence: what was typed is not lost, and nobody stays in by a page alone."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from e2e.deskdoor import CHEAP, GOOD, Browser, invited, set_up
from multidict import CIMultiDict

from desk import codes, routes
from desk.app import create_app
from desk.passwords import Passwords
from desk.proving import address_of
from desk.route import Route
from desk.slowing import Slowing
from dialogs.messages import Language
from dialogs.roles import Right, Role

WORDS = 'The lamp is "mended".\nThank you <for> it.'


async def test_what_was_typed_is_still_there_and_is_sent_once_more(desk) -> None:
    anna = desk.as_role(Role.ADMINISTRATOR, name="anna")
    desk.clock.move(minutes=31)
    late = await anna.post("/town/offices", {"offices": "Bauamt\nTiefbauamt"})
    page = await late.text()
    assert late.status == 403
    assert "not logged in any more" in page
    typed = re.search(r'name="offices" value="([^"]*)"', page)
    assert typed is not None
    anew = desk.as_role(Role.ADMINISTRATOR, name="anna")
    anew.token = ""  # the page was made for nobody
    asked = await anew.post("/town/offices", {"offices": unescape(typed[1])})
    again = await asked.text()
    assert asked.status == 403
    token = re.search(r'name="token" value="([^"]+)"', again)
    assert token is not None
    anew.token = token[1]
    assert (await anew.post("/town/offices", {"offices": unescape(typed[1])})).status == 303
    assert list((await desk.home.town.newest()).changes.offices or ()) == ["Bauamt", "Tiefbauamt"]


async def test_nothing_is_given_back_to_another_site_and_no_password_to_anybody(desk) -> None:
    fields = {"words": WORDS, "password": GOOD, "now": GOOD}
    for path, headers in (
        ("/cases/1/reply", {"Sec-Fetch-Site": "cross-site"}),
        ("/account/password", {"Sec-Fetch-Site": "same-origin"}),
    ):
        answer = await desk.client.post(path, data=fields, headers=headers, allow_redirects=False)
        page = await answer.text()
        assert answer.status == 403
        assert "lamp" not in page
        assert GOOD not in page


async def test_a_page_that_asks_by_itself_keeps_nobody_logged_in_and_stops_when_they_are_out(desk) -> None:
    anna = desk.as_role(*Role, name="anna")
    polled = [route.path for route in routes.ROUTES if route.polls]
    assert polled
    for _ in range(4):
        desk.clock.move(minutes=8)
        answer = await anna.get("/themes/state")
    assert answer.status == 303
    headers = {"HX-Request": "true", "Accept-Language": "en"}
    for path in polled:
        over = await desk.client.get(re.sub(r"\{[^}]*\}", "1", path), headers=headers, allow_redirects=False)
        assert over.status == 286  # htmx asks no more
        assert "not logged in any more" in await over.text()


async def test_a_button_of_the_queue_leads_to_the_login_and_back(desk) -> None:
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": f"{desk.config.desk_address}/texts/bus/queue?q=/a",
        "Sec-Fetch-Site": "same-origin",
    }
    answer = await desk.client.post("/texts/bus/decide", data={"then": "read"}, headers=headers, allow_redirects=False)
    assert answer.headers["HX-Redirect"] == "/login?next=/texts/bus/queue%3Fq%3D/a"
    headers["HX-Current-URL"] = "https://evil.example//evil.example/"
    answer = await desk.client.post("/texts/bus/decide", data={"then": "read"}, headers=headers, allow_redirects=False)
    assert answer.headers["HX-Redirect"] == "/login?next=/"


async def test_whoever_is_logged_in_can_use_a_new_link(desk) -> None:
    browser, _ = await set_up(desk)
    path = await invited(desk, "anna")
    page = await (await browser.get(path)).text()
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    done = await browser.post(path, token=token[1], password=GOOD + "!", again=GOOD + "!")
    assert done.headers["Location"] == "/"


async def test_new_codes_ask_for_the_password_and_a_code_of_now(desk) -> None:
    browser, secret = await set_up(desk)
    desk.clock.move(minutes=6)
    asked = await browser.get("/account/codes")
    assert asked.status == 403
    assert "secret" not in await asked.text()
    taken = await browser.post("/account/codes", code="123456")
    assert taken.status == 403
    assert "proof-password" in await taken.text()
    proof = {"proof-password": GOOD, "proof-code": codes.code_at(secret, desk.clock.now())}
    await browser.post("/prove", next="/account/codes", **proof)
    assert 'class="secret"' in await (await browser.get("/account/codes")).text()


async def test_a_language_brings_back_neither_a_role_nor_a_person(desk) -> None:
    await invited(desk, "anna", Role.MODERATOR)
    await desk.home.people.remove("anna")
    await desk.home.people.speak("anna", Language("en"))
    assert await desk.home.people.get("anna") is None
    chooses = desk.as_role(Role.MODERATOR, name="berta")
    assert (await chooses.post("/account/language", {"language": "en"})).status == 303
    berta = await desk.home.people.get("berta")
    assert berta is not None
    assert (berta.language, berta.roles) == ("en", {Role.MODERATOR})


async def test_something_unforeseen_is_said_in_the_readers_language_and_promises_nothing(desk, monkeypatch) -> None:
    async def breaks(visit) -> web.StreamResponse:
        raise ZeroDivisionError

    monkeypatch.setattr("desk.app.ROUTES", (*routes.ROUTES, Route("GET", "/breaks", breaks, Right.ENTER)))
    app = create_app(desk.config, desk.home, desk.clock, passwords=Passwords(CHEAP))
    async with TestClient(TestServer(app)) as client:
        desk.client = client
        person = desk.as_role(Role.READER)
        broken = await person.get("/breaks")
        assert broken.status == 500
        assert "Look whether it was done" in await broken.text()
        wrong = await person.get("/logout")
        assert wrong.status == 405
        assert "POST" in wrong.headers["Allow"]
        assert "Nothing is shown here" in await wrong.text()


def test_the_last_of_several_lines_of_forwarders_is_our_proxys() -> None:
    lines = CIMultiDict([("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "198.51.100.7")])
    behind = SimpleNamespace(desk=SimpleNamespace(trusted_proxies=1))
    visit: Any = SimpleNamespace(request=make_mocked_request("GET", "/", lines), config=behind)
    assert address_of(visit) == "198.51.100.7"


async def test_a_known_browser_is_not_held_up_by_others_of_its_network(desk) -> None:
    async def at_once(seconds: float) -> None:
        pass

    app = create_app(
        desk.config, desk.home, desk.clock, passwords=Passwords(CHEAP), slowing=Slowing(lambda: 0.0, at_once)
    )
    async with TestClient(TestServer(app)) as client:
        desk.client = client
        browser, _ = await set_up(desk)
        stranger, answers = Browser(desk), []
        for number in range(30):
            answers.append((await stranger.post("/login", name=f"nobody{number}", password="wrong words")).status)
        assert answers[-1] == 429
        await browser.post("/logout")
        assert (await browser.post("/login", name="anna", password=GOOD)).status == 200
        assert (await stranger.post("/login", name="anna", password=GOOD)).status == 429


async def test_who_may_get_in_is_changed_by_somebody_who_knows_the_password(desk) -> None:
    alma = desk.as_role(Role.ADMINISTRATOR, name="alma")
    desk.as_role(Role.MODERATOR, name="mona")
    desk.clock.move(minutes=6)
    for path, fields in (
        ("/people/new", {"name": "evil", "roles": "moderator"}),
        ("/people/mona", {"roles": ["moderator", "administrator"]}),
        ("/people/mona/invite", {}),
        ("/people/mona/remove", {}),
    ):
        answer = await alma.post(path, fields)
        assert answer.status == 403
        assert "proof-password" in await answer.text()
    assert await desk.home.people.get("evil") is None
    assert (await desk.home.people.get("mona")).roles == {Role.MODERATOR}
    assert (await alma.get("/people")).status == 200
