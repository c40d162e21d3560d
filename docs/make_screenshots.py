"""Makes the pictures of the web chat, from the sample survey, on a town in memory: phone and desktop, light and dark.

    .venv/bin/python docs/make_screenshots.py FOLDER

Needs Debian's chromium. Nothing is committed by it: it is for looking at a change of the chat everywhere at once.
The pictures of the documents are made by `make_pictures.py`.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from adapters.web.stage import Stage, opened
from dialogs import districts
from dialogs.forms.model import compile_form
from dialogs.forms.xlsform import to_xform
from dialogs.world import Place, Survey

SAMPLES = Path(__file__).parent.parent / "bot" / "samples"
SIZES = {"phone": (390, 844), "desktop": (1280, 800), "narrow": (320, 640)}


def stage() -> Stage:
    compiled = to_xform("rufbus.xlsx", (SAMPLES / "rufbus.xlsx").read_bytes())
    form = compile_form(compiled.xform, compiled.attachments)
    survey = Survey(
        "rufbus",
        form.hash,
        {"de": "Wie fährt der Rufbus?", "en": "How is the shuttle bus doing?", "de-simple": "Wie ist der Ruf-Bus?"},
        {
            "de": "Der Rufbus fährt bis 31. März auf Probe. Wir wollen wissen, wem er hilft und was wir ändern müssen. "
            "Danach entscheidet der Rat, ob er bleibt.",
            "en": "The shuttle bus is on trial until 31 March. We want to know whom it helps and what to change.",
            "de-simple": "Der Ruf-Bus fährt bis 31. März.\nDas ist ein Test.",
        },
        opens=date(2026, 11, 1),
        closes=date(2027, 3, 31),
        owner="Amt für Mobilität",
        sample=False,
    )
    outline = districts.read((SAMPLES / "districts.geojson").read_bytes())
    assert outline is not None
    places = [Place(one.name, one.latitude, one.longitude, one.radius) for one in outline.districts]
    return Stage([survey], [form], places)


async def until_said(page: Page, text: str) -> None:
    await page.get_by_role("log").get_by_text(text).last.wait_for(timeout=8000)
    await page.wait_for_timeout(450)


async def tap(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).last.click()


async def walk(page: Page, address: str, shoot: Callable[[str], Awaitable[None]]) -> None:
    await page.goto(address + "/")
    await shoot("index")
    await page.goto(address + "/s/rufbus")
    await shoot("survey")
    await page.goto(address + "/privacy")
    await shoot("privacy")
    await page.goto(address + "/return")
    await page.wait_for_timeout(300)
    await shoot("return")
    await page.goto(address + "/s/rufbus")
    await page.get_by_role("link", name="Hier antworten").first.click()
    await until_said(page, "schon benutzt?")
    await shoot("chat-1-begin")
    await tap(page, "Ja, mehrmals")
    await until_said(page, "Wofür haben Sie")
    await tap(page, "Arzt")
    await tap(page, "Einkaufen")
    await page.wait_for_timeout(400)
    await shoot("chat-2-many")
    await page.locator(".done").last.click()
    await until_said(page, "zuletzt mitgefahren")
    await shoot("chat-3-date")
    await page.get_by_role("textbox", name="Ihre Nachricht").fill("gestern")
    await page.keyboard.press("Enter")
    await until_said(page, "Minuten")
    await page.get_by_role("textbox", name="Ihre Nachricht").fill("so um die tausend")
    await page.keyboard.press("Enter")
    await until_said(page, "tausend")
    await page.wait_for_timeout(700)
    await shoot("chat-4-refused")
    await page.get_by_role("textbox", name="Ihre Nachricht").fill("so um die zwölf")
    await page.keyboard.press("Enter")
    await until_said(page, "zufrieden")
    await tap(page, "Eher zufrieden")
    await until_said(page, "Haltestelle")
    await shoot("chat-5-place")
    await tap(page, "Auf der Karte wählen")
    await page.wait_for_timeout(300)
    await page.locator(".map svg").scroll_into_view_if_needed()
    await shoot("chat-6-map")
    await page.locator(".map g").first.click()
    await until_said(page, "Foto")
    await shoot("chat-7-photo")
    await tap(page, "Überspringen")
    await until_said(page, "sonst noch")
    await page.get_by_role("textbox", name="Ihre Nachricht").fill("Abends fährt er zu früh zum letzten Mal.")
    await page.get_by_role("button", name="Senden", exact=True).click()
    await page.wait_for_timeout(900)
    await shoot("chat-8-review")
    await tap(page, "Absenden")
    await page.wait_for_timeout(900)
    await shoot("chat-9-receipt")


async def session(browser: Browser, folder: Path, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    async with opened(stage(), (SAMPLES / "districts.geojson").read_bytes()) as town:
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="de-DE",
            reduced_motion="reduce",
            has_touch=size != "desktop",
        )
        page = await context.new_page()
        page.on("console", lambda message: print("console:", message.text))
        page.on("pageerror", lambda error: print("error:", error))

        async def shoot(name: str) -> None:
            whole = name in {"index", "survey", "privacy", "return"}
            await page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=whole)

        await walk(page, town.address, shoot)
        await context.close()


async def main(folder: Path, sizes: list[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for size in sizes:
            for scheme in ("light", "dark"):
                await session(browser, folder, size, scheme)
        await browser.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:] or list(SIZES)))
