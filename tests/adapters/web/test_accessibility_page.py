"""The accessibility statement of the citizens' pages, and the form to report a barrier."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.web import accessibility_page
from adapters.web.stage import Opened, Stage
from dialogs.accessibility import WHAT_LIMIT, Barrier, Part

SAID = {"what": "Der Knopf „Weiter“ wird nicht vorgelesen", "where": "/s/bus/chat", "contact": "eva@example.org"}


async def page(town: Opened, path: str) -> str:
    async with ClientSession() as http, http.get(town.address + path) as answer:
        assert answer.status == 200
        return await answer.text()


async def send(town: Opened, fields: dict[str, str], language: str = "de", **headers: str) -> tuple[int, str]:
    sent: dict[str, Any] = {"Sec-Fetch-Site": "same-origin", **headers}
    async with ClientSession() as http:
        url = f"{town.address}/accessibility/report?lang={language}"
        async with http.post(url, data=fields, headers=sent, allow_redirects=False) as answer:
            return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Accessibility", "EN 301 549", "There is no sign language.", "www.schlichtungsstelle-bgg.de")),
        ("de", ("Barrierefreiheit", "BITV 2.0", "Barriere melden", "Schlichtungs- oder Durchsetzungsstelle")),
        ("de-simple", ("Barriere-Freiheit", "Gebärden-Sprache", "Das kostet nichts.")),
    ],
)
async def test_the_statement_says_what_the_law_asks_for(town: Opened, language: str, words: tuple[str, ...]) -> None:
    text = await page(town, f"/accessibility?lang={language}")
    assert not [each for each in words if each not in text]
    assert f'href="/accessibility/report?lang={language}"' in text
    assert f'href="/accessibility?lang={language}"' in await page(town, f"/?lang={language}"), (
        "at the foot of each page"
    )


async def test_a_barrier_is_reported_without_login_cookie_or_script(stage: Stage, town: Opened) -> None:
    form = await page(town, "/accessibility/report?lang=de")
    assert "<script" not in form
    status, _ = await send(town, SAID)
    assert status == 303
    assert stage.barriers == [Barrier(Part.CITIZENS, "de", SAID["what"], SAID["where"], SAID["contact"])]
    assert "Ihre Meldung ist da" in await page(town, "/accessibility/reported?lang=de")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"what": "  "}, "Write what stood in your way."),
        ({"what": "x" * (WHAT_LIMIT + 1)}, "At most 3,000 characters: say the most important thing first."),
        ({"what": "x", "where": "y" * 301}, "At most 300 characters say where it was."),
        ({"what": "x", "contact": "y" * 301}, "At most 300 characters say how to reach you."),
    ],
)
async def test_what_cannot_be_taken_comes_back_whole(
    stage: Stage, town: Opened, fields: dict[str, str], says: str
) -> None:
    status, text = await send(town, {"where": "/s/<bus>", **fields}, "en")
    assert status == 422
    assert says in text
    assert "/s/&lt;bus&gt;" in text or "where" in fields
    assert max(fields.values(), key=len).strip() in text
    assert not stage.barriers


async def test_other_pages_cannot_report_for_somebody(stage: Stage, town: Opened) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Host": "elsewhere.example"}):
        assert (await send(town, SAID, **headers))[0] == 403
    assert (await send(town, {"what": "x" * accessibility_page.FORM_BYTES}))[0] == 413
    assert not stage.barriers


async def test_a_network_that_sends_many_waits_and_one_that_is_not_taken_is_told(stage: Stage, town: Opened) -> None:
    stage.takes_barriers = False
    status, text = await send(town, SAID, "en")
    assert status == 503
    assert "could not be kept" in text
    assert SAID["contact"] in text
    stage.takes_barriers = True
    sent = [(await send(town, SAID))[0] for _ in range(11)]
    assert sent == [303] * 9 + [429] * 2
