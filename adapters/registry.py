"""From settings to channels: the one list of the messengers that exist.

A channel's code is imported only where it is configured. Not here: where settings come from (`bot/config.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from adapters.base import Adapter, Host
from adapters.matrix.settings import MatrixSettings
from adapters.telegram.settings import TelegramSettings
from adapters.web.settings import WebSettings

Settings = TelegramSettings | MatrixSettings | WebSettings
"""One configured channel. A new messenger's settings join this union and get their case below."""


def build(settings: Iterable[Settings], host: Host) -> dict[str, Adapter]:
    """The configured channels by their key, in the order given. Call it in the process's event loop."""
    adapters = (_build(one, host) for one in settings)
    return {adapter.capabilities.channel: adapter for adapter in adapters}


def _build(settings: Settings, host: Host) -> Adapter:
    match settings:
        case TelegramSettings():
            from adapters.telegram.adapter import TelegramAdapter

            return TelegramAdapter(settings, host)
        case MatrixSettings():
            from adapters.matrix.adapter import MatrixAdapter

            return MatrixAdapter(settings, host)
        case WebSettings():
            from adapters.web.adapter import WebAdapter

            return WebAdapter(host, settings)
        case _:
            assert_never(settings)
