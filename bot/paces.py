"""How fast this town's news go on each channel, by its settings.

Not here: what a channel allows where no setting says otherwise (`dialogs/capabilities.py`), keeping to it
(`storage/paces.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.signal.pace import news_per_second
from bot.config import Config
from dialogs.capabilities import EVERY, SIGNAL, TELEGRAM


def news_paces(config: Config) -> Mapping[str, float]:
    """Messages a second by channel; 0 where nothing is pushed."""
    return {
        **{channel.channel: channel.push_per_second for channel in EVERY},
        TELEGRAM.channel: config.telegram.news_per_second,
        SIGNAL.channel: news_per_second(config.signal.ceiling),
    }
