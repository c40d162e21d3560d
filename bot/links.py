"""Where a citizen begins a survey, channel by channel: for pages, posters and `zuruf survey links`."""

from __future__ import annotations

from adapters.base import Identity
from adapters.telegram.adapter import identity_of
from bot.config import Config
from dialogs.capabilities import TELEGRAM, WEB, Capabilities
from dialogs.channels.ways import CODE


class Links:
    """Deep links. Who we are on a channel is learnt from the messenger, or known from the settings."""

    def __init__(self, config: Config) -> None:
        self._web_address = config.web_address
        self._identities: dict[str, Identity] = {}
        self.all: dict[str, str] = {}
        """Where a conversation begins on each channel; `CODE` in it stands for a survey's code."""
        if self._web_address:
            self.all[WEB.channel] = f"{self._web_address}/s/{CODE}/chat"
        if config.telegram.username:
            self.learn(TELEGRAM.channel, identity_of(config.telegram.username.lstrip("@")))

    def learn(self, channel: str, identity: Identity) -> None:
        """The messenger said who we are there."""
        self._identities[channel] = identity
        self.all[channel] = identity.link

    def identity(self, channel: str) -> Identity | None:
        """Who we are there; None if it is not known (yet)."""
        return self._identities.get(channel)

    def to(self, channel: Capabilities, code: str) -> str:
        """The link that begins this survey on the channel; '' where there is none (yet)."""
        return self.all.get(channel.channel, "").replace(CODE, code)

    def takes_code(self, channel: Capabilities) -> bool:
        """Whether the link begins the survey by itself; otherwise its code is the first message."""
        return CODE in self.all.get(channel.channel, "")

    def page(self, code: str) -> str:
        """The survey's public page, with every way to answer."""
        return f"{self._web_address}/s/{code}" if self._web_address else ""
