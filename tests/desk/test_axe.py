"""Every page of the table of URLs in Chromium: axe finds nothing, nothing scrolls sideways, at 320 px and at 1280,
light and dark, German and English, and enlarged to 400 %. Some pages each time; all in `make test-long`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from answered_survey import a_town
from e2e.browsing import browser as chromium_browser
from playwright.async_api import Browser

from desk.config import DeskConfig
from dialogs.roles import Role
from storage.settings import StateSection

from .browsing import served, tab
from .planted import everywhere, without_example

pytestmark = pytest.mark.browser

KIND = ("Hier fehlt eine Bank.", "The bus is late in the evening.", "Mehr Licht am Weg zum Bahnhof, bitte")
PHONE, WIDE, WALL = ({"width": width, "height": height} for width, height in ((320, 640), (1280, 800), (1920, 1080)))
SOME = ("/", "/login", "/news", "/people", "/audit", "/town/name")
"""Looked at in `make test`."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium_browser() as launched:
        yield launched


@pytest.fixture
async def desk_config(tmp_path_factory: Any, tmp_path: Path) -> DeskConfig:
    """A town with a survey that people answered."""
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path)
    return DeskConfig(state=StateSection(dir=str(tmp_path)))


async def wrong_on(browser: Browser, desk: Any, paths: list[str], **options: Any) -> list[str]:
    """What is wrong on these pages, seen with these settings by somebody of every role, and by nobody."""
    person, found = desk.as_role(*Role, name="alma"), []
    async with (
        served(desk) as address,
        tab(browser, address, person.cookie, **options) as one,
        tab(browser, address, "", **options) as other,
    ):
        for path in paths:
            seen = other if path.startswith(("/login", "/invitation")) else one
            status = await seen.go(path)
            if status >= 500 or (status >= 400 and path not in {"/nothing-here", "/invitation/used-up"}):
                found.append(f"{path}: {status}")
            found += [f"{path}: {each}" for each in await seen.violations()]
            if await seen.scrolls_sideways():
                found.append(f"{path}: scrolls sideways")
        found += [each for each in (*one.complaints, *other.complaints) if "404" not in each]
    return found


async def test_some_pages_on_a_small_phone_in_the_dark(desk: Any, browser: Browser) -> None:
    found = await wrong_on(browser, desk, list(SOME), viewport=PHONE, color_scheme="dark", locale="de-DE")
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [(PHONE, "light", "de-DE"), (WIDE, "dark", "de-DE"), (PHONE, "dark", "en-GB"), (WIDE, "light", "en-GB"),
     (WALL, "light", "de-DE")],
    ids=["320 light de", "1280 dark de", "320 dark en", "1280 light en", "1920 light de"],
)  # fmt: skip
async def test_every_page(desk: Any, browser: Browser, size: Any, scheme: Any, locale: str) -> None:
    pages = [path for paths in (await everywhere(desk, KIND)).values() for path in paths]
    assert await wrong_on(browser, desk, pages, viewport=size, color_scheme=scheme, locale=locale) == []


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_every_page_enlarged_to_four_hundred_percent(desk: Any, browser: Browser) -> None:
    """1280 px at 400 % are 320 px of layout, with four pixels for each."""
    pages = [path for paths in (await everywhere(desk, KIND)).values() for path in paths]
    size = {"width": 320, "height": 200}
    assert await wrong_on(browser, desk, pages, viewport=size, device_scale_factor=4, locale="de-DE") == []


@pytest.mark.long
async def test_every_route_has_a_page_to_look_at(desk: Any) -> None:
    assert without_example(await everywhere(desk, KIND)) == []


async def test_on_a_phone_the_menu_opens_leads_and_closes_by_keyboard(desk: Any, browser: Browser) -> None:
    person = desk.as_role(*Role, name="alma")
    async with served(desk) as address, tab(browser, address, person.cookie, viewport=PHONE) as one:
        await one.go("/people")
        await one.page.keyboard.press("Tab")
        assert await one.page.evaluate("document.activeElement.getAttribute('href')") == "#content"  # skips all this
        for _ in range(2):
            await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Enter")
        menu = one.page.locator("#areas")
        await menu.wait_for(state="visible")
        assert await one.violations() == []
        await one.page.keyboard.press("Escape")
        await menu.wait_for(state="hidden")
        await one.page.keyboard.press("Enter")
        await one.page.keyboard.press("Tab")
        assert await one.page.evaluate("document.activeElement.getAttribute('href')") == "/"
        await one.page.keyboard.press("Enter")
        await one.page.wait_for_url(f"{address}/")
