"""The chat in a real browser: by mouse, by keyboard, small, dark, without a line, with a photo, for a screen reader."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, get_args

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_FILE_PATH
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from adapters.web.stage import Opened, Stage, opened
from dialogs.broadcasts import Broadcast, BroadcastId, Text
from dialogs.events import Gone, Placed, Pressed, Said
from dialogs.forms.model import Form
from dialogs.world import NewsItem

from .conftest import survey
from .test_adapter import free_port

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

CHROMIUM = shutil.which("chromium") or ""
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.skip("chromium is not installed: apt-get install -y --no-install-recommends chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="module")
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """One for all tests; what one visited is closed and forgotten before the next."""
    yield chromium
    for context in list(chromium.contexts):
        await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(stage: Stage, geojson: bytes) -> AsyncIterator[Opened]:
    async with opened(stage, geojson) as running:
        yield running


class Visit:
    """One visitor; what the browser complains of is collected."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.log = page.get_by_role("log")
        self.field = page.get_by_role("textbox", name="Ihre Nachricht")

    async def begin(self) -> None:
        await self.page.goto(f"{self.address}/s/bus/chat")
        await self.hears("Haben Sie den Bus benutzt?")

    async def hears(self, text: str) -> None:
        await expect(self.log.get_by_text(text).last).to_be_visible()

    async def taps(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def writes(self, text: str) -> None:
        await self.field.fill(text)
        await self.taps("Senden")

    async def violations(self, schemes: Sequence[Scheme] = ("light",)) -> list[str]:
        """What axe finds in these colours. The library is brought in by the debugger, past the page's own policy."""
        await self.page.evaluate("() => 0")
        if not await self.page.evaluate("() => 'axe' in window"):
            session = await self.page.context.new_cdp_session(self.page)
            await session.send("Runtime.evaluate", {"expression": AXE_FILE_PATH.read_text("utf-8")})
        violations: list[str] = []
        for scheme in schemes:
            await self.page.emulate_media(color_scheme=scheme)
            found: dict[str, Any] = await self.page.evaluate("rules => axe.run(document, rules)", AXE_RULES)
            violations += [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
        return violations


async def visit(browser: Browser, address: str, **options: Any) -> Visit:
    context: BrowserContext = await browser.new_context(**{"locale": "de-DE", **options})
    context.set_default_timeout(20_000)
    return Visit(await context.new_page(), address)


async def finish(one: Visit) -> None:
    """From the review to the receipt."""
    await one.hears("Bitte einmal prüfen")
    await one.taps("Absenden")
    await one.hears("Rückkehr")


async def answer_all(one: Visit) -> None:
    await one.taps("Ja")
    await one.hears("Wofuer?")
    await one.taps("Arbeit")
    await one.taps("Freizeit")
    await one.taps("Weiter")
    await one.hears("Wo fehlt eine Haltestelle?")
    await one.taps("Überspringen")
    await one.hears("Ein Foto?")
    await one.taps("Überspringen")
    await one.hears("Wann?")
    await one.writes("gestern")
    await one.hears("Was noch?")
    await one.writes("Abends fährt er zu früh.")
    await finish(one)


EXPECTED = {
    "/data/used": "yes",
    "/data/why": "work fun",
    "/data/day": "2026-11-22",
    "/data/words": "Abends fährt er zu früh.",
}


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 1280, "height": 800}},
        {"viewport": {"width": 320, "height": 640}, "has_touch": True},
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "reduced_motion": "reduce"},
        pytest.param({"viewport": {"width": 320, "height": 256}}, marks=pytest.mark.long),
        pytest.param({"viewport": {"width": 800, "height": 600}, "forced_colors": "active"}, marks=pytest.mark.long),
    ],
    ids=["desktop", "320px", "dark-calm", "400-percent-zoom", "forced-colours"],
)
async def test_a_survey_is_answered_by_mouse(
    browser: Browser, town: Opened, stage: Stage, look: dict[str, Any]
) -> None:
    one = await visit(browser, town.address, **look)
    await one.page.goto(town.address + "/s/bus")
    await one.page.get_by_role("link", name="Hier antworten").first.click()
    await one.hears("Haben Sie den Bus benutzt?")
    await answer_all(one)
    assert stage.submitted("bus") == [EXPECTED]
    width = await one.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0, "nothing scrolls sideways"
    assert one.complaints == []


