"""A new member of staff from the invitation to the first login with a code; a town's name and colour, taken over."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from e2e.browsing import browser
from e2e.desk.working import DeskUnderTest, desk_beside
from e2e.town import running_town
from e2e.walking import plain
from playwright.async_api import Browser, Page, expect

from desk.codes import code_at
from desk.config import load
from desk.first import first_link
from dialogs.roles import Role

PASSWORD = "vier Wörter ohne Sinn"


async def stranger(chromium: Browser) -> Page:
    page = await (await chromium.new_context(locale="de-DE")).new_page()
    page.set_default_timeout(15_000)
    return page


@pytest.mark.browser
async def test_a_new_colleague_is_invited_sets_up_codes_and_logs_in_with_one(tmp_path: Path, valkey_url: str) -> None:
    async with (
        running_town(tmp_path, valkey_url) as town,
        desk_beside(town, codes=True) as desk,
        browser() as chromium,
    ):
        admin = await stranger(chromium)
        await joins(admin, await link_of_the_first(desk), town.clock.now(), "alma")
        await admin.get_by_role("link", name="Personal").first.click()
        await admin.get_by_role("link", name="Jemanden einladen").click()
        await admin.locator("input[name=name]").fill("neu.mann")
        await admin.locator("input[value=moderator]").check()
        await admin.get_by_role("button", name="Einladen").click()
        link = desk.address + urlsplit(await admin.locator("code.secret").inner_text()).path

        colleague = await stranger(chromium)
        secret = await joins(colleague, link, town.clock.now(), "")
        await expect(colleague.get_by_role("link", name="Texte").first).to_be_visible()
        await expect(colleague.get_by_role("link", name="Personal")).to_have_count(0)
        refused = await colleague.goto(f"{desk.address}/people")
        assert refused is not None
        assert refused.status == 403

        later = await stranger(chromium)
        await later.goto(desk.address)
        await later.locator("input[name=name]").fill("neu.mann")
        await later.locator("input[name=password]").fill(PASSWORD)
        await later.get_by_role("button", name="Anmelden").click()
        await later.locator("input[name=code]").fill(code_at(secret, town.clock.now() + timedelta(seconds=30)))
        await later.get_by_role("button", name="Weiter").click()
        await expect(later.get_by_role("heading", name="Was jetzt ansteht")).to_be_visible()
        again = await stranger(chromium)
        await again.goto(link)
        await expect(again.locator("input[name=password]")).to_have_count(0)  # the link has served


@pytest.mark.browser
async def test_a_towns_name_and_colour_are_changed_and_citizens_see_them(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town, desk_beside(town) as desk, browser() as chromium:
        page, problems = await desk.page(chromium, "alma", Role.ADMINISTRATOR)
        await page.goto(f"{desk.address}/town/name")
        await page.get_by_label("Name der Stadt").fill("Neustadt am Rand")
        await page.get_by_role("button", name="Speichern").click()
        await expect(page.locator(".town")).to_have_text("Neustadt am Rand")
        await page.goto(f"{desk.address}/town/colour")
        await page.locator("#accent").fill("#7a1f5c")
        await page.get_by_role("button", name="Speichern").click()
        citizen = await stranger(chromium)
        for _ in range(50):
            await citizen.goto(f"http://127.0.0.1:{town.app.port}/")
            if "Neustadt am Rand" in plain(await citizen.inner_text("body")):
                break
        assert "Neustadt am Rand" in await citizen.inner_text("body")
        border = await citizen.evaluate("getComputedStyle(document.body).borderTopColor")
        assert border == "rgb(122, 31, 92)"
        assert problems == []


async def link_of_the_first(desk: DeskUnderTest) -> str:
    """What `zuruf desk` prints when nobody can log in yet."""
    return desk.address + urlsplit(await first_link(load(environ={}), desk.home, desk.town.clock)).path


async def joins(page: Page, link: str, now: datetime, name: str) -> bytes:
    """Sets a password and codes; the secret on the phone."""
    await page.goto(link)
    if name:
        await page.locator("input[name=name]").fill(name)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=again]").fill(PASSWORD)
    await page.get_by_role("button", name="Passwort setzen").click()
    spelled = await page.locator("code.secret").inner_text()
    secret = base64.b32decode(spelled.replace(" ", ""))
    await page.locator("input[name=code]").fill(code_at(secret, now))
    await page.get_by_role("button", name="Weiter").click()
    await expect(page.get_by_role("heading", name="Was jetzt ansteht")).to_be_visible()
    return secret
