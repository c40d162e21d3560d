"""The desk under attack: every page that anybody of the staff can reach, and every act on what citizens said. Not here:
what may be seen (`deskseen.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from canary.browser import Clerk
from canary.desk import Staffed
from canary.people import UMLAUT, WORD
from canary.scene import OFFICIAL, TODAY
from e2e.newsdesk import apply_pilot

from bot.home import opened
from bot.team import add
from bot.voice import terminal_voice
from dialogs.roles import Role

PATIENCE = 300.0
JPEG = b"\xff\xd8\xff"
ASKED_FOR = {"alma": "/audit/verify", "anna": "/news/1/progress", "eva": "/texts/platz/search"}
"""Pages that no link leads to just now."""
NUMBER = re.compile(r'name="number" value="([0-9a-f]+)"')
SEEN_AS = re.compile(r'name="(revision|last)" value="(\d+)"')
CASE = re.compile(r'href="(/cases/[0-9a-f]{16,})"')
REQUEST = re.compile(r'action="/originals/([0-9a-f]+)"')
THEME = re.compile(r'name="theme" value="([0-9a-f]+)"')
OUTCOME = {f"{part}.{tag}": "Mehr Licht." for part in ("heard", "doing", "not_doing", "why") for tag in ("de", "en")}


# -- while the survey runs


async def the_desk_reads_and_writes(staffed: Staffed) -> None:
    """Everybody walks; moderators read, decide, search, tag, merge, ask for originals; cases are worked on."""
    scene, walk = staffed.scene, staffed.walk
    async with opened(scene.config) as home:
        await home.housekeeping.copy_texts(TODAY.date())  # as the bot does every hour
    await add(scene.config, "anna", [Role.EDITOR], terminal_voice({"LANG": "de"}))
    await apply_pilot(scene.config, scene.folder, topics="topics = []")
    async with staffed.at_work() as clerks, asyncio.timeout(PATIENCE):
        await _work_on_cases(clerks["eva"], clerks["ali"])
        await _answer_barriers(clerks["eva"])
        await _read_texts(clerks["eva"], clerks["ali"])
        for query in ("?survey=platz&q=/data/wort", "") if walk.themes else ():
            await _find_themes(clerks["eva"], f"/themes/suggest{query}")
        drafted = await clerks["anna"].post("/drafts/new", {"begin": "sample"})
        for who, path in ASKED_FOR.items():
            await clerks[who].get(path)
        for clerk in clerks.values():
            await clerk.walks(walk.most)
        (draft,) = re.findall(r'action="/drafts/(\d+)/file"', drafted.text)[:1]
        await clerks["anna"].post(f"/drafts/{draft}/discard", {})


async def _until(there: Callable[[], Awaitable[bool]]) -> None:
    """What takes the bot or a worker a moment."""
    while not await there():  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _work_on_cases(eva: Clerk, ali: Clerk) -> None:
    async def copied() -> bool:
        return WORD in (await eva.get("/cases")).text

    await _until(copied)
    cases = list(dict.fromkeys(CASE.findall((await eva.get("/cases")).text)))
    assert len(cases) > 2
    photos = [(await eva.get(f"{case}/photo", lambda status: status < 500)).data for case in cases]
    assert any(JPEG in photo for photo in photos), "some sent one"
    first, second = cases[0], cases[1]
    await eva.get(f"{first}/alike")
    await eva.post(f"{first}/reply", {**await _looked_at(eva, first), "words": OFFICIAL})

    async def is_brought() -> bool:
        return OFFICIAL in (await eva.get(f"{first}/talk")).text

    await _until(is_brought)
    await eva.post(f"{second}/due", {**await _looked_at(eva, second), "due": str(TODAY.date() + timedelta(days=20))})
    await eva.post(f"{second}/noted", await _looked_at(eva, second), lambda status: status < 500)
    declined = {"then": "declined", "reason": OFFICIAL}
    await eva.post(f"{second}/status", {**await _looked_at(eva, second), **declined})
    await _ask_for_an_original(eva, ali, f"{first}/original/0")


async def _answer_barriers(eva: Clerk) -> None:
    await eva.post("/accessibility/report", {"what": OFFICIAL, "contact": ""})
    await eva.get("/accessibility/reported")
    page = (await eva.get("/barriers")).text
    assert WORD in page, "as it was written: it is for whoever answers"
    assert OFFICIAL in page
    await eva.post(re.findall(r'action="(/barriers/[0-9a-f]+/answered)"', page)[0], {})


async def _looked_at(clerk: Clerk, case: str) -> dict[str, str]:
    return dict(SEEN_AS.findall((await clerk.get(case)).text))


async def _ask_for_an_original(asks: Clerk, agrees: Clerk, path: str) -> None:
    """Two people decide, the bot opens it, the two read it."""
    await asks.get(path)
    before = set(REQUEST.findall((await agrees.get("/originals")).text))
    await asks.post(path, {"reason": "Somebody may be in danger"})
    (asked,) = set(REQUEST.findall((await agrees.get("/originals")).text)) - before
    await agrees.post(f"/originals/{asked}", {"act": "approve"})

    async def is_open() -> bool:
        return WORD in (await asks.get(f"/originals/{asked}")).text.partition("<main")[2]

    await _until(is_open)


async def _read_texts(eva: Clerk, ali: Clerk) -> None:
    for decision in (
        {"then": "read"},
        {"then": "quote"},
        {"then": "hidden", "reason": "insult"},
        {"then": "escalated", "reason": "danger", "whose": "ali"},
    ):
        await eva.post("/texts/platz/decide", {"number": await _next_text(eva), "seen": "waiting", **decision})
    quotes = await ali.get("/texts/platz/quotes")
    (quote,) = NUMBER.findall(quotes.text)
    await ali.post("/texts/platz/second", {"number": quote})
    back = {"number": quote, "seen": "quote", "then": "read"}  # published, it would be everybody's to read
    await ali.post("/texts/platz/decide", back)
    number = await _next_text(eva)
    assert WORD in (await eva.get("/texts-for-me")).text or WORD in (await ali.get("/texts-for-me")).text
    await eva.post("/texts/platz/tag", {"number": number, "tag": "Bank"})
    listed = await eva.get("/texts/platz/list")
    others = re.findall(r'href="/texts/platz/t/([0-9a-f]{8})"', listed.text)
    assert others
    other = next(found for found in [await _number_of(eva, name) for name in others[:2]] if found != number)
    merged = await eva.post("/texts/platz/merge", {"number": number, "other": other})
    assert "mit diesem zusammengelegt" in merged.text
    await eva.post("/texts/platz/undo", {})

    async def is_found() -> bool:
        return WORD in (await eva.post("/texts/platz/search", {"words": UMLAUT})).text

    await _until(is_found)
    await eva.post("/texts/platz/leave", {})
    await _ask_for_an_original(eva, ali, f"/texts/platz/t/{others[0]}/original")


async def _number_of(clerk: Clerk, name: str) -> str:
    return str(NUMBER.findall((await clerk.get(f"/texts/platz/t/{name}")).text)[0])


async def _next_text(clerk: Clerk) -> str:
    page = await clerk.get("/texts/platz/queue?q=/data/wort")
    assert WORD in page.text
    return str(NUMBER.findall(page.text)[0])


async def _find_themes(clerk: Clerk, path: str) -> None:
    show, _, query = path.replace("/suggest", "").partition("?")

    async def are_found() -> bool:
        page = (await clerk.post(path, {})).text
        return "themes/state" in page or bool(THEME.findall(page))

    await _until(are_found)

    async def is_done() -> bool:
        return "themes/state" not in (await clerk.get(f"{show}?{query}")).text

    await _until(is_done)
    themes = THEME.findall((await clerk.get(f"{show}?{query}")).text)
    await clerk.get(f"{show}/none?{query}")
    change = {"theme": themes[0] if themes else "", "act": "name", "name": "Licht"}
    await clerk.post(f"/themes/change?{query}", change)


# -- after its close


async def the_desk_closes_and_publishes(staffed: Staffed) -> None:
    """Rows and tables leave the house, results and the outcome are everybody's."""
    async with staffed.at_work() as clerks, asyncio.timeout(PATIENCE):
        anna = clerks["anna"]
        await anna.post("/surveys/platz/close", {})
        for ending in ("csv", "xlsx"):
            rows = await anna.post("/results/platz/rows", {"format": ending})
            assert rows.data.count(WORD.encode()) > 5, "masked, and not who said it"
        await anna.post("/results/platz/outcome", OUTCOME)

        async def is_published() -> bool:
            page = await anna.post("/results/platz/publish", {"licence": "dl-de-by-2.0"}, lambda status: status < 500)
            return "Veröffentlicht" in page.text

        await _until(is_published)
        await anna.post("/results/platz/archive", {})
        await clerks["rosa"].get("/results/platz/tables.xlsx")
        for clerk in clerks.values():
            await clerk.walks(staffed.walk.most)
