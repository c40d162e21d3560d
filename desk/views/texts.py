"""Masked texts of surveys: what waits, lists by state and tag, search, one text, quotes, what was handed to me.

Not here: the queue (`queue.py`), themes (`themes.py`), originals (`originals.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from desk.needs import Need
from desk.route import Route
from desk.views.queue import STATES, card_of, choices_of, known, text_here
from desk.visit import Visit
from dialogs.i18n import Voice
from dialogs.moderation_rules import hidden_numbers, rules
from dialogs.promises import title_of
from dialogs.roles import Right
from dialogs.text_states import TextState
from dialogs.world import Survey
from storage.errors import Conflict
from storage.sql.copies import Opened
from storage.sql.moderation import PAGE, Listed, Which

ANY_STATE: Final = "any"
"""In an address: texts of a list may stand anywhere."""


@dataclass(frozen=True, slots=True)
class Pile:
    """The texts of one question, or of one survey, by state."""

    name: str
    ref: str
    counts: Mapping[TextState, int]

    @property
    def waiting(self) -> int:
        return self.counts.get(TextState.WAITING, 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return self.total - self.waiting


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a list."""

    listed: Listed
    opened: Opened


async def list_surveys(visit: Visit) -> web.StreamResponse:
    """Every survey that has texts, those with the most to do first."""
    room = visit.home.room
    counts = await _readable_counts(visit)
    titles = {survey.code: title_of(survey, visit.voice) for survey in await room.surveys()}
    piles = [Pile(titles[code], code, by_state) for code, by_state in counts.items() if code in titles]
    piles.sort(key=lambda pile: (-pile.waiting, pile.name))
    handed = await room.moderation.handed_to(visit.staff.name)
    asked = [each for each in await room.unmaskings.all() if not each.approved_by]
    return visit.page("texts/list.html", piles=piles, handed=handed, asked=len(asked))


async def show_survey(visit: Visit) -> web.StreamResponse:
    """One survey: its questions, who reads just now, tags, where everything is."""
    survey, room = await known(visit), visit.home.room
    counts = await room.moderation.counts(survey.code)
    labels = await room.questions(survey, visit.voice)
    refs = dict.fromkeys([*labels, *(question for _, question, _ in counts)])
    piles = [
        Pile(labels.get(ref, ref), ref, {state: n for (_, question, state), n in counts.items() if question == ref})
        for ref in refs
    ]
    total = Pile("", "", {state: sum(pile.counts.get(state, 0) for pile in piles) for state in STATES})
    return visit.page(
        "texts/survey.html",
        survey=survey,
        title=title_of(survey, visit.voice),
        piles=[pile for pile in piles if pile.total],
        total=total,
        states=STATES,
        tags=await room.moderation.tags(survey.code),
        at_work=await room.moderation.at_work(survey.code, visit.now),
        readable=await room.moderation.readable(survey.code),
    )


async def show_list(visit: Visit) -> web.StreamResponse:
    """Texts in one state or in any, with one tag, of one question."""
    survey, query = await known(visit), visit.request.query
    await _refuse_unreadable(visit, survey)
    try:
        chosen, after = query.get("state", TextState.WAITING), bytes.fromhex(query.get("after", ""))
        state = None if chosen == ANY_STATE else TextState(chosen)
    except ValueError:
        raise web.HTTPNotFound from None
    which = Which(survey.code, state, query.get("q", ""), query.get("tag", ""))
    found = await visit.home.room.moderation.list(which, after)
    await visit.note("texts.list", survey.code, f"{chosen} {len(found)}")
    last = found[-1].number.hex() if len(found) == PAGE else ""
    return visit.page(
        "texts/lines.html",
        survey=survey,
        title=title_of(survey, visit.voice),
        lines=await _lines(visit, found),
        which=which,
        last=last,
        states=STATES,
        any_state=ANY_STATE,
        labels=await visit.home.room.questions(survey, visit.voice),
    )


async def search(visit: Visit) -> web.StreamResponse:
    """Texts that hold some words. Sent as a form, so that no log of addresses holds what was looked for."""
    survey, room = await known(visit), visit.home.room
    await _refuse_unreadable(visit, survey)
    words = await visit.field("words", 200) if visit.request.method == "POST" else ""
    shelf = room.shelf(survey.code)
    values: dict[str, Any] = {"lines": [], "more": False}
    if words and shelf is not None:
        hits = shelf.search(words, await visit.field("q"))
        listed = await room.moderation.some(hits.numbers)
        values = {"lines": await _lines(visit, listed), "more": hits.more or len(hits.numbers) > PAGE,
                  "found": len(hits.numbers)}  # fmt: skip
        await visit.note("texts.search", survey.code, str(len(hits.numbers)))
    return visit.page(
        "texts/search.html",
        survey=survey,
        title=title_of(survey, visit.voice),
        words=words,
        ready=shelf is not None,
        opened=room.library.progress(survey.code),
        states=STATES,
        **values,
    )


async def show_text(visit: Visit) -> web.StreamResponse:
    """One text, whatever its state."""
    survey = await known(visit)
    await _refuse_unreadable(visit, survey)
    listed = await visit.home.room.moderation.named(survey.code, visit.request.match_info["name"])
    card = await card_of(visit, survey, listed) if listed is not None else None
    if card is None:
        raise web.HTTPNotFound
    await visit.note("text.read", survey.code, card.listed.name)
    choices = await choices_of(visit, survey)
    return visit.page(
        "texts/text.html", card=card, title=title_of(survey, visit.voice), origin="text", q="", told="", **choices
    )


