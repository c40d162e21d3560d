"""Makes the pictures of desk.md: pages of the demonstration's desk, on a phone and on a desktop, side by side.

    .venv/bin/python docs/make_desk_pictures.py

Starts `zuruf demo` in a temporary folder, logs in as each of its staff in Debian's chromium, and writes
`docs/images/desk/*.png`, small enough to be kept in git. Not here: tests of the desk.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright

IMAGES = Path(__file__).parent / "images" / "desk"
ZURUF = str(Path(sys.executable).with_name("zuruf"))
PASSWORD = "probieren geht vor studieren"  # noqa: S105  # the demonstration prints it
PAGES = {
    "": {"login": "/login", "accessibility": "/accessibility", "barrier": "/accessibility/report"},
    "alma": {
        "home": "/", "staff": "/people", "invite": "/people/new", "town": "/town", "notice": "/town/notice",
        "log": "/audit/verify", "account": "/account", "codes": "/account/codes",
    },
    "emil": {
        "surveys": "/surveys", "survey": "/surveys/rufbus", "share": "/surveys/rufbus/share", "news": "/news",
        "news-new": "/news/new", "pilots": "/pilots", "pilot-new": "/pilots/new",
    },
    "petra": {"approver": "/"},
    "mona": {
        "cases": "/cases", "texts": "/texts", "queue": "/texts/rufbus/queue", "feedback": "/feedback",
        "themes": "/themes", "moderation": "/moderation", "barriers": "/barriers",
    },
    "rolf": {"results": "/results", "result": "/results/rufbus"},
}  # fmt: skip
SIZES = (("phone", 390, 844), ("desktop", 1280, 844))
GAP, SHADE, SHRINK, COLOURS = 24, (120, 124, 122), 0.5, 64


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demonstration() -> Iterator[str]:
    """The address of its desk."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "ZURUF_HTTP_PORT": str(free_port()), "ZURUF_DESK_PORT": str(port), "LANG": "C.UTF-8"}
        command = [ZURUF, "demo", "--state", f"{folder}/state"]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE)  # noqa: S603
        assert process.stdout is not None
        try:
            while b"Ctrl-C" not in (line := process.stdout.readline()):
                if not line:
                    raise SystemExit("the demonstration did not start")
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


async def taken(browser: Browser, desk: str, name: str, width: int, height: int) -> dict[str, Image.Image]:
    """Every page of one member of staff in one size."""
    scheme = "light" if width < 500 else "dark" if name in {"mona"} else "light"
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE"
    )
    page = await context.new_page()
    if name:
        await page.goto(f"{desk}/login")
        await page.fill("#name", name)
        await page.fill("#password", PASSWORD)
        await page.click("main button")
        await page.wait_for_load_state()
    found = {}
    for picture, path in PAGES[name].items():
        answer = await page.goto(desk + path)
        if answer is not None and answer.status < 400:
            found[picture] = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
        else:
            print(f"{path}: not there")
    await context.close()
    return found


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    wide = sum(each.width for each in pictures) + GAP * (len(pictures) + 1)
    canvas = Image.new("RGB", (wide, max(each.height for each in pictures) + 2 * GAP), SHADE)
    left = GAP
    for each in pictures:
        canvas.paste(each, (left, GAP))
        left += each.width + GAP
    smaller = canvas.resize((round(canvas.width * SHRINK), round(canvas.height * SHRINK)), Image.Resampling.LANCZOS)
    return smaller.quantize(COLOURS)


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demonstration() as desk:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name in PAGES:
                sizes = [await taken(browser, desk, name, width, height) for _, width, height in SIZES]
                for picture in sizes[0]:
                    if picture in sizes[1]:
                        file = IMAGES / f"{picture}.png"
                        side_by_side([each[picture] for each in sizes]).save(file, optimize=True)
                        print(file.name, file.stat().st_size)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
