"""The surroundings of a turn (`dialogs.world.World`), put together from settings, library and channels."""

from __future__ import annotations

import random
from collections.abc import Mapping

from bot.links import Links
from bot.newsroom import Newsroom
from dialogs.capabilities import Capabilities
from dialogs.world import Town, World
from storage.acts.library import Library
from storage.clock import Clock


class Worlds:
    """Makes the world of a turn: cheap, since all but the time is at hand."""

    def __init__(
        self,
        town: Town,
        library: Library,
        newsroom: Newsroom,
        clock: Clock,
        links: Links,
        web_address: str,
        draft_hours: int,
    ) -> None:
        self._town = town
        self._library = library
        self._newsroom = newsroom
        self._clock = clock
        self._links = links
        self._web_address = web_address
        self._draft_hours = draft_hours
        self._rng = random.SystemRandom()
        self._channels: tuple[Capabilities, ...] = ()

    def announce(self, channels: Mapping[str, Capabilities]) -> None:
        """Which channels run."""
        self._channels = tuple(channels.values())

    @property
    def town(self) -> Town:
        return self._town

    def settle(self, town: Town) -> None:
        """The town changed something about itself."""
        self._town = town

    def seen_from(self, channel: Capabilities, language_hint: str = "", *, late: bool = False) -> World:
        return World(
            now=self._clock.now(),
            rng=self._rng,
            town=self._town,
            channel=channel,
            surveys=self._library.surveys,
            forms=self._library.forms,
            language_hint=language_hint,
            web_address=self._web_address,
            channels=self._channels,
            links=self._links.all,
            late=late,
            draft_hours=self._draft_hours,
            pilots=self._newsroom.pilots,
            news=self._newsroom.news,
            drafts=self._newsroom.drafts,
            outcomes=self._newsroom.outcomes,
        )
