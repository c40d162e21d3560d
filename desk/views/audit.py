"""The log of what staff did: pages of it, by person and by act, and whether anybody changed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from desk.route import Route
from desk.visit import Visit
from dialogs.i18n import N_
from dialogs.roles import Right
from storage.errors import Tampered

A_PAGE: Final = 50
"""Entries on one page."""

ACT_WORDS: Final[Mapping[str, str]] = {
    "desk.login": N_("logged in"),
    "staff.first": N_("set up the desk as its first administrator"),
    "staff.accept": N_("chose a password by a link"),
    "staff.password": N_("changed their password"),
    "staff.codes": N_("set up codes"),
    "staff.put": N_("gave roles to"),
    "staff.invite": N_("sent a link to"),
    "staff.logout": N_("logged out"),
    "staff.remove": N_("removed from the staff"),
    "town.change": N_("changed the town's settings"),
    "survey.publish": N_("published the survey"),
    "survey.close": N_("closed the survey"),
    "survey.extend": N_("extended the survey"),
    "survey.results": N_("read the results of"),
    "survey.export": N_("took out rows of"),
    "survey.outcome": N_("said what became of"),
    "survey.archive": N_("archived the survey"),
    "pilot.apply": N_("changed the pilot"),
    "broadcast.draft": N_("wrote the broadcast"),
    "broadcast.submit": N_("submitted the broadcast"),
    "broadcast.approve": N_("approved the broadcast"),
    "broadcast.pause": N_("paused the broadcast"),
    "broadcast.resume": N_("resumed the broadcast"),
    "broadcast.stop": N_("stopped the broadcast"),
}
"""What acts are called in a sentence; any other is shown by its own name."""


async def log(visit: Visit) -> web.StreamResponse:
    """The newest first."""
    return await _page(visit, None, [])


async def verify(visit: Visit) -> web.StreamResponse:
    """Follow the chain from the first entry on."""
    try:
        entries = await visit.home.audit.entries()
    except Tampered as error:
        return await _page(visit, str(error), [])
    heads = await visit.home.audit.heads()
    wanted = (visit.request.query.get("head", "")).strip().lower()
    if wanted and wanted not in heads:
        return await _page(visit, visit.voice.t("the head {head} is not in it any more", head=wanted), [])
    return await _page(visit, "", heads[-1:], len(entries))


async def _page(visit: Visit, changed: str | None, heads: Sequence[str], count: int = 0) -> web.Response:
    query = visit.request.query
    actor, act = query.get("who", "")[:64], query.get("act", "")[:64]
    number = query.get("before", "")
    before = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    page = await visit.home.log.page(actor, act, before, A_PAGE)
    filters = {name: value for name, value in (("who", actor), ("act", act)) if value}
    older = urlencode({**filters, "before": page.older}) if page.older is not None else ""
    return visit.page(
        "audit/log.html",
        entries=page.entries,
        actors=[("", visit.voice.t("everybody")), *((name, name) for name in page.actors)],
        acts=[
            ("", visit.voice.t("everything")),
            *((each, visit.voice.t(ACT_WORDS.get(each, each))) for each in page.acts),
        ],
        actor=actor,
        act=act,
        older=older,
        is_first=before is None,
        act_words=ACT_WORDS,
        changed=changed,
        heads=heads,
        count=count,
    )


ROUTES: Final = (
    Route("GET", "/audit", log, Right.AUDIT),
    Route("GET", "/audit/verify", verify, Right.AUDIT),
)
