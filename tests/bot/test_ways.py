"""What the bot tells the desk of the channels: who the town is there and how a conversation begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from e2e.town import Noon

from adapters.base import Identity, Key
from bot.config import load
from bot.links import Links
from bot.ways import known_ways, ways
from storage.ways import ChannelWay, Proof


class Kept:
    """A store that counts how often it is written to."""

    def __init__(self) -> None:
        self.written: list[Sequence[ChannelWay]] = []

    async def keep(self, found: Sequence[ChannelWay], at: datetime) -> None:
        self.written.append(found)

    async def all(self) -> Sequence[ChannelWay]:
        return self.written[-1]


def links() -> Links:
    return Links(load(environ={"ZURUF_HTTP_PUBLIC_URL": "https://stadt.example"}))


def test_channels_that_run_are_written_with_their_links_names_and_keys() -> None:
    found = links()
    found.learn("matrix", Identity("@z:stadt.example", "https://matrix.to/#/@z", ((Key.MATRIX_MASTER_KEY, "abc"),)))
    assert ways(found, "town key", ("matrix", "web", "telegram"), {"matrix": 2.5}) == [
        ChannelWay("matrix", "https://matrix.to/#/@z", "@z:stadt.example", (Proof("matrix_master_key", "abc"),), 2.5),
        ChannelWay("web", "https://stadt.example/s/{code}/chat", "", (Proof("town", "town key"),), 0.0),
    ]
    assert ways(found, "town key", ("signal",), {}) == []


async def test_it_is_written_when_something_was_learnt_and_not_again() -> None:
    store, found = Kept(), links()
    look = known_ways(store, found, "key", ("telegram", "web"), Noon(), {})
    await look()
    await look()
    assert [len(each) for each in store.written] == [1]
    found.learn("telegram", Identity("@stadt_bot", "https://t.me/stadt_bot?start={code}"))
    await look()
    assert [way.channel for way in await store.all()] == ["telegram", "web"]
