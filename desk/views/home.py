"""The first page: what needs me now, and where everything is. And the pages that everybody may read.

`ASKED` is where an area is registered (`desk/needs.py`).
"""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from desk import cases
from desk.needs import Need, NeedsMe
from desk.route import Route
from desk.views import broadcasts, people, surveys, texts
from desk.visit import Visit
from dialogs.roles import Right

ASKED: Final[tuple[NeedsMe, ...]] = (
    cases.needs_me, broadcasts.needs_me, surveys.needs_me, texts.needs_me, people.needs_me,
)  # fmt: skip
"""Who is asked what needs somebody now."""

log = structlog.get_logger()


async def home(visit: Visit) -> web.StreamResponse:
    """Where everybody begins."""
    needs: list[Need] = []
    for ask in ASKED:
        needs += await ask(visit)
    needs.sort(key=lambda need: not need.is_late)
    return visit.page("home.html", needs=needs, areas=[area for area in visit.areas() if area.path != "/"])


async def accessibility(visit: Visit) -> web.StreamResponse:
    """The statement that the law asks for, with whom to tell about barriers."""
    return visit.page("accessibility.html", contact=visit.config.town.contact)


ROUTES: Final = (
    Route("GET", "/", home, Right.ENTER),
    Route("GET", "/accessibility", accessibility, None),
)
