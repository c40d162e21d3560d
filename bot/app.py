"""The process put together: stores, channels, listener, loops. `running` starts it, and ends it in order.

Decides nothing: what is said is `dialogs/`, how a turn runs is `turn.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from adapters.base import Adapter
from adapters.errors import ChannelError
from adapters.registry import build
from adapters.web.accessibility_page import AccessibilityPage
from adapters.web.channel_pages import ChannelPages
from adapters.web.moderation_page import ModerationPage
from adapters.web.pages import Pages
from bot.barriers import take_barrier
from bot.broadcaster import Broadcaster
from bot.casenews import CaseOffice
from bot.casework import CaseHands
from bot.catalogue import Catalogue
from bot.channel_settings import channel_settings, web_settings
from bot.channel_states import ChannelStates
from bot.config import Config
from bot.courier import Courier
from bot.delivery import Delivery, Tasks
from bot.following import Following
from bot.health import Check, Health
from bot.hidden_texts import hidden_texts
from bot.home import Home, opened
from bot.host import Allowance, Host
from bot.housekeeping import housekeep
from bot.interpreter import Interpreter
from bot.links import Links
from bot.listener import application, listening
from bot.loops import channel, every, held
from bot.mailing import Mailing
from bot.matrix import matrix_settings
from bot.metrics import Metrics
from bot.movings import Movings
from bot.newsdesk import Newsdesk
from bot.newsroom import Newsroom
from bot.orders import ORDERS_EVERY, OrderWorker
from bot.paces import news_paces
from bot.reports import Reports
from bot.returned import Returned
from bot.statement import Statements
from bot.townhall import TownHall
from bot.turn import IN_DOUBT_AFTER, Turns
from bot.unmasked import Unmasked
from bot.vault import Vault
from bot.ways import WAYS_EVERY, known_ways
from bot.worlds import Worlds
from dialogs.i18n import load_catalogues
from dialogs.quiet import QuietHours
from storage.acts.library import Library
from storage.clock import Clock, TownClock
from storage.contactbook import Sender
from storage.conversations import Conversations
from storage.errors import StorageError, Unavailable
from storage.paces import MemoryPaces, RedisPaces
from storage.redis import RedisConversations
from storage.sandbox import Sandbox
from storage.settings import SetupError
from storage.sql.orders import CHANNEL
from storage.sql.scattering import SCATTER_SECONDS
from storage.sql.townsettings import SqlTownSettings
from storage.valkey import EmbeddedValkey, ServerFailed, StateInUse

REFRESH_EVERY = 1.0  # seconds; a published survey is known everywhere after so long
COLLECT_EVERY = 30.0  # seconds between looks for replies left over
ROOTS_EVERY = 5.0  # seconds; after a rotation the old root key is in no process's memory after so long
HANGS_EVERY = 2.0  # seconds between looks for deliveries that hang
CHECK_EVERY = 30.0  # seconds between asking each channel whether it works
NEWS_EVERY = 1.0  # seconds between looks at what is to be sent, paused or stopped
LEARN_EVERY = 60.0  # seconds between asking the messengers who we are there
LEARN_LIMIT = 20.0  # seconds for one answer
HOUSEKEEP_EVERY = 3600.0  # seconds
DRAIN_LIMIT = 8.0  # seconds for replies under way when the process ends

log = structlog.get_logger()


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

    `clock` and `conversations` are for tests that move the time or cut the line.
    """
    clock = clock or TownClock(config.timezone)
    catalogues = asyncio.create_task(asyncio.to_thread(load_catalogues))
    async with contextlib.AsyncExitStack() as stack:
        home = await stack.enter_async_context(opened(config))
        if conversations is None:
            conversations = await stack.enter_async_context(_conversations(config, home))
        metrics = Metrics()
        tasks = Tasks(metrics)
        library = Library(home.surveys, home.drafts)
        newsroom = Newsroom(home.surveys, home.pilots, home.broadcasts, home.outcomes)
        vault = Vault(
            home.keychain,
            clock,
            idle=timedelta(hours=config.session.idle_hours),
            most=timedelta(hours=config.session.most_hours),
            conversations=conversations,
        )
        sandbox = Sandbox()
        stack.push_async_callback(sandbox.close)
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

        async def refresh() -> None:
            await vault.refresh()
            await library.refresh()
            await newsroom.refresh()
            await hall.refresh(worlds)

        await refresh()
        host = Host()
        host.library, host.newsroom, host.turns = library, newsroom, turns
        host.states, host.metrics = states, metrics
        matrix = await matrix_settings(config, home, clock.today())
        host.adapters = build(channel_settings(config, matrix), host, Allowance(conversations))
        sender = Sender(home.contacts, home.keychain, home.keys, home.book)
        courier = Courier(sender, home.book, delivery, host.adapters)
        office = CaseOffice(home.cases, home.ties, courier, turns, clock)
        hands = CaseHands(home.cases, home.ties, home.case_copies, home.intake, clock)
        await home.intake.publish(clock.today())
        unmasked = Unmasked(home.unmaskings, home.readings, home.case_copies, clock)
        orders = OrderWorker(
            home.orders, {**office.handlers(), **hands.handlers(), **unmasked.handlers()}, clock, tasks
        )
        host.returned = Returned(home.ties, orders, clock, tasks)
        quiet = QuietHours(config.news.quiet_from, config.news.quiet_until)
        paces = news_paces(config)
        broadcaster = Broadcaster(
            home.deliveries,
            sender,
            following,
            Mailing(newsroom, clock),
            host.adapters,
            RedisPaces(conversations) if isinstance(conversations, RedisConversations) else MemoryPaces(),
            clock,
            quiet,
            metrics,
            paces,
        )
        newsdesk = Newsdesk(
            home.broadcasts,
            home.deliveries,
            home.subscriptions,
            home.pilots,
            newsroom,
            following,
            broadcaster,
            host.adapters,
            clock,
            town.languages,
            quiet,
            (config.news.digest_weekday, config.news.digest_hour),
        )
        for adapter in host.adapters.values():
            stack.push_async_callback(adapter.close)
        states.watch(host.adapters)
        worlds.announce({name: adapter.capabilities for name, adapter in host.adapters.items()})
        health = Health(
            {"database": _works(home.database.ping), "redis": _works(conversations.ping)},
            {name: adapter.check for name, adapter in host.adapters.items()},
            states,
            metrics,
        )
        routes = [route for adapter in host.adapters.values() for route in adapter.routes()]
        if config.web.enabled:
            statements = Statements(lambda: worlds.town.name, config.web_address, links, home.town_key, clock)
            catalogue = Catalogue(worlds, links, states, statements, home.releases)
            shown_as = web_settings(config)
            pages = Pages(catalogue, shown_as)
            moderation = ModerationPage(pages, shown_as, lambda: hidden_texts(home.database))
            access = AccessibilityPage(pages, shown_as, lambda barrier: take_barrier(barrier, home, clock))
            routes += ChannelPages(pages, catalogue, shown_as).routes()
            routes += [*moderation.routes(), *access.routes(), *pages.routes()]
        stack.push_async_callback(tasks.drain, DRAIN_LIMIT)
        await catalogues
        port = await stack.enter_async_context(
            listening(application(routes, health, metrics, config.http.public_url), config.http.host, config.http.port)
        )
        loops = [
            every(REFRESH_EVERY, refresh, "refresh"),
            every(ROOTS_EVERY, home.keychain.learn_roots, "roots"),
            every(HANGS_EVERY, _looking(states), "states"),
            every(CHECK_EVERY, health.report, "health"),
            every(COLLECT_EVERY, lambda: turns.collect(host.adapters), "collect", IN_DOUBT_AFTER),
            every(LEARN_EVERY, lambda: _learn_identities(host.adapters, links), "identities"),
            every(WAYS_EVERY, known_ways(home.ways, links, home.town_key.public, host.adapters, clock, paces), "ways"),
            every(SCATTER_SECONDS, home.housekeeping.scattering.scatter, "scatter", SCATTER_SECONDS),
            every(0.0, lambda: _obey(orders, home), "orders"),
            every(NEWS_EVERY, newsdesk.look, "news"),
            every(HOUSEKEEP_EVERY, lambda: housekeep(home.housekeeping, conversations, clock.today()), "housekeeping"),
            *(channel(name, adapter, town.languages) for name, adapter in host.adapters.items()),
        ]
        stack.push_async_callback(newsdesk.close)
        await stack.enter_async_context(held(loops))
        yield App(config, home, library, newsroom, newsdesk, turns, host.adapters, health, states, metrics, port)


