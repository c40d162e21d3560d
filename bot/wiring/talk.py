"""What answers citizens: the turn with all that it leans on. Not here: the channels that bring them (`channels.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.channel_states import ChannelStates
from bot.config import Config
from bot.delivery import Delivery, Tasks
from bot.following import Following
from bot.home import Home
from bot.interpreter import Interpreter
from bot.links import Links
from bot.metrics import Metrics
from bot.movings import Movings
from bot.newsroom import Newsroom
from bot.reports import Reports
from bot.townhall import TownHall
from bot.turn import Turns
from bot.vault import Vault
from bot.worlds import Worlds
from dialogs.world import Town
from storage.acts.library import Library
from storage.clock import Clock
from storage.conversations import Conversations
from storage.sandbox import Sandbox
from storage.sql.townsettings import SqlTownSettings


@dataclass(frozen=True, slots=True)
class Talk:
    """What answers citizens, and what else of the process leans on it."""

    clock: Clock
    conversations: Conversations
    metrics: Metrics
    tasks: Tasks
    library: Library
    newsroom: Newsroom
    vault: Vault
    hall: TownHall
    town: Town
    """As the process began; what staff change since is in `worlds`."""
    links: Links
    worlds: Worlds
    following: Following
    states: ChannelStates
    delivery: Delivery
    turns: Turns

    async def refresh(self) -> None:
        """Learn what was published or set elsewhere."""
        await self.vault.refresh()
        await self.library.refresh()
        await self.newsroom.refresh()
        await self.hall.refresh(self.worlds)


async def begin_talk(config: Config, home: Home, clock: Clock, conversations: Conversations, sandbox: Sandbox) -> Talk:
    """Put together, and knowing what is published. Raises `StorageError`."""
    metrics = Metrics()
    tasks = Tasks(metrics)
    library = Library(home.surveys, home.drafts)
    newsroom = Newsroom(home.surveys, home.pilots, home.broadcasts, home.outcomes)
    idle, most = timedelta(hours=config.session.idle_hours), timedelta(hours=config.session.most_hours)
    vault = Vault(home.keychain, clock, idle=idle, most=most, conversations=conversations)
    hall = TownHall(config, SqlTownSettings(home.database))
    town = await hall.begin()
    links = Links(config)
    worlds = Worlds(town, library, newsroom, clock, links, config.web_address, config.session.most_hours)
    reports = Reports(home.cases, home.ties, clock, home.orders, hall.due_days)
    following = Following(home.book, home.subscriptions, clock)
    movings = Movings(conversations, vault)
    interpreter = Interpreter(
        home.responses, home.media, home.keychain, library, sandbox, clock, reports, following, movings
    )
    states = ChannelStates(clock, metrics)
    delivery = Delivery(metrics, states)
    turns = Turns(conversations, interpreter, library, vault, worlds, delivery, tasks, metrics, movings)
    talk = Talk(
        clock, conversations, metrics, tasks, library, newsroom, vault, hall, town, links, worlds, following, states,
        delivery, turns,
    )  # fmt: skip
    await talk.refresh()
    return talk
