"""What the web pages may know: the same world a conversation sees, and the links into each channel."""

from __future__ import annotations

from bot.links import Links
from bot.worlds import Worlds
from dialogs.capabilities import Capabilities
from dialogs.world import World


class Catalogue:
    """Implements the pages' protocol (`adapters.web.pages.Catalogue`)."""

    def __init__(self, worlds: Worlds, links: Links) -> None:
        self._worlds = worlds
        self._links = links

    def seen_from(self, channel: Capabilities, language_hint: str = "") -> World:
        return self._worlds.seen_from(channel, language_hint)

    def link(self, channel: Capabilities, code: str) -> str:
        return self._links.to(channel, code)