async def show_mine(visit: Visit) -> web.StreamResponse:
    """What colleagues handed on to whoever asks, of every survey."""
    lines: list[Line] = []
    for code, by_state in (await _readable_counts(visit)).items():
        if by_state[TextState.ESCALATED]:
            which = Which(code, TextState.ESCALATED, whose=visit.staff.name)
            lines += await _lines(visit, await visit.home.room.moderation.list(which))
    await visit.note("texts.mine", "", str(len(lines)))
    return visit.page("texts/mine.html", lines=lines, states=STATES)


async def show_quotes(visit: Visit) -> web.StreamResponse:
    """Quotes: those that wait for a second look, and those that may be published."""
    survey, room = await known(visit), visit.home.room
    await _refuse_unreadable(visit, survey)
    lines = await _lines(visit, await room.moderation.list(Which(survey.code, TextState.QUOTE)))
    await visit.note("texts.quotes", survey.code, str(len(lines)))
    return visit.page(
        "texts/quotes.html",
        survey=survey,
        title=title_of(survey, visit.voice),
        waiting=[line for line in lines if not line.listed.whose],
        approved=[line for line in lines if line.listed.whose],
        alone=visit.config.staff.alone,
        labels=await room.questions(survey, visit.voice),
    )


async def second(visit: Visit) -> web.StreamResponse:
    """A second look at a quote."""
    survey = await known(visit)
    back = f"/texts/{survey.code}/quotes"
    try:
        number = await text_here(visit, survey)
        quote = await visit.home.room.moderation.second(number, visit.staff.name, visit.config.staff.alone)
    except Conflict:
        told = visit.voice.t("A quote needs a second person, and it has to be one still. Nothing was changed.")
        return visit.go(back, told)
    await visit.note("text.second", survey.code, quote.name)
    return visit.go(back, visit.voice.t("It may be published now."))


async def show_rules(visit: Visit) -> web.StreamResponse:
    """The public rules of moderation, with the numbers that citizens see."""
    voice: Voice = visit.voice
    hidden = await visit.home.room.moderation.hidden_by_reason()
    return visit.page(
        "texts/rules.html",
        sections=rules(voice, visit.config.town.contact),
        hidden=hidden_numbers(hidden, voice),
        public=f"{visit.config.web_address}/moderation" if visit.config.web_address else "",
    )


async def needs_me(visit: Visit) -> list[Need]:
    """Texts and requests that wait for whoever asks: for the first page."""
    room, n, t = visit.home.room, visit.voice.n, visit.voice.t
    needs = []
    if visit.may(Right.TEXTS):
        if handed := await room.moderation.handed_to(visit.staff.name):
            words = n("{n} text was handed to you.", "{n} texts were handed to you.", handed)
            needs.append(Need(words, "/texts-for-me", t("Read")))
        if waiting := sum(each[TextState.WAITING] for each in (await _readable_counts(visit)).values()):
            needs.append(Need(n("{n} text is to be read.", "{n} texts are to be read.", waiting), "/texts", t("Read")))
    if visit.may(Right.UNMASK) or visit.may(Right.UNMASK_APPROVE):
        needs += await _originals(visit)
    return needs


async def _originals(visit: Visit) -> list[Need]:
    """What others ask for, and what was approved for oneself."""
    n, t, needs = visit.voice.n, visit.voice.t, []
    asked = await visit.home.room.unmaskings.all()
    others = sum(each.asked_by != visit.staff.name for each in asked if not each.approved_by)
    if others and visit.may(Right.UNMASK_APPROVE):
        words = n("{n} request to read an original waits.", "{n} requests to read an original wait.", others)
        needs.append(Need(words, "/originals", t("Decide")))
    if mine := sum(each.asked_by == visit.staff.name for each in asked if each.approved_by):
        words = n("{n} original that you asked for can be read.", "{n} originals that you asked for can be read.", mine)
        needs.append(Need(words, "/originals", t("Read")))
    return needs


async def _readable_counts(visit: Visit) -> dict[str, Counter[TextState]]:
    """Texts by state, of each survey whose texts may be read: of the others not even how many there are is told."""
    moderation = visit.home.room.moderation
    found: dict[str, Counter[TextState]] = {}
    for (code, _, state), number in (await moderation.counts()).items():
        found.setdefault(code, Counter())[state] += number
    readable = await moderation.readable_of(found)
    return {code: by_state for code, by_state in found.items() if code in readable}


async def _refuse_unreadable(visit: Visit, survey: Survey) -> None:
    """Texts of fewer than ten people, and of an open strict survey, are nobody's to read. Raises 404."""
    if not await visit.home.room.moderation.readable(survey.code):
        raise web.HTTPNotFound


async def _lines(visit: Visit, listed: Sequence[Listed]) -> list[Line]:
    opened = {each.number: each for each in await visit.home.room.copies.some([each.number for each in listed])}
    return [Line(each, opened[each.number]) for each in listed if each.number in opened]


ROUTES: Final = (
    Route("GET", "/texts", list_surveys, Right.TEXTS),
    Route("GET", "/texts-for-me", show_mine, Right.TEXTS),
    Route("GET", "/texts/{survey}", show_survey, Right.TEXTS),
    Route("GET", "/texts/{survey}/list", show_list, Right.TEXTS),
    Route("GET", "/texts/{survey}/search", search, Right.TEXTS),
    Route("POST", "/texts/{survey}/search", search, Right.TEXTS),
    Route("GET", "/texts/{survey}/t/{name}", show_text, Right.TEXTS),
    Route("GET", "/texts/{survey}/quotes", show_quotes, Right.TEXTS),
    Route("POST", "/texts/{survey}/second", second, Right.TEXTS),
    Route("GET", "/moderation", show_rules, Right.ENTER),
)
