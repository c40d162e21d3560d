"""From an Excel file to a published outcome: mended, tried on a phone, published, answered, closed, told.

Citizens answer on Telegram, in the web chat and (in the long suite) at a real Synapse; two moderators choose a quote;
who asked what becomes of it is told when another person has approved it; everybody reads and downloads it.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from canary.search import files_of
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Way, at_work
from e2e.newsdesk import state_is
from e2e.talking import Talker, talkers
from e2e.walking import Pressed, Written
from openpyxl import Workbook
from playwright.async_api import expect

from dialogs.broadcasts import BroadcastId, BroadcastState
from dialogs.roles import Role

pytestmark = pytest.mark.timeout(300)  # seconds; on a busy machine a form's check alone may take its fifty

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
YES, NO = 13, 11
"""Citizens on Telegram, by what they say. The public learns numbers of ten and more, rounded to five."""
OUTCOME = {
    "Was wir gehört haben": "Es fehlen viele Bänke.",
    "Was wir tun": "Der Bauhof stellt zehn auf.",
    "Was wir nicht tun": "Keine am Ring.",
    "Warum": "Dort ist kein Platz.",
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


@dataclass(frozen=True)
class Clerk:
    """The editor with their browser, and the town around."""

    hands: Hands
    job: Job

    async def hands_in_a_mistake_and_mends_it(self) -> None:
        hands, page = self.hands, self.hands.page
        await hands.follows("Umfragen")
        await hands.follows("Neue Umfrage")
        await hands.hands_in("Tabelle mit den Fragen", "bänke.xlsx", workbook())
        await hands.presses("Diese Datei prüfen")
        await page.get_by_text("1 Fehler muss zuerst behoben werden.").wait_for()
        assert await page.locator(".finding.error mark").inner_text() == ". >> 0"
        assert "bei Zeichen 4 steht „>“, wo ein Wert" in await page.locator(".finding.error").inner_text()
        assert "Zeile 3, Spalte „constraint“" in await page.locator(".finding.error .where").inner_text()
        await hands.hands_in("Tabelle mit den Fragen", "bänke.xlsx", workbook(constraint=". > 0"))
        await hands.presses("Noch einmal prüfen")
        await page.get_by_text("Der Fragebogen funktioniert.").wait_for()

    async def plays_with_the_preview(self) -> None:
        """The chat beside the form, in place."""
        hands, page = self.hands, self.hands.page
        await hands.chooses(page.locator("#channel"), "Telegram")
        preview = page.locator("#preview.as-telegram")
        await preview.wait_for()
        await hands.presses(preview.get_by_role("button", name="Nein"))
        await preview.get_by_text("Wie viele fehlen?").wait_for()
        await hands.types("Als Bürgerin schreiben", "viele")
        await page.keyboard.press("Enter")
        await preview.locator(".mine", has_text="viele").wait_for()
        assert "Zahl" in await preview.locator(".theirs").last.inner_text()

    async def tries_it_on_a_phone(self, state: Path) -> None:
        """Nothing of it is kept."""
        await self.hands.presses("Code holen")
        code = await self.hands.page.locator("code.test").inner_text()
        town = self.job.town
        await town.app.library.refresh()
        (talker,) = talkers(town.telegram, 1)
        await talker.citizen.says(f"/start {code}")
        await talker.hears("Ein Entwurf zum Ausprobieren")
        await talker.hears("Fehlt eine Bank?")
        await talker.citizen.presses("Ja", talker.last)
        await talker.hears("Wie viele fehlen?")
        await talker.citizen.says("3")
        await talker.hears("Was noch?")
        await talker.citizen.says(talker.words)
        await talker.hears("Absenden")
        await talker.citizen.presses("Absenden", talker.last)
        await talker.hears("Das war der Test.")
        for table in ("responses", "answers", "participations", "counters", "files"):
            count = f"select count(*) from {table}"
            rows = await town.app.home.database.read(lambda c, count=count: c.exec_driver_sql(count).scalar())
            assert rows == 0, table
        files = files_of(state)
        assert files
        assert not any(talker.words.encode() in data for data in files.values())

    async def fills_in_the_card_and_publishes(self) -> None:
        hands, page = self.hands, self.hands.page
        await hands.follows("Weiter zur Karte")
        await hands.types("Wozu?", "Wir stellen Bänke auf.")
        await hands.types("Was geschieht mit den Antworten?", "Der Bauhof stellt im Mai zehn Bänke auf.")
        await hands.types("Wer fragt?", "Bauhof")
        await hands.ticks("Eine Aufgabe der Stadt")
        await hands.presses("Sichern und weiter")
        await page.get_by_text("Auf der Karte fehlt noch 1 Angabe.").wait_for()
        await hands.follows("Der letzte Tag fehlt")
        assert await page.get_by_label("Wer fragt?").input_value() == "Bauhof"
        await hands.types("Letzter Tag", "2026-12-31")
        await hands.presses("Sichern und weiter")
        await hands.presses(page.get_by_role("button", name="Veröffentlichen", exact=True))
        await page.get_by_role("heading", name="Bekannt machen").wait_for()

    async def closes_it(self) -> None:
        hands = self.hands
        await hands.follows("Umfragen")
        await hands.follows(hands.page.get_by_role("main").get_by_role("link", name="Bänke").first)
        await hands.unfolds("Schließen")
        await hands.presses("Endgültig schließen")
        await expect(hands.page.get_by_text("Geschlossen: Löschen geht noch")).to_be_visible()

    async def says_what_became_of_it(self, quote: str) -> None:
        hands, page = self.hands, self.hands.page
        await hands.follows(page.locator(".town a"))
        await expect(page.get_by_text("„Bänke“ ist geschlossen")).to_be_visible()
        await hands.follows("Veröffentlichen")
        await hands.follows("Sagen, was daraus wird")
        for label, words in OUTCOME.items():
            await hands.types(page.get_by_label(label, exact=True).first, words)
        await hands.presses("Speichern und ansehen")
        await expect(page.locator(".quotes")).to_contain_text(quote)
        await expect(page.locator(".figure svg").first).to_be_visible()
        await hands.ticks("Creative Commons Namensnennung 4.0")
        await hands.chooses("Bild für die Nachricht", "Fehlt eine Bank?")
        await hands.presses(page.get_by_role("button", name="Veröffentlichen", exact=True))
        await expect(page.get_by_text("Alle können es jetzt lesen")).to_be_visible()


async def citizens_answer(job: Job) -> Talker:
    """On every channel that is there. Returns who asked what becomes of it."""
    people = talkers(job.town.telegram, YES + NO)
    await asyncio.gather(
        on_the_web(job),
        *([on_matrix(job)] if job.homeserver is not None else []),
        *(on_telegram(talker, "Ja" if place < YES else "Nein") for place, talker in enumerate(people)),
    )
    asked = people[0]
    await asked.citizen.says("bescheid geben")
    await asked.hears("Ich sage Ihnen einmal Bescheid")
    return asked


async def on_telegram(talker: Talker, choice: str) -> None:
    await talker.begins()
    await talker.citizen.presses(choice, talker.last)
    await talker.hears("Wie viele fehlen?")
    await talker.citizen.says(str(talker.number))
    await talker.hears("Was noch?")
    await talker.citizen.says(talker.words)
    await talker.sends()


async def on_the_web(job: Job) -> None:
    chat = await job.web_chat()
    await chat.begin("baenke")
    await chat.until("Fehlt eine Bank?")
    await chat.give(Pressed(("Ja",), "1"))
    await chat.until("Wie viele fehlen?")
    await chat.give(Written("4"))
    await chat.until("Was noch?")
    await chat.give(Written("Schatten am Bildschirm"))
    await chat.until("Absenden")
    await chat.give(Pressed(("Absenden",), "Absenden"))
    await chat.until("Beleg")
    await chat.page.context.close()


async def on_matrix(job: Job) -> None:
    chat = await job.on_matrix()
    for words, then in (
        ("baenke", "Fehlt eine Bank?"), ("ja", "Wie viele fehlen?"), ("2", "Was noch?"),
        ("Schatten im Raum", "Absenden"), ("absenden", "Beleg"),
    ):  # fmt: skip
        await chat.says(words)
        await chat.until(then)
    await chat.citizen.client.close()


async def two_choose_a_quote(job: Job) -> str:
    """Its words: one moderator finds it, another looks at it."""
    finds = await job.hands("eva", Role.MODERATOR)
    await finds.follows("Texte")
    await finds.follows(finds.page.get_by_role("main").get_by_role("link", name="Lesen"))
    words = await finds.page.locator(".said-text").inner_text()
    await finds.presses("Gut als Zitat")
    await expect(finds.page.locator("#told")).to_contain_text("Als Zitat freigegeben")
    await finds.presses("Für jetzt aufhören")
    looks = await job.hands("ali", Role.MODERATOR, width=390)
    await looks.page.goto(f"{job.desk.address}/texts/baenke")
    await looks.follows("1 Zitat")
    await looks.presses("Angesehen: veröffentlichen")
    await expect(looks.page.get_by_text("freigegeben von eva und ali")).to_be_visible()
    return words


async def another_lets_the_message_go(job: Job, asked: Talker) -> None:
    approver = await job.hands("bert", Role.APPROVER)
    await approver.follows("Ansehen")
    await approver.presses("Freigeben: Es geht hinaus")
    told = await asked.hears("Der Bauhof stellt zehn auf.")
    assert told.file_kind == "photo"
    await state_is(job.town, BroadcastId(1), BroadcastState.SENT)


async def everybody_reads_and_downloads_it(job: Job, quote: str) -> None:
    """On the page, with charts, quotes and how the numbers came about; and as data, for machines."""
    context = await job.chromium.new_context(locale="de-DE")
    page = await context.new_page()
    await page.goto(f"{job.public}/s/baenke/results")
    text = await page.get_by_role("main").inner_text()
    for words in (*OUTCOME.values(), quote, "Selbstauswahl", "nicht repräsentativ", "Etwa 25 Personen"):
        assert words in text, words
    assert await page.locator(".figure svg").count() >= 1
    links = {name: page.locator(f'a[href$="/{name}"]') for name in ("results.csv", "results.json", "datapackage.json")}
    found = {}
    for name, link in links.items():
        address = await link.evaluate("(one) => one.href")
        answer = await page.request.get(address)
        assert answer.status == 200
        found[name] = await answer.text()
    rows = list(csv.DictReader(io.StringIO(found["results.csv"])))
    assert {row["answer"]: int(row["count"]) for row in rows if row["question"] == "bank"} == {"ja": 15, "nein": 10}
    assert json.loads(found["results.json"])["respondents"] == 25
    assert json.loads(found["datapackage.json"])["licenses"][0]["title"] == "Creative Commons Namensnennung 4.0"
    await context.close()


@pytest.mark.browser
async def test_a_clerk_publishes_an_excel_file_and_a_citizen_answers(tmp_path: Path, valkey_url: str) -> None:
    async with at_work(Way(), tmp_path, valkey_url) as job:
        clerk = Clerk(await job.hands("anna", Role.EDITOR), job)
        await clerk.hands_in_a_mistake_and_mends_it()
        await clerk.plays_with_the_preview()
        await clerk.tries_it_on_a_phone(tmp_path)
        await clerk.fills_in_the_card_and_publishes()
        await job.town.app.library.refresh()
        (citizen,) = talkers(job.town.telegram, 1)
        await citizen.walks("baenke")
        assert await job.town.stored("baenke") == [citizen.given]


@pytest.mark.browser
@pytest.mark.long
async def test_from_an_excel_file_to_a_published_outcome(way: Way, tmp_path: Path, valkey_url: str) -> None:
    async with at_work(way, tmp_path, valkey_url) as job:
        clerk = Clerk(await job.hands("anna", Role.EDITOR), job)
        await clerk.hands_in_a_mistake_and_mends_it()
        await clerk.plays_with_the_preview()
        await clerk.tries_it_on_a_phone(tmp_path)
        await clerk.fills_in_the_card_and_publishes()
        await job.hour_passes()
        asked = await citizens_answer(job)
        await job.hour_passes()
        quote = await two_choose_a_quote(job)
        await clerk.closes_it()
        await job.hour_passes()
        await clerk.says_what_became_of_it(quote)
        await another_lets_the_message_go(job, asked)
        await everybody_reads_and_downloads_it(job, quote)
