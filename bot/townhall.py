"""What the town changes about itself at the desk, taken over while the bot runs.

How a messenger's account is called and what it says of itself is set up when a channel starts. Not here: what is kept
(`storage/townsettings.py`).
"""

from __future__ import annotations

from bot.config import Config
from bot.worlds import Worlds
from dialogs.world import Town
from storage.acts.categories import due_days_of
from storage.town import town_of
from storage.townsettings import LiveTown, TownSettings


class TownHall:
    """The town of a running bot."""

    def __init__(self, config: Config, store: TownSettings) -> None:
        self._live = LiveTown(config, store)
        self.due_days: dict[str, int] = {}
        """By category; the same mapping for as long as the process runs."""

    async def begin(self) -> Town:
        """The town as it is when the process starts."""
        await self._live.refresh()
        return self._town()

    async def refresh(self, worlds: Worlds) -> None:
        """From the next turn on."""
        if await self._live.refresh():
            worlds.settle(self._town())

    def _town(self) -> Town:
        self.due_days.clear()
        self.due_days.update(due_days_of(self._live.config))
        return self._live.town(lambda config, districts: town_of(config, districts.places))
