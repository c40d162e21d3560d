"""The public pages: what is open, one survey with every way to answer it, the chat's frame, return code, privacy.

All of it is the same for every visitor and holds nothing of anybody. Not here: the chat's frames (`adapter.py`),
promises (`dialogs/promises.py`, so that page and chat promise the same), how it looks (`templates/`, `static/`).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import segno
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.base import Identity
from adapters.web import codec, pilots
from adapters.web.cards import Card, Door, cards_of, door_of, make_card
from adapters.web.headers import Protection
from adapters.web.pilots import PilotPages, Seen
from adapters.web.results import Releases, ResultPages
from adapters.web.settings import WebSettings
from adapters.web.words import WORDS
from dialogs import outcomes, promises
from dialogs.capabilities import WEB, Capabilities
from dialogs.channels.state import ChannelState, how_it_is
from dialogs.districts import Outline
from dialogs.i18n import Voice, best_language, direction, own_name
from dialogs.looks.assets import FOREVER, Assets
from dialogs.messages import Language, Picture
from dialogs.outcomes import CHARTS
from dialogs.wording import in_language
from dialogs.world import OutcomeCard, Survey, Town, World

LANGUAGE_HINT_LIMIT = 200  # characters of Accept-Language that are looked at
QR_SCALE = 4
QR_CACHE = "public, max-age=3600"


class Catalogue(Protocol):
    """Where the pages learn what there is to show; `bot/` knows."""

    def seen_from(self, channel: Capabilities, language_hint: str = "") -> World:
        """Surveys, forms, town and day, as a conversation on the channel would see them."""

    def link(self, channel: Capabilities, code: str) -> str:
        """Where a citizen begins the survey on the channel (a deep link); '' if it has no such address."""

    def takes_code(self, channel: Capabilities) -> bool:
        """Whether that link begins the survey by itself; otherwise its code is the first message."""

    def states(self) -> Mapping[str, tuple[ChannelState, datetime]]:
        """How each channel is, and since when."""

    @property
    def releases(self) -> Releases:
        """What was published of results."""

    def identity(self, channel: str) -> Identity | None:
        """Who the town is there; None if it is not known, or needs no name (the web)."""

    def town_key(self) -> str:
        """The public key with which the town signs, base64."""

    def statement(self) -> bytes:
        """`/.well-known/zuruf.json`, signed."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language to choose."""

    tag: Language
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """What every page knows: the reader's language, the town, and how to link without losing the language."""

    town: Town
    language: Language
    direction: str
    languages: tuple[Tongue, ...]
    asked_for: bool
    """The language stands in the address, so it goes along in links."""

    def href(self, path: str) -> str:
        """A path of ours, in the reader's language."""
        return f"{path}?lang={self.language}" if self.asked_for else path


