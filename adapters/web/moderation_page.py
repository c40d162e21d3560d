"""The public page of moderation rules, with how many texts were hidden for which reason.

The numbers are of one day: they change once a day at most, so that nobody watches a text being hidden. Not here: the
rules (`dialogs/moderation_rules.py`), counting (whoever hands in `hidden`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Final

from aiohttp import web

from adapters.web.headers import Protection
from adapters.web.pages import Pages, page_of
from adapters.web.settings import WebSettings
from dialogs.i18n import Voice
from dialogs.moderation_rules import hidden_numbers, rules
from dialogs.text_states import HideReason

COUNT_SECONDS: Final = 5.0
"""How long the page waits for the numbers; it is shown without them rather than not at all."""

Hidden = Callable[[], Awaitable[Mapping[HideReason, int] | None]]
"""Counts hidden texts; None where they cannot be counted just now."""


class ModerationPage:
    """Serves the page; shown by the same means as all others."""

    def __init__(self, pages: Pages, web_settings: WebSettings, hidden: Hidden) -> None:
        self._pages = pages
        self._settings = web_settings
        self._hidden = hidden
        self._counted: tuple[date, Mapping[HideReason, int]] | None = None

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the listener serves besides pages and chat; to be added before the short addresses."""
        return (web.get("/moderation", Protection(self._settings.web_address).guarded(self._rules)),)

    async def _rules(self, request: web.Request) -> web.Response:
        world = self._pages.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())
        counts = await self._counts(world.now.date())
        return self._pages.show(
            "moderation.html",
            page,
            voice,
            sections=rules(voice, world.town.contact),
            hidden=hidden_numbers(counts, voice) if counts is not None else (),
        )

    async def _counts(self, today: date) -> Mapping[HideReason, int] | None:
        if self._counted is not None and self._counted[0] == today:
            return self._counted[1]
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                counts = await self._hidden()
        except TimeoutError:
            counts = None
        if counts is not None:
            self._counted = (today, counts)
        return counts
