"""Four filters are refused: on the card of a survey, and to a moderator who asks for them by address."""

from __future__ import annotations

from pathlib import Path

import pytest
from answered_survey import a_town
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Way, at_work
from playwright.async_api import expect

from dialogs.roles import Role

FORM = b"""
| survey | | | |
| | type | name | label |
| | select_one a | alter | Wie alt sind Sie? |
| | select_one d | ort | Wo wohnen Sie? |
| | select_one j | bus | Fahren Sie Bus? |
| | select_one j | rad | Fahren Sie Rad? |
| choices | | | |
| | list_name | name | label |
| | a | jung | unter 40 |
| | a | alt | 40 und mehr |
| | d | nord | Nord |
| | d | sued | S\xc3\xbcd |
| | j | ja | Ja |
| | j | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Verkehr | verkehr | de |
"""
ASKED = ("Wie alt sind Sie?", "Wo wohnen Sie?", "Fahren Sie Bus?", "Fahren Sie Rad?")
FOUR = ("district=south", "age=30..60", "used=yes", "view=3")
"""What singles people out: one filter for each thing that is known of somebody."""


@pytest.mark.browser
@pytest.mark.long
async def test_a_survey_with_four_filters_is_refused(
    way: Way, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> None:
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path)
    async with at_work(way, tmp_path, valkey_url) as job:
        await an_editor_cannot_declare_four(await job.hands("anna", Role.EDITOR))
        await a_moderator_cannot_ask_for_four(job, await job.hands("eva", Role.MODERATOR, width=390))


async def an_editor_cannot_declare_four(hands: Hands) -> None:
    page = hands.page
    await hands.follows("Umfragen")
    await hands.follows("Neue Umfrage")
    await hands.hands_in("Tabelle mit den Fragen", "verkehr.md", FORM, "text/markdown")
    await hands.presses("Diese Datei prüfen")
    await hands.follows("Weiter zur Karte")
    await hands.types("Wer fragt?", "Verkehrsamt")
    await hands.unfolds("Ergebnisse nach Gruppen ansehen")
    for question in ASKED:
        await hands.ticks(question)
    await hands.presses("Sichern und weiter")
    refused = page.locator("#part-filters .error")
    await expect(refused).to_contain_text("Wählen Sie höchstens 2.")
    assert await page.get_by_label("Wer fragt?").input_value() == "Verkehrsamt", "what was typed stands there still"
    for question in ASKED[2:]:
        await hands.unticks(question)
    await hands.presses("Sichern und weiter")
    await expect(page.get_by_role("heading", name="Was veröffentlicht wird")).to_be_visible()
    await expect(page.get_by_text(", ".join(ASKED[:2]))).to_be_visible()


async def a_moderator_cannot_ask_for_four(job: Job, hands: Hands) -> None:
    """The page offers the two that were declared; more by the address are refused, and nothing of them is shown."""
    page = hands.page
    await hands.presses("Menü")
    await hands.follows("Ergebnisse")
    await hands.follows("Bus on call")
    await expect(page.locator("#filters select")).to_have_count(2)
    await hands.chooses(page.locator("#filters select").first, "South")
    await hands.presses("Zeigen")
    await expect(page.locator(".condition")).to_have_count(1)
    assert "24 Menschen haben geantwortet." in await page.get_by_role("main").inner_text()

    asked = "&".join(f"only=/data/{each.replace('=', '%3D')}" for each in FOUR)
    answer = await page.goto(f"{job.desk.address}/results/bus?{asked}")
    assert answer is not None
    assert answer.status == 422
    text = await page.get_by_role("main").inner_text()
    assert "höchstens zwei Fragen filtern, nicht nach 4" in text
    assert "48 Menschen haben geantwortet." in text, "everybody is shown, as without filters"
    await expect(page.locator(".condition")).to_have_count(0)