async def test_a_survey_is_answered_by_keyboard_alone(browser: Browser, town: Opened, stage: Stage) -> None:
    one = await visit(browser, town.address)
    page = one.page
    await page.goto(town.address + "/s/bus")

    async def tab_to(name: str) -> None:
        for _ in range(30):
            await page.keyboard.press("Tab")
            label = await page.evaluate("() => document.activeElement?.textContent?.trim() ?? ''")
            if label == name:
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    await tab_to("Hier antworten")
    await page.keyboard.press("Enter")
    await one.hears("Haben Sie den Bus benutzt?")
    await tab_to("Ja")
    await page.keyboard.press("Enter")
    await one.hears("Wofuer?")
    await tab_to("Arbeit")
    await page.keyboard.press("Space")
    await tab_to("Freizeit")
    await page.keyboard.press("Space")
    await tab_to("Weiter")
    await page.keyboard.press("Enter")
    for question in ("Wo fehlt eine Haltestelle?", "Ein Foto?"):
        await one.hears(question)
        await tab_to("Überspringen")
        await page.keyboard.press("Enter")
    await one.hears("Wann?")
    await one.field.focus()
    await page.keyboard.type("gestern\n")
    await one.hears("Was noch?")
    await page.keyboard.type("Abends fährt er zu früh.\n")
    await one.hears("Bitte einmal prüfen")
    await page.keyboard.press("Shift+Tab")
    await one.log.focus()
    await tab_to("Absenden")
    await page.keyboard.press("Enter")
    await one.hears("Rückkehr")
    assert stage.submitted("bus") == [EXPECTED]


