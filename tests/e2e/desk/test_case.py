"""A case from the citizen's chat to the desk and back: replied to, answered, closed; two processes, a database between.

The desk's process has a folder with the reading key and no other key of the bot's; afterwards its memory is searched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import redis.asyncio
from axe_playwright_python.base import AXE_FILE_PATH
from conftest import free_port
from e2e.browsing import browser
from e2e.desk.beside import DeskProcess, desk_process
from e2e.desk.hands import Hands
from e2e.desk.job import Way
from e2e.processes import config_of, environment, nursery
from e2e.talking import Talker, eventually, talkers
from e2e.town import TOKEN
from e2e.webchat import web_citizen
from playwright.async_api import Page, expect
from sqlalchemy import select

from adapters.telegram.emulator import Emulator
from bot.home import opened
from bot.samples import DISTRICTS
from dialogs.districts import read
from dialogs.moderation import CaseStatus
from dialogs.roles import Role
from privacy.keyring import root_id
from privacy.sealing import KEY_BYTES
from storage.readingkey import READING_FILE
from storage.rootkey import ROOT_FILE, open_ring
from storage.sql.key_tables import keys

WORDS = "Ein Loch vor der Hauptstraße 7. Meine Nachbarin Eva Koch ist gestürzt."


async def reports_a_hole(talker: Talker, place: tuple[float, float]) -> None:
    """A defect with its place and a wish for a reply."""
    citizen = talker.citizen
    await citizen.says("melden")
    await talker.hears("Worum geht es?")
    await citizen.presses("Straßen und Wege", talker.last)
    await talker.hears("Was ist es?")
    await citizen.says(WORDS)
    await talker.hears("Wo ist es?")
    await citizen.sends_location(*place)
    await talker.hears("Foto davon")
    await citizen.presses("Überspringen", talker.last)
    await talker.hears("hier dazu schreiben?")
    await citizen.presses("Ja, schreiben Sie mir hier", talker.last)
    await talker.hears("Bitte einmal prüfen")
    await citizen.presses("Absenden", talker.last)
    await talker.hears("Ihr Fallcode")


async def opens_the_case(hands: Hands, desk: DeskProcess) -> None:
    """From the first page, as a clerk finds it."""
    await hands.page.goto(desk.address)
    await hands.follows("Zu den Fällen")
    await hands.follows("Ein Loch vor der")
    await expect(hands.page.get_by_role("heading", name="Straßen und Wege")).to_be_visible()


async def a_case_replied_to_and_closed(
    way: Way, folder: Path, redis_url: str, database: str, shared_folder: bool
) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.flushall()
    bots = folder / "bot"
    more = {"ZURUF_DATABASE_URL": database} if database else {}
    districts = {"ZURUF_TOWN_DISTRICTS": str(DISTRICTS)}
    port = free_port()
    async with Emulator(token=TOKEN) as telegram, nursery() as zuruf:
        environ = environment(bots, redis_url, telegram, **more, **districts, **way.account, ZURUF_HTTP_PORT=str(port))
        async with zuruf.process(environ) as bot:
            (talker,) = talkers(telegram, 1)
            outline = read(DISTRICTS.read_bytes())
            assert outline is not None
            await reports_a_hole(talker, (outline.districts[0].latitude, outline.districts[0].longitude))
            desks = bots if shared_folder else folder / "desk"
            if not shared_folder:
                (desks / "keys").mkdir(parents=True)
                await eventually((bots / READING_FILE).exists)
                shutil.copy(bots / READING_FILE, desks / READING_FILE)
            async with desk_process(desks, **more, **districts) as desk, browser() as chromium:
                page = await desk.page(chromium, "meier", Role.MODERATOR)
                hands = await way.over(page)
                await opens_the_case(hands, desk)
                await reads_and_replies(hands, talker)
                await the_web_reports_too(page, desk, port)
                await closes(hands, talker)
                await axe_finds_nothing(page, desk)
                assert shared_folder or not (desks / ROOT_FILE).exists()
                await holds_no_key(desk, environ)
            await bot.ends()


async def reads_and_replies(hands: Hands, talker: Talker) -> None:
    page = hands.page
    text = await page.locator("main").inner_text()
    assert "vor der Hauptstraße 7" in text
    assert "Koch" not in text
    assert "District" not in text
    await expect(page.locator("svg.town-map circle")).to_have_count(1)
    await hands.unfolds("Mit einem Satz beginnen")
    await hands.presses("Danke für Ihre Meldung")
    await expect(page.get_by_label("Antwort schreiben")).to_have_value("Danke für Ihre Meldung. Wir kümmern uns darum.")
    await hands.types("Antwort schreiben", "Vor oder hinter der Ampel?")
    await hands.presses("Antwort senden")
    await talker.hears("Vor oder hinter der Ampel?")
    await expect(page.locator("#talk")).to_contain_text("Vor oder hinter der Ampel?")  # htmx brings it in by itself
    await talker.citizen.says("Dahinter, sagt Eva Koch")
    await talker.hears("weitergegeben")


async def the_web_reports_too(page: Page, desk: DeskProcess, port: int) -> None:
    """The web chat runs beside it: another citizen, another case in the list."""
    async with web_citizen(port) as web:
        await web.opens()
        await web.polls()
        await web.acts("said", text="mensch")
        await web.until("Was möchten Sie sagen")
        await web.acts("said", text="Wann ist der Markt?")
        await web.until("Ihr Fallcode")

    async def is_listed() -> bool:
        await page.goto(f"{desk.address}/cases")
        return await page.get_by_role("link", name="Wann ist der Markt?").count() == 1

    while not await is_listed():
        pass


async def closes(hands: Hands, talker: Talker) -> None:
    page = hands.page
    await hands.follows("Ein Loch vor der")
    while "Dahinter" not in await page.locator("#talk").inner_text():
        await page.reload()
    assert "Koch" not in await page.locator("main").inner_text()
    await hands.presses("Ist erledigt")
    await expect(page.get_by_text("Der Fall ist jetzt: erledigt.")).to_be_visible()
    await talker.hears("Sie ist erledigt")


async def axe_finds_nothing(page: Page, desk: DeskProcess) -> None:
    """The list, a case with everything unfolded, the map: on a phone and on a desktop."""
    case = page.url
    for width in (390, 1280):
        await page.set_viewport_size({"width": width, "height": 900})
        for address in (f"{desk.address}/cases?need=closed", f"{desk.address}/cases/map", case):
            await page.goto(address)
            for folded in await page.locator("main summary").all():
                await folded.click()
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
            debugger = await page.context.new_cdp_session(page)  # past the page's own policy
            await debugger.send("Runtime.evaluate", {"expression": AXE_FILE_PATH.read_text("utf-8")})
            found = await page.evaluate("() => axe.run(document)")
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


async def holds_no_key(desk: DeskProcess, environ: dict[str, str]) -> None:
    """Neither root key nor any key of the ring is in the desk's memory; what it may read is."""
    state = Path(environ["ZURUF_STATE_DIR"])
    root = (state / ROOT_FILE).read_bytes()
    wanted = {root: "root key", b"Vor oder hinter der Ampel?": "a copy"}
    async with opened(config_of(environ)) as home:
        ring = open_ring(state)
        rows = await home.database.ring_read(lambda connection: connection.execute(select(keys)).all())
        for row in rows:
            key = ring.unwrap(row.purpose, row.wrapped)
            if len(key) == KEY_BYTES and not row.purpose.startswith("reading-public"):
                wanted[key] = row.purpose.partition("/")[0]
        assert {"case", "intake"} <= set(wanted.values())
        (status,) = {case.stored.status for case in await home.cases.all() if case.reported.words == WORDS}
        assert status is CaseStatus.DONE
    assert root_id(root) == ring.root
    assert desk.holds(wanted) == {"a copy"}


@pytest.mark.browser
@pytest.mark.long
async def test_a_case_is_replied_to_and_closed(by_keyboard: Way, tmp_path: Path, valkey_url: str) -> None:
    await a_case_replied_to_and_closed(by_keyboard, tmp_path, valkey_url, "", shared_folder=True)


@pytest.mark.browser
@pytest.mark.long
async def test_a_desk_on_another_machine_needs_the_reading_key_alone(
    tmp_path: Path, valkey_url: str, new_postgres_database: Callable[[], str]
) -> None:
    await a_case_replied_to_and_closed(Way(), tmp_path, valkey_url, new_postgres_database(), shared_folder=False)
