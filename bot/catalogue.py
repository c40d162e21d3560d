"""What the web pages may know: the same world a conversation sees, and the links into each channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from adapters.base import Identity
from adapters.web.results import Releases
from bot.channel_states import ChannelStates
from bot.links import Links
from bot.statement import Statements
from bot.worlds import Worlds
from dialogs.capabilities import WEB, Capabilities
from dialogs.channels.state import ChannelState
from dialogs.world import World


class Catalogue:
    """Implements the pages' protocol (`adapters.web.pages.Catalogue`)."""

    def __init__(
        self, worlds: Worlds, links: Links, states: ChannelStates, statements: Statements, releases: Releases
    ) -> None:
        self._worlds = worlds
        self._links = links
        self._states = states
        self._statements = statements
        self.releases = releases

    def seen_from(self, channel: Capabilities, language_hint: str = "") -> World:
        return self._worlds.seen_from(channel, language_hint)

    def link(self, channel: Capabilities, code: str) -> str:
        return self._links.to(channel, code)

    def states(self) -> Mapping[str, tuple[ChannelState, datetime]]:
        return {channel: (seen.state, seen.since) for channel, seen in self._states.all().items()}

    def takes_code(self, channel: Capabilities) -> bool:
        return self._links.takes_code(channel)

    def identity(self, channel: str) -> Identity | None:
        return self._links.identity(channel)

    def town_key(self) -> str:
        return self._statements.public_key

    def statement(self) -> bytes:
        return self._statements.signed(self._worlds.seen_from(WEB).channels)
