"""Every channel that the contract holds for. A new one is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.base import Bench
from channels.matrix import MatrixBench
from channels.real_signal import RealSignalBench
from channels.signal import SignalBench
from channels.telegram import TelegramBench
from channels.terminal import TerminalBench
from channels.web import WebBench

BENCHES: Mapping[str, Callable[[], Bench]] = {
    "telegram": TelegramBench,
    "matrix": MatrixBench,
    "signal": SignalBench,
    "signal (real)": RealSignalBench,
    "web": WebBench,
    "terminal": TerminalBench,
}

SLOW = frozenset({"matrix", "signal (real)"})
"""Channels whose conversations are played in `make test-long`: a real homeserver or a real daemon, and two parties that
encrypt, take minutes. In the normal run tests of their own (tests/adapters/matrix) and the emulator cover the rows."""
