"""The channels of this process, and who the bot is there. Not here: running them (`bot/loops.py`)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

from adapters.base import Adapter
from adapters.errors import ChannelError
from adapters.registry import build
from bot.channel_settings import channel_settings
from bot.config import Config
from bot.home import Home
from bot.host import Allowance, Host
from bot.links import Links
from bot.matrix import matrix_settings
from bot.wiring.talk import Talk

LEARN_LIMIT: Final = 20.0  # seconds for one answer


async def open_channels(config: Config, home: Home, talk: Talk) -> Host:
    """The host, with every channel that is switched on."""
    host = Host()
    host.library, host.newsroom, host.turns = talk.library, talk.newsroom, talk.turns
    host.states, host.metrics = talk.states, talk.metrics
    matrix = await matrix_settings(config, home, talk.clock.today())
    host.adapters = build(channel_settings(config, matrix), host, Allowance(talk.conversations))
    return host


def announce_channels(adapters: Mapping[str, Adapter], talk: Talk) -> None:
    """From now on their states are written down, and dialogues name them."""
    talk.states.watch(adapters)
    talk.worlds.announce({name: adapter.capabilities for name, adapter in adapters.items()})


async def learn_identities(adapters: Mapping[str, Adapter], links: Links) -> None:
    """Ask the messengers who we are there: each by itself, so that a silent one keeps nobody waiting."""
    await asyncio.gather(*(_learn_identity(name, adapter, links) for name, adapter in adapters.items()))


async def _learn_identity(channel: str, adapter: Adapter, links: Links) -> None:
    with contextlib.suppress(ChannelError, TimeoutError):
        async with asyncio.timeout(LEARN_LIMIT):
            identity = await adapter.identity()
        if identity is not None:
            links.learn(channel, identity)
