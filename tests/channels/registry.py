"""Every channel that the contract holds for. A new one is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.base import Bench
from channels.matrix import MatrixBench
from channels.signal import SignalBench
from channels.telegram import TelegramBench
from channels.terminal import TerminalBench
from channels.web import WebBench

BENCHES: Mapping[str, Callable[[], Bench]] = {
    "telegram": TelegramBench,
    "matrix": MatrixBench,
    "signal": SignalBench,
    "web": WebBench,
    "terminal": TerminalBench,
}

SLOW = frozenset({"matrix"})
"""Channels whose conversations are played in `make test-long`: a real homeserver and two parties that encrypt take a
minute. Their own tests in the normal run cover the same rows (tests/adapters/matrix)."""
