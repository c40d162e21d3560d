"""Where a citizen begins a survey, channel by channel: for pages, posters and `zuruf survey links`."""

from __future__ import annotations

from dialogs.capabilities import TELEGRAM, WEB, Capabilities


class Links:
    """Deep links. The Telegram bot's name is learnt from Telegram, or from the settings."""

    def __init__(self, web_address: str, telegram_name: str = "") -> None:
        self._web_address = web_address
        self._telegram_name = telegram_name.lstrip("@")

    def learn_telegram(self, name: str) -> None:
        self._telegram_name = name or self._telegram_name

    def to(self, channel: Capabilities, code: str) -> str:
        """The link that begins this survey on the channel; '' where there is none (yet)."""
        if channel.channel == WEB.channel:
            return f"{self._web_address}/s/{code}/chat" if self._web_address else ""
        if channel.channel == TELEGRAM.channel and self._telegram_name:
            return f"https://t.me/{self._telegram_name}?start={code}"
        return ""

    def page(self, code: str) -> str:
        """The survey's public page, with every way to answer."""
        return f"{self._web_address}/s/{code}" if self._web_address else ""