async def test_after_a_tap_the_focus_is_at_the_next_question(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.taps("Ja")
    await one.hears("Wofuer?")
    focused = await one.page.evaluate("() => document.activeElement.closest('.message')?.textContent ?? ''")
    assert "Wofuer?" in focused


async def test_toggling_keeps_the_focus_and_says_its_state(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.taps("Ja")
    await one.hears("Wofuer?")
    choice = one.page.get_by_role("button", name="Einkaufen", exact=True)
    await expect(choice).to_have_attribute("aria-pressed", "false")
    await choice.press("Space")
    await expect(choice).to_have_attribute("aria-pressed", "true")
    await one.page.wait_for_function("() => !document.querySelector('[data-busy]')")
    await expect(choice).to_be_focused()
    await choice.press("Space")
    await expect(choice).to_have_attribute("aria-pressed", "false")


async def test_an_answered_question_looks_settled_and_offers_nothing(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.taps("Ja")
    await one.hears("Wofuer?")
    await expect(one.page.get_by_role("button", name="Ja", exact=True)).to_have_count(0)
    await expect(one.page.locator(".own", has_text="Ja")).to_have_count(1)
    await expect(one.page.locator(".settled")).to_have_count(1)


async def test_no_line_in_the_middle_loses_nothing(browser: Browser, town: Opened, stage: Stage) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.page.context.set_offline(True)
    await one.writes("Ja")
    await expect(one.page.get_by_role("status").first).to_contain_text("Keine Verbindung. Ihre Antwort wird gesendet")
    await expect(one.page.locator(".own .status")).to_have_text("wird gesendet …")
    assert Said("Ja") not in stage.committed
    await one.page.context.set_offline(False)
    await one.hears("Wofuer?")
    await expect(one.page.locator("#connection")).to_be_empty()
    await expect(one.page.locator(".own .status")).to_be_empty()
    assert stage.committed.count(Said("Ja")) == 1


async def test_a_restart_of_the_server_in_the_middle_is_hardly_noticed(browser: Browser, stage: Stage) -> None:
    port = free_port()
    async with opened(stage, port=port) as town:
        one = await visit(browser, town.address)
        await one.begin()
        await one.taps("Ja")
        await one.hears("Wofuer?")
    await one.writes("Arbeit")
    async with opened(stage, port=port):
        await one.hears("Wo fehlt eine Haltestelle?")
        await expect(one.page.locator("#connection")).to_be_empty()
        for question in ("Haben Sie den Bus benutzt?", "Wofuer?", "Wo fehlt eine Haltestelle?"):
            await expect(one.log.get_by_text(question)).to_have_count(1)
        assert stage.committed.count(Said("Arbeit")) == 1


async def test_a_tap_whose_reply_the_server_took_to_its_grave_counts_once_and_the_question_stands_once(
    browser: Browser, stage: Stage
) -> None:
    port = free_port()
    async with opened(stage, port=port) as town:
        one = await visit(browser, town.address)
        await one.begin()
        stage.crash_after_commit = True
        await one.taps("Ja")
        await asyncio.wait_for(stage.crashed.wait(), 5)
    stage.crash_after_commit = False
    async with opened(stage, port=port):
        await one.hears("Wofuer?")
        await expect(one.page.locator("#connection")).to_be_empty()
        await one.page.wait_for_function("() => !JSON.parse(sessionStorage.getItem('zuruf.chat')).pending.length")
        await expect(one.log.get_by_text("Wofuer?")).to_have_count(1)
        await expect(one.page.locator(".own", has_text="Ja")).to_have_count(1)
        assert sum(isinstance(act, Pressed) for act in stage.committed) == 1


async def test_a_tap_without_a_line_is_said_after_its_question(browser: Browser, stage: Stage) -> None:
    port = free_port()
    async with opened(stage, port=port) as town:
        one = await visit(browser, town.address)
        await one.begin()
    await one.taps("Ja")
    async with opened(stage, port=port):
        await one.hears("Wofuer?")
        said = [text for text in await one.log.locator(".bubble").all_inner_texts() if "?" in text or "Ja" in text]
        assert [text.split()[-1] for text in said[-3:-1]] == ["benutzt?", "Ja"]


async def test_help_in_between_leaves_the_question_standing_once_and_last(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.writes("Hilfe")
    await expect(one.log.locator(".message").last).to_contain_text("Haben Sie den Bus benutzt?")
    await expect(one.log.get_by_text("Haben Sie den Bus benutzt?")).to_have_count(1)
    await expect(one.page.get_by_role("button", name="Ja", exact=True)).to_have_count(1)


async def test_where_sockets_are_blocked_the_chat_goes_on_by_post_and_poll(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    one = await visit(browser, town.address)
    await one.page.add_init_script("delete window.WebSocket; window.WebSocket = class { constructor() {"
                                   " setTimeout(() => this.onclose?.(), 10); } close() {} };")  # fmt: skip
    await one.begin()
    await answer_all(one)
    assert stage.submitted("bus") == [EXPECTED]


async def test_the_transcript_survives_a_reload_and_ends_with_the_chat(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.taps("Ja")
    await one.hears("Wofuer?")
    await one.page.reload()
    await expect(one.log.get_by_text("Haben Sie den Bus benutzt?")).to_have_count(1)
    await expect(one.log.get_by_text("Wofuer?")).to_have_count(1)
    await one.taps("Arbeit")
    await one.taps("Beenden")
    await one.taps("Beenden und löschen")
    await expect(one.page.get_by_text("In diesem Browser ist nichts mehr davon gespeichert.")).to_be_visible()
    await one.page.wait_for_function("() => sessionStorage.length === 0 && localStorage.length === 0")
    await one.page.wait_for_timeout(300)
    assert await one.page.context.cookies() == []
    assert stage.committed[-1] == Gone()


async def test_nothing_of_a_citizen_is_kept_outside_the_tab(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.writes("Ja")
    await one.hears("Wofuer?")
    assert await one.page.evaluate("async () => [localStorage.length, (await indexedDB.databases()).length]") == [0, 0]
    [cookie] = await one.page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"


async def test_all_requests_go_to_this_host(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    asked: list[str] = []
    one.page.on("request", lambda request: asked.append(request.url))
    await one.page.goto(town.address + "/s/bus")
    await one.begin()
    await answer_all(one)
    assert asked
    assert all(url.startswith((town.address, "blob:")) for url in asked)


# -- places, photos, voice


async def up_to_place(one: Visit) -> None:
    await one.begin()
    await one.taps("Ja")
    await one.hears("Wofuer?")
    await one.writes("Überspringen")
    await one.hears("Wo fehlt eine Haltestelle?")


async def test_a_tap_on_a_district_is_a_place_inside_of_it(browser: Browser, town: Opened, stage: Stage) -> None:
    one = await visit(browser, town.address)
    await up_to_place(one)
    await one.taps("Auf der Karte wählen")
    await one.page.locator(".map g", has_text="Altstadt").click()
    await one.hears("Ein Foto?")
    [place] = [act for act in stage.committed if isinstance(act, Placed)]
    assert (place.latitude, place.longitude) == pytest.approx((51.316, 9.102), abs=0.01)
    assert place.accuracy > 500


async def test_a_district_is_chosen_by_keyboard_on_the_map_and_in_the_list(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    one = await visit(browser, town.address)
    await up_to_place(one)
    await one.taps("Auf der Karte wählen")
    await one.page.get_by_role("button", name="Neuhafen").first.press("Enter")
    await one.hears("Ein Foto?")
    await one.taps("Zurück")
    await one.hears("Wo fehlt eine Haltestelle?")
    await one.taps("Auf der Karte wählen")
    await one.page.locator(".map .choice", has_text="Neuhafen").last.press("Enter")
    await one.hears("Ein Foto?")
    first, second = [act for act in stage.committed if isinstance(act, Placed)]
    assert first == second


async def test_where_the_question_names_the_districts_the_map_chooses_by_name(
    browser: Browser, stage_with_places: Stage, geojson: bytes
) -> None:
    async with opened(stage_with_places, geojson) as town:
        one = await visit(browser, town.address)
        await up_to_place(one)
        await one.taps("Auf der Karte wählen")
        await one.page.locator(".map g", has_text="Altstadt").click()
        await one.hears("Ein Foto?")
        await expect(one.page.locator(".own", has_text="Altstadt")).to_have_count(1)
        assert not any(isinstance(act, Placed) for act in stage_with_places.committed)


async def test_the_position_is_asked_for_only_at_a_tap(browser: Browser, town: Opened, stage: Stage) -> None:
    one = await visit(
        browser, town.address, geolocation={"latitude": 51.31, "longitude": 9.09}, permissions=["geolocation"]
    )
    await up_to_place(one)
    assert not any(isinstance(act, Placed) for act in stage.committed)
    await one.taps("Meinen Standort senden")
    await one.hears("Ein Foto?")
    [place] = [act for act in stage.committed if isinstance(act, Placed)]
    assert (place.latitude, place.longitude) == (51.31, 9.09)


async def test_a_position_that_is_not_allowed_gets_a_helpful_word(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await up_to_place(one)
    await one.taps("Meinen Standort senden")
    await expect(one.page.get_by_text("Sie können den Ort auch schreiben.")).to_be_visible()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "CANARY-DESCRIPTION"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Image.effect_noise((3000, 1200), 60).convert("RGB").save(made, "JPEG", exif=exif)
    return made.getvalue()


async def test_a_photo_is_shown_first_made_small_and_sent_without_what_the_phone_noted(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    one = await visit(browser, town.address)
    await up_to_place(one)
    await one.taps("Überspringen")
    await one.hears("Ein Foto?")
    file = {"name": "bus.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    await one.page.locator('input[type="file"]').set_input_files(file)  # type: ignore[arg-type]
    await expect(one.page.get_by_alt_text("Ihr Foto")).to_be_visible()
    assert stage.files() == []
    await one.page.locator(".tool").get_by_role("button", name="Senden").click()
    await one.hears("Wann?")
    [kept] = stage.files()
    assert b"CANARY" not in kept
    assert Image.open(io.BytesIO(kept)).size == (2560, 1024)
    await expect(one.page.locator(".own", has_text="Foto gesendet")).to_have_count(1)
    assert one.complaints == []


async def test_a_voice_message_is_recorded_with_a_visible_stop(browser: Browser, small_form: Form) -> None:
    from dialogs.forms.model import compile_form
    from dialogs.forms.xlsform import to_xform

    from .conftest import SMALL

    source = SMALL.replace(b"image | photo | Ein Foto?", b"audio | photo | Eine Nachricht?")
    form = compile_form(to_xform("voice.md", source).xform)
    stage = Stage([survey(form)], [form])
    async with opened(stage) as town:
        one = await visit(browser, town.address, permissions=["microphone"])
        await up_to_place(one)
        await one.taps("Überspringen")
        await one.hears("Eine Nachricht?")
        await one.taps("Sprachnachricht aufnehmen")
        stop = one.page.get_by_role("button", name=re.compile(r"^Stopp"))
        await expect(stop).to_have_text(re.compile(r"0:01"))
        await stop.click()
        await expect(one.page.locator("audio")).to_be_visible()
        await one.page.locator(".tool").get_by_role("button", name="Senden").click()
        await one.hears("Wann?")
        [kept] = stage.files()
        assert len(kept) > 500
        assert one.complaints == []


async def test_a_text_that_is_too_long_stays_in_the_field_with_a_word(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await one.writes("x" * 10_001)
    await expect(one.page.get_by_role("alert").last).to_contain_text("höchstens 10.000 Zeichen")
    assert len(await one.field.input_value()) == 10_001
    assert not any(isinstance(act, Said) for act in stage.acts)


# -- return code


async def test_with_the_return_code_one_comes_back(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.begin()
    await answer_all(one)
    text = await one.log.text_content() or ""
    found = re.search(r"\d{4}\D?\d{4}\D?\d{4}\D?\d{4}", text)
    assert found is not None
    await one.page.goto(town.address + "/return")
    await one.page.get_by_label("Rückkehr-Code").fill("12 34")
    await one.taps("Weiter")
    await expect(one.page.get_by_text("hat 16 Ziffern. Bitte")).to_be_visible()
    assert await one.violations() == []
    await one.page.get_by_label("Rückkehr-Code").fill(found[0])
    await one.taps("Weiter")
    await expect(one.log.locator(".bot")).not_to_have_count(0)


async def test_a_barrier_is_reported_with_the_keyboard_alone(browser: Browser, town: Opened, stage: Stage) -> None:
    one = await visit(browser, town.address)
    await one.page.goto(town.address + "/accessibility/report")
    await one.page.get_by_label("Was stand Ihnen im Weg?").fill(" ")
    await one.page.get_by_role("button", name="Absenden").press("Enter")
    await expect(one.page.get_by_role("alert")).to_contain_text("Schreiben Sie, was Ihnen im Weg stand.")
    assert await one.violations() == []
    await one.page.get_by_role("alert").get_by_role("link").press("Enter")
    await one.page.keyboard.type("Der Kontrast reicht nicht")
    await one.page.get_by_role("button", name="Absenden").press("Enter")
    await expect(one.page.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist da")
    assert [barrier.what for barrier in stage.barriers] == ["Der Kontrast reicht nicht"]


# -- for everybody, and against some


@pytest.mark.parametrize(
    "path",
    ["/", "/s/bus", "/privacy", "/return", "/s/nothing", "/s/bus?lang=de-simple", "/s/bus?lang=en", "/accessibility"],
)
async def test_pages_are_accessible(browser: Browser, town: Opened, path: str) -> None:
    one = await visit(browser, town.address, reduced_motion="reduce")
    await one.page.goto(town.address + path)
    assert await one.violations(SCHEMES) == []


async def test_every_state_of_the_chat_is_accessible(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address, reduced_motion="reduce")
    await one.begin()
    found = await one.violations(SCHEMES)
    await one.taps("Ja")
    await one.hears("Wofuer?")
    await one.taps("Arbeit")
    found += await one.violations(SCHEMES)
    await one.taps("Weiter")
    await one.hears("Wo fehlt eine Haltestelle?")
    await one.taps("Auf der Karte wählen")
    found += await one.violations(SCHEMES)
    await one.taps("Überspringen")
    await one.hears("Ein Foto?")
    await one.page.locator('input[type="file"]').set_input_files(
        {"name": "bus.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}  # type: ignore[arg-type]
    )
    await expect(one.page.get_by_alt_text("Ihr Foto")).to_be_visible()
    found += await one.violations(SCHEMES)
    await one.taps("Überspringen")
    await one.hears("Wann?")
    found += await one.violations(SCHEMES)
    await one.writes("Unsinn")
    await expect(one.page.locator(".refusal")).to_have_count(1)
    found += await one.violations(SCHEMES)
    await one.writes("gestern")
    await one.writes("Nichts.")
    await one.hears("Bitte einmal prüfen")
    found += await one.violations(SCHEMES)
    await one.taps("Absenden")
    await one.hears("Rückkehr")
    found += await one.violations(SCHEMES)
    await one.page.context.set_offline(True)
    await one.writes("hallo")
    await expect(one.page.locator("#connection")).not_to_be_empty()
    found += await one.violations(SCHEMES)
    await one.taps("Beenden")
    found += await one.violations(SCHEMES)
    assert found == []


LISTEN_TO_REPORTS = """
window.reports = [];
document.addEventListener("securitypolicyviolation", (event) => window.reports.push(event.effectiveDirective));
"""

XSS = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror='window.pwned=1'>",
    "<svg onload=window.pwned=1>",
    "\"><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "javascript:window.pwned=1",
    '<a href="javascript:window.pwned=1">tap</a>',
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "<style>@import'//evil.example'</style>",
    "<base href=//evil.example>",
    "<form action=//evil.example><button>Absenden</button></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "</textarea><script>window.pwned=1</script>",
    "\u202egnp.exe\u2066\u200b<b onmouseover=window.pwned=1>",
    "<template><script>window.pwned=1</script></template>",
]


async def test_what_a_citizen_writes_is_never_markup(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address)
    await one.page.add_init_script(LISTEN_TO_REPORTS)
    await one.begin()
    for words in ("Ja", "Überspringen", "Überspringen", "Überspringen", "gestern"):
        await one.writes(words)
    await one.hears("Was noch?")
    await one.writes("\n".join(XSS))
    await one.hears("Bitte einmal prüfen")
    await one.page.reload()
    await one.hears("Bitte einmal prüfen")
    reports = await one.page.evaluate("() => window.reports")
    assert reports == []
    assert await one.page.evaluate("() => window.pwned") is None
    assert await one.page.locator("#log script, #log iframe, #log form, #log style, #log a").count() == 0
    assert await one.page.locator("#log img").count() == 0
    assert one.complaints == []


async def test_news_stand_there_with_their_formatting_and_nothing_of_them_is_markup(
    browser: Browser, town: Opened, stage: Stage
) -> None:
    link = "https://musterstadt.example/bus"
    words = f"🚌 Ab **Montag** bis *spät*: [die Seite]({link}).\n- letzte Fahrt: **23 Uhr**\n- <b>x</b>"
    stage.news = (NewsItem(BroadcastId(1), Broadcast({"de": Text("Der Bus", words)}, "de"), stage.now.date()),)
    one = await visit(browser, town.address, viewport={"width": 390, "height": 844})
    await one.begin()
    await one.writes("Nachrichten")
    await one.hears("die Seite")
    bubble = one.log.locator(".bubble", has_text="letzte Fahrt").last
    assert await bubble.locator("strong").all_inner_texts() == ["Der Bus", "Montag", "23 Uhr"]
    assert await bubble.locator("em").all_inner_texts() == ["spät"]
    assert await bubble.locator(".item").all_inner_texts() == ["• letzte Fahrt: 23 Uhr", "• <b>x</b>"]
    shown = bubble.get_by_role("link", name="die Seite")
    told = [await shown.get_attribute(name) for name in ("href", "target", "rel")]
    assert told == [link, "_blank", "noopener noreferrer"]
    assert await one.violations() == []
    assert one.complaints == []


async def test_a_foreign_script_is_stopped_by_the_policy(browser: Browser, town: Opened) -> None:
    """So that "0 reports" above means something."""
    one = await visit(browser, town.address)
    await one.page.add_init_script(LISTEN_TO_REPORTS)
    await one.page.goto(town.address + "/s/bus")
    blocked = await one.page.evaluate("""() => {
        try { document.body.innerHTML = '<b>x</b>'; } catch (error) { return String(error); }
        return '';
    }""")
    assert "TrustedHTML" in blocked
    await one.page.evaluate(
        "() => { const s = document.createElement('style'); s.textContent = 'x{}'; document.body.append(s); }"
    )
    await one.page.wait_for_function("() => window.reports.length > 0")


async def test_with_a_larger_text_nothing_is_cut_off(browser: Browser, town: Opened) -> None:
    one = await visit(browser, town.address, viewport={"width": 390, "height": 844})
    await one.page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%'; });"
    )
    await one.begin()
    width = await one.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0
