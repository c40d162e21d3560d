"""What is left owed goes out again: each channel by itself, and one that fails is left alone until the next pass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from e2e.town import Noon

from adapters.base import Outgoing
from adapters.errors import Unreachable
from bot.channel_states import ChannelStates
from bot.delivery import Delivery
from bot.metrics import Metrics
from bot.replies import Debt as OwedReplies
from bot.replies import Reply
from bot.turn import Turns
from dialogs.capabilities import SIGNAL, TELEGRAM, WEB, Capabilities
from dialogs.events import MessageRef
from dialogs.messages import Part
from privacy.addresses import Address
from storage.conversations import Debt, SessionName
from storage.memory import MemoryConversations


@dataclass
class Channel:
    """A channel whose messages wait for `open`, or fail."""

    capabilities: Capabilities
    fails: bool = False
    open: asyncio.Event = field(default_factory=asyncio.Event)
    tried: list[str] = field(default_factory=list)
    sent: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, to: Address, outgoing: Outgoing) -> MessageRef | None:
        self.tried.append(outgoing.part.text)
        if self.fails:
            raise Unreachable("away")
        await self.open.wait()
        self.sent.set()
        return None


@dataclass
class Browsers(Channel):
    """A channel that keeps nothing for whoever is away."""

    closed: Set[str] = frozenset()

    def attends(self, to: Address) -> bool:
        return f"web {to.reveal()}" not in self.closed


class Owing(MemoryConversations):
    """Debts as a crash left them; each names its channel."""

    def __init__(self, *channels: str) -> None:
        super().__init__()
        self.left = [Debt(SessionName(bytes([n])), channel.encode()) for n, channel in enumerate(channels)]
        self.settled: list[bytes] = []

    async def debts(self, older_than: float) -> Sequence[Debt]:
        return self.left

    async def settle(self, name: SessionName, anchor: bytes | None, debt: bytes | None) -> None:
        self.settled.append(debt or b"")


class Opening:
    """Opens every debt."""

    def open_left_over(self, name: SessionName, sealed: bytes) -> tuple[OwedReplies, Address]:
        channel = sealed.decode()
        return OwedReplies(channel, b"", (Reply(Part(f"{channel} {name[0]}")),)), Address(channel, "1", str(name[0]))

    def seal_anchor(self, name: SessionName, anchor: MessageRef | None) -> bytes | None:
        return None


def turns(conversations: Owing) -> Turns:
    metrics = Metrics()
    delivery = Delivery(metrics, ChannelStates(Noon(), metrics))
    return Turns(conversations, None, None, Opening(), None, delivery, None, metrics, None)  # type: ignore[arg-type]


async def test_a_messenger_that_takes_half_a_minute_delays_no_other() -> None:
    owing = Owing("signal", "signal", "telegram")
    slow, quick = Channel(SIGNAL), Channel(TELEGRAM)
    quick.open.set()
    collecting = asyncio.create_task(turns(owing).collect({"signal": slow, "telegram": quick}))  # type: ignore[dict-item]
    async with asyncio.timeout(10):
        await quick.sent.wait()
    assert len(slow.tried) == 1
    assert not slow.sent.is_set()
    slow.open.set()
    assert await collecting == 3


async def test_a_channel_that_is_away_is_tried_once_a_pass() -> None:
    owing = Owing("signal", "signal", "telegram", "signal")
    away, there = Channel(SIGNAL, fails=True), Channel(TELEGRAM)
    there.open.set()
    assert await turns(owing).collect({"signal": away, "telegram": there}) == 1  # type: ignore[dict-item]
    assert len(away.tried) == 1
    assert owing.settled == [b"telegram"]


async def test_a_browser_that_is_closed_hides_nothing_from_those_that_are_open() -> None:
    owing = Owing("web", "web", "web")
    chats = Browsers(WEB, closed={"web 0", "web 2"})
    chats.open.set()
    assert await turns(owing).collect({"web": chats}) == 1  # type: ignore[dict-item]
    assert chats.tried == ["web 1"]
