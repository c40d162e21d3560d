"""The accessibility statement of the citizens' pages, and the form to report a barrier: no login, no cookie, no script.

Not here: what a statement owes (`dialogs/accessibility.py`), what becomes of a report (whoever hands in `report`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web import origins
from adapters.web.headers import Protection
from adapters.web.limits import Buckets, Marks
from adapters.web.pages import Page, Pages, page_of
from adapters.web.settings import WebSettings
from dialogs.accessibility import Barrier, Part, cleaned, faults, handled, settles, statement
from dialogs.i18n import Voice

REPORTS_PER_SECOND: Final = 1 / 600
"""From one network: a town hall, a school and a mobile network have one, too."""
REPORTS_BURST: Final = 10.0
FORM_BYTES: Final = 64 * 1024
REPORT_SECONDS: Final = 10.0

Report = Callable[[Barrier], Awaitable[bool]]
"""Keeps a report; False if there are too many just now. Raises what means that it could not."""

log = structlog.get_logger()


class AccessibilityPage:
    """Serves both; shown by the same means as all other pages."""

    def __init__(
        self, pages: Pages, web_settings: WebSettings, report: Report, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pages = pages
        self._settings = web_settings
        self._report = report
        self._clock = clock
        self._networks = Buckets(REPORTS_PER_SECOND, REPORTS_BURST)
        self._marks = Marks()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the listener serves besides pages and chat; to be added before the short addresses."""
        guarded = Protection(self._settings.web_address).guarded
        return (
            web.get("/accessibility", guarded(self._statement)),
            web.get("/accessibility/report", guarded(self._form)),
            web.post("/accessibility/report", guarded(self._take)),
            web.get("/accessibility/reported", guarded(self._thanks)),
        )

    async def _statement(self, request: web.Request) -> web.Response:
        page, voice = self._seen(request)
        return self._pages.show(
            "accessibility.html",
            page,
            voice,
            sections=statement(voice, page.town.name),
            settles=settles(voice, page.town.arbitration),
        )

    async def _form(self, request: web.Request) -> web.Response:
        page, voice = self._seen(request)
        return self._asked(page, voice, Barrier(Part.CITIZENS, page.language, ""))

    async def _take(self, request: web.Request) -> web.Response:
        if not origins.is_own_page(request, self._settings):
            raise web.HTTPForbidden(text="Not from here.\n")
        if request.content_length is None or request.content_length > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(FORM_BYTES, request.content_length or 0)
        try:
            form = await request.post()
        except (ValueError, LookupError, HttpProcessingError):  # broken parts, or no encoding that there is
            raise web.HTTPBadRequest(text="This form could not be read.\n") from None
        page, voice = self._seen(request)
        what, where, contact = (cleaned(str(form.get(name, ""))) for name in ("what", "where", "contact"))
        barrier = Barrier(Part.CITIZENS, page.language, what, where, contact)
        wrong = faults(barrier, voice)
        if wrong:
            return self._asked(page, voice, barrier, wrong, 422)
        if self._networks.take(self._marks.mark(origins.remote(request, self._settings)), self._clock()):
            later = voice.t("Many reports came from your network just now. Please send yours in ten minutes.")
            return self._asked(page, voice, barrier, [("what", later)], 429)
        if not await self._kept(barrier):
            other = voice.t("Your report could not be kept. Please try again later, or tell a person.")
            return self._asked(page, voice, barrier, [("what", other)], 503)
        raise web.HTTPSeeOther(page.href("/accessibility/reported"))

    async def _kept(self, barrier: Barrier) -> bool:
        try:
            async with asyncio.timeout(REPORT_SECONDS):
                return await self._report(barrier)
        except Exception as error:  # whatever a store says: the person is told, and what they wrote stands there still
            log.warning("barrier_waits", error=type(error).__name__)
            return False

    async def _thanks(self, request: web.Request) -> web.Response:
        page, voice = self._seen(request)
        return self._pages.show("barrier_taken.html", page, voice)

    def _asked(
        self, page: Page, voice: Voice, barrier: Barrier, wrong: Sequence[tuple[str, str]] = (), status: int = 200
    ) -> web.Response:
        return self._pages.show(
            "barrier.html", page, voice, status=status, barrier=barrier, wrong=wrong, handled=handled(voice)
        )

    def _seen(self, request: web.Request) -> tuple[Page, Voice]:
        world = self._pages.world(request)
        page = page_of(request, world)
        return page, Voice(page.language, world.now.date())
