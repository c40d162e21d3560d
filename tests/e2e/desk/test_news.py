"""A pilot's news from the desk: written, seen in the preview, approved by another person, read in Telegram, stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.browsing import browser
from e2e.desk.working import desk_beside
from e2e.newsdesk import TOPICS, apply_pilot, hire, state_is, subscribed
from e2e.town import running_town
from playwright.async_api import Page, expect

from dialogs.broadcasts import BroadcastId, BroadcastState
from dialogs.roles import Role


async def writes(page: Page, address: str, title: str, words: str) -> None:
    await page.goto(f"{address}/pilots/rufbus")
    await page.get_by_role("link", name="Nachricht dazu schreiben").click()
    await page.get_by_label("Titel").first.fill(title)
    await page.get_by_label("Text").first.fill(words)
    await page.get_by_role("button", name="Speichern und Vorschau ansehen").click()
    await expect(page.locator(".bubble")).to_contain_text(title)
    await page.get_by_role("button", name="Zur Freigabe einreichen").click()
    await expect(page.get_by_text("Jetzt gibt es jemand anderes frei.")).to_be_visible()


async def approves(page: Page, address: str) -> None:
    """From the first page, as an approver finds it."""
    await page.goto(address)
    await page.get_by_role("link", name="Ansehen").click()
    await page.get_by_role("button", name="Freigeben: Es geht hinaus").click()


@pytest.mark.browser
async def test_news_of_a_pilot_is_approved_by_another_person_and_can_be_stopped(
    tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "zuruf.toml"
    settings.write_text(TOPICS, "utf-8")
    monkeypatch.setenv("ZURUF_CONFIG", str(settings))
    async with running_town(tmp_path / "state", valkey_url) as town, desk_beside(town) as desk, browser() as chromium:
        await hire(town.config)
        await apply_pilot(town.config, tmp_path)
        await town.app.newsroom.refresh()
        (follower,) = await subscribed(town, 1, "Rufbus")
        editor, wrong = await desk.page(chromium, "anna", Role.EDITOR)
        approver, wrong_too = await desk.page(chromium, "bert", Role.APPROVER, width=390)

        await writes(editor, desk.address, "Später nach Hause", "Er fährt **bis 23 Uhr**.")
        await expect(editor.get_by_role("button", name="Freigeben")).to_have_count(0)
        await expect(editor.locator("table")).to_contain_text("Telegram")
        await approves(approver, desk.address)
        (message,) = await follower.reads()
        assert message.bold == ["Später nach Hause", "bis 23 Uhr"]
        await state_is(town, BroadcastId(1), BroadcastState.SENT)
        await expect(approver.locator("#progress")).to_contain_text("1 von 1")  # htmx looks by itself
        await approver.reload()
        await expect(approver.get_by_role("main")).to_contain_text("vom Messenger angenommen")

        await writes(editor, desk.address, "Ein Irrtum", "Heute fährt er nicht.")
        await editor.get_by_text("Endgültig anhalten").click()
        await editor.get_by_role("button", name="Jetzt anhalten").click()
        await state_is(town, BroadcastId(2), BroadcastState.STOPPED)
        await approver.goto(f"{desk.address}/news/2")
        await expect(approver.get_by_role("button", name="Freigeben")).to_have_count(0)
        assert follower.unread() == 0
        assert wrong + wrong_too == []
