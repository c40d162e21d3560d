"""What every act of staff on the command line needs: the opened house, the town's clock, the audit log."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import AsyncIterator

from rich.console import Console

from bot.config import Config
from bot.home import Home, opened
from storage.audit import AuditEntry
from storage.clock import Clock, TownClock
from storage.sql.townsettings import SqlTownSettings
from storage.townsettings import LiveTown


@contextlib.asynccontextmanager
async def at_work(config: Config, clock: Clock | None = None) -> AsyncIterator[tuple[Home, Clock, Console]]:
    """`clock` is for tests that move the time."""
    async with opened(config) as home:
        yield home, clock or TownClock(config.timezone), Console(soft_wrap=True, highlight=False)


async def town_of_now(config: Config, home: Home) -> LiveTown[Config]:
    """What the desk keeps, over the settings file: the one source of topics, categories, offices, districts, names."""
    live = LiveTown(config, SqlTownSettings(home.database))
    await live.refresh()
    return live


async def note(home: Home, clock: Clock, act: str, subject: str, detail: str = "", who: str = "") -> None:
    """Who did what, in the audit log. `detail` holds no word and no id of a citizen."""
    await home.audit.append(AuditEntry(clock.now(), who or getpass.getuser(), act, subject, detail))
