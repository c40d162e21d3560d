"""Hostile words of citizens on every page that shows them, in Chromium: nothing runs, nothing is asked of another host,
and the policy has nothing to report, because no markup of theirs ever becomes an element.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from answered_survey import a_town
from e2e.browsing import browser as chromium_browser

from desk.config import DeskConfig
from dialogs.roles import Role
from storage.settings import StateSection

from .browsing import Tab, served, tab
from .payloads import VECTORS, payloads, some
from .planted import ROOMS

pytestmark = pytest.mark.browser

SMALL, SOME, WHOLE = 100, 1000, 5000
STEERING = "[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u200e\\u200f\\u061c\\ufeff\\u0000-\\u0008\\u001b]"
WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", (event) =>
  window.ran.push("policy: " + event.violatedDirective + " " + event.blockedURI));
"""
SEEN = f"""() => {{
  const steering = new RegExp("{STEERING}", "u");
  const strange = [...document.querySelectorAll("body *")].filter((one) =>
    [...one.attributes].some((each) => each.name.startsWith("on")) ||
    ["SCRIPT", "STYLE", "IFRAME", "OBJECT", "EMBED", "BASE", "META", "LINK", "MARQUEE", "MATH", "VIDEO", "AUDIO"]
      .includes(one.tagName) || /^\\s*(javascript|data|vbscript):/i.test(one.getAttribute("href") || ""));
  return [...window.ran, ...strange.map((one) => one.outerHTML.slice(0, 120)),
    ...(steering.test(document.body.innerText) ? ["a character that steers the screen"] : [])];
}}"""


@pytest.fixture
async def desk_config(tmp_path_factory: Any, tmp_path: Path) -> DeskConfig:
    """A town with the keys under which citizens' words are kept."""
    await a_town(tmp_path_factory.getbasetemp() / "towns", tmp_path)
    return DeskConfig(state=StateSection(dir=str(tmp_path)))


async def attacked(desk: Any, words: list[str]) -> tuple[list[str], int]:
    """What went wrong, and how many pages were looked at."""
    person = desk.as_role(*Role, name="alma", offices=frozenset({"Bauhof"}))
    wrong: list[str] = []
    pages = 0
    async with chromium_browser() as browser, served(desk) as address, tab(browser, address, person.cookie) as one:
        await one.page.add_init_script(WATCH)
        asked: list[str] = []
        one.page.on("request", lambda request: asked.append(request.url))
        for room in ROOMS:
            if not room.shows:
                continue
            for paths in (await room.furnish(desk, words)).values():
                for path in paths:
                    pages += 1
                    wrong += [f"{path}: {each}" for each in await _looked_at(one, path)]
        wrong += [url for url in asked if urlsplit(url).netloc != urlsplit(address).netloc]
        wrong += [each for each in one.complaints if "Content Security Policy" in each or "TrustedHTML" in each]
    return wrong, pages


async def _looked_at(one: Tab, path: str) -> list[str]:
    status = await one.go(path)
    if status >= 400:
        return [f"status {status}"]
    found: list[str] = await one.page.evaluate(SEEN)
    return found


def test_there_are_five_thousand_different_ones() -> None:
    assert len(set(payloads())) >= WHOLE
    assert set(VECTORS) <= set(some(SMALL))


async def test_the_watch_sees_what_would_run(desk: Any) -> None:
    """The trap itself: a page that does put markup in is found out."""
    person = desk.as_role(*Role)
    async with chromium_browser() as browser, served(desk) as address, tab(browser, address, person.cookie) as one:
        await one.page.add_init_script(WATCH)
        await one.go("/")
        assert await one.page.evaluate(SEEN) == []
        await one.page.evaluate("""() => {
          const div = document.createElement("div");
          div.innerHTML = "<img src=x onerror=alert(1)>";
          document.body.append(div, "\\u202e");
        }""")
        await one.page.wait_for_function("window.ran.length > 0")
        assert len(await one.page.evaluate(SEEN)) >= 3


async def test_a_hundred_hostile_texts_on_every_page_that_shows_them(desk: Any) -> None:
    wrong, pages = await attacked(desk, some(SMALL))
    assert wrong == []
    assert pages >= 1


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_thousands_of_hostile_texts_on_every_page_that_shows_them(desk: Any) -> None:
    many = WHOLE if os.environ.get("ZURUF_TEST_SCALE") == "full" else SOME
    words = some(many)
    for begin in range(0, many, 500):
        wrong, pages = await attacked(desk, words[begin : begin + 500])
        assert wrong == []
        assert pages >= 1
