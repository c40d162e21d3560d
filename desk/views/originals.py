"""Originals of masked texts: asked for with a reason, approved by a second person, read by the two, all of it noted.

Every page here asks for the password again (`desk/route.py`, `PROVES`). The desk writes an order, the bot seals the
original for the reading key within seconds. Not here: who may (`storage/acts/unmasking.py`), photos and voice messages
(`zuruf texts`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from desk.cases import words_at
from desk.route import Route
from desk.views.queue import card_of, known
from desk.visit import Visit
from dialogs.promises import title_of
from dialogs.roles import Right
from storage.acts import unmasking
from storage.acts.errors import ActError
from storage.acts.unmasking import short
from storage.cases import CaseId
from storage.errors import Conflict
from storage.orders import ENDED
from storage.sql.unmaskings import Unmasking


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is listed. `masked`: the copy that staff know the text by; '' where it has none."""

    request: Unmasking
    number: str
    masked: str = field(repr=False)


async def ask(visit: Visit) -> web.StreamResponse:
    """The form, and what it sends."""
    survey, room = await known(visit), visit.home.room
    listed = await room.moderation.named(survey.code, visit.request.match_info["name"])
    card = await card_of(visit, survey, listed) if listed is not None else None
    if card is None or not await room.moderation.readable(survey.code):
        raise web.HTTPNotFound
    reason, wrong = await visit.field("reason") if _sent(visit) else "", ""
    if _sent(visit):
        found = card.opened
        try:
            asked = unmasking.request(
                survey.code, found.response, found.position, reason, visit.staff.name, visit.now, visit.voice
            )
        except ActError as error:
            wrong = str(error)
        else:
            await room.unmaskings.ask(asked)
            detail = f"{short(asked)} {card.listed.name}: {asked.reason}"
            await visit.note("text.ask_original", survey.code, detail)
            told = visit.voice.t("Request {number}: somebody else has to approve it.", number=short(asked))
            return visit.go("/originals", told)
    return visit.page(
        "originals/ask.html", 422 if wrong else 200, survey=survey, card=card, reason=reason, wrong=wrong,
        title=title_of(survey, visit.voice), closed=survey.closed,
    )  # fmt: skip


async def list_all(visit: Visit) -> web.StreamResponse:
    """Requests: those to decide, and those that one may read."""
    requests = [await _asked(visit, each) for each in await visit.home.room.unmaskings.all()]
    await visit.note("text.requests", "", str(len(requests)))
    return visit.page(
        "originals/list.html",
        waiting=[each for each in requests if not each.request.approved_by],
        approved=[each for each in requests if each.request.approved_by],
        alone=visit.config.staff.alone,
    )


async def decide(visit: Visit) -> web.StreamResponse:
    """Approve or decline."""
    room, voice = visit.home.room, visit.voice
    asked = await _known(visit)
    try:
        if await visit.field("act") != "approve":
            await room.unmaskings.decline(asked.id)
            await visit.note("text.decline", asked.survey, short(asked))
            return visit.go("/originals", voice.t("Request {number} is gone.", number=short(asked)))
        who = visit.staff.name
        unmasking.refuse_alone(asked, who, visit.now, alone=visit.config.staff.alone, voice=voice)
        unmasking.refuse_untyped(asked, who, await visit.field("typed"), voice)
        await room.unmaskings.agree(asked.id, who, visit.now)
    except ActError as error:
        return visit.go("/originals", str(error))
    except Conflict:
        return visit.go("/originals", voice.t("This request is decided already."))
    await visit.note("text.approve", asked.survey, f"{short(asked)} {unmasking.how(asked, who)}")
    return visit.go("/originals", voice.t("Approved. The original can be read today and tomorrow."))


async def show(visit: Visit) -> web.StreamResponse:
    """The original, for the two who decided."""
    room, asked = visit.home.room, await _known(visit)
    try:
        unmasking.refuse_reader(asked, visit.staff.name, visit.voice)
    except ActError as error:
        return visit.go("/originals", str(error))
    text = await room.copies.unmasked(asked.id, asked.sealed) if asked.sealed is not None else None
    if text is not None:
        await visit.note("text.show_original", asked.survey, short(asked))
    orders = await visit.home.orders.about(asked.id.hex())
    coming = asked.sealed is None and any(order.state not in ENDED for order in orders)
    listed = await _asked(visit, asked)
    return visit.page("originals/show.html", asked=listed, text=text, coming=coming)


async def _asked(visit: Visit, request: Unmasking) -> Asked:
    if not request.survey:
        file = await visit.home.case_files.get(CaseId(request.response))
        return Asked(request, short(request), (words_at(file, request.position) or "") if file is not None else "")
    opened = await visit.home.room.copies.at(request.response, request.position)
    return Asked(request, short(request), opened.text if opened is not None else "")


async def _known(visit: Visit) -> Unmasking:
    """The request of the address. Raises 404."""
    try:
        asked = await visit.home.room.unmaskings.get(bytes.fromhex(visit.request.match_info["id"]))
    except ValueError:
        asked = None
    if asked is None:
        raise web.HTTPNotFound
    return asked


def _sent(visit: Visit) -> bool:
    return visit.request.method == "POST"


ROUTES: Final = (
    Route("GET", "/texts/{survey}/t/{name}/original", ask, Right.UNMASK),
    Route("POST", "/texts/{survey}/t/{name}/original", ask, Right.UNMASK),
    Route("GET", "/originals", list_all, Right.UNMASK_APPROVE),
    Route("POST", "/originals/{id}", decide, Right.UNMASK_APPROVE),
    Route("GET", "/originals/{id}", show, Right.UNMASK_APPROVE),
)
