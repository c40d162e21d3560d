"""Makes the pictures of the documentation: the README's chat, and one of each type of question for surveys.md.

    .venv/bin/python docs/make_pictures.py

Starts the demonstration in a temporary folder, publishes `question-types.md` in it, and answers both surveys in
Debian's chromium. Writes `docs/images/*.png`, small enough to be kept in git. Not here: tests of the web chat.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, async_playwright

DOCS = Path(__file__).parent
IMAGES = DOCS / "images"
FORM = DOCS / "question-types.md"
ZURUF = str(Path(sys.executable).with_name("zuruf"))

START_LIMIT = 60.0  # seconds
PATIENCE = 8_000  # ms
PHONE = {"width": 390, "height": 780}
DESKTOP = {"width": 820, "height": 780}
SCALE = 2  # device pixels a CSS pixel: sharp on good screens
LOWEST = 640  # pixels of a window; lower ones are shown in another way
ROUNDS = 6  # tries to fit a window to what it shows: a map grows with its window
WRITTEN = frozenset({"text", "integer", "decimal", "barcode"})  # answered in the field below
COLOURS = 128  # of a picture's palette
MOST_BYTES = 60 * 1024

ANSWERS = (
    ("select_one", "Every month"),
    ("select_multiple", "Borrowing books+Events"),
    ("rank", "Longer hours+More desks"),
    ("text", "More chairs by the window."),
    ("integer", "about three"),
    ("decimal", "1.5"),
    ("range", "8"),
    ("date", "last Friday"),
    ("time", "half past nine"),
    ("dateTime", "tomorrow at 5 pm"),
    ("geopoint", "51.0504, 13.7373"),
    ("image", "skip"),
    ("audio", "skip"),
    ("file", "skip"),
    ("barcode", "4711 0815"),
    ("acknowledge", "OK"),
    ("", "A book about trees"),
    ("repeat", "no"),
)
"""Name of the picture ("" for none) and what a citizen answers there: words, or several taps with + between."""


ROOM = """(first) => {
  const said = document.querySelectorAll("#log > *");
  const top = said[said.length - first].getBoundingClientRect().top;
  const end = document.querySelector("#content").getBoundingClientRect().bottom;
  const heights = [".top", "#composer"].map((part) => document.querySelector(part).getBoundingClientRect().height);
  return Math.round(end - top + heights[0] + heights[1] + 20);
}"""
"""Pixels of a window that begins with the `first`-last message."""

TOPMOST = """(first) => {
  const said = document.querySelectorAll("#log > *");
  const top = said[said.length - first].getBoundingClientRect().top;
  const header = document.querySelector(".top").getBoundingClientRect().height;
  window.scrollTo(0, window.scrollY + top - header - 20);
}"""
"""Scrolls so that it does."""

EDGES = """() => [
  document.querySelector("#log > :last-child").getBoundingClientRect().top - 16,
  document.querySelector("#log > :last-child").getBoundingClientRect().bottom + 16,
  document.querySelector("#composer").getBoundingClientRect().top,
]"""
"""Where the last message begins and ends, and where the field to write in begins."""


@contextmanager
def town() -> Iterator[str]:
    """The demonstration on a free port; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environ = {**os.environ, "ZURUF_HTTP_PORT": str(port), "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
        process = subprocess.Popen(  # noqa: S603
            [ZURUF, "demo", "--state", folder], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            address = f"http://localhost:{port}"
            _wait_for(address)
            publish = [ZURUF, "survey", "publish", str(FORM), "--code", "library"]
            subprocess.run(  # noqa: S603
                publish, env={**environ, "ZURUF_STATE_DIR": folder}, check=True, capture_output=True
            )
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=1)  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the demonstration does not start")


class Chat:
    """One tab, in light colours and without motion."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.last = page.locator("#log > .bot").last

    @classmethod
    async def opened(cls, browser: Browser, size: dict[str, int], locale: str) -> Chat:
        context = await browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            device_scale_factor=SCALE,
            color_scheme="light",
            reduced_motion="reduce",
            locale=locale,
            timezone_id="Europe/Berlin",
            has_touch=size is PHONE,
        )
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        return cls(page)

    async def begin(self, address: str, code: str) -> None:
        await self.page.goto(f"{address}/s/{code}/chat")
        await self.last.wait_for()
        await self._settled()

    async def answer(self, words: str) -> None:
        """Tap what is named, several with + between and "Continue" after; or write it."""
        before = await self.page.locator("#log > *").count()
        if "+" in words:
            for label in words.split("+"):
                await self.tap(label)
            await self.last.locator("button.done").last.click()
        else:
            await self.page.locator("#words").fill(words)
            await self.page.locator("#composer button[type=submit]").click()
        await self.page.wait_for_function("(n) => document.querySelectorAll('#log > *').length > n", arg=before)
        await self._settled()

    async def tap(self, label: str) -> None:
        """Tap a choice and wait until it is shown as chosen."""
        button = self.last.get_by_role("button", name=label).first
        await button.click()
        chosen = self.last.locator("button[aria-pressed=true]").filter(has_text=label)
        await chosen.and_(self.page.locator(":not([data-busy])")).wait_for()

    async def _settled(self) -> None:
        """Nothing new for a moment."""
        await self.page.wait_for_timeout(450)

    async def screen(self, first: int) -> Image.Image:
        """The window, just so high that the `first`-last message is the topmost one, whole."""
        await self._fit(first)
        return _image(await self.page.screenshot())

    async def question(self, with_composer: bool) -> Image.Image:
        """The last message with some air around it, and the field to write in if that is how to answer."""
        await self._fit(1)
        whole = _image(await self.page.screenshot())
        top, end, composer = (round(edge) * SCALE for edge in await self.page.evaluate(EDGES))
        question = whole.crop((0, max(0, top), whole.width, min(end, composer)))
        return _stacked(question, whole.crop((0, composer, *whole.size))) if with_composer else question

    async def _fit(self, first: int) -> None:
        await self.page.locator("#words").blur()
        await self.page.mouse.move(0, 0)
        for _ in range(ROUNDS):
            await self.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
            await self._settled()
            height = max(LOWEST, round(await self.page.evaluate(ROOM, first)))
            size = self.page.viewport_size
            assert size is not None
            if size["height"] == height:
                break
            await self.page.set_viewport_size({"width": size["width"], "height": height})
        await self.page.evaluate(TOPMOST, first)
        await self._settled()


def _stacked(above: Image.Image, below: Image.Image) -> Image.Image:
    both = Image.new("RGB", (above.width, above.height + below.height))
    both.paste(above, (0, 0))
    both.paste(below, (0, above.height))
    return both


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def keep(name: str, image: Image.Image, most: int = MOST_BYTES) -> None:
    """Save with a palette, small enough for git."""
    IMAGES.mkdir(exist_ok=True)
    path = IMAGES / f"{name}.png"
    colours = COLOURS
    while True:
        image.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= most or colours <= 8:
            break
        colours //= 2
    print(f"{path.relative_to(DOCS)}  {path.stat().st_size // 1024} KiB")


async def on_phone(browser: Browser, address: str) -> Image.Image:
    """The sample survey in German: several choices, two of them taken."""
    chat = await Chat.opened(browser, PHONE, "de-DE")
    await chat.begin(address, "rufbus")
    await chat.answer("ja, mehrmals")
    for label in ("Einkaufen", "Arzt"):
        await chat.tap(label)
    return await chat.screen(4)


async def on_desktop(browser: Browser, address: str) -> Image.Image:
    """The same in English: a place, by a tap on the town's districts."""
    chat = await Chat.opened(browser, DESKTOP, "en-GB")
    await chat.begin(address, "rufbus")
    for words in ("yes, once", "Shopping+Doctor", "yesterday", "about twelve", "rather satisfied"):
        await chat.answer(words)
    await chat.last.get_by_role("button", name="map").click()
    await chat.last.locator(".map svg").wait_for()
    return await chat.screen(2)


def side_by_side(phone: Image.Image, desktop: Image.Image) -> Image.Image:
    """Phone and desktop on a calm ground, each with a thin edge."""
    gap, edge, radius = 40 * SCALE, 1 * SCALE, 14 * SCALE
    height = max(phone.height, desktop.height) + 2 * gap
    ground = Image.new("RGB", (phone.width + desktop.width + 3 * gap, height), "#e9e6df")
    at = gap
    for screen in (phone, desktop):
        top = (height - screen.height) // 2
        mask = Image.new("L", screen.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, screen.width - 1, screen.height - 1), radius, fill=255)
        ground.paste(screen, (at, top), mask)
        box = (at - edge, top - edge, at + screen.width, top + screen.height)
        ImageDraw.Draw(ground).rounded_rectangle(box, radius + edge, outline="#b9b4a8", width=edge)
        at += screen.width + gap
    return ground.resize((ground.width // SCALE * 5 // 4, ground.height // SCALE * 5 // 4), Image.Resampling.LANCZOS)


async def main() -> None:
    with town() as address:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            phone, desktop = await on_phone(browser, address), await on_desktop(browser, address)
            keep("chat", side_by_side(phone, desktop), MOST_BYTES * 4)
            if len(sys.argv) == 1:
                await questions(browser, address)
            await browser.close()


async def questions(browser: Browser, address: str) -> None:
    chat = await Chat.opened(browser, PHONE, "en-GB")
    await chat.begin(address, "library")
    for name, words in ANSWERS:
        if name in WRITTEN:
            await chat.page.locator("#words").fill(words)
        if name:
            keep(f"question-{name}", await chat.question(name in WRITTEN))
        await chat.answer(words)
    keep("review", await chat.question(with_composer=False))


if __name__ == "__main__":
    asyncio.run(main())
