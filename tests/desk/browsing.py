"""The desk in Debian's Chromium: a server on loopback, somebody logged in, and what the browser complains of."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp.test_utils import TestServer
from axe_playwright_python.base import AXE_FILE_PATH
from e2e.deskdoor import CHEAP
from playwright.async_api import Browser, BrowserContext, Page

from desk.app import create_app
from desk.passwords import Passwords
from desk.sessions import COOKIE

AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextlib.asynccontextmanager
async def served(desk: Any) -> AsyncIterator[str]:
    """The address of the desk under `localhost`, where a browser sends cookies that are for HTTPS."""
    app = create_app(desk.config, desk.home, desk.clock, desk.sessions, Passwords(CHEAP))
    async with TestServer(app) as server:
        yield f"http://localhost:{server.port}"


@contextlib.asynccontextmanager
async def tab(browser: Browser, address: str, cookie: str, **options: Any) -> AsyncIterator[Tab]:
    """A page of somebody who is logged in; '' for nobody."""
    context: BrowserContext = await browser.new_context(**options)
    context.set_default_timeout(20_000)
    try:
        if cookie:
            one: Any = {"name": COOKIE, "value": cookie, "url": address.replace("http:", "https:")}
            await context.add_cookies([{**one, "secure": True, "httpOnly": True, "sameSite": "Strict"}])
        yield Tab(await context.new_page(), address)
    finally:
        await context.close()


class Tab:
    """One page; what the browser complains of is collected."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def go(self, path: str) -> int:
        answer = await self.page.goto(self.address + path)
        assert answer is not None
        return answer.status

    async def violations(self) -> list[str]:
        """What axe finds. The library is brought in by the debugger, past the page's own policy."""
        session = await self.page.context.new_cdp_session(self.page)
        await session.send("Runtime.evaluate", {"expression": AXE_FILE_PATH.read_text("utf-8")})
        await session.detach()
        found: Any = await self.page.evaluate("rules => axe.run(document, rules)", AXE_RULES)
        return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]

    async def scrolls_sideways(self) -> bool:
        """Whether the page is wider than the screen."""
        return bool(await self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))
