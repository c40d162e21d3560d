"""The public pages about the channels: how they are, who can read along, whether it is really the town; posters.

All of it is the same for every visitor. Not here: surveys and the chat (`pages.py`), the words (`dialogs/channels/`).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from aiohttp import web

from adapters.base import Key
from adapters.web.cards import State, make_card
from adapters.web.headers import Protection
from adapters.web.pages import QR_CACHE, QR_SCALE, Catalogue, Pages, page_of
from adapters.web.settings import WebSettings
from dialogs.capabilities import Capabilities
from dialogs.channels.facts import PrivacyCard, privacy_card
from dialogs.channels.state import ChannelState, how_it_is, in_short
from dialogs.forms.msgids import N_
from dialogs.i18n import Voice
from dialogs.world import World
from privacy.statement import grouped

STATEMENT = "/.well-known/zuruf.json"
STATEMENT_CACHE = "public, max-age=300"

_KEYS = {
    Key.MATRIX_MASTER_KEY: N_("Cross-signing key"),
    Key.SIGNAL_SAFETY_NUMBER: N_("Our half of the safety number"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """A key to compare."""

    name: str
    sort: str
    grouped: str


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """A channel as the page and the poster show it."""

    card: PrivacyCard
    state: ChannelState
    how: str
    since: str
    name: str
    link: str
    begins: str
    """What to write first, where the link does not begin the survey; else ''."""
    proofs: tuple[Proof, ...]


class ChannelPages:
    """Serves the pages; shown by the same means as all others."""

    def __init__(self, pages: Pages, catalogue: Catalogue, web_settings: WebSettings) -> None:
        self._pages = pages
        self._catalogue = catalogue
        self._settings = web_settings

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """What the listener serves besides pages and chat; to be added before the short addresses."""
        guarded = Protection(self._settings.web_address).guarded
        return (
            web.get("/channels", guarded(self._channels)),
            web.get("/channels/town.svg", guarded(self._town_code)),
            web.get("/channels/{channel}/{key}.svg", guarded(self._key_code)),
            web.get("/s/{code}/poster", guarded(self._poster)),
            web.get(STATEMENT, guarded(self._statement)),
        )

    async def _channels(self, request: web.Request) -> web.Response:
        world = self._pages.world(request)
        page = page_of(request, world)
        voice = Voice(page.language, world.now.date())
        cards = [self._card(channel, "", world, voice) for channel in world.channels]
        return self._pages.show(
            "channels.html",
            page,
            voice,
            cards=cards,
            short=in_short({card.card.label: card.state for card in cards}, voice),
            key=grouped(self._catalogue.town_key()),
            statement=STATEMENT,
        )

    async def _poster(self, request: web.Request) -> web.Response:
        """One sheet of A4 for a survey: how to take part on each channel, and how to tell that it is the town."""
        world = self._pages.world(request)
        survey = world.surveys.get(request.match_info["code"].lower())
        page = page_of(request, world, survey)
        voice = Voice(page.language, world.now.date())
        if survey is None:
            return self._pages.lost(page, voice)
        card = make_card(survey, world, voice)
        ways = [
            self._card(channel, survey.code, world, voice) for channel in world.channels if not survey.bars(channel)
        ]
        return self._pages.show(
            "poster.html",
            page,
            voice,
            card=card,
            over=card.state is State.CLOSED,
            ways=[way for way in ways if way.link],
            address=f"{self._address(world)}/{survey.code}",
            key=grouped(self._catalogue.town_key()),
            check=f"{self._address(world)}/channels",
        )

    def _card(self, channel: Capabilities, code: str, world: World, voice: Voice) -> ChannelCard:
        state, since = self._catalogue.states()[channel.channel]
        identity = self._catalogue.identity(channel.channel)
        link = self._pages.link(channel, code) if code else ""
        begins = "" if not code or self._catalogue.takes_code(channel) else voice.t("Write there: {code}", code=code)
        proofs = tuple(
            Proof(voice.t(_KEYS[sort]), sort.value, grouped(value))
            for sort, value in (identity.keys if identity else ())
        )
        return ChannelCard(
            card=privacy_card(channel, world.town.name, voice),
            state=state,
            how=how_it_is(state, channel.label, voice),
            since=voice.t("Since {moment}.", moment=voice.moment(since)),
            name=identity.name if identity else "",
            link=link,
            begins=begins,
            proofs=proofs,
        )

    def _address(self, world: World) -> str:
        return self._settings.web_address or world.web_address

    # -- is it really the town?

    async def _statement(self, _: web.Request) -> web.Response:
        return web.Response(
            body=self._catalogue.statement(),
            content_type="application/json",
            headers={"Cache-Control": STATEMENT_CACHE, "Access-Control-Allow-Origin": "*"},
        )

    async def _town_code(self, request: web.Request) -> web.Response:
        """The statement's address with the key that must have signed it."""
        world = self._pages.world(request)
        return _drawn(f"{self._address(world)}{STATEMENT}#ed25519={self._catalogue.town_key()}")

    async def _key_code(self, request: web.Request) -> web.Response:
        identity = self._catalogue.identity(request.match_info["channel"])
        keys = {sort.value: value for sort, value in (identity.keys if identity else ())}
        value = keys.get(request.match_info["key"])
        if value is None:
            raise web.HTTPNotFound
        return _drawn(value)


def _drawn(text: str) -> web.Response:
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", scale=QR_SCALE, border=3, light="#fff")
    return web.Response(body=drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": QR_CACHE})
