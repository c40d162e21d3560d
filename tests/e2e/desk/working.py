"""A member of staff with a browser: the desk over the town's own database, driven as a person would use it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web
from e2e.browsing import PATIENCE
from e2e.town import TownUnderTest
from playwright.async_api import Browser, Page

from desk.app import create_app
from desk.config import load
from desk.home import Home, opened
from desk.sessions import COOKIE, Sessions, Staff
from dialogs.messages import Language
from dialogs.roles import Role


@dataclass
class DeskUnderTest:
    """The second process's parts, in this one."""

    address: str
    home: Home
    sessions: Sessions
    town: TownUnderTest

    async def page(self, chromium: Browser, name: str, *roles: Role, width: int = 1280) -> tuple[Page, list[str]]:
        """A tab of somebody who is logged in, and everything that goes wrong in it."""
        now = self.town.clock.now()
        await self.home.people.put(Staff(name, frozenset(roles), language=Language("de")), now.date())
        context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="de-DE")
        cookie = await self.sessions.begin(name, now)
        secure = self.address.replace("http:", "https:")
        await context.add_cookies([{"name": COOKIE, "value": cookie, "url": f"{secure}/", "secure": True}])
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        return page, problems


@contextlib.asynccontextmanager
async def desk_beside(town: TownUnderTest, *, codes: bool = False) -> AsyncIterator[DeskUnderTest]:
    """The desk, with the settings and the database of the town. `codes`: a login asks for one."""
    environ = {
        "ZURUF_STATE_DIR": str(town.config.state_dir),
        "ZURUF_DESK_CODES": str(codes).lower(),
        "ZURUF_TOWN_NAME": town.config.town.name,
        "ZURUF_TOWN_LANGUAGES": ",".join(town.config.town.languages),
        "ZURUF_HTTP_PUBLIC_URL": f"http://127.0.0.1:{town.app.port}",
    }
    config = load(environ=environ)
    async with opened(config) as home:
        sessions = Sessions(home.people)
        runner = web.AppRunner(create_app(config, home, town.clock, sessions), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield DeskUnderTest(f"http://127.0.0.1:{runner.addresses[0][1]}", home, sessions, town)
        finally:
            await runner.cleanup()
