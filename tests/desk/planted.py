"""What there is to see on each page of the desk: every area puts something there, citizens' words among it.

`ROOMS` is where an area is registered. `furnish(desk, words)` stores what its pages show (through the desk's own forms,
or the stores of the bot) and gives, for each GET route, the addresses to look at; `words` are citizens' words to plant
in every field where citizens write: kind ones for `test_axe.py`, hostile ones for `test_injection.py`. A route without
parameters and without an entry is looked at as it is.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any

from casehouse import house_over

from desk.newsform import mark_of
from desk.route import Route
from desk.routes import ROUTES
from desk.sessions import hashed, new_token
from dialogs.accessibility import CONTACT_LIMIT, WHERE_LIMIT, Barrier, Part
from dialogs.broadcasts import BroadcastId
from dialogs.roles import Role
from storage.people import Invitation, Staff
from storage.rootkey import ROOT_FILE, open_ring

from .answering import Citizens
from .test_surveys import CARD, WAYS, written

Pages = Mapping[str, Sequence[str]]
"""Addresses by route."""

NO_PAGES = {
    "/cases/{case}/alike",
    "/drafts/sample.xlsx", "/here",
    "/news/{number}/progress", "/news/{number}/picture", "/drafts/{number}/pictures/{name}",
    "/drafts/{number}/codes/{channel}.svg", "/drafts/{number}/file", "/cases/{case}/talk", "/cases/{case}/photo",
    "/themes/state", "/texts-for-me",
    "/results/{code}/tables.xlsx", "/results/{code}/rows", "/surveys/{code}/poster.pdf",
    "/surveys/{code}/codes/{channel}.{kind}",
}  # fmt: skip
"""Routes whose answer is no whole page: files, and fragments that a page loads."""
ELSEWHERE = {"/themes/{theme}"}
"""Needs a hundred texts and a worker that finds themes: `test_themes.py`."""


@dataclass(frozen=True)
class Room:
    """An area. `shows`: its pages show words of citizens, so that `test_injection.py` looks at them."""

    name: str
    furnish: Callable[[Any, Sequence[str]], Awaitable[Pages]]
    shows: bool = True


async def everywhere(desk: Any, words: Sequence[str]) -> dict[str, list[str]]:
    """Furnish every room; the addresses to look at, by route, those of refused states too."""
    found: dict[str, list[str]] = {"*": ["/nothing-here", "/accessibility"]}
    for room in ROOMS:
        for route, paths in (await room.furnish(desk, words)).items():
            found.setdefault(route, []).extend(paths)
    for route in ROUTES:
        if route.method == "GET" and route.path not in NO_PAGES and "{" not in route.path:
            found.setdefault(route.path, [route.path])
    return found


def without_example(found: Mapping[str, Sequence[str]]) -> list[str]:
    """Routes that no room gave an address for."""
    return [route.path for route in ROUTES if _is_page(route) and route.path not in {*found, *ELSEWHERE}]


def _is_page(route: Route) -> bool:
    return route.method == "GET" and route.path not in NO_PAGES


# -- rooms


async def _people(desk: Any, words: Sequence[str]) -> Pages:
    token = new_token()
    today = desk.clock.today()
    await desk.home.people.put(Staff("anna.beck", frozenset({Role.EDITOR, Role.READER}), frozenset({"Bauamt"})), today)
    until = desk.clock.now() + timedelta(days=3)
    await desk.home.people.invite(hashed(token), Invitation("anna.beck", "alma", until))
    await desk.home.people.put(Staff("bert", frozenset({Role.APPROVER})), today)
    return {
        "/people/{name}": ["/people/anna.beck"],
        "/people/{name}/remove": ["/people/anna.beck/remove"],
        "/invitation/{token}": [f"/invitation/{token}", "/invitation/used-up"],
    }


async def _news(desk: Any, words: Sequence[str]) -> Pages:
    editor, approver = desk.as_role(Role.EDITOR, name="emil"), desk.as_role(Role.APPROVER, name="petra")
    news = {
        "title.de": "Der Bus fährt länger",
        "body.de": "Bis **23 Uhr**.",
        "title.en": "Later bus",
        "body.en": "Yes.",
    }
    for _ in range(2):
        await editor.post("/news/new", {**news, "expires_hours": "48"})
    await editor.post("/news/2/submit")
    standing = await desk.home.broadcasts.get(BroadcastId(2))
    await approver.post("/news/2/approve", {"seen": mark_of(standing)})
    pilot = {
        "code": "bus", "name.de": "Rufbus", "office": "Mobilität", "starts": "2026-11-01", "ends": "2027-03-31",
        "goal.de": "Nachts heim", "question.de": "Hilft er?", "data_used.de": "Fahrten", "limits.de": "Zwei Busse",
    }  # fmt: skip
    await editor.post("/pilots/new", pilot)
    await editor.post(
        "/pilots/bus/timeline", {"sort": "setbacks", "day": "2026-11-10", "text.de": "Ein Bus war kaputt."}
    )
    return {
        "/news/{number}": ["/news/1", "/news/2"],
        "/news/{number}/change": ["/news/1/change"],
        "/pilots/{code}": ["/pilots/bus"],
        "/pilots/{code}/change": ["/pilots/bus/change"],
    }


async def _surveys(desk: Any, words: Sequence[str]) -> Pages:
    editor = desk.as_role(Role.EDITOR, name="emil")
    await desk.home.ways.keep(WAYS, desk.clock.now())
    for number, code in enumerate(("platz", "zweiter"), start=1):
        await written(desk)
        await editor.post(f"/drafts/{number}/card", CARD | {"code": code})
        if number == 1:
            await editor.post(f"/drafts/{number}/publish")
            await editor.post("/surveys/platz/open")
    return {
        "/surveys/{code}": ["/surveys/platz"],
        "/surveys/{code}/share": ["/surveys/platz/share"],
        "/drafts/{number}": ["/drafts/2"],
        "/drafts/{number}/card": ["/drafts/2/card"],
        "/drafts/{number}/publish": ["/drafts/2/publish"],
    }


AT_ONCE = 25
"""Hostile texts in one report: a report has room for them, and fewer pages are to be looked at."""


async def _cases(desk: Any, words: Sequence[str]) -> Pages:
    house = await house_over(desk.home.database, desk.home.state)
    shown = []
    for begin in range(0, len(words), AT_ONCE):
        batch = words[begin : begin + AT_ONCE]
        case = await house.reported(words="\n".join(batch), place=batch[0][:100], point=None)
        shown.append(f"/cases/{case.hex()}")
    for word in words[:AT_ONCE]:
        case = await house.reported(words=word)
    shown.append(f"/cases/{case.hex()}")
    return {
        "/cases/{case}": shown,
        "/cases/{case}/original/{position}": [f"{shown[-1]}/original/0"],
        "/cases": ["/cases", "/cases?search=bank"],
        "/cases/map": ["/cases/map"],
    }


READABLE = 12
"""So many answers at least, so that texts can be read."""


async def _texts(desk: Any, words: Sequence[str]) -> Pages:
    """A survey of its own each time, whose every answer is one of the words."""
    code = f"bench{len(await desk.home.surveys.all())}"
    state = desk.home.state
    (state / "keys").mkdir(exist_ok=True)
    citizens = Citizens(desk.home, ring=open_ring(state)) if (state / ROOT_FILE).exists() else Citizens(desk.home)
    await citizens.publish(code)
    await citizens.answer([*words, *words[: max(0, READABLE - len(words))] * READABLE], code)
    reader = desk.as_role(Role.MODERATOR, name="mona")
    lists = [f"/texts/{code}/list"]
    names: list[str] = []
    for path in lists:  # it grows: a page leads to the next
        page = await (await reader.get(path)).text()
        names += re.findall(rf'href="/texts/{code}/t/([0-9a-f]+)"', page)
        more = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        if more is not None:
            lists.append(f"/texts/{code}/list{unescape(more[1])}")
    ask = f"/texts/{code}/t/{names[0]}/original"
    reason = "Somebody may be in danger, and the place is masked"
    asked = await (await reader.get((await reader.post(ask, {"reason": reason})).headers["Location"])).text()
    requests = re.findall(r'action="(/originals/[0-9a-f]+)"', asked)
    return {
        "/texts": ["/texts"],
        "/texts/{survey}": [f"/texts/{code}"],
        "/texts/{survey}/list": lists,
        "/texts/{survey}/search": [f"/texts/{code}/search?words=bank"],
        "/texts/{survey}/queue": [f"/texts/{code}/queue"],
        "/texts/{survey}/quotes": [f"/texts/{code}/quotes"],
        "/texts/{survey}/t/{name}": [f"/texts/{code}/t/{name}" for name in names[:3]],
        "/texts/{survey}/t/{name}/original": [f"/texts/{code}/t/{name}/original" for name in names[:1]],
        "/originals": ["/originals"],
        "/originals/{id}": requests[:1],
        "/themes": [f"/themes?survey={code}", "/themes"],
    }


async def _results(desk: Any, words: Sequence[str]) -> Pages:
    """Of the survey that the state folder came with (`answered_survey.a_town`), if it did."""
    if not any(survey.code == "bus" for survey in await desk.home.surveys.all()):
        return {}
    return {
        "/results/{code}": ["/results/bus", "/results/bus?only=/data/district%3Dsouth"],
        "/results/{code}/outcome": ["/results/bus/outcome"],
        "/results/{code}/publish": ["/results/bus/publish"],
    }


async def _barriers(desk: Any, words: Sequence[str]) -> Pages:
    house = await house_over(desk.home.database, desk.home.state)
    public, today = await house.readings.public(desk.clock.today()), desk.clock.today()
    for begin in range(0, len(words), AT_ONCE):
        batch = words[begin : begin + AT_ONCE]
        said = Barrier(Part.CITIZENS, "de", "\n".join(batch), batch[0][:WHERE_LIMIT], batch[-1][:CONTACT_LIMIT])
        await desk.home.barriers.report(said, today, public)
    (waiting, *_) = await desk.home.barriers.all(1)
    await desk.home.barriers.answer(waiting.id, "mona", today)
    return {"/barriers": ["/barriers"]}


ROOMS: tuple[Room, ...] = (
    Room("people", _people, shows=False),
    Room("news", _news, shows=False),
    Room("surveys", _surveys, shows=False),
    Room("cases", _cases),
    Room("barriers", _barriers),
    Room("results", _results),
    Room("texts", _texts),
)
