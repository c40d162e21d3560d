"""What the town says of itself under `/.well-known/zuruf.json`: who it is on each channel, signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.links import Links
from dialogs.capabilities import WEB, Capabilities
from privacy.statement import VERSION, TownKey
from storage.clock import Clock


class Statements:
    """Made anew whenever it is asked for: identities are learnt while the process runs."""

    def __init__(self, town: Callable[[], str], web_address: str, links: Links, key: TownKey, clock: Clock) -> None:
        self._town = town
        self._web_address = web_address
        self._links = links
        self._key = key
        self._clock = clock

    @property
    def public_key(self) -> str:
        return self._key.public

    def signed(self, channels: Sequence[Capabilities]) -> bytes:
        """The document about these channels; those that are not known yet are left out."""
        entries = [entry for channel in channels if (entry := self._entry(channel)) is not None]
        return self._key.sign({
            "version": VERSION,
            "town": self._town(),
            "address": self._web_address,
            "day": self._clock.today().isoformat(),
            "channels": entries,
        })  # fmt: skip

    def _entry(self, channel: Capabilities) -> Mapping[str, Any] | None:
        entry = {"channel": channel.channel, "label": channel.label, "encrypted": channel.reads_along.value == "nobody"}
        if channel.channel == WEB.channel:
            return {**entry, "name": self._web_address, "link": self._web_address, "keys": {"town": self._key.public}}
        identity = self._links.identity(channel.channel)
        if identity is None:
            return None
        keys = {name.value: value for name, value in identity.keys}
        return {**entry, "name": identity.name, "link": identity.link.partition("?")[0], "keys": keys}
