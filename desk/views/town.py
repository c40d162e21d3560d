"""What the town says of itself, editable here: name, colour, logo, its sentence in the notice, offices, topics,
categories, districts. Citizens see a change within seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from desk.route import Route
from desk.visit import Visit
from dialogs.capabilities import TELEGRAM
from dialogs.i18n import own_name
from dialogs.looks.theme import DEFAULT_ACCENT
from dialogs.roles import Right
from dialogs.world import World
from storage.acts import townchange as acts
from storage.acts.categories import categories_of
from storage.acts.errors import ActError
from storage.errors import ConverterBusy, Refused
from storage.sandbox.problems import TEXTS
from storage.town import town_of
from storage.townsettings import TownChanges

EMPTY_ROWS: Final = 3
"""For new topics and categories."""
LOGO_MOST: Final = 5 * 1024 * 1024
"""Bytes of a logo as it is sent; it is decoded in a process of its own (`storage/sandbox`)."""
LOGO_KINDS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


async def overview(visit: Visit) -> web.StreamResponse:
    """All of it, and where each is changed."""
    return visit.page(
        "town/town.html",
        config=visit.config,
        categories=categories_of(visit.config),
        districts=visit.live.districts.places,
        notices=[(own_name(tag), text) for tag, text in visit.live.standing.changes.notices.items()],
        history=await visit.home.town.history(),
    )


async def name_page(visit: Visit) -> web.StreamResponse:
    town = visit.config.town
    fields = {name: getattr(town, name) for name in acts.NAMED}
    return visit.page("town/name.html", fields=fields, error="")


async def change_name(visit: Visit) -> web.StreamResponse:
    fields = {name: await visit.field(name, 500) for name in acts.NAMED}
    try:
        changes = acts.named(_now(visit), fields, visit.config.town, visit.voice)
        return await _keep(visit, changes, "name")
    except ActError as error:
        return visit.page("town/name.html", 422, fields=fields, error=str(error))


async def colour_page(visit: Visit) -> web.StreamResponse:
    return visit.page("town/colour.html", accent=visit.config.town.accent, ours=DEFAULT_ACCENT, error="")


async def change_colour(visit: Visit) -> web.StreamResponse:
    accent = await visit.field("accent", 20)
    try:
        return await _keep(visit, acts.coloured(_now(visit), accent, visit.voice), "colour")
    except ActError as error:
        return visit.page("town/colour.html", 422, accent=accent, ours=DEFAULT_ACCENT, error=str(error))


async def logo_page(visit: Visit) -> web.StreamResponse:
    return visit.page("town/logo.html", error="")


async def change_logo(visit: Visit) -> web.StreamResponse:
    """Only its pixels are kept, encoded anew in a process of its own; a drawing with scripts in it (SVG) is refused."""
    form = await visit.form()
    sent = form.get("logo")
    data = sent.file.read(LOGO_MOST + 1) if isinstance(sent, web.FileField) else b""
    if not data.startswith(LOGO_KINDS) and not form.get("remove"):
        wrong = visit.voice.t("Choose a picture: PNG, JPEG or WebP. Drawings (SVG) are not taken.")
        return visit.page("town/logo.html", 422, error=wrong)
    try:
        if form.get("remove"):
            return await _keep(visit, _now(visit), "logo", logo=None)
        photo = await visit.home.sandbox.photo(data)
        return await _keep(visit, _now(visit), "logo", logo=photo.jpeg)
    except Refused as error:
        return visit.page("town/logo.html", 422, error=visit.voice.t(TEXTS[error.problem]))
    except ConverterBusy:
        return visit.page("town/logo.html", 503, error=visit.voice.t("Many files are being read. Please try again."))
    except ActError as error:
        return visit.page("town/logo.html", 422, error=str(error))


async def notice_page(visit: Visit) -> web.StreamResponse:
    return _notices(visit, dict(visit.live.standing.changes.notices), "")


async def change_notice(visit: Visit) -> web.StreamResponse:
    """Whoever is in the middle of a survey is asked whether to go on."""
    typed = {tag: await visit.field(f"notice-{tag}", 300) for tag in visit.config.town.languages}
    town = visit.live.town(lambda config, districts: town_of(config, districts.places))
    world = World(now=visit.now, rng=acts.CHANCE, town=town, channel=TELEGRAM, surveys={}, forms={})
    try:
        return await _keep(visit, acts.told(_now(visit), typed, world, visit.voice), "notice")
    except ActError as error:
        return _notices(visit, typed, str(error), 422)


def _notices(visit: Visit, typed: dict[str, str], error: str, status: int = 200) -> web.StreamResponse:
    tongues = [(tag, own_name(tag), typed.get(tag, "")) for tag in visit.config.town.languages]
    return visit.page("town/notice.html", status, tongues=tongues, error=error)


async def offices_page(visit: Visit) -> web.StreamResponse:
    return visit.page("town/offices.html", offices="\n".join(visit.config.town.offices), error="")


async def change_offices(visit: Visit) -> web.StreamResponse:
    typed = await visit.field("offices")
    try:
        return await _keep(visit, acts.officed(_now(visit), typed.splitlines(), visit.voice), "offices")
    except ActError as error:
        return visit.page("town/offices.html", 422, offices=typed, error=str(error))


async def topics_page(visit: Visit) -> web.StreamResponse:
    rows = [(topic.key, {"": topic.label, **topic.labels}, "", False) for topic in visit.config.news.topics]
    return _rows(visit, "town/topics.html", rows, "")


async def change_topics(visit: Visit) -> web.StreamResponse:
    rows = await _typed(visit)
    try:
        changes = acts.topical(_now(visit), [(key, labels) for key, labels, _, _ in rows], visit.voice)
        return await _keep(visit, changes, "topics")
    except ActError as error:
        return _rows(visit, "town/topics.html", rows, str(error), 422)


async def categories_page(visit: Visit) -> web.StreamResponse:
    rows = [(each.key, dict(each.labels), each.office, each.located) for each in categories_of(visit.config)]
    return _rows(visit, "town/categories.html", rows, "")


async def change_categories(visit: Visit) -> web.StreamResponse:
    rows = await _typed(visit)
    try:
        return await _keep(visit, acts.sorted_out(_now(visit), rows, visit.voice), "categories")
    except ActError as error:
        return _rows(visit, "town/categories.html", rows, str(error), 422)


async def districts_page(visit: Visit) -> web.StreamResponse:
    return visit.page("town/districts.html", places=visit.live.districts.places, error="")


async def change_districts(visit: Visit) -> web.StreamResponse:
    """A GeoJSON file; none takes the districts away."""
    form = await visit.form()
    sent = form.get("districts")
    data = sent.file.read(acts.DISTRICTS_LIMIT + 1) if isinstance(sent, web.FileField) else b""
    places = visit.live.districts.places
    if not data and not form.get("remove"):
        return visit.page("town/districts.html", 422, places=places, error=visit.voice.t("Choose a GeoJSON file."))
    try:
        sent_data = b"" if form.get("remove") else data
        changes = await acts.drawn(_now(visit), sent_data, visit.home.sandbox, visit.voice)
        return await _keep(visit, changes, "districts")
    except ActError as error:
        return visit.page("town/districts.html", 422, places=places, error=str(error))


# -- parts

Row = tuple[str, dict[str, str], str, bool]
_SAME: Final[Any] = object()


def _now(visit: Visit) -> TownChanges:
    return visit.live.standing.changes


VERSION_DIGITS: Final = 9


async def _keep(visit: Visit, changes: TownChanges, what: str, logo: Any = _SAME) -> web.StreamResponse:
    standing = visit.live.standing
    kept = standing.logo if logo is _SAME else logo
    if changes == standing.changes and kept == standing.logo:
        return visit.go("/town", visit.voice.t("Nothing was changed."))
    shown = await visit.field("version", VERSION_DIGITS)
    if shown and shown != str(standing.version):
        raise ActError(visit.voice.t(acts.CHANGED_MEANWHILE))
    version = await acts.keep(visit.home.town, visit.live, changes, kept, visit.staff.name, visit.today, visit.voice)
    await visit.note("town.change", what, str(version.version))
    return visit.go("/town", visit.voice.t("Saved. Citizens see it within seconds."))


async def _typed(visit: Visit) -> list[Row]:
    form = await visit.form()
    keys = [str(key) for key in form.getall("key", [])][: acts.MOST + EMPTY_ROWS]
    rows: list[Row] = []
    for place, key in enumerate(keys):
        labels = {tag: await visit.field(f"label-{place}-{tag}", 200) for tag in visit.config.town.languages}
        spoken = {tag: label for tag, label in labels.items() if label}
        rows.append((key[:64], spoken, await visit.field(f"office-{place}", 200), f"located-{place}" in form))
    return rows


def _rows(visit: Visit, template: str, rows: Sequence[Row], error: str, status: int = 200) -> web.StreamResponse:
    tags = visit.config.town.languages
    filled = [*(row for row in rows if row[1]), *([("", {}, "", False)] * EMPTY_ROWS)]
    shown = [
        (key, [(tag, own_name(tag), _label(labels, tag, tags[0])) for tag in tags], office, located)
        for key, labels, office, located in filled
    ]
    return visit.page(template, status, rows=shown, error=error)


def _label(labels: dict[str, str], tag: str, first: str) -> str:
    return labels.get(tag) or (labels.get("", "") if tag == first else "")


ROUTES: Final = (
    Route("GET", "/town", overview, Right.TOWN),
    Route("GET", "/town/name", name_page, Right.TOWN),
    Route("POST", "/town/name", change_name, Right.TOWN),
    Route("GET", "/town/colour", colour_page, Right.TOWN),
    Route("POST", "/town/colour", change_colour, Right.TOWN),
    Route("GET", "/town/logo", logo_page, Right.TOWN),
    Route("POST", "/town/logo", change_logo, Right.TOWN, most=LOGO_MOST + 64 * 1024),
    Route("GET", "/town/notice", notice_page, Right.TOWN),
    Route("POST", "/town/notice", change_notice, Right.TOWN),
    Route("GET", "/town/offices", offices_page, Right.TOWN),
    Route("POST", "/town/offices", change_offices, Right.TOWN),
    Route("GET", "/town/topics", topics_page, Right.TOWN),
    Route("POST", "/town/topics", change_topics, Right.TOWN),
    Route("GET", "/town/categories", categories_page, Right.TOWN),
    Route("POST", "/town/categories", change_categories, Right.TOWN),
    Route("GET", "/town/districts", districts_page, Right.TOWN),
    Route("POST", "/town/districts", change_districts, Right.TOWN, most=acts.DISTRICTS_LIMIT + 64 * 1024),
)
