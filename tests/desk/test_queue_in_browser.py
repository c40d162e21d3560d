"""Fifty texts cleared by keyboard, by two moderators at once, in a real browser; axe finds nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from e2e.browsing import PATIENCE, browser
from playwright.async_api import Browser, Page

from desk.app import create_app
from desk.sessions import COOKIE, Sessions
from dialogs.roles import Role
from dialogs.text_states import TextState

from .answering import Citizens

pytestmark = pytest.mark.browser
TEXTS = 50


@contextlib.asynccontextmanager
async def served(desk: Any) -> AsyncIterator[str]:
    """The desk under a name that browsers take for safe; `/enter/{cookie}` gives a browser somebody's login."""
    app = create_app(desk.config, desk.home, desk.clock, Sessions(desk.home.people))

    async def enter(request: web.Request) -> web.Response:
        cookie = f"{COOKIE}={request.match_info['cookie']}; Path=/; Secure; HttpOnly; SameSite=Strict"
        return web.Response(text="entered", headers={"Set-Cookie": cookie})

    app.router.add_get("/enter/{cookie}", enter)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0).start()
    try:
        yield f"http://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def tab(opened: Browser, address: str, person: Any) -> Page:
    context = await opened.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{address}/enter/{person.cookie}")
    await page.goto(f"{address}/texts/bench/queue")
    return page


async def shown(page: Page) -> str:
    return await page.locator(".said-text").inner_text()


async def press(page: Page, *keys: str) -> None:
    """Press keys; the last one decides, and the next text (or the end) is awaited."""
    before = await page.locator(".left").inner_text()
    for key in keys:
        await page.keyboard.press(key)
    await page.wait_for_function(
        "left => { const now = document.querySelector('.left'); return !now || now.innerText !== left; }", arg=before
    )


async def test_two_people_clear_fifty_texts_by_keyboard(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(exist_ok=True)
    citizens = Citizens(desk.home)
    await citizens.publish()
    await citizens.answer([f"Hier fehlt eine Bank, die Nummer {at}" for at in range(TEXTS)])
    people = [desk.as_role(Role.MODERATOR, name=name) for name in ("eva", "ali")]
    complaints: list[str] = []
    async with served(desk) as address, browser() as opened:
        eva, ali = [await tab(opened, address, person) for person in people]
        for page in (eva, ali):
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        seen = {await shown(eva), await shown(ali)}
        assert len(seen) == 2
        await press(eva, "h", "1")
        assert await eva.locator("#told").inner_text() == "Hidden."
        assert await eva.evaluate("document.activeElement.id") == "asked", "the next text is where one stands"
        await press(eva, "u")
        assert await shown(eva) in seen, "taken back: the same text stands there again"
        await press(eva, "e", "1")
        await eva.keyboard.press("t")
        await eva.keyboard.type("Takt q")
        await eva.keyboard.press("Enter")
        await eva.locator(".tag").wait_for()
        assert "Takt q" in await eva.locator(".tag").inner_text(), "who types presses no button"
        await press(eva, "q")
        await eva.keyboard.press("d")
        assert await eva.evaluate("document.querySelectorAll('.panels details[open]').length") == 1
        await eva.keyboard.press("Escape")
        while await eva.locator(".said-text").count() or await ali.locator(".said-text").count():
            for page in (eva, ali):
                if await page.locator(".said-text").count():
                    await press(page, "r")
        counts = await desk.home.room.moderation.counts("bench")
    by_state = {state: number for (_, _, state), number in counts.items()}
    assert by_state == {TextState.READ: TEXTS - 2, TextState.QUOTE: 1, TextState.ESCALATED: 1}
    assert complaints == []


async def test_whoever_goes_leaves_their_texts_to_the_others(desk: Any, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(exist_ok=True)
    citizens = Citizens(desk.home)
    await citizens.publish()
    await citizens.answer([f"Hier fehlt eine Bank, die Nummer {at}" for at in range(12)])
    moderation, now = desk.home.room.moderation, desk.clock.now()
    async with served(desk) as address, browser() as opened:
        page = await tab(opened, address, desk.as_role(Role.MODERATOR, name="eva"))
        assert len(await moderation.at_work("bench", now)) == 1
        await page.goto(f"{address}/texts/bench")
        async with asyncio.timeout(PATIENCE / 1000):
            while await page.locator("text=Reading just now").count():
                await page.reload()
    assert await moderation.at_work("bench", now) == []
