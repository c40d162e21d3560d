"""A moderator who may not see addresses, proven: canary citizens took part on every channel, and no byte of any answer
that the moderator's browser received holds an id, a name or a number of theirs. What other roles may see is refused.

The search is that of the big attack (`canary/search.py`), which finds a canary in every disguise.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from canary.people import FIRST, LAST, NICK, OF_ADDRESSES, PHONE, Person
from canary.phones import Chat, MatrixChat, SignalChat
from canary.search import found, id_disguises, patterns, self_check
from channels.signal import SignalPhone
from e2e.desk.hands import Hands
from e2e.desk.job import Job, Way, at_work
from e2e.talking import benches
from e2e.test_forms_in_telegram import TelegramChat
from e2e.walking import Photo, Placed, Written
from e2e.webchat import WebCitizen
from playwright.async_api import CDPSession, Error, Page, expect

from adapters.signal.emulator import ACCOUNT
from adapters.signal.emulator import Emulator as SignalEmulator
from desk.routes import ROUTES
from dialogs.roles import MAY, Role

ON_TELEGRAM, ON_SIGNAL, IN_BROWSERS = 8, 2, 2
MOST_PAGES = 400
SAID = "Ich bin Eva Koch, 0171 2345678, und will mehr Schatten"
"""Said to the town, and masked. An original that two people open holds it; an address it holds neither."""
LINKS = """() => [...document.querySelectorAll("a[href], [hx-get], img[src], link[href]")]
  .map((one) => one.getAttribute("hx-get") || one.getAttribute("href") || one.getAttribute("src"))"""


@dataclass
class Spoken:
    """A chat that takes whole answers, spoken to word by word."""

    chat: TelegramChat | WebCitizen

    async def says(self, text: str) -> None:
        await self.chat.give(Written(text))

    async def until(self, text: str) -> str:
        return await self.chat.until(text)

    async def place(self, latitude: float, longitude: float) -> None:
        await self.chat.give(Placed(latitude, longitude))

    async def photo(self, data: bytes) -> None:
        await self.chat.give(Photo(data))


async def takes_part(chat: Chat, person: Person, follows: bool = True) -> None:
    """A survey, a report with place, photo and the wish for a reply, news."""
    for words, then in (
        ("baenke", "Fehlt eine Bank?"), ("ja", "Wie viele fehlen?"), ("2", "Was noch?"),
        (f"{SAID} {person.number}", "Absenden"), ("absenden", "Beleg"),
        ("melden", "Worum geht es?"), ("Straßen und Wege", "Was ist es?"), (f"{SAID} hier", "Wo ist es?"),
    ):  # fmt: skip
        await chat.says(words)
        await chat.until(then)
    await chat.place(*person.place)
    await chat.until("Foto davon")
    await chat.photo(person.photo())
    for then, words in (("hier dazu schreiben?", "ja"), ("Bitte einmal prüfen", "absenden")):
        await chat.until(then)
        await chat.says(words)
    await chat.until("Ihr Fallcode")
    if follows:
        for words, then in (("nachrichten bekommen", "Worüber"), ("alle nachrichten", "Sie bekommen Nachrichten")):
            await chat.says(words)
            await chat.until(then)


@dataclass
class Canaries:
    """Citizens whose ids, names and numbers exist nowhere else."""

    job: Job
    signal: SignalEmulator
    wanted: dict[bytes, str] = field(default_factory=lambda: patterns(OF_ADDRESSES))
    """What must not be found."""

    async def take_part(self) -> None:
        walks = [self._on_telegram(number) for number in range(ON_TELEGRAM)]
        walks += [self._on_signal(100 + number) for number in range(ON_SIGNAL)]
        walks += [self._in_a_browser(200 + number) for number in range(IN_BROWSERS)]
        walks += [self._on_matrix(300)] if self.job.homeserver is not None else []
        await asyncio.gather(*walks)

    async def _on_telegram(self, number: int) -> None:
        citizen = self.job.town.telegram.citizen("de", f"{FIRST}{number} {LAST}{number}", f"{NICK}{number}")
        self.wanted |= patterns([str(citizen.id)]) | dict.fromkeys(id_disguises(citizen.id), "Telegram's id")
        await takes_part(Spoken(TelegramChat(citizen)), Person(number))

    async def _on_signal(self, number: int) -> None:
        citizen = self.signal.citizen(f"{FIRST}{number}", number=f"{PHONE}{number}")
        self.wanted |= patterns([citizen.uuid])
        bench: object = None
        await takes_part(SignalChat(citizen, SignalPhone(citizen=citizen, bench=bench)), Person(number))  # type: ignore[arg-type]

    async def _in_a_browser(self, number: int) -> None:
        headers = {name.replace("_", "-"): value for name, value in Person(number).headers.items()}
        browser = WebCitizen(self.job.town.app.port, headers)
        await browser.opens()
        await browser.polls()
        self.wanted |= patterns([browser.token])
        await takes_part(Spoken(browser), Person(number), follows=False)
        await browser.http.close()

    async def _on_matrix(self, number: int) -> None:
        chat: MatrixChat = await self.job.on_matrix(number)
        self.wanted |= patterns([chat.citizen.user, chat.citizen.room])
        await takes_part(chat, Person(number))
        await chat.citizen.client.close()


@dataclass
class Received:
    """Every byte that a browser was sent, headers too: each answer is held up on its way into the page."""

    bytes_of: dict[str, bytes] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def of(cls, page: Page) -> Received:
        received, session = cls(), await page.context.new_cdp_session(page)

        def hold(event: dict[str, Any]) -> None:
            received._tasks.append(asyncio.ensure_future(received._keep(session, event)))

        session.on("Fetch.requestPaused", hold)
        await session.send("Fetch.enable", {"patterns": [{"requestStage": "Response"}]})
        return received

    async def _keep(self, session: CDPSession, event: dict[str, Any]) -> None:
        held, status = {"requestId": event["requestId"]}, event.get("responseStatusCode", 0)
        data = repr(event.get("responseHeaders")).encode()
        with contextlib.suppress(Error):  # the page was left before the answer came
            if status // 100 != 3 and status != 204:
                answer = await session.send("Fetch.getResponseBody", held)
                body: str = answer["body"]
                data += base64.b64decode(body) if answer["base64Encoded"] else body.encode()
            await session.send("Fetch.continueRequest", held)
        self.bytes_of[f"{len(self.bytes_of)} {status} {event['request']['url']}"] = data

    async def all(self) -> dict[str, bytes]:
        await asyncio.gather(*self._tasks)
        return self.bytes_of


async def walks_everywhere(page: Page, begin: str) -> dict[str, int]:
    """Follows every link from page to page. Status by path."""
    town, seen, waiting = urlsplit(begin), {}, [begin]
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}"
        if (parts.scheme, parts.netloc) != (town.scheme, town.netloc) or path in seen or "lang=" in parts.query:
            continue
        assert len(seen) < MOST_PAGES, sorted(seen)
        if re.search(r"\.(xlsx|csv|pdf|png|svg|css|js|woff2)$|/photo$", parts.path):
            seen[path] = await page.evaluate("async (path) => (await fetch(path)).status", path)
            continue
        answer = await page.goto(address)
        seen[path] = answer.status if answer is not None else 0
        waiting += [urljoin(address, link) for link in await page.evaluate(LINKS)]
    return seen


async def works(job: Job, hands: Hands) -> None:
    """A day of a moderator: a case replied to, texts tagged, hidden, searched, an original asked for and read."""
    page = hands.page
    await hands.follows("Zu den Fällen")
    await hands.follows(page.locator("main a[href^='/cases/']").filter(has_text="Schatten").first)
    await expect(page.locator("main")).to_contain_text("[Name]")
    await hands.types("Antwort schreiben", "Danke, wir sehen es uns an.")
    await hands.presses("Antwort senden")
    await expect(page.locator("#talk")).to_contain_text("Danke, wir sehen es uns an.")
    await hands.follows("Texte")
    await hands.follows(page.get_by_role("main").get_by_role("link", name="Lesen"))
    await expect(page.locator(".said-text")).to_contain_text("[Name]")
    await hands.unfolds("Schlagwort geben")
    await hands.types(page.locator("#tag"), "Schatten")
    await hands.presses("Schlagwort vergeben")
    await expect(page.locator(".tag")).to_contain_text("Schatten")
    await hands.unfolds("Ausblenden, weil er")
    await hands.presses(page.locator(".reasons button").first)
    await expect(page.locator("#told")).to_contain_text("Ausgeblendet")
    await hands.follows("Original beantragen")
    await hands.types("Warum muss es gelesen werden?", "Jemand könnte in Gefahr sein.")
    await hands.presses("Zustimmung beantragen")
    approver = await job.hands("bert", Role.APPROVER)
    await approver.follows("Entscheiden")
    await approver.presses("Genehmigen")
    await expect(approver.page.get_by_text("Das Original ist heute und morgen zu lesen.")).to_be_visible()
    await hands.follows(page.locator(".town a"))
    await hands.follows(page.locator(".needs a[href='/originals']"))
    await hands.follows("Original lesen")
    while await page.get_by_role("link", name="Noch einmal nachsehen").count():
        await page.reload()
    await expect(page.locator("main")).to_contain_text("0171 2345678")


def forbidden() -> Sequence[tuple[str, str]]:
    """Method and path of everything that a moderator has no right to."""
    examples = {"code": "baenke", "name": "bert", "number": "1", "survey": "baenke"}
    return [
        (route.method, re.sub(r"\{(\w+)[^}]*\}", lambda part: examples.get(part[1], "1"), route.path))
        for route in ROUTES
        if route.right is not None and Role.MODERATOR not in MAY[route.right]
    ]


async def is_refused_elsewhere(page: Page) -> None:
    """By address, and by a form's request with the session's own token."""
    refused = forbidden()
    assert len(refused) > 60
    assert {"/people", "/audit", "/news", "/surveys", "/results/baenke/rows"} <= {path for _, path in refused}
    statuses = await page.evaluate(
        """async (wanted) => {
          const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-Zuruf-Token"];
          const found = [];
          for (const [method, path] of wanted) {
            const body = method === "GET" ? undefined : new URLSearchParams({ token });
            found.push([method, path, (await fetch(path, { method, body, redirect: "manual" })).status]);
          }
          return found;
        }""",
        refused,
    )
    assert [each for each in statuses if each[2] != 403] == []


@asynccontextmanager
async def signal_beside() -> AsyncIterator[tuple[SignalEmulator, dict[str, str]]]:
    """An emulator of signal-cli, and the settings that lead to it."""
    with tempfile.TemporaryDirectory(prefix="signal-") as name:
        async with SignalEmulator(data=Path(name), socket=Path(name, "socket")) as signal:
            settings = {
                "ZURUF_SIGNAL_ACCOUNT": ACCOUNT, "ZURUF_SIGNAL_URL": signal.socket_url, "ZURUF_SIGNAL_DATA": name,
                "ZURUF_SIGNAL_CEILING": "1000",
            }  # fmt: skip
            yield signal, settings


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.timeout(300)
async def test_a_moderator_sees_no_address_anywhere(by_keyboard: Way, tmp_path: Path, valkey_url: str) -> None:
    self_check()
    async with (
        signal_beside() as (signal, settings),
        at_work(by_keyboard, tmp_path / "state", valkey_url, **settings) as job,
    ):
        await job.town.publish(benches(tmp_path), "baenke")
        canaries = Canaries(job, signal)
        await canaries.take_part()
        await job.hour_passes()
        moderator = await job.hands("eva", Role.MODERATOR)
        received = await Received.of(moderator.page)
        await works(job, moderator)
        seen = await walks_everywhere(moderator.page, job.desk.address)
        rooms = ("/", "/cases", "/cases/map", "/texts", "/feedback", "/originals", "/results")
        everything = {f"{path}?" for path in rooms}
        assert everything <= {path for path, status in seen.items() if status == 200}
        assert [path for path, status in seen.items() if status >= 500] == []
        assert len([path for path in seen if path.startswith("/cases/")]) > ON_TELEGRAM
        await is_refused_elsewhere(moderator.page)
        bodies = await received.all()
    assert len(bodies) > len(seen)
    assert any(b"will mehr Schatten" in body for body in bodies.values()), "what was said is there to be read"
    assert found(bodies, canaries.wanted) == []
