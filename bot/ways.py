"""Tells the database where citizens reach the town on each channel and how fast news go there, for the desk.

The desk speaks to no messenger and knows no setting of one; what it prints and foretells is what the bot knows. Not
here: learning it (`wiring/channels.py`, `links.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final

from bot.links import Links
from dialogs.capabilities import EVERY, WEB
from storage.clock import Clock
from storage.ways import ChannelWay, ChannelWays, Proof

WAYS_EVERY: Final = 5.0
"""Seconds between looks whether anything was learnt; written only then."""
TOWN: Final = "town"
"""The sort of the town's own key, which signs who it is on each channel."""


def known_ways(
    store: ChannelWays, links: Links, town_key: str, channels: Collection[str], clock: Clock, paces: Mapping[str, float]
) -> Callable[[], Awaitable[None]]:
    """Writes down what is known of these channels when it has changed."""
    written: list[Sequence[ChannelWay]] = []

    async def look() -> None:
        found = ways(links, town_key, channels, paces)
        if written != [found]:
            await store.keep(found, clock.now())
            written[:] = [found]

    return look


def ways(links: Links, town_key: str, channels: Collection[str], paces: Mapping[str, float]) -> list[ChannelWay]:
    """Those of these channels whose link or name is known, in the order of pages."""
    found = []
    for channel in EVERY:
        if channel.channel not in channels:
            continue
        identity = links.identity(channel.channel)
        link = links.all.get(channel.channel, "")
        pace = paces.get(channel.channel, channel.push_per_second)
        if channel.channel == WEB.channel:
            found.append(ChannelWay(WEB.channel, link, "", (Proof(TOWN, town_key),), pace))
        elif identity is not None:
            proofs = tuple(Proof(sort.value, value) for sort, value in identity.keys)
            found.append(ChannelWay(channel.channel, link, identity.name, proofs, pace))
    return found
