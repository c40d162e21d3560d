"""Pages from templates: escaped always, in the reader's language, with what every page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from desk.said import visible
from desk.sessions import IDLE
from dialogs.formatting import segments
from dialogs.i18n import direction, format_day, format_number, own_name
from dialogs.looks.assets import Assets
from dialogs.messages import Language
from storage.acts.rolewords import ROLE_NAMES

if TYPE_CHECKING:
    from desk.visit import Visit

LANGUAGES = (Language("de"), Language("en"))
"""Languages of the desk."""


def logo_path(logo: bytes) -> str:
    """Where the town's logo is: another path for another one."""
    return f"/static/logo/{hashlib.sha256(logo).hexdigest()[:16]}.jpg"


class Pages:
    """Templates and static files."""

    def __init__(self, accent: str) -> None:
        self.assets = Assets("desk", accent)
        self._environment = Environment(
            loader=PackageLoader("desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["said"] = visible
        self._environment.filters["pieces"] = lambda part: segments(part.text, part.spans)

    def page(self, visit: Visit, template: str, status: int, values: Mapping[str, Any]) -> web.Response:
        """A whole page; what was to be said once is said."""
        said: list[str] = []
        if visit.session is not None:
            said = list(visit.session.said)
            visit.session.said.clear()
        return self._answer(visit, template, status, {"said": said, **values})

    def part(self, visit: Visit, template: str, status: int, values: Mapping[str, Any]) -> web.Response:
        """A fragment."""
        return self._answer(visit, template, status, {"said": [], **values})

    def _answer(self, visit: Visit, template: str, status: int, values: Mapping[str, Any]) -> web.Response:
        language, voice = visit.language, visit.voice
        self.assets.wear(visit.config.town.accent)
        text = self._environment.get_template(template).render(
            visit=visit,
            language=language,
            direction=direction(language),
            languages=[(tag, own_name(tag)) for tag in LANGUAGES],
            town=visit.config.town.name,
            logo=logo_path(visit.live.standing.logo) if visit.live.standing.logo else "",
            staff=visit.staff,
            token=visit.session.token if visit.session is not None else "",
            asset=self.assets.url,
            translated=lambda errors: [(place, voice.t(line)) for place, line in errors],
            role_names=ROLE_NAMES,
            t=voice.t,
            n=voice.n,
            day=lambda day: format_day(day, language) if isinstance(day, date) else "",
            moment=lambda at: voice.moment(at.astimezone(visit.config.timezone)),
            number=lambda value: format_number(value, language),
            own_name=own_name,
            idle=int(IDLE.total_seconds()),
            **values,
        )
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
