"""What the listener answers: what the channels are told (webhooks, the web chat), and the citizens' pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from adapters.base import Adapter
from adapters.web.accessibility_page import AccessibilityPage
from adapters.web.channel_pages import ChannelPages
from adapters.web.moderation_page import ModerationPage
from adapters.web.pages import Pages
from bot.barriers import take_barrier
from bot.catalogue import Catalogue
from bot.channel_settings import web_settings
from bot.config import Config
from bot.hidden_texts import hidden_texts
from bot.home import Home
from bot.statement import Statements
from bot.wiring.talk import Talk


def every_route(
    config: Config, home: Home, talk: Talk, adapters: Mapping[str, Adapter]
) -> Sequence[web.AbstractRouteDef]:
    """Of the channels, and of the pages where the web is switched on."""
    routes = [route for adapter in adapters.values() for route in adapter.routes()]
    return [*routes, *_pages(config, home, talk)] if config.web.enabled else routes


def _pages(config: Config, home: Home, talk: Talk) -> Sequence[web.AbstractRouteDef]:
    clock, links, worlds = talk.clock, talk.links, talk.worlds
    statements = Statements(lambda: worlds.town.name, config.web_address, links, home.town_key, clock)
    catalogue = Catalogue(worlds, links, talk.states, statements, home.releases)
    shown_as = web_settings(config)
    pages = Pages(catalogue, shown_as)
    channels = ChannelPages(pages, catalogue, shown_as)
    moderation = ModerationPage(pages, shown_as, lambda: hidden_texts(home.database))
    access = AccessibilityPage(pages, shown_as, lambda barrier: take_barrier(barrier, home, clock))
    return [*channels.routes(), *moderation.routes(), *access.routes(), *pages.routes()]
