"""A citizen with a browser: Debian's Chromium, headless, driven as a person would use it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.walking import Answer, Photo, Placed, Pressed, Voice, Written, plain
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

PATIENCE = 60_000
"""Milliseconds until a test gives up: more than the product may take (a form's check: thirty seconds to start the
converter, twenty to convert). What it takes is not measured here."""

SEEN_SINCE = """([seen, texts]) => {
  const fold = (text) => text.split(/\\s+/).filter(Boolean).join(" ");
  const said = [...document.querySelectorAll("#log > .bot")].slice(seen).map((one) => fold(one.textContent));
  const whole = said.join(" ");
  return texts.every((text) => whole.includes(text)) && said.length > 0 ? whole : null;
}"""


def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed: apt-get install -y --no-install-recommends chromium")
        pytest.skip("chromium is not installed")
    return str(path)


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield launched
        finally:
            await launched.close()


class WebChat:
    """One tab."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.seen = 0
        page.set_default_timeout(PATIENCE)

    async def begin(self, code: str) -> None:
        await self.page.goto(f"{self.address}/s/{code}")
        await self.page.locator(".go a.button").click()

    async def give(self, answer: Answer) -> None:
        standing = self.page.locator("#log > .bot").last
        self.seen = await self.page.locator("#log > .bot").count()
        match answer:
            case Pressed(labels, words):
                await self._press(standing, labels, words)
            case Written(words):
                await self._write(words)
            case Placed(latitude, longitude):
                await self._write(f"{latitude}, {longitude}")
            case Photo(data):
                await self._upload(standing, "photo.jpg", "image/jpeg", data)
            case Voice(data):
                await self._upload(standing, "voice.ogg", "audio/ogg", data)

    async def _write(self, words: str) -> None:
        await self.page.locator("#words").fill(words)
        await self.page.locator("#words").press("Enter")

    async def _press(self, standing: Locator, labels: tuple[str, ...], words: str) -> None:
        buttons = {plain(text): place for place, text in enumerate(await standing.locator("button").all_inner_texts())}
        if any(plain(label) not in buttons for label in labels):
            await self._write(words)
            return
        for label in labels:
            button = standing.locator("button").nth(buttons[plain(label)])
            toggles = await button.get_attribute("aria-pressed") is not None
            await button.click()
            if toggles and len(labels) > 1:
                await self.page.wait_for_function(
                    "(one) => one.getAttribute('aria-pressed') === 'true' && !one.dataset.busy",
                    arg=await button.element_handle(),
                )

    async def _upload(self, standing: Locator, name: str, mime: str, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            await standing.locator("input[type=file]").last.set_input_files(str(path))
            await standing.locator("button.choice.done").last.click()

    async def until(self, *texts: str) -> str:
        wanted = [text for text in texts if text]
        found = await self.page.wait_for_function(SEEN_SINCE, arg=[self.seen, wanted], timeout=PATIENCE)
        return str(await found.json_value())
