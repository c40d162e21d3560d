"""Every channel that the contract holds for. A new one is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.base import Bench
from channels.telegram import TelegramBench
from channels.terminal import TerminalBench
from channels.web import WebBench

BENCHES: Mapping[str, Callable[[], Bench]] = {
    "telegram": TelegramBench,
    "web": WebBench,
    "terminal": TerminalBench,
}
