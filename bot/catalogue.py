"""What the web pages may know: the same world a conversation sees, and the links into each channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.channel_states import ChannelStates
from bot.links import Links
from bot.worlds import Worlds
from dialogs.capabilities import Capabilities
from dialogs.channels.state import ChannelState
from dialogs.world import World


class Catalogue:
    """Implements the pages' protocol (`adapters.web.pages.Catalogue`)."""

    def __init__(self, worlds: Worlds, links: Links, states: ChannelStates) -> None:
        self._worlds = worlds
        self._links = links
        self._states = states

    def seen_from(self, channel: Capabilities, language_hint: str = "") -> World:
        return self._worlds.seen_from(channel, language_hint)

    def link(self, channel: Capabilities, code: str) -> str:
        return self._links.to(channel, code)

    def states(self) -> Mapping[str, tuple[ChannelState, datetime]]:
        return {channel: (seen.state, seen.since) for channel, seen in self._states.all().items()}
