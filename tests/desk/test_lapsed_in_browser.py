"""A session that ends while somebody writes, in a real browser: warned before, and nothing lost after."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.browsing import browser

from desk.sessions import COOKIE
from dialogs.roles import Role

from .browsing import served, tab

pytestmark = pytest.mark.browser


async def test_somebody_is_warned_stays_and_loses_nothing_when_it_is_over_after_all(desk: Any) -> None:
    anna = desk.as_role(Role.ADMINISTRATOR, name="anna")
    async with served(desk) as address, browser() as opened, tab(opened, address, anna.cookie, locale="en-GB") as shown:
        page, sent = shown.page, []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        await page.clock.install()
        await shown.go("/town/offices")
        assert not await page.locator("#leaving").is_visible()
        desk.clock.move(minutes=28)
        await page.clock.fast_forward("28:00")
        await page.locator("#leaving").wait_for(state="visible")
        async with page.expect_response("**/here"):
            await page.get_by_role("button", name="Stay logged in").click()
        await page.locator("#leaving").wait_for(state="hidden")
        desk.clock.move(minutes=29)
        await page.clock.fast_forward("06:00")
        async with page.expect_response("**/here"):  # whoever types is there
            await page.get_by_label("One office a line").fill("Bauamt\nTiefbauamt")
        desk.clock.move(minutes=31)
        await page.evaluate(
            "form => { const f = document.getElementById(form); f.requestSubmit(); f.requestSubmit(); }", "form"
        )
        again = page.get_by_role("button", name="Send it now")
        await again.wait_for()
        assert len(sent) == 1, "pressed twice, sent once"
        assert await shown.violations() == []
        anew = desk.as_role(Role.ADMINISTRATOR, name="anna")
        await page.context.add_cookies(
            [
                {
                    "name": COOKIE, "value": anew.cookie, "url": address.replace("http:", "https:"), "secure": True,
                    "httpOnly": True, "sameSite": "Strict",
                }
            ]
        )  # fmt: skip
        await again.click()
        await page.get_by_text("You logged in anew").wait_for()
        await again.click()
        await page.get_by_text("Citizens see it within seconds.", exact=False).first.wait_for()
        assert list((await desk.home.town.newest()).changes.offices or ()) == ["Bauamt", "Tiefbauamt"]
        assert [each for each in shown.complaints if "403" not in each] == []
