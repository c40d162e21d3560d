"""The queue of masked texts: one after the other, by keyboard or by buttons, several moderators beside each other.

Every act works by a plain form; htmx only spares the way there and back. Not here: lists and search (`texts.py`),
claims and decisions (`storage/sql/moderation.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from desk.route import Route
from desk.visit import Visit
from dialogs.forms.msgids import N_
from dialogs.roles import Right, may
from dialogs.text_states import HIDDEN_BECAUSE, HandOn, HideReason, TextState, may_follow
from dialogs.world import Survey
from storage.errors import Conflict
from storage.sql.copies import Opened
from storage.sql.moderation import LONGEST_TAG, Decision, Listed

MOST_ALIKE: Final = 10
"""Alike texts that are offered to be put together."""
MOST_OFFERED_TAGS: Final = 30
NAME_LETTERS: Final = 8

HANDED_ON_BECAUSE: Final = {
    HandOn.DANGER: N_("somebody may be in danger"),
    HandOn.CRIME: N_("it may be a crime"),
    HandOn.OFFICE: N_("an office has to know it"),
    HandOn.PERSONAL: N_("it still tells who somebody is"),
    HandOn.UNSURE: N_("I am not sure about the rules"),
}
STATES: Final = {
    TextState.WAITING: N_("waits"),
    TextState.READ: N_("read"),
    TextState.QUOTE: N_("quote"),
    TextState.ESCALATED: N_("handed on"),
    TextState.HIDDEN: N_("hidden"),
    TextState.DUPLICATE: N_("duplicate"),
}
DONE: Final = {
    TextState.WAITING: N_("Back in the queue."),
    TextState.READ: N_("Read."),
    TextState.QUOTE: N_("Approved as a quote; a second person looks at it."),
    TextState.ESCALATED: N_("Handed on."),
    TextState.HIDDEN: N_("Hidden."),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One text with everything that can be done about it."""

    listed: Listed
    opened: Opened = field(repr=False)
    asked: str
    """The question."""
    alike: Sequence[Opened] | None
    """None while texts are being compared."""


async def show(visit: Visit) -> web.StreamResponse:
    """The next text, on a page of its own."""
    survey = await known(visit)
    query = visit.request.query
    values = await _next(visit, survey, query.get("q", ""), query.get("at", ""), query.get("after", ""))
    return visit.page("texts/queue.html", **values, told="")


async def decide(visit: Visit) -> web.StreamResponse:
    """Store what was decided, then the next text."""
    survey, room = await known(visit), visit.home.room
    number, question = await text_here(visit, survey), await visit.field("q")
    decision = await _decision(visit)
    if decision is None:
        return await _go_on(visit, survey, question, visit.voice.t("Choose what is to happen with the text."))
    try:
        listed = await room.moderation.decide(number, decision, visit.staff.name, visit.now)
    except Conflict:
        return await _go_on(visit, survey, question, await _why_not(visit, number))
    await visit.note(f"text.{decision.then}", survey.code, f"{listed.name} {decision.reason} {decision.whose}".strip())
    return await _go_on(visit, survey, question, visit.voice.t(DONE[decision.then]))


async def _decision(visit: Visit) -> Decision | None:
    """What the form says; None if it is nothing of the lists."""
    try:
        seen, then = TextState(await visit.field("seen")), TextState(await visit.field("then"))
    except ValueError:
        return None
    reason, whose = await visit.field("reason"), await visit.field("whose")
    if then not in DONE:  # a duplicate is made by putting texts together
        return None
    if then is TextState.ESCALATED and whose not in await colleagues_of(visit):
        return None
    return Decision(seen, then, reason, whose if then is TextState.ESCALATED else "")


async def _why_not(visit: Visit, number: bytes) -> str:
    """Why a decision was not taken, as it stands now."""
    t = visit.voice.t
    standing = await visit.home.room.moderation.get(number)
    if standing is None:
        return t("This text is gone: whoever wrote it has deleted it.")
    if standing.claimed_by and standing.claimed_by != visit.staff.name:
        return t("{name} is reading this text just now. Nothing was changed.", name=standing.claimed_by)
    if standing.decided_by and standing.decided_by != visit.staff.name:
        return t("{name} has decided about this text meanwhile. Nothing was changed.", name=standing.decided_by)
    return t("This cannot be done with this text. Nothing was changed.")


async def merge(visit: Visit) -> web.StreamResponse:
    """The chosen texts say the same as this one, which stands for them."""
    survey = await known(visit)
    number, question = await text_here(visit, survey), await visit.field("q")
    others = [_number(str(each)) for each in (await visit.form()).getall("other", [])]
    try:
        merged = await visit.home.room.moderation.merge(number, others, visit.staff.name, visit.now)
    except Conflict:
        return await _go_on(visit, survey, question, await _why_not(visit, number), stay=number)
    await visit.note("text.merge", survey.code, f"{number.hex()[:NAME_LETTERS]} {merged}")
    told = visit.voice.n("{n} text was put behind this one.", "{n} texts were put behind this one.", merged)
    return await _go_on(visit, survey, question, told, stay=number)


async def tag(visit: Visit) -> web.StreamResponse:
    """Give a tag, or take it away; the text stays where it is."""
    survey, moderation = await known(visit), visit.home.room.moderation
    number, question = await text_here(visit, survey), await visit.field("q")
    given, taken = await visit.field("tag", LONGEST_TAG), await visit.field("untag", LONGEST_TAG)
    try:
        if taken:
            await moderation.untag(number, taken)
        else:
            await moderation.tag(number, given)
    except Conflict:
        told = visit.voice.t("The tag was not given: a text has ten at most, and a tag has a letter at least.")
        return await _go_on(visit, survey, question, told, stay=number)
    await visit.note("text.untag" if taken else "text.tag", survey.code, number.hex()[:NAME_LETTERS])
    told = visit.voice.t("Tag removed.") if taken else visit.voice.t("Tagged.")
    return await _go_on(visit, survey, question, told, stay=number)


