"""One request of a member of staff, as a view sees it: who asks, in which language, and how to answer.

    async def list_surveys(visit: Visit) -> web.StreamResponse:
        return visit.page("surveys/list.html", surveys=await visit.home.surveys.all())

Not here: whether they may (`routes.py` says which right, `middleware.py` looks).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from multidict import MultiDictProxy

from desk.areas import AREAS, Area
from desk.config import DeskConfig
from desk.home import Home
from desk.sent import FormValue, form_of
from desk.sessions import Session
from dialogs.i18n import Voice
from dialogs.messages import Language
from dialogs.roles import Right, may
from storage.audit import AuditEntry
from storage.clock import Clock
from storage.people import Staff
from storage.townsettings import LiveTown

if TYPE_CHECKING:
    from desk.gate import Gate
    from desk.pages import Pages

View = Callable[["Visit"], Awaitable[web.StreamResponse]]

NOBODY = Staff("")
"""Who is not logged in."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request and everything that its view may use."""

    request: web.Request
    home: Home
    config: DeskConfig
    clock: Clock
    pages: Pages
    session: Session | None
    language: Language
    gate: Gate
    live: LiveTown[DeskConfig]
    """The settings over `zuruf.toml`; `config` is what they come to."""

    @property
    def staff(self) -> Staff:
        return self.session.staff if self.session is not None else NOBODY

    @property
    def voice(self) -> Voice:
        return Voice(self.language, self.clock.today())

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return self.clock.today()

    def may(self, right: Right) -> bool:
        """Whether whoever asks has the right."""
        return may(self.staff.roles, right)

    def areas(self) -> list[Area]:
        """What the head of a page leads to, for whoever asks."""
        return [area for area in AREAS if self.may(area.right)]

    def page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A whole page."""
        return self.pages.page(self, template, status, values)

    def part(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """A fragment for htmx, without the frame of a page."""
        return self.pages.part(self, template, status, values)

    async def form(self) -> MultiDictProxy[FormValue]:
        """What was sent; origin and token were checked before the view was called."""
        return await form_of(self.request)

    async def field(self, name: str, most: int = 10_000) -> str:
        """One text of the form, trimmed, its line ends as \\n, cut to `most` characters; '' if it is missing or a file.
        What somebody writes at length is refused where it is too long: then `most` is far beyond that."""
        value = (await self.form()).get(name, "")
        return value.replace("\r\n", "\n").strip()[:most] if isinstance(value, str) else ""

    def go(self, path: str, said: str = "") -> web.Response:
        """To another page (303), which shows `said` once."""
        if said and self.session is not None:
            self.session.said.append(said)
        return web.Response(status=303, headers={"Location": path})

    async def note(self, act: str, subject: str, detail: str = "") -> None:
        """Who did what, in the audit log. `detail` holds no word and no id of a citizen."""
        await self.note_as(self.staff.name, act, subject, detail)

    async def note_as(self, who: str, act: str, subject: str, detail: str = "") -> None:
        """As `note`, of somebody who is just coming in."""
        await self.home.audit.append(AuditEntry(self.clock.now(), who, act, subject, detail))