class Pages:
    """Serves the pages."""

    def __init__(self, catalogue: Catalogue, web_settings: WebSettings) -> None:
        self._catalogue = catalogue
        self._settings = web_settings
        self._assets = Assets("adapters.web", web_settings.accent)
        self._drawn: tuple[Outline, bytes] | None = None
        self._pilots = PilotPages(self._seen, web_settings.embed_origins)
        self._results = ResultPages(self._seen, catalogue.releases)
        self._templates = Environment(
            loader=PackageLoader("adapters.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the listener serves besides the chat."""
        guarded = Protection(self._settings.web_address).guarded
        return (
            web.get("/", guarded(self._index)),
            web.get("/privacy", guarded(self._privacy)),
            *(web.get(path, guarded(handler)) for path, handler in self._pilots.routes()),
            *(web.get(path, guarded(handler)) for path, handler in self._results.routes()),
            web.get("/return", guarded(self._return)),
            web.get("/s/{code}", guarded(self._survey)),
            web.get("/s/{code}/chat", guarded(self._chat)),
            web.get("/s/{code}/qr/{channel}.svg", guarded(self._qr)),
            web.get("/logo/{mark}.jpg", guarded(self._logo)),
            web.get("/chat/districts.json", guarded(self._outlines)),
            web.get("/static/{version}/{path:.+}", guarded(self._static)),
            web.get("/{code:[A-Za-z0-9_-]{1,64}}", guarded(self._short)),
        )

    # -- pages

    async def _index(self, request: web.Request) -> web.Response:
        world = self.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())
        return self.show("index.html", page, voice, cards=cards_of(world, voice), pilots=pilots.cards_of(world, voice))

    async def _survey(self, request: web.Request) -> web.Response:
        world = self.world(request)
        survey = world.surveys.get(request.match_info["code"].lower())
        page = page_of(request, world, survey)
        voice = Voice(page.language, world.now.date())
        if survey is None:
            return self.lost(page, voice)
        card = make_card(survey, world, voice)
        told = world.outcomes.get(survey.code)
        released = survey.closed and await self._catalogue.releases.release(survey.code) is not None
        return self.show(
            "survey.html",
            page,
            voice,
            card=card,
            doors=self._doors(card, survey, world, voice),
            outcome=outcomes.parts(told, voice) if told is not None else (),
            chart=_chart(told, survey.code, voice) if told is not None else None,
            released=released,
        )

    async def _chat(self, request: web.Request) -> web.Response:
        world = self.world(request)
        survey = world.surveys.get(request.match_info["code"].lower())
        page = page_of(request, world, survey)
        voice = Voice(page.language, world.now.date())
        if survey is None:
            return self.lost(page, voice)
        if survey.bars(WEB):
            raise web.HTTPSeeOther(page.href(f"/s/{survey.code}"))
        heading = promises.title_of(survey, voice)
        return self._show_chat(page, voice, survey.code, heading, home=f"/s/{survey.code}", returning=False)

    async def _return(self, request: web.Request) -> web.Response:
        world = self.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())
        return self._show_chat(page, voice, "", voice.t("Your answers"), home="/", returning=True)

    async def _privacy(self, request: web.Request) -> web.Response:
        world = self.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())
        doors = tuple(door_of(channel, "", self._catalogue.seen_from(channel), voice) for channel in world.channels)
        return self.show("privacy.html", page, voice, details=promises.details(None, world, voice), doors=doors)

    async def _short(self, request: web.Request) -> web.Response:
        """The short address of posters and messages: /CODE."""
        code = request.match_info["code"].lower()
        world = self.world(request)
        page = page_of(request, world)
        if code in world.surveys:
            raise web.HTTPSeeOther(page.href(f"/s/{code}"))
        return self.lost(page, Voice(page.language, world.now.date()))

    def _seen(self, request: web.Request) -> Seen:
        """A request for a pilot's page."""
        world = self.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())

        def show(template: str, status: int = 200, **values: object) -> web.Response:
            return self.show(template, page, voice, status=status, **values)

        address = self._settings.web_address or world.web_address
        return Seen(world, page.language, voice, show, address, page.asked_for)

    # -- what pages are made of

    async def _qr(self, request: web.Request) -> web.Response:
        """The QR code of a survey's link on a channel, black on white in any colour scheme."""
        code = request.match_info["code"].lower()
        world = self.world(request)
        channel = next((one for one in world.channels if one.channel == request.match_info["channel"]), None)
        if channel is None or code not in world.surveys:
            raise web.HTTPNotFound
        link = self.link(channel, code)
        if not link:
            raise web.HTTPNotFound
        drawn = io.BytesIO()
        segno.make(link, error="m").save(drawn, kind="svg", scale=QR_SCALE, border=3, light="#fff")
        return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": QR_CACHE})

    async def _outlines(self, request: web.Request) -> web.Response:
        body = self._outlined(self.world(request).town)
        if body is None:
            raise web.HTTPNotFound
        return web.Response(
            body=body, content_type="application/json", headers={"Cache-Control": "public, max-age=3600"}
        )

    def _outlined(self, town: Town) -> bytes | None:
        """The town's districts for the chat's map, as they are now."""
        if town.outline is None:
            return None
        if self._drawn is None or self._drawn[0] is not town.outline:
            self._drawn = (town.outline, codec.encode_districts(town.outline))
        return self._drawn[1]

    async def _logo(self, request: web.Request) -> web.Response:
        logo = self.world(request).town.logo
        if not logo or logo_path(logo) != request.path:
            raise web.HTTPNotFound
        return web.Response(body=logo, content_type="image/jpeg", headers={"Cache-Control": FOREVER})

    async def _static(self, request: web.Request) -> web.Response:
        asset = self._assets.find(request.match_info["path"])
        if asset is None or request.match_info["version"] != self._assets.version:
            raise web.HTTPNotFound
        return web.Response(body=asset.data, content_type=asset.mime, headers={"Cache-Control": FOREVER})

    def world(self, request: web.Request) -> World:
        return self._catalogue.seen_from(WEB, request.headers.get("Accept-Language", "")[:LANGUAGE_HINT_LIMIT])

    def _doors(self, card: Card, survey: Survey, world: World, voice: Voice) -> tuple[Door, ...]:
        """The channels on which this survey may be answered and that have an address."""
        return tuple(
            door_of(channel, link, self._catalogue.seen_from(channel), voice, self._now_of(channel, card.code, voice))
            for channel in world.channels
            if not survey.bars(channel) and (link := self.link(channel, card.code))
        )

    def _now_of(self, channel: Capabilities, code: str, voice: Voice) -> tuple[str, ...]:
        """What else to know before one begins there: that it is in trouble, what to write first."""
        state, _ = self._catalogue.states()[channel.channel]
        trouble = state not in (ChannelState.WORKING, ChannelState.STARTING)
        return (
            *([how_it_is(state, channel.label, voice)] if trouble else []),
            *([] if self._catalogue.takes_code(channel) else [voice.t("Write there: {code}", code=code)]),
        )

    def link(self, channel: Capabilities, code: str) -> str:
        """Where the survey begins on the channel; '' if it has no address."""
        if channel.channel == WEB.channel:
            return f"{self._settings.web_address or self._catalogue.seen_from(WEB).web_address}/s/{code}/chat"
        return self._catalogue.link(channel, code)

    def lost(self, page: Page, voice: Voice) -> web.Response:
        return self.show("lost.html", page, voice, status=404)

    def _show_chat(
        self, page: Page, voice: Voice, code: str, heading: str, *, home: str, returning: bool
    ) -> web.Response:
        words = json.dumps({name: voice.t(msgid) for name, msgid in WORDS.items()}, ensure_ascii=False)
        return self.show(
            "chat.html",
            page,
            voice,
            code=code,
            heading=heading,
            home=home,
            returning=returning,
            words=words,
            map=self._outlined(page.town) is not None,
        )

    def show(self, template: str, page: Page, voice: Voice, *, status: int = 200, **values: object) -> web.Response:
        t: Callable[..., str] = voice.t
        self._assets.wear(page.town.accent or self._settings.accent)
        text = self._templates.get_template(template).render(
            page=page, t=t, asset=self._assets.url, logo=logo_path, **values
        )
        return web.Response(
            text=text,
            status=status,
            content_type="text/html",
            headers={"Content-Language": page.language, "Vary": "Accept-Language"},
        )


