"""The log of what staff did: pages of it, by person and by act, and whether anybody changed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from desk.actwords import ACT_WORDS
from desk.route import Route
from desk.visit import Visit
from dialogs.roles import Right
from storage.errors import Tampered

A_PAGE: Final = 50
"""Entries on one page."""


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
