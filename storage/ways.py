"""Where citizens reach the town on each channel, as the running bot knows it: for links, codes, posters and the end
times of news at the desk, which speaks to no messenger.

Public, all of it. The bot writes it when it learns who it is there (`bot/ways.py`). Implementation: `sql/ways.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialogs.channels.ways import CODE


@dataclass(frozen=True, slots=True)
class Proof:
    """A key by which people tell that it is the town. `sort` as in `adapters.base.Key`, or "town"."""

    sort: str
    value: str


@dataclass(frozen=True, slots=True)
class ChannelWay:
    """One channel. `link`: where a conversation begins; `dialogs.channels.ways.CODE` stands for a survey's code."""

    channel: str
    link: str
    name: str = ""
    """What the town is called there."""
    proofs: tuple[Proof, ...] = ()
    news_per_second: float = 0.0
    """How fast news go there by the town's settings; 0: nothing is pushed."""

    def to(self, code: str) -> str:
        """The link that begins this survey, or the conversation where no link can."""
        return self.link.replace(CODE, code)

    @property
    def takes_code(self) -> bool:
        """Whether the link begins the survey by itself; otherwise its code is the first message."""
        return CODE in self.link


class ChannelWays(Protocol):
    """The channels that run."""

    async def keep(self, ways: Sequence[ChannelWay], at: datetime) -> None:
        """All there are, in place of what was known before."""

    async def all(self) -> Sequence[ChannelWay]: ...
