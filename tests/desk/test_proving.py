"""Before an export, an unmasking or an approval the password is asked again; then it goes on with what was asked."""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from e2e.deskdoor import CHEAP, GOOD, set_up

from desk import codes, routes
from desk.app import create_app
from desk.passwords import Passwords
from desk.route import PROVES, Route
from dialogs.roles import Right


def test_what_takes_data_out_or_lets_news_go_asks_again() -> None:
    assert {Right.EXPORT, Right.UNMASK, Right.UNMASK_APPROVE, Right.NEWS_APPROVE} <= PROVES


async def test_a_post_goes_on_with_what_was_sent(desk, monkeypatch) -> None:
    done: list[tuple[str, list[str]]] = []

    async def take(visit) -> web.StreamResponse:
        form = await visit.form()
        done.append((str(form["why"]), [str(each) for each in form.getall("many")]))
        return visit.go("/")

    async def read(visit) -> web.StreamResponse:
        return web.Response(text="rows")

    monkeypatch.setattr(
        "desk.app.ROUTES",
        (*routes.ROUTES, Route("POST", "/take", take, Right.EXPORT), Route("GET", "/rows", read, Right.EXPORT)),
    )
    app = create_app(desk.config, desk.home, desk.clock, passwords=Passwords(CHEAP))
    async with TestClient(TestServer(app)) as client:
        desk.client = client
        browser, secret = await set_up(desk)
        assert (await browser.get("/rows")).status == 200  # typed just now
        desk.clock.move(minutes=6)
        assert (await browser.get("/rows")).status == 403
        asked = await browser.post("/take", why="<because>", many="one")
        page = await asked.text()
        assert asked.status == 403
        assert done == []
        assert re.search(r'name="why" value="&lt;because&gt;"', page)
        wrong = await browser.post(
            "/take", why="<because>", many="one", **{"proof-password": "nonsense", "proof-code": "1"}
        )
        assert wrong.status == 403
        assert done == []
        proof = {"proof-password": GOOD, "proof-code": codes.code_at(secret, desk.clock.now())}
        assert (await browser.post("/take", why="<because>", many="one", **proof)).status == 303
        assert done == [("<because>", ["one"])]
        assert (await browser.get("/rows")).status == 200  # proved for five minutes
        desk.clock.move(minutes=6)
        proof = {"proof-password": GOOD, "proof-code": codes.code_at(secret, desk.clock.now())}
        assert (await browser.post("/prove", next="/rows", **proof)).headers["Location"] == "/rows"
        assert (await browser.get("/rows")).status == 200
