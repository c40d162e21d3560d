"""The first page: what needs me now."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from desk.route import Route
from desk.visit import Visit
from dialogs.roles import Right


async def home(visit: Visit) -> web.StreamResponse:
    """Where everybody begins."""
    return visit.page("home.html")


ROUTES: Final = (Route("GET", "/", home, Right.ENTER),)
