"""From an Excel file to answers on a messenger: a mistake mended, tried on a phone, published, answered."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from e2e.browsing import browser
from e2e.desk.working import desk_beside
from e2e.talking import talkers
from e2e.town import running_town
from openpyxl import Workbook

from dialogs.roles import Role

FORM = {
    "survey": (
        ("type", "name", "label", "required", "constraint"),
        ("select_one ja", "bank", "Fehlt eine Bank?", "yes", ""),
        ("integer", "zahl", "Wie viele fehlen?", "yes", ". >> 0"),
        ("text", "wort", "Was noch?", "yes", ""),
    ),
    "choices": (("list_name", "name", "label"), ("ja", "ja", "Ja"), ("ja", "nein", "Nein")),
    "settings": (("form_title", "form_id", "default_language"), ("Bänke", "baenke", "Deutsch (de)")),
}


def workbook(**mended: str) -> bytes:
    """The form as Excel saves it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in FORM.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([mended.get("constraint", cell) if cell == ". >> 0" else cell or None for cell in row])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.browser
async def test_a_clerk_publishes_an_excel_file_and_a_citizen_answers(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town, desk_beside(town) as desk, browser() as chromium:
        page, problems = await desk.page(chromium, "anna", Role.EDITOR)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

        async def hand_in(data: bytes) -> None:
            file = {"name": "bänke.xlsx", "mimeType": kind, "buffer": data}
            await page.set_input_files("#form", file)  # type: ignore[arg-type]
            await page.locator('form[enctype="multipart/form-data"] button').click()

        await page.goto(f"{desk.address}/surveys")
        await page.get_by_role("link", name="Neue Umfrage").click()
        await hand_in(workbook())
        await page.get_by_text("1 Fehler muss zuerst behoben werden.").wait_for()
        assert await page.locator(".finding.error mark").inner_text() == ". >> 0"
        assert "Zeile 3, Spalte „constraint“" in await page.locator(".finding.error .where").inner_text()
        await hand_in(workbook(constraint=". > 0"))
        await page.get_by_text("Der Fragebogen funktioniert.").wait_for()

        # the chat beside the form plays it, in place
        await page.select_option("#channel", "telegram")
        await page.locator("#preview.as-telegram").wait_for()
        await page.locator("#preview").get_by_role("button", name="Nein").click()
        await page.locator("#preview").get_by_text("Wie viele fehlen?").wait_for()
        await page.get_by_label("Als Bürgerin schreiben").fill("viele")
        await page.keyboard.press("Enter")
        await page.locator("#preview .mine", has_text="viele").wait_for()
        assert "Zahl" in await page.locator("#preview .theirs").last.inner_text()

        # on one's own phone: nothing of it is kept
        await page.get_by_role("button", name="Code holen").click()
        code = await page.locator("code.test").inner_text()
        await town.app.library.refresh()
        (clerk,) = talkers(town.telegram, 1)
        await clerk.citizen.says(f"/start {code}")
        await clerk.hears("Ein Entwurf zum Ausprobieren")
        await clerk.hears("Fehlt eine Bank?")
        await clerk.citizen.presses("Ja", clerk.last)
        await clerk.hears("Wie viele fehlen?")
        await clerk.citizen.says("3")
        await clerk.hears("Was noch?")
        await clerk.citizen.says(clerk.words)
        await clerk.hears("Absenden")
        await clerk.citizen.presses("Absenden", clerk.last)
        await clerk.hears("Das war der Test.")
        assert await town.stored(code) == []
        tables = ("responses", "answers", "participations", "counters", "files")
        for table in tables:
            count = f"select count(*) from {table}"
            rows = await town.app.home.database.read(lambda c, count=count: c.exec_driver_sql(count).scalar())
            assert rows == 0, table
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        assert not any(clerk.words.encode() in data for data in files)

        await page.get_by_role("link", name="Weiter zur Karte").click()
        await page.get_by_label("Wozu?").fill("Wir stellen Bänke auf.")
        await page.get_by_label("Was geschieht mit den Antworten?").fill("Der Bauhof stellt im Mai zehn Bänke auf.")
        await page.get_by_label("Wer fragt?").fill("Bauhof")
        await page.get_by_role("button", name="Sichern und weiter").click()
        await page.get_by_text("Auf der Karte fehlt noch 1 Angabe.").wait_for()
        await page.get_by_role("link", name="Der letzte Tag fehlt").click()
        assert await page.get_by_label("Wer fragt?").input_value() == "Bauhof"
        await page.get_by_label("Letzter Tag").fill("2026-12-31")
        await page.get_by_role("button", name="Sichern und weiter").click()
        await page.get_by_role("button", name="Veröffentlichen", exact=True).click()
        await page.get_by_role("heading", name="Bekannt machen").wait_for()
        assert problems == []

        await town.app.library.refresh()
        (citizen,) = talkers(town.telegram, 1)
        await citizen.walks("baenke")
        assert await town.stored("baenke") == [citizen.given]
        await page.context.close()
