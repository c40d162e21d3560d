"""The process: in which order it starts and ends (`running`), and what runs again and again meanwhile (`_loops`).

Decides nothing: what it is put together from is `wiring/`, what is said is `dialogs/`, how a turn runs is `turn.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.base import Adapter
from bot.channel_states import ChannelStates
from bot.config import Config
from bot.health import Check, Health
from bot.home import Home, opened
from bot.housekeeping import housekeep
from bot.listener import application, listening
from bot.loops import channel, every, held
from bot.metrics import Metrics
from bot.newsdesk import Newsdesk
from bot.newsroom import Newsroom
from bot.orders import ORDERS_EVERY, OrderWorker
from bot.paces import news_paces
from bot.turn import IN_DOUBT_AFTER, Turns
from bot.ways import WAYS_EVERY, known_ways
from bot.wiring.channels import announce_channels, learn_identities, open_channels
from bot.wiring.conversations import kept_conversations
from bot.wiring.news import open_newsdesk
from bot.wiring.orders import take_orders
from bot.wiring.pages import every_route
from bot.wiring.talk import Talk, begin_talk
from dialogs.i18n import load_catalogues
from storage.acts.library import Library
from storage.clock import Clock, TownClock
from storage.contactbook import Sender
from storage.conversations import Conversations
from storage.errors import StorageError
from storage.sandbox import Sandbox
from storage.sql.orders import CHANNEL
from storage.sql.scattering import SCATTER_SECONDS

REFRESH_EVERY = 1.0  # seconds; a published survey is known everywhere after so long
COLLECT_EVERY = 30.0  # seconds between looks for replies left over
ROOTS_EVERY = 5.0  # seconds; after a rotation the old root key is in no process's memory after so long
HANGS_EVERY = 2.0  # seconds between looks for deliveries that hang
CHECK_EVERY = 30.0  # seconds between asking each channel whether it works
NEWS_EVERY = 1.0  # seconds between looks at what is to be sent, paused or stopped
LEARN_EVERY = 60.0  # seconds between asking the messengers who we are there
HOUSEKEEP_EVERY = 3600.0  # seconds
DRAIN_LIMIT = 8.0  # seconds for replies under way when the process ends


@dataclass(frozen=True, slots=True)
class App:
    """A running process."""

    config: Config
    home: Home
    library: Library
    newsroom: Newsroom
    newsdesk: Newsdesk
    turns: Turns
    adapters: Mapping[str, Adapter]
    health: Health
    states: ChannelStates
    metrics: Metrics
    port: int


@contextlib.asynccontextmanager
async def running(
    config: Config, clock: Clock | None = None, conversations: Conversations | None = None
) -> AsyncIterator[App]:
    """Run Zuruf while the block runs. Raises `SetupError` with what to do if it cannot start.

    What the stack is given ends in the opposite order: loops, news under way, listener, replies under way, channels,
    and the stores last. `clock` and `conversations` are for tests that move the time or cut the line.
    """
    clock = clock or TownClock(config.timezone)
    catalogues = asyncio.create_task(asyncio.to_thread(load_catalogues))
    async with contextlib.AsyncExitStack() as stack:
        home = await stack.enter_async_context(opened(config))
        if conversations is None:
            conversations = await stack.enter_async_context(kept_conversations(config, home))
        sandbox = Sandbox()
        stack.push_async_callback(sandbox.close)
        talk = await begin_talk(config, home, clock, conversations, sandbox)
        host = await open_channels(config, home, talk)
        adapters = host.adapters
        sender = Sender(home.contacts, home.keychain, home.keys, home.book)
        orders = await take_orders(home, talk, host, sender)
        newsdesk = open_newsdesk(config, home, talk, adapters, sender)
        for adapter in adapters.values():
            stack.push_async_callback(adapter.close)
        announce_channels(adapters, talk)
        health = _health(home, talk, adapters)
        routes = every_route(config, home, talk, adapters)
        stack.push_async_callback(talk.tasks.drain, DRAIN_LIMIT)
        await catalogues
        listener = application(routes, health, talk.metrics, config.http.public_url)
        port = await stack.enter_async_context(listening(listener, config.http.host, config.http.port))
        loops = _loops(config, home, talk, adapters, health, orders, newsdesk)
        stack.push_async_callback(newsdesk.close)
        await stack.enter_async_context(held(loops))
        yield App(
            config, home, talk.library, talk.newsroom, newsdesk, talk.turns, adapters, health, talk.states,
            talk.metrics, port,
        )  # fmt: skip


def _loops(
    config: Config,
    home: Home,
    talk: Talk,
    adapters: Mapping[str, Adapter],
    health: Health,
    orders: OrderWorker,
    newsdesk: Newsdesk,
) -> Sequence[Awaitable[None]]:
    """What runs again and again while the process does, and the channels."""
    clock, links, languages = talk.clock, talk.links, talk.town.languages
    ways = known_ways(home.ways, links, home.town_key.public, adapters, clock, news_paces(config))
    return [
        every(REFRESH_EVERY, talk.refresh, "refresh"),
        every(ROOTS_EVERY, home.keychain.learn_roots, "roots"),
        every(HANGS_EVERY, _looking(talk.states), "states"),
        every(CHECK_EVERY, health.report, "health"),
        every(COLLECT_EVERY, lambda: talk.turns.collect(adapters), "collect", IN_DOUBT_AFTER),
        every(LEARN_EVERY, lambda: learn_identities(adapters, links), "identities"),
        every(WAYS_EVERY, ways, "ways"),
        every(SCATTER_SECONDS, home.housekeeping.scattering.scatter, "scatter", SCATTER_SECONDS),
        every(0.0, lambda: _obey(orders, home), "orders"),
        every(NEWS_EVERY, newsdesk.look, "news"),
        every(HOUSEKEEP_EVERY, lambda: housekeep(home.housekeeping, talk.conversations, clock.today()), "housekeeping"),
        *(channel(name, adapter, languages) for name, adapter in adapters.items()),
    ]


def _looking(states: ChannelStates) -> Callable[[], Awaitable[None]]:
    async def look() -> None:
        states.look()

    return look


async def _obey(orders: OrderWorker, home: Home) -> None:
    """Do what is ordered; then wait for more, told or not."""
    try:
        await orders.look()
    except StorageError:
        await asyncio.sleep(ORDERS_EVERY)
        raise
    await home.database.news(CHANNEL, ORDERS_EVERY)


def _health(home: Home, talk: Talk, adapters: Mapping[str, Adapter]) -> Health:
    needed = {"database": _works(home.database.ping), "redis": _works(talk.conversations.ping)}
    channels = {name: adapter.check for name, adapter in adapters.items()}
    return Health(needed, channels, talk.states, talk.metrics)


def _works(ping: Callable[[], Awaitable[None]]) -> Check:
    async def check() -> str:
        try:
            await ping()
        except StorageError as error:
            return str(error)
        return ""

    return check
