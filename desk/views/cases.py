"""Feedback cases: the list, a case with its conversation and what can be done, the map.

A case that somebody may not see is not there for them. What may be done, and its line in the audit log, is
`storage/acts/cases.py`; who sees what is `desk/cases.py`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from aiohttp import web

from desk.cases import (
    NEEDS,
    ON_MAP,
    PAGE,
    Asks,
    clerk_of,
    labels,
    needs,
    offices,
    others_offices,
    spots_of,
    standing,
    urgency,
    words_at,
    work_of,
)
from desk.route import Route
from desk.sentences import SENTENCES, sentence
from desk.visit import View, Visit
from dialogs.moderation import NEEDS_REASON, NEXT, CaseStatus
from dialogs.roles import Right
from storage.acts import cases as acts
from storage.acts import unmasking
from storage.acts.cases import ORDER_NAMES, REPLY_LIMIT, STATUS_NAMES, on_their_way
from storage.acts.errors import ActError
from storage.cases import CaseId
from storage.errors import Conflict
from storage.sql.case_files import CaseFile

WORDS_MOST: Final = 20_000
"""Characters of a reply that are read at all, so that what is too long comes back whole."""

NO_OFFICE: Final = "-"
"""Among the filters: cases that no office has yet."""

_ID: Final = re.compile(r"[0-9a-f]{32}")

Act = Callable[[CaseFile], Awaitable[None]]


async def list_all(visit: Visit) -> web.StreamResponse:
    """Cases of one's offices, the most urgent first, by filters."""
    query = visit.request.query
    asks = Asks(query["need"]) if query.get("need") in tuple(Asks) else Asks.OPEN
    category, office = query.get("category", ""), query.get("office", "")
    every = await standing(visit)
    chosen = _chosen(every, category, office)
    found = sorted(
        (file for file in chosen if needs(file, asks, visit.today)), key=lambda file: urgency(file, visit.today)
    )
    page = _page(query.get("page", "1"), len(found))
    return visit.page(
        "cases/list.html",
        files=await visit.home.case_files.opened(found[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=max(1, -(-len(found) // PAGE)),
        need=asks,
        needs=[(each, NEEDS[each], sum(needs(file, each, visit.today) for file in chosen)) for each in Asks],
        category=category,
        office=office,
        categories=sorted({file.category for file in every}, key=labels(visit)),
        offices=[
            (NO_OFFICE, visit.voice.t("No office yet")),
            *((name, name) for name in offices(visit, (file.office for file in every))),
        ],
        any_at_all=bool(every),
        label=labels(visit),
        statuses=STATUS_NAMES,
    )


def _chosen(files: Sequence[CaseFile], category: str, office: str) -> list[CaseFile]:
    return [file for file in files if category in ("", file.category) and office in ("", file.office or NO_OFFICE)]


def _page(typed: str, found: int) -> int:
    number = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 1
    return min(max(1, number), max(1, -(-found // PAGE)))


async def show_map(visit: Visit) -> web.StreamResponse:
    """Open cases where they are, the most urgent ones first; the same as a list by district."""
    category, office = visit.request.query.get("category", ""), visit.request.query.get("office", "")
    open_ones = [file for file in _chosen(await standing(visit), category, office) if not file.is_closed]
    every = sorted(open_ones, key=lambda file: urgency(file, visit.today))
    files = await visit.home.case_files.opened(every[:ON_MAP])
    outline = visit.live.districts.outline
    by_district: dict[str, list[CaseFile]] = {}
    for file in files:
        by_district.setdefault(file.report.district if file.report is not None else "", []).append(file)
    return visit.page(
        "cases/map.html",
        outline=outline,
        spots=spots_of(files, outline),
        category=category,
        office="" if office == NO_OFFICE else office,
        narrowed=bool(category or office),
        total=len(every),
        shown=len(files),
        districts=sorted(by_district.items(), key=lambda item: (not item[0], item[0])),
        label=labels(visit),
        statuses=STATUS_NAMES,
    )


# -- one case


async def show(visit: Visit) -> web.StreamResponse:
    """Everything that is known of a case, and what can be done."""
    file = await _known(visit)
    await visit.note("feedback.show", file.number)
    return await _shown(visit, file)


async def talk(visit: Visit) -> web.StreamResponse:
    """The conversation alone, while something is on its way."""
    file = await _known(visit)
    return visit.part("cases/talk.html", **await _talk(visit, file))


async def twins(visit: Visit) -> web.StreamResponse:
    """Other cases about the same thing alone, once their places are opened."""
    file = await _known(visit)
    found = await visit.home.alike.to(file, await others_offices(visit))
    return visit.part("cases/twins.html", file=file, twins=found, statuses=STATUS_NAMES)


async def photo(visit: Visit) -> web.StreamResponse:
    """Pixels as they are kept: nothing hidden in them."""
    file = await _known(visit)
    pixels = await visit.home.case_files.photo(file)
    if pixels is None:
        raise web.HTTPNotFound
    await visit.note("feedback.photo", file.number)
    return web.Response(body=pixels, content_type="image/jpeg")


async def reply(visit: Visit) -> web.StreamResponse:
    """Write to whoever reported; or put a sentence into the box first."""
    words, chosen = await visit.field("words", WORDS_MOST), await visit.field("sentence")
    file = await _known(visit)
    if chosen in SENTENCES:
        begun = f"{words}\n{sentence(chosen, file, visit)}".strip()
        return await _shown(visit, file, words=begun)
    work, clerk = work_of(visit), clerk_of(visit)
    said = visit.voice.t("Written. The bot brings it, if the citizen wished for a reply; the case code shows it, too.")
    return await _act(visit, file, lambda seen: acts.reply(work, clerk, seen, words), said, "words", words)


async def decide(visit: Visit) -> web.StreamResponse:
    """The next status."""
    then, office, reason = await visit.field("then"), await visit.field("office"), await visit.field("reason")
    file = await _known(visit)
    if then not in tuple(CaseStatus):
        raise web.HTTPNotFound
    status = CaseStatus(then)
    problem_at = "reason" if status in NEEDS_REASON else "office"
    t = visit.voice.t
    if status is CaseStatus.WITH_OFFICE and not office:
        return await _shown(visit, file, problem=(problem_at, t("Which office has it now?")), status=422)
    to = office if status is CaseStatus.WITH_OFFICE else ""
    said = t("The case is now: {status}.", status=t(STATUS_NAMES[status]))
    work, clerk = work_of(visit), clerk_of(visit)
    return await _act(
        visit, file, lambda seen: acts.step(work, clerk, seen, status, to, reason), said, problem_at, reason=reason
    )


async def set_due(visit: Visit) -> web.StreamResponse:
    """By when something is to be done."""
    typed = await visit.field("due")
    file = await _known(visit)
    t = visit.voice.t
    try:
        due = date.fromisoformat(typed) if typed else None
    except ValueError:
        return await _shown(visit, file, problem=("due", t("Write the day like this: 2027-01-31.")), status=422)
    work, clerk = work_of(visit), clerk_of(visit)
    return await _act(visit, file, lambda seen: acts.set_due(work, clerk, seen, due), t("The date is set."), "due")


async def take_note(visit: Visit) -> web.StreamResponse:
    """What the citizen wrote needs no reply."""
    file = await _known(visit)
    work, clerk = work_of(visit), clerk_of(visit)
    said = visit.voice.t("Noted: this needs no reply.")
    return await _act(visit, file, lambda seen: acts.take_note(work, clerk, seen), said, "content")


async def ask_original(visit: Visit) -> web.StreamResponse:
    """The form, and what it sends: somebody else has to approve (`desk/views/originals.py`)."""
    file, typed = await _known(visit), visit.request.match_info["position"]
    position = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else -1
    words = words_at(file, position)
    if words is None:
        raise web.HTTPNotFound
    reason, wrong = "", ""
    if visit.request.method == "POST":
        reason = await visit.field("reason")
        try:
            asked = unmasking.request("", file.id, position, reason, visit.staff.name, visit.now, visit.voice)
        except ActError as error:
            wrong = str(error)
        else:
            await visit.home.room.unmaskings.ask(asked)
            await visit.note("text.ask_original", file.number, f"{unmasking.short(asked)}: {asked.reason}")
            number = unmasking.short(asked)
            return visit.go(
                "/originals", visit.voice.t("Request {number}: somebody else has to approve it.", number=number)
            )
    status = 422 if wrong else 200
    return visit.page(
        "cases/original.html", status, file=file, position=position, words=words, reason=reason, wrong=wrong
    )


async def _known(visit: Visit) -> CaseFile:
    named = visit.request.match_info["case"]
    file = await visit.home.case_files.get(CaseId(bytes.fromhex(named))) if _ID.fullmatch(named) else None
    if file is None or file.office in await others_offices(visit):
        raise web.HTTPNotFound
    return file


async def _act(
    visit: Visit, file: CaseFile, act: Act, said: str, at: str, words: str = "", reason: str = ""
) -> web.StreamResponse:
    """Decide on what was looked at; what is refused is said above it, and nothing typed is lost."""
    seen = replace(
        file, revision=await _number(visit, "revision", -1), last=min(file.last, await _number(visit, "last", 0))
    )
    try:
        await act(seen)
    except ActError as error:
        late = seen.revision != file.revision
        return await _shown(visit, file, (at, str(error)), words, reason, status=409 if late else 422)
    after = await visit.home.case_files.get(file.id)
    if after is None or after.office in await others_offices(visit):
        return visit.go("/cases", said)
    return visit.go(f"/cases/{file.id.hex()}", said)


async def _number(visit: Visit, name: str, otherwise: int) -> int:
    typed = await visit.field(name, 12)
    return int(typed) if typed.isascii() and typed.isdecimal() else otherwise


async def _talk(visit: Visit, seen: CaseFile) -> dict[str, Any]:
    way = await on_their_way(work_of(visit), seen.id)
    file = await visit.home.case_files.get(seen.id)  # after it: what is not on its way any more is in here
    if file is None:
        raise web.HTTPNotFound
    missing = file.report is None or any(each.words is None for each in file.messages)
    return {
        "file": file,
        "way": way,
        "waits": bool(way.replies or way.reason or missing),
        "brought": ORDER_NAMES,
        "citizen": visit.voice.t("Citizen"),
    }


async def _shown(
    visit: Visit,
    file: CaseFile,
    problem: tuple[str, str] | None = None,
    words: str = "",
    reason: str = "",
    status: int = 200,
) -> web.StreamResponse:
    outline = visit.live.districts.outline
    spoken = await _talk(visit, file)
    file = spoken["file"]
    return visit.page(
        "cases/one.html",
        status,
        **spoken,
        problem=problem,
        words=words,
        reason=reason,
        outline=outline,
        spots=spots_of([file], outline),
        twins=await visit.home.alike.to(file, await others_offices(visit)),
        following=[each for each in CaseStatus if each in NEXT[file.status]],
        statuses=STATUS_NAMES,
        sentences=[(key, sentence(key, file, visit)) for key in SENTENCES],
        offices=offices(visit, await visit.home.case_files.offices()),
        label=labels(visit),
        limit=REPLY_LIMIT,
    )


def _reading(view: View) -> View:
    """Says what to do where the reading key is not here."""

    async def read(visit: Visit) -> web.StreamResponse:
        try:
            return await view(visit)
        except Conflict:
            return visit.page("cases/keyless.html", 503)

    return read


ROUTES: Final = (
    Route("GET", "/cases", _reading(list_all), Right.CASES),
    Route("GET", "/cases/map", _reading(show_map), Right.CASES),
    Route("GET", "/cases/{case}", _reading(show), Right.CASES),
    Route("GET", "/cases/{case}/talk", _reading(talk), Right.CASES, polls=True),
    Route("GET", "/cases/{case}/alike", _reading(twins), Right.CASES, polls=True),
    Route("GET", "/cases/{case}/photo", _reading(photo), Right.CASES),
    Route("GET", "/cases/{case}/original/{position}", ask_original, Right.UNMASK),
    Route("POST", "/cases/{case}/original/{position}", ask_original, Right.UNMASK),
    Route("POST", "/cases/{case}/reply", reply, Right.CASES),
    Route("POST", "/cases/{case}/status", decide, Right.CASES),
    Route("POST", "/cases/{case}/due", set_due, Right.CASES),
    Route("POST", "/cases/{case}/noted", take_note, Right.CASES),
)
