"""What tells news: the newsdesk, and the broadcaster that it sets to work."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.base import Adapter
from bot.broadcaster import Broadcaster
from bot.config import Config
from bot.home import Home
from bot.mailing import Mailing
from bot.newsdesk import Newsdesk
from bot.paces import news_paces
from bot.wiring.talk import Talk
from dialogs.quiet import QuietHours
from storage.contactbook import Sender
from storage.paces import MemoryPaces, RedisPaces
from storage.redis import RedisConversations


def open_newsdesk(config: Config, home: Home, talk: Talk, adapters: Mapping[str, Adapter], sender: Sender) -> Newsdesk:
    """It begins nothing until it looks."""
    clock, following, conversations = talk.clock, talk.following, talk.conversations
    quiet = QuietHours(config.news.quiet_from, config.news.quiet_until)
    broadcaster = Broadcaster(
        home.deliveries,
        sender,
        following,
        Mailing(talk.newsroom, clock),
        adapters,
        RedisPaces(conversations) if isinstance(conversations, RedisConversations) else MemoryPaces(),
        clock,
        quiet,
        talk.metrics,
        news_paces(config),
    )
    return Newsdesk(
        home.broadcasts,
        home.deliveries,
        home.subscriptions,
        home.pilots,
        talk.newsroom,
        following,
        broadcaster,
        adapters,
        clock,
        talk.town.languages,
        quiet,
        (config.news.digest_weekday, config.news.digest_hour),
    )