async def undo(visit: Visit) -> web.StreamResponse:
    """Take back one's last decision."""
    survey, question = await known(visit), await visit.field("q")
    back = await visit.home.room.moderation.undo(visit.staff.name, visit.now)
    if not back:
        return await _go_on(visit, survey, question, visit.voice.t("There is nothing to take back."))
    await visit.note("text.undo", back[0].survey, " ".join(each.name for each in back))
    told = visit.voice.n("Taken back for {n} text.", "Taken back for {n} texts.", len(back))
    return await _go_on(visit, survey, question, told, stay=back[0].number)


async def leave(visit: Visit) -> web.StreamResponse:
    """What one had is free for the others."""
    await visit.home.room.moderation.release(visit.staff.name)
    return visit.go(f"/texts/{visit.request.match_info['survey']}")


# -- what is shown next


async def known(visit: Visit) -> Survey:
    """The survey of the address. Raises 404."""
    survey = await visit.home.room.survey(visit.request.match_info["survey"])
    if survey is None:
        raise web.HTTPNotFound
    return survey


async def colleagues_of(visit: Visit) -> list[str]:
    """To whom a text may be handed on: whoever reads texts, or decides about originals."""
    rights = (Right.TEXTS, Right.UNMASK_APPROVE)
    every = await visit.home.people.all(visit.now)
    return [each.staff.name for each in every if any(may(each.staff.roles, right) for right in rights)]


async def card_of(visit: Visit, survey: Survey, listed: Listed) -> Card | None:
    """A text, opened; None if it does not open any more."""
    room = visit.home.room
    opened = await room.copies.some([listed.number])
    if not opened:
        return None
    shelf = room.shelf(survey.code)
    alike = None
    if shelf is not None:
        alike = await room.copies.some(shelf.alike(listed.number, MOST_ALIKE))
        alike = [each for each in alike if may_follow(each.state, TextState.DUPLICATE)]
    asked = (await room.questions(survey, visit.voice)).get(listed.question, listed.question)
    return Card(listed, opened[0], asked, alike)


async def choices_of(visit: Visit, survey: Survey) -> dict[str, Any]:
    """What every card offers."""
    moderation = visit.home.room.moderation
    return {
        "survey": survey,
        "colleagues": [name for name in await colleagues_of(visit) if name != visit.staff.name],
        "known_tags": list(await moderation.tags(survey.code))[:MOST_OFFERED_TAGS],
        "hide_reasons": [(reason, HIDDEN_BECAUSE[reason]) for reason in HideReason],
        "hand_on_reasons": [(reason, HANDED_ON_BECAUSE[reason]) for reason in HandOn],
        "states": STATES,
    }


async def _go_on(visit: Visit, survey: Survey, question: str, told: str, stay: bytes = b"") -> web.StreamResponse:
    """After an act: where it was done, on the page of one text or in the queue."""
    name = stay.hex()[:NAME_LETTERS]
    if await visit.field("from") == "text":
        number = _number(await visit.field("number")).hex()
        return visit.go(f"/texts/{survey.code}/t/{name or number[:NAME_LETTERS]}", told)
    if "HX-Request" not in visit.request.headers:
        query = urlencode({name: value for name, value in (("q", question), ("at", name)) if value})
        return visit.go(f"/texts/{survey.code}/queue?{query}", told)
    return visit.part("texts/card.html", **await _next(visit, survey, question, at=name), told=told)


async def _next(visit: Visit, survey: Survey, question: str, at: str = "", after: str = "") -> dict[str, Any]:
    """What the queue shows: the text `at`, or the one behind `after`, or the first of one's own."""
    room = visit.home.room
    mine = list(await room.moderation.claim(survey.code, visit.staff.name, visit.now, question))
    behind = [each for each in mine if each.name > after]
    order = [each for each in mine if each.name == at] + behind + [each for each in mine if each not in behind]
    card = None
    for each in order:
        card = await card_of(visit, survey, each)
        if card is not None:
            await visit.note("text.read", survey.code, card.listed.name)
            break
    at_work = await room.moderation.at_work(survey.code, visit.now)
    return {
        **await choices_of(visit, survey),
        "card": card,
        "q": question,
        "left": await room.moderation.waiting(survey.code, question),
        "others": [each for each in at_work if each.staff != visit.staff.name],
        "readable": card is not None or await room.moderation.readable(survey.code),
        "origin": "queue",
    }


async def text_here(visit: Visit, survey: Survey) -> bytes:
    """The text that a form is about; none if it is not of the survey that the log would name."""
    number = _number(await visit.field("number"))
    standing = await visit.home.room.moderation.get(number)
    return number if standing is not None and standing.survey == survey.code else b""


def _number(typed: str) -> bytes:
    try:
        return bytes.fromhex(typed)
    except ValueError:
        return b""


ROUTES: Final = (
    Route("GET", "/texts/{survey}/queue", show, Right.TEXTS),
    Route("POST", "/texts/{survey}/decide", decide, Right.TEXTS),
    Route("POST", "/texts/{survey}/merge", merge, Right.TEXTS),
    Route("POST", "/texts/{survey}/tag", tag, Right.TEXTS),
    Route("POST", "/texts/{survey}/undo", undo, Right.TEXTS),
    Route("POST", "/texts/{survey}/leave", leave, Right.TEXTS),
)
