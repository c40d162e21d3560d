"""Whether the process and what it leans on work: for `/healthz`, the metrics and `zuruf doctor`.

Answers are kept for a few seconds, so that a hasty prober does not become load.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.base import Sign
from bot.channel_states import ChannelStates, Seen
from bot.metrics import Metrics
from dialogs.channels.state import USABLE

CHECK_LIMIT = 3.0  # seconds for each part
KEPT_FOR = 5.0  # seconds

Check = Callable[[], Awaitable[str]]
"""'' if the part works, else what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Report:
    """Each part: '' if it works, else what is wrong."""

    needed: Mapping[str, str]
    """Without these no answer can be taken."""
    channels: Mapping[str, Seen]

    @property
    def works(self) -> bool:
        """Whether answers can be taken at all; one channel's trouble does not make the process unhealthy."""
        return not any(self.needed.values())

    def as_json(self) -> dict[str, object]:
        """Only states: what is wrong in detail is for the operator's screen (`zuruf doctor`), not for the public."""

        def state(problem: str) -> str:
            return "down" if problem else "working"

        return {
            "status": "ok" if self.works else "failing",
            "parts": {name: state(problem) for name, problem in self.needed.items()},
            "channels": {
                name: {"state": seen.state.value, "since": seen.since.isoformat(timespec="minutes")}
                for name, seen in self.channels.items()
            },
        }


class Health:
    """Asks every part, at most once in `KEPT_FOR` seconds."""

    def __init__(
        self, needed: Mapping[str, Check], channels: Mapping[str, Check], states: ChannelStates, metrics: Metrics
    ) -> None:
        self._needed = needed
        self._channels = channels
        self._states = states
        self._metrics = metrics
        self._kept: tuple[float, Report] | None = None
        self._asking = asyncio.Lock()

    async def report(self) -> Report:
        async with self._asking:
            if self._kept and time.monotonic() - self._kept[0] < KEPT_FOR:
                return self._kept[1]
            needed, channels = await asyncio.gather(_ask(self._needed), _ask(self._channels))
            for name, problem in channels.items():
                self._states.notice(name, Sign.LOST if problem else Sign.WORKS, problem)
            seen = self._states.all()
            report = Report(needed, seen)
            working = {name: not problem for name, problem in needed.items()}
            working |= {name: channel.state in USABLE for name, channel in seen.items()}
            for name, works in working.items():
                self._metrics.up.labels(name).set(1 if works else 0)
            self._kept = (time.monotonic(), report)
            return report


async def _ask(checks: Mapping[str, Check]) -> dict[str, str]:
    answers = await asyncio.gather(*(_ask_one(check) for check in checks.values()))
    return dict(zip(checks, answers, strict=True))


async def _ask_one(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_LIMIT):
            return await check()
    except TimeoutError:
        return f"does not answer within {CHECK_LIMIT:.0f} s"
