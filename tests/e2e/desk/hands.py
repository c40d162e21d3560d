"""Two ways to work at the desk: by mouse, and with the keyboard alone. The same scripts are run by either.

The keyboard knows Tab, Shift+Tab, Enter, Space, arrows and letters, as somebody has them who cannot hold a mouse;
wherever it stops, the page must show where that is, and a mouse event in its tab fails the test. Not here: what is
done (the tests), who works (`job.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import FileChooser, Locator, Page

MOST_STOPS = 200
"""Whoever presses Tab so often without arriving has no way there."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NO_MOUSE = "for (const kind of ['mousedown', 'pointerdown', 'wheel']) addEventListener(kind, () => {" + (
    " console.error('a mouse was used'); }, true);"
)
WHERE = """(target) => {
  const here = document.activeElement;
  if (here === target) return "here";
  if (here && here.type === "radio" && here.name === target.name && here.form === target.form) return "beside";
  const behind = here && here.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
  return behind && here !== document.body ? "back" : "on";
}"""
"""Where the focus is, as seen from where it shall go."""
SEEN = """() => {
  const here = document.activeElement;
  if (!here || here === document.body || here.tagName === "MAIN") return "";
  const what = here.outerHTML.slice(0, 160);
  const style = getComputedStyle(here), box = here.getBoundingClientRect();
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no outline: " + what;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  if (!inside) return "out of sight: " + what;
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const line = [...here.getClientRects()][0];
  const first = line && document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
  const mine = (one) => one && (here.contains(one) || one.contains(here));
  return mine(above) || mine(first) ? "" : "covered: " + what;
}"""
"""What is wrong with how the focus shows; '' if nothing is. `main` has it only after the link that skips to it."""


class Hands(Protocol):
    """Somebody's way to use a page. Everything is found as people find it: by its words."""

    page: Page

    async def follows(self, link: str | Locator) -> None: ...

    async def presses(self, button: str | Locator) -> None: ...

    async def unfolds(self, summary: str | Locator) -> None: ...

    async def types(self, field: str | Locator, words: str) -> None:
        """In place of what stands there. A day as `2026-12-31`."""

    async def chooses(self, field: str | Locator, option: str) -> None:
        """Of a list."""

    async def ticks(self, choice: str | Locator) -> None:
        """A box, or one of several."""

    async def unticks(self, choice: str | Locator) -> None: ...

    async def hands_in(self, field: str | Locator, name: str, data: bytes, mime: str = XLSX) -> None:
        """A file."""


class _Eyes:
    """Finds things by their words."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def _link(self, link: str | Locator) -> Locator:
        return self.page.get_by_role("link", name=link).first if isinstance(link, str) else link

    def _button(self, button: str | Locator) -> Locator:
        return self.page.get_by_role("button", name=button).first if isinstance(button, str) else button

    def _summary(self, summary: str | Locator) -> Locator:
        return self.page.locator("summary", has_text=summary).first if isinstance(summary, str) else summary

    def _field(self, field: str | Locator) -> Locator:
        return self.page.get_by_label(field).first if isinstance(field, str) else field


class Mouse(_Eyes):
    """Points and clicks; types where it clicked."""

    async def follows(self, link: str | Locator) -> None:
        await self._link(link).click()

    async def presses(self, button: str | Locator) -> None:
        await self._button(button).click()

    async def unfolds(self, summary: str | Locator) -> None:
        await self._summary(summary).click()

    async def types(self, field: str | Locator, words: str) -> None:
        await self._field(field).fill(words)

    async def chooses(self, field: str | Locator, option: str) -> None:
        await self._field(field).select_option(label=option)

    async def ticks(self, choice: str | Locator) -> None:
        await self._field(choice).check()

    async def unticks(self, choice: str | Locator) -> None:
        await self._field(choice).uncheck()

    async def hands_in(self, field: str | Locator, name: str, data: bytes, mime: str = XLSX) -> None:
        await self._field(field).set_input_files(_file(name, data, mime))


class Keyboard(_Eyes):
    """Goes from stop to stop."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.keys = page.keyboard
        page.on("filechooser", lambda _: None)  # from now on: a dialog that opens before anybody asks for it is lost

    async def follows(self, link: str | Locator) -> None:
        await self._reaches(self._link(link))
        await self.keys.press("Enter")

    async def presses(self, button: str | Locator) -> None:
        await self._reaches(self._button(button))
        await self.keys.press("Enter")

    async def unfolds(self, summary: str | Locator) -> None:
        await self._reaches(self._summary(summary))
        await self.keys.press("Space")

    async def types(self, field: str | Locator, words: str) -> None:
        target = self._field(field)
        await self._reaches(target)
        if await target.get_attribute("type") == "date":
            year, month, day = words.split("-")
            await self.keys.type(f"{month}{day}{year}")  # as Chromium asks for it in English, which is Debian's
        else:
            await self.keys.press("Control+A")
            await self.keys.press("Delete")
            await self.keys.type(words)
        assert await target.input_value() == words

    async def chooses(self, field: str | Locator, option: str) -> None:
        target = self._field(field)
        await self._reaches(target)
        await self.keys.type(option)
        chosen = await target.evaluate("(list) => list.selectedOptions[0].textContent.trim()")
        assert chosen == option, f"{chosen!r} is chosen"

    async def ticks(self, choice: str | Locator) -> None:
        target = self._field(choice)
        await self._reaches(target)
        if not await target.is_checked():
            await self.keys.press("Space")
        assert await target.is_checked()

    async def unticks(self, choice: str | Locator) -> None:
        target = self._field(choice)
        await self._reaches(target)
        await self.keys.press("Space")
        assert not await target.is_checked()

    async def hands_in(self, field: str | Locator, name: str, data: bytes, mime: str = XLSX) -> None:
        await self._reaches(self._field(field))
        async with self.page.expect_file_chooser() as opens:
            await self.keys.press("Space")
        chooser: FileChooser = await opens.value
        await chooser.set_files(_file(name, data, mime))

    async def _reaches(self, target: Locator) -> None:
        """Tab, or Shift+Tab, until the focus is there; arrows within one group of choices."""
        await target.wait_for()
        await self.page.wait_for_load_state()
        element = await target.element_handle()
        for _ in range(MOST_STOPS):
            match await self.page.evaluate(WHERE, element):
                case "here":
                    return
                case "beside":
                    await self.keys.press("ArrowDown")
                case "back":
                    await self.keys.press("Shift+Tab")
                case _:
                    await self.keys.press("Tab")
            wrong = await self.page.evaluate(SEEN)
            assert not wrong, f"{self.page.url}: {wrong}"
        raise AssertionError(f"{self.page.url}: no way by Tab to {await target.evaluate('(one) => one.outerHTML')}")


def _file(name: str, data: bytes, mime: str) -> Any:
    return {"name": name, "mimeType": mime, "buffer": data}


async def download(hands: Hands, button: str, folder: Path) -> Path:
    """What the browser saves when the button is pressed."""
    async with hands.page.expect_download() as started:
        await hands.presses(button)
    saved = await started.value
    path = folder / saved.suggested_filename
    await saved.save_as(path)
    return path