def page_of(request: web.Request, world: World, survey: Survey | None = None) -> Page:
    """The reader's language: as the address says, else as the browser says, else the town's first."""
    spoken = world.town.languages
    wanted = request.query.get("lang", "")
    asked_for = wanted in spoken
    language = Language(wanted) if asked_for else _preferred(world.language_hint, spoken)
    tongues = tuple(Tongue(tag, own_name(tag)) for tag in spoken)
    return Page(world.town, language, direction(language), tongues, asked_for)


def _preferred(accept: str, spoken: Sequence[Language]) -> Language:
    """The first of the browser's languages that the town speaks (Accept-Language, best first)."""
    ranges = [part.partition(";") for part in accept.split(",")]
    ranked = sorted(ranges, key=lambda part: -_quality(part[2]))
    for tag, _, _ in ranked:
        base = tag.strip().lower().partition("-")[0]
        if any(language == base or language.startswith(base + "-") for language in spoken if base):
            return best_language(tag, spoken)
    return best_language(ranked[0][0] if ranked else "", spoken)


def _quality(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a result, and what it shows in words."""

    src: str
    alt: str


def _chart(told: OutcomeCard, code: str, voice: Voice) -> Chart | None:
    if not told.alts:
        return None
    alt = in_language(told.alts, voice)
    return Chart(codec.picture_path(Picture(f"{CHARTS}{code}", "chart.png", alt)), alt)


def logo_path(logo: bytes) -> str:
    """Where the town's logo is: another path for another one."""
    return f"/logo/{hashlib.sha256(logo).hexdigest()[:16]}.jpg"
