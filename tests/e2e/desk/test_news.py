"""A pilot's news from the desk: written, seen in the preview, approved by another person, read in Telegram, stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e.desk.hands import Hands
from e2e.desk.job import Way, at_work
from e2e.newsdesk import TOPICS, apply_pilot, hire, state_is, subscribed
from playwright.async_api import expect

from dialogs.broadcasts import BroadcastId, BroadcastState
from dialogs.roles import Role


async def writes(hands: Hands, title: str, words: str) -> None:
    """From any page, and submits it."""
    page = hands.page
    await hands.follows("Pilotprojekte")
    await hands.follows("Rufbus")
    await hands.follows("Nachricht dazu schreiben")
    await hands.types("Titel", title)
    await hands.types("Text", words)
    await hands.presses("Speichern und Vorschau ansehen")
    await expect(page.locator(".bubble")).to_contain_text(title)
    await hands.presses("Zur Freigabe einreichen")
    await expect(page.get_by_text("Jetzt gibt es jemand anderes frei.")).to_be_visible()


@pytest.mark.browser
async def test_news_of_a_pilot_is_approved_by_another_person_and_can_be_stopped(
    way: Way, tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "zuruf.toml"
    settings.write_text(TOPICS, "utf-8")
    monkeypatch.setenv("ZURUF_CONFIG", str(settings))
    async with at_work(way, tmp_path / "state", valkey_url) as job:
        town = job.town
        await hire(town.config)
        await apply_pilot(town.config, tmp_path)
        await town.app.newsroom.refresh()
        (follower,) = await subscribed(town, 1, "Rufbus")
        editor = await job.hands("anna", Role.EDITOR)

        await writes(editor, "Später nach Hause", "Er fährt **bis 23 Uhr**.")
        await expect(editor.page.get_by_role("button", name="Freigeben")).to_have_count(0)
        await expect(editor.page.locator("table")).to_contain_text("Telegram")
        approver = await job.hands("bert", Role.APPROVER, width=390)
        await approver.follows("Ansehen")  # on the first page
        await approver.presses("Freigeben: Es geht hinaus")
        (message,) = await follower.reads()
        assert message.bold == ["Später nach Hause", "bis 23 Uhr"]
        await state_is(town, BroadcastId(1), BroadcastState.SENT)
        await expect(approver.page.locator("#progress")).to_contain_text("1 von 1")  # htmx looks by itself
        await approver.page.reload()
        await expect(approver.page.get_by_role("main")).to_contain_text("vom Messenger angenommen")

        await writes(editor, "Ein Irrtum", "Heute fährt er nicht.")
        await editor.unfolds("Endgültig anhalten")
        await editor.presses("Jetzt anhalten")
        await state_is(town, BroadcastId(2), BroadcastState.STOPPED)
        await approver.page.goto(f"{job.desk.address}/news/2")
        await expect(approver.page.get_by_role("button", name="Freigeben")).to_have_count(0)
        assert follower.unread() == 0
