"""From settings to channels: the one list of the messengers that exist.

A channel's code is imported only where it is configured. Not here: where settings come from (`bot/config.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from adapters.allowance import Allowance, OwnAllowance
from adapters.base import Adapter, Host
from adapters.matrix.settings import MatrixSettings
from adapters.signal.settings import SignalSettings
from adapters.telegram.settings import TelegramSettings
from adapters.web.settings import WebSettings

Settings = TelegramSettings | SignalSettings | MatrixSettings | WebSettings
"""One configured channel. A new messenger's settings join this union and get their case below."""


def build(settings: Iterable[Settings], host: Host, allowance: Allowance | None = None) -> dict[str, Adapter]:
    """The configured channels by their key, in the order given. Call it in the process's event loop.

    `allowance` counts what channels with a ceiling send; without one each process counts for itself.
    """
    counted = allowance or OwnAllowance()
    adapters = (_build(one, host, counted) for one in settings)
    return {adapter.capabilities.channel: adapter for adapter in adapters}


def _build(settings: Settings, host: Host, allowance: Allowance) -> Adapter:
    match settings:
        case TelegramSettings():
            from adapters.telegram.adapter import TelegramAdapter

            return TelegramAdapter(settings, host)
        case MatrixSettings():
            from adapters.matrix.adapter import MatrixAdapter

            return MatrixAdapter(settings, host)
        case SignalSettings():
            from adapters.signal.adapter import SignalAdapter

            return SignalAdapter(settings, host, allowance)
        case WebSettings():
            from adapters.web.adapter import WebAdapter

            return WebAdapter(host, settings)
        case _:
            assert_never(settings)
