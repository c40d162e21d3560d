"""Where a job of the desk is done: bot, Telegram emulator, web chat and, if asked for, Synapse beside the desk.

`at_work` starts them; `Job.hands` gives somebody a browser to work with, in the way that the test asks for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from canary.people import Person
from canary.phones import Homeserver, MatrixChat
from e2e.browsing import PATIENCE, WebChat, browser
from e2e.desk.hands import NO_MOUSE, Hands, Keyboard, Mouse
from e2e.desk.working import DeskUnderTest, desk_beside
from e2e.deskdoor import CHEAP, GOOD
from e2e.town import Noon, TownUnderTest, running_town
from playwright.async_api import Browser, Page, expect
from servers.synapse import Synapse

from bot.housekeeping import housekeep
from desk.codes import code_at, new_secret, sealed
from desk.sessions import hashed, new_token
from dialogs.messages import Language
from dialogs.roles import Role
from storage.memory import MemoryConversations
from storage.people import Invitation, Staff

UP_SECONDS = 40.0
"""Until the bot has its keys at a homeserver."""


@dataclass(frozen=True)
class Way:
    """How the work is done, and whether a homeserver stands beside."""

    hands: type[Mouse] | type[Keyboard] = Mouse
    synapse: Synapse | None = None

    async def over(self, page: Page) -> Hands:
        """Hands for a page. Over a keyboard's no mouse may come: the page says so in its console."""
        if self.hands is Keyboard:
            await page.add_init_script(NO_MOUSE)
        return self.hands(page)

    @cached_property
    def account(self) -> dict[str, str]:
        """Settings with a new account of the town at the homeserver, if one stands beside."""
        if self.synapse is None:
            return {}
        user, password = self.synapse.register("zuruf")
        names = ("ZURUF_MATRIX_HOMESERVER", "ZURUF_MATRIX_USER", "ZURUF_MATRIX_PASSWORD")
        return dict(zip(names, (self.synapse.url, user, password), strict=True))


@dataclass(frozen=True)
class Login:
    """What somebody of the staff has in their head and on their phone."""

    name: str
    password: str
    secret: bytes


@dataclass
class Job:
    """A town at work."""

    town: TownUnderTest
    desk: DeskUnderTest
    chromium: Browser
    way: Way
    homeserver: Homeserver | None
    _problems: list[list[str]] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """What browsers of staff complained of, but that a page was refused: whoever expects that looks at it."""
        return [each for problems in self._problems for each in problems if "with a status of 4" not in each]

    async def hands(self, name: str, *roles: Role, width: int = 1280) -> Hands:
        """Somebody who is logged in and looks at their first page."""
        page, problems = await self.desk.page(self.chromium, name, *roles, width=width)
        self._problems.append(problems)
        return await self._at(page)

    async def stranger(self) -> Hands:
        """Somebody whose browser the desk does not know."""
        context = await self.chromium.new_context(locale="de-DE", viewport={"width": 1280, "height": 900})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        self._problems.append(problems)
        return await self._at(page)

    async def new_login(self, name: str, *roles: Role) -> Login:
        """A member of staff who has a password, and a phone that shows codes."""
        people, now = self.desk.home.people, self.town.clock.now()
        login, invitation = Login(name, GOOD, new_secret()), hashed(new_token())
        await people.put(Staff(name, frozenset(roles), language=Language("de")), now.date())
        await people.invite(invitation, Invitation(name, "alma", now + timedelta(days=1)))
        await people.accept(invitation, None, CHEAP.hash(login.password), now)
        await people.set_secret(name, sealed(self.desk.home.desk_key, login.secret, name), 0)
        return login

    async def logs_in(self, login: Login) -> Hands:
        """At the desk's door, with a browser that it does not know."""
        hands = await self.stranger()
        await hands.types("Name", login.name)
        await hands.types("Passwort", login.password)
        await hands.presses("Anmelden")
        await hands.types("Code aus der App", code_at(login.secret, self.town.clock.now()))
        await hands.presses("Weiter")
        await expect(hands.page.get_by_role("heading", name="Was jetzt ansteht")).to_be_visible()
        return hands

    async def _at(self, page: Page) -> Hands:
        hands = await self.way.over(page)
        await page.goto(self.desk.address)
        return hands

    async def web_chat(self) -> WebChat:
        """A citizen with a browser."""
        context = await self.chromium.new_context(locale="de-DE")
        return WebChat(await context.new_page(), self.public)

    async def on_matrix(self, number: int = 1) -> MatrixChat:
        """A citizen with an encrypted chat at the real Synapse."""
        assert self.homeserver is not None
        return await self.homeserver.chat(Person(number))

    @property
    def public(self) -> str:
        """Where the town's web pages are."""
        return f"http://127.0.0.1:{self.town.app.port}"

    async def hour_passes(self) -> None:
        """What the bot does by itself every hour is done, and what was decided at the desk is known to it."""
        await housekeep(self.town.app.home.housekeeping, MemoryConversations(), self.town.clock.today())
        await self.town.app.library.refresh()
        await self.town.app.newsroom.refresh()


@contextlib.asynccontextmanager
async def at_work(
    way: Way, state: Path, redis_url: str, *, clock: Noon | None = None, codes: bool = False, **settings: str
) -> AsyncIterator[Job]:
    """Everything runs while the block runs; then no browser of staff may have complained. `settings`: of the town."""
    homeserver = Homeserver(way.synapse, way.account["ZURUF_MATRIX_USER"]) if way.synapse is not None else None
    async with (
        running_town(state, redis_url, clock, **way.account, **settings) as town,
        desk_beside(town, codes=codes) as desk,
        browser() as chromium,
    ):
        if homeserver is not None:
            async with asyncio.timeout(UP_SECONDS):
                await town.app.adapters["matrix"].up.wait()  # type: ignore[attr-defined]
        job = Job(town, desk, chromium, way, homeserver)
        yield job
        assert not job.complaints, job.complaints