def _looking(states: ChannelStates) -> Callable[[], Awaitable[None]]:
    async def look() -> None:
        states.look()

    return look


async def _learn_identities(adapters: Mapping[str, Adapter], links: Links) -> None:
    """Ask the messengers who we are there: each by itself, so that a silent one keeps nobody waiting."""
    await asyncio.gather(*(_learn_identity(name, adapter, links) for name, adapter in adapters.items()))


async def _learn_identity(channel: str, adapter: Adapter, links: Links) -> None:
    with contextlib.suppress(ChannelError, TimeoutError):
        async with asyncio.timeout(LEARN_LIMIT):
            identity = await adapter.identity()
        if identity is not None:
            links.learn(channel, identity)


async def _obey(orders: OrderWorker, home: Home) -> None:
    """Do what is ordered; then wait for more, told or not."""
    try:
        await orders.look()
    except StorageError:
        await asyncio.sleep(ORDERS_EVERY)
        raise
    await home.database.news(CHANNEL, ORDERS_EVERY)


@contextlib.asynccontextmanager
async def _conversations(config: Config, home: Home) -> AsyncIterator[RedisConversations]:
    """The configured Redis, or the server that Zuruf brings along."""
    if config.redis.url:
        try:
            store = RedisConversations(config.redis.url)
        except ValueError as error:
            raise SetupError(f"redis.url (ZURUF_REDIS_URL) cannot be used: {error}.") from None
        try:
            await store.ping()
        except Unavailable:
            await store.close()
            raise SetupError(
                "Redis does not answer. Is it running, and is redis.url (ZURUF_REDIS_URL) right?"
            ) from None
        try:
            yield store
        finally:
            await store.close()
        return
    server = EmbeddedValkey(home.state)
    try:
        await server.start()
    except (StateInUse, ServerFailed) as error:
        raise SetupError(str(error)) from None
    supervisor = asyncio.create_task(server.supervise(), name="valkey")
    supervisor.add_done_callback(_say_given_up)
    store = RedisConversations(server.url)
    try:
        yield store
    finally:
        await store.close()
        supervisor.cancel()
        await asyncio.wait([supervisor])
        await server.stop()


def _say_given_up(supervisor: asyncio.Task[None]) -> None:
    """Without its server the process takes no act any more: the operator must look."""
    if not supervisor.cancelled() and (error := supervisor.exception()) is not None:
        log.error("valkey_given_up", hint=str(error), exc_info=error)


def _works(ping: Callable[[], Awaitable[None]]) -> Check:
    async def check() -> str:
        try:
            await ping()
        except StorageError as error:
            return str(error)
        return ""

    return check
