"""The first page: what needs me now, and where everything is.

`ASKED` is where an area is registered (`desk/needs.py`).
"""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web

from desk import cases
from desk.needs import Need, NeedsMe
from desk.route import Route
from desk.views import barriers, broadcasts, people, releases, surveys, texts
from desk.visit import Visit
from dialogs.roles import Right

ASKED: Final[tuple[NeedsMe, ...]] = (
    cases.needs_me,
    barriers.needs_me,
    broadcasts.needs_me,
    surveys.needs_me,
    releases.needs_me,
    texts.needs_me,
    people.needs_me,
)
"""Who is asked what needs somebody now."""

log = structlog.get_logger()


async def home(visit: Visit) -> web.StreamResponse:
    """Where everybody begins."""
    needs: list[Need] = []
    for ask in ASKED:
        needs += await ask(visit)
    needs.sort(key=lambda need: not need.is_late)
    return visit.page("home.html", needs=needs, areas=[area for area in visit.areas() if area.path != "/"])


ROUTES: Final = (Route("GET", "/", home, Right.ENTER),)
